"""From candidates to the graph of least distance to a recording, given its dry signal.

The candidates are played, and graphs are assembled from what an analysis of the recording against the dry
signal proposes. The best descend the gradient, their structure is searched, and processors without enough
effect are removed. With a fixed structure, the best few candidates are tuned in rounds that keep ever fewer.

Shapes: S sources, C channels, T samples.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from torch import Tensor

from unpatch import ranges
from unpatch.audio import AudioLike, as_rate
from unpatch.declaration import Processor
from unpatch.dsp.cpu import one_thread
from unpatch.graph.canonical import canonical
from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph
from unpatch.graph.time import after
from unpatch.metrics import kinds_of, spectral_distance
from unpatch.processors import EVERYDAY, PROCESSORS, family_of
from unpatch.refining.align import delay_of, delayed
from unpatch.refining.assembly import assembled, nothing
from unpatch.refining.gradient import descended
from unpatch.refining.knobs import tuned
from unpatch.refining.material import Dry, Material
from unpatch.refining.problem import Budget, FitMoment, FitTrial, Problem
from unpatch.refining.simplest import everyday, simplest, with_confidences
from unpatch.refining.structure import NARROW, WIDE, restructured
from unpatch.rendering.energy import holds
from unpatch.rendering.named import mixed
from unpatch.synth.draw import Draw

CPU_SECONDS = 20.0
# Where the structure stays: how many candidates each round keeps, and the share of the budget that is spent
# when it ends; then the winner is tuned, with gradients and without.
ROUNDS = ((8, 0.15), (4, 0.3), (1, 0.4))
TUNING_ENDS, GRADIENT_ENDS = 0.85, 0.94
# Else: shares that are spent when graphs are assembled, when the best few have been down the gradient, when
# the structure of the best has been searched and simplified, and when it has been tuned.
ASSEMBLY_ENDS, DESCENT_ENDS, STRUCTURE_ENDS, SIMPLE_ENDS, LAST_DESCENT_ENDS = 0.76, 0.83, 0.86, 0.93, 0.98
# Number of candidates to extend, besides the empty graph, and of graphs that descend the gradient.
BUILT_UPON, DESCENDING = 1, 2

# Prior of a kind that no candidate has: that of a kind in every tenth.
PRIOR = 0.1

Report = Callable[[float, float], None]


@dataclass(frozen=True)
class Fitted:
    """The result of a fit.

    Attributes:
        graph: as it plays from the recording's start; the gain on the wires into ``out`` is the
            recording's level. A processor's confidence is the share of the squared distance without it
            that it explains: 1 if nothing is left, 0 if it has no effect.
        nothing: spectral distance of the dry signal from the recording, levels matched.
        before: the same of the best candidate.
        after: the same of the graph.
        delay_s: delay of the recording after the dry signal, if rendering confirmed it.
        gain_db: of the recording over the graph's own output.
        moments: when the cost came down during the search, and by what.
        cpu_seconds: used.
    """

    graph: Graph
    nothing: float
    before: float
    after: float
    delay_s: float
    gain_db: float
    moments: tuple[FitMoment, ...]
    cpu_seconds: float

    def starting_at(self, seconds: float) -> Fitted:
        """The same in the time of a longer recording, in which the fitted part starts there."""
        return replace(self, graph=after(self.graph, -seconds))


class Estimated(Protocol):
    """A result of :func:`unpatch.estimate`."""

    @property
    def candidates(self) -> Sequence[FitCandidate]: ...


class FitCandidate(Protocol):
    """One of its graphs."""

    @property
    def graph(self) -> Graph: ...


def fit(
    graphs: Graph | Estimated | Sequence[Graph | FitCandidate],
    dry: Dry,
    wet: AudioLike,
    sample_rate: float,
    *,
    cpu_seconds: float | None = CPU_SECONDS,
    renders: int | None = None,
    structure: bool = True,
    seed: int = 0,
    registry: Mapping[str, Processor] | None = None,
    report: Report = lambda spent, cost: None,
) -> Fitted:
    """Refine a graph, or the best of several, so that its output for the dry signal matches the recording.

    Equal arguments try the same steps in the same order. The progress within some CPU seconds depends on
    the speed of the machine, but not on its load; within a number of renders on neither.

    Args:
        graphs: start: a result of :func:`unpatch.estimate`, for any task, or graphs.
        dry: the recording before processing, ``[C, T]``, or source kind to ``[C, T]``.
        wet: the recording ``[C, T]``.
        sample_rate: of both, in Hz.
        cpu_seconds: limit of processor time.
        renders: limit of the number of renders.
        structure: also add, remove, exchange and reorder processors; False moves only numbers.
        seed: of the random search.
        registry: kind to processor; the family of the graphs' processors, if left out.
        report: called with the share of the budget that is spent and the lowest cost so far.

    Returns:
        The refined graph, with the spectral distances before and after.

    Raises:
        GraphError: a graph is not valid.
        ValueError: a limit out of range, or audio that is silent, too short, or not of equal length.

    Example:
        >>> import unpatch
        >>> from unpatch.demo import embedded_voice
        >>> dry, sample_rate = embedded_voice()
        >>> dark = unpatch.chain(unpatch.PROCESSORS, ("lowpass2", {"frequency_hz": 800}))
        >>> bright = unpatch.chain(unpatch.PROCESSORS, ("lowpass2", {"frequency_hz": 4_000}))
        >>> wet = unpatch.render(dark, dry, sample_rate)
        >>> fitted = unpatch.fit(bright, dry, wet, sample_rate, renders=40, structure=False)
        >>> fitted.after < fitted.before
        True
    """
    ranges.SECONDS.check("cpu_seconds", cpu_seconds)
    ranges.COUNT.check("renders", renders)
    ranges.SEED.check("seed", seed)
    material = Material.of(dry, wet, as_rate(sample_rate))
    listed = _listed(graphs)
    registry = _family_of(listed) if registry is None else registry
    starts = [after(complete(check(g, registry), registry), material.start_s) for g in listed]
    budget = Budget(cpu_seconds or math.inf, renders or math.inf)
    with one_thread():
        problem, delay, trials = _aligned(material, starts, budget, report, registry)
        if structure:
            winner = _searched(problem, trials, _prior(starts, registry), Draw(seed))
        else:
            winner = _tuned_in_rounds(problem, trials, Draw(seed))
        return _finished(problem, trials[0].graph, winner.graph, material, delay)


def leveled(
    graphs: Sequence[Graph],
    dry: Dry,
    wet: Tensor,
    sample_rate: int,
    *,
    registry: Mapping[str, Processor] = PROCESSORS,
) -> list[tuple[Graph, float]]:
    """Each graph at the recording's level, and the spectral distance of its sound from the recording.

    Taken at fewer scales than the metric's, as :func:`fit` does while it searches; arguments as there.
    """
    material = Material.of(dry, wet, sample_rate)
    problem = Problem(material.dry, material.wet, sample_rate, Budget(), registry=registry)
    with one_thread():
        sounds = [problem.player.play(after(complete(g, registry), material.start_s)) for g in graphs]
        return [
            (_with_output_gain(graph, float(problem.gain(audio))), float(problem.distance(audio)))
            for graph, audio in zip(graphs, sounds, strict=True)
        ]


def _listed(given: Graph | Estimated | Sequence[Graph | FitCandidate]) -> list[Graph]:
    if isinstance(given, Graph):
        return [given]
    several = given if isinstance(given, Sequence) else getattr(given, "candidates", None)
    if several is None:
        raise TypeError(f"fit takes an estimate, a graph or several, got {type(given).__name__}")
    graphs = [each if isinstance(each, Graph) else each.graph for each in several]
    if not graphs:
        raise ValueError("fit needs a graph to start from, got none")
    return graphs


def _family_of(graphs: Sequence[Graph]) -> Mapping[str, Processor]:
    """The registry of the graphs' kinds; with the paper's, everyday ones are allowed as well."""
    found = family_of(node.kind for graph in graphs for node in graph.nodes if node.is_processor)
    return EVERYDAY if found is PROCESSORS else found


def _aligned(
    material: Material,
    graphs: Iterable[Graph],
    budget: Budget,
    report: Report,
    registry: Mapping[str, Processor],
) -> tuple[Problem, int, list[FitTrial]]:
    """The problem, the delay of its dry signal, and the evaluated candidates, best first.

    An estimated delay is accepted if the candidates come closer with it.
    """
    found = []
    for delay in {0, delay_of(mixed(material.dry), material.wet, material.sample_rate)}:
        dry = {name: delayed(audio, delay) for name, audio in material.dry.items()}
        problem = Problem(dry, material.wet, material.sample_rate, budget, report=report, registry=registry)
        trials = sorted((problem.evaluate(graph, "candidate") for graph in graphs), key=_cost)
        found.append((problem, delay, trials))
    return min(found, key=lambda one: _cost(one[2][0]))


def _cost(trial: FitTrial) -> float:
    return trial.cost


def _prior(candidates: Sequence[Graph], registry: Mapping[str, Processor]) -> Mapping[str, float]:
    """Frequency of each kind among the candidates, with a small prior."""
    counted = sum((kinds_of(graph) for graph in candidates), Counter[str]())
    return {kind: PRIOR + counted[kind] / len(candidates) for kind in registry}


def _searched(problem: Problem, trials: list[FitTrial], prior: Mapping[str, float], draw: Draw) -> FitTrial:
    """The best graph within the budget, of any structure; kinds are drawn by their prior."""
    budget = problem.budget
    empty = nothing(list(problem.player.dry), problem.registry)
    starts = [] if empty is None else [problem.evaluate(empty, "nothing")]
    starts += [trial for trial in trials[:BUILT_UPON] if not starts or trial.cost < starts[0].cost]
    found = assembled(problem, starts, draw.child(0), ASSEMBLY_ENDS)
    found = sorted([*found, *trials], key=_cost)[:DESCENDING]
    share = (DESCENT_ENDS - ASSEMBLY_ENDS) / len(found)
    descents = [
        descended(problem, trial, until=ASSEMBLY_ENDS + share * (i + 1)) for i, trial in enumerate(found)
    ]
    best = min(descents, key=_cost)
    best = restructured(problem, best, draw.child(1), budget.until(STRUCTURE_ENDS), prior)
    best = simplest(problem, best, draw.child(2), budget.until(SIMPLE_ENDS))
    best = descended(problem, best, until=LAST_DESCENT_ENDS)
    return tuned(problem, best, draw.child(3), step=NARROW, until=budget.until(1.0))


def _tuned_in_rounds(problem: Problem, trials: list[FitTrial], draw: Draw) -> FitTrial:
    """The best of the candidates with its structure as it is and its numbers tuned."""
    budget = problem.budget
    for i, (keep, end) in enumerate(ROUNDS):
        trials = sorted(_round(problem, trials[:keep], end, draw.child(0, i)), key=_cost)
    best = tuned(problem, trials[0], draw.child(2), step=NARROW, until=budget.until(TUNING_ENDS))
    best = descended(problem, best, until=GRADIENT_ENDS)
    return tuned(problem, best, draw.child(3), step=NARROW, until=budget.until(1.0))


def _round(problem: Problem, trials: Sequence[FitTrial], end: float, draw: Draw) -> Iterable[FitTrial]:
    """Each candidate, tuned for an equal part of the rest of the round."""
    budget = problem.budget
    for i, trial in enumerate(trials):
        stop = budget.spent + max(0.0, end - budget.spent) / (len(trials) - i)
        yield tuned(problem, trial, draw.child(i), step=WIDE, until=budget.until(stop))


def _finished(problem: Problem, start: Graph, end: Graph, material: Material, delay: int) -> Fitted:
    """The better of both in normal form, at the recording's level and in its time."""
    last = everyday(end) if holds([end]) else end
    found = [_played(graph, problem) for graph in (start, canonical(last, problem.registry))]
    graph, audio, left = min(found, key=lambda one: one[2])
    gain = float(problem.gain(audio))
    graph = with_confidences(problem, graph)
    return Fitted(
        graph=after(_with_output_gain(graph, gain), -material.start_s),
        nothing=float(spectral_distance(_level_matched(mixed(problem.player.dry), problem), problem.wet)),
        before=found[0][2],
        after=left,
        delay_s=delay / material.sample_rate,
        gain_db=20 * math.log10(gain),
        moments=tuple(problem.moments),
        cpu_seconds=problem.budget.cpu_s,
    )


def _played(graph: Graph, problem: Problem) -> tuple[Graph, Tensor, float]:
    """A graph, its sound, and its distance from the recording."""
    audio = problem.player.play(graph)
    return graph, audio, float(spectral_distance(_level_matched(audio, problem), problem.wet))


def _level_matched(audio: Tensor, problem: Problem) -> Tensor:
    """The rendering at the recording's level."""
    return audio * problem.gain(audio)


def _with_output_gain(graph: Graph, gain: float) -> Graph:
    """The graph with a gain on all wires into ``out``."""
    sink = graph.sink
    edges = [replace(e, gain=e.gain * gain) if e.target == sink else e for e in graph.edges]
    return replace(graph, edges=tuple(edges))
