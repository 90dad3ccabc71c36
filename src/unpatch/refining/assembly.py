"""From the empty graph to a chain, one explained part after the other.

The output of the graph so far is compared with the recording; every proposal for the residual is rendered at
the graph's end, the best of them at its other wires too; the best few are tuned and compared again with the
recording. Two graphs are followed side by side (a beam), so that a part that explains most at first may
still be replaced.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from unpatch.declaration import Processor
from unpatch.graph.build import chain
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.refining.gradient import descended
from unpatch.refining.knobs import tuned
from unpatch.refining.moves import is_valid
from unpatch.refining.problem import FitTrial, Problem, Until
from unpatch.refining.proposals import QUICK, SLOW, Analysis, Pair, Proposal, planted, proposals
from unpatch.synth.draw import Draw

# The second one is followed only if its cost is below this multiple of the first's.
BEAM, NEAR = 2, 1.12
# Below this share of the cost the slow analyses are skipped.
PLENTY = 0.85
MOST_PARTS = 5
# Number of a graph's extensions tried at other wires, of all extensions tuned, and of renders for each.
MOVED, TUNED, RENDERS = 4, 4, 16
# Number of tuned extensions by the same kinds.
ALIKE = 2
STEP = 0.06
# Steps down the gradient.
STEPS = 8


class Extended(NamedTuple):
    """A graph with new nodes, and its cost."""

    trial: FitTrial
    new: frozenset[int]


def nothing(sources: Sequence[str], registry: Mapping[str, Processor]) -> Graph | None:
    """The graph that only sums its sources, where there are several and kinds that can."""
    if len(sources) == 1:
        return chain(registry, source=sources[0])
    if "mix" not in registry:
        return None
    mix, out = len(sources), len(sources) + 1
    nodes = (*map(Node, sources), Node("mix", version=registry["mix"].version), Node(SINK))
    return Graph(nodes, (*(Edge(i, mix) for i in range(mix)), Edge(mix, out)))


def assembled(problem: Problem, starts: Sequence[FitTrial], draw: Draw, share: float) -> list[FitTrial]:
    """The best graphs that were reached, the best first; the starts are among them.

    The slow analyses are run on the first start, and then on the best graph of each round in which the quick
    ones do not explain much. The best of each round also makes a few steps down the
    gradient, so that the next analyses do not find errors of the last part's settings.

    Args:
        problem: the target.
        starts: graphs to extend.
        draw: the order of knobs.
        share: of the budget, at the end.
    """
    until = problem.budget.until(share)
    beam, done = list(starts)[:BEAM], list(starts)
    for part in range(MOST_PARTS):
        found = [
            one
            for trial in beam
            for one in _extensions(problem, trial, QUICK, every_kind=part == 0, until=until)
        ]
        cheapest = min((one.trial.cost for one in found), default=math.inf)
        if part == 0 or cheapest > PLENTY * beam[0].cost:
            found += _extensions(problem, beam[0], SLOW, every_kind=False, until=until)
        grown = [
            tuned(
                problem,
                one.trial,
                draw.child(part, i),
                step=STEP,
                until=_at_most(problem, until),
                nodes=one.new,
            )
            for i, one in enumerate(_different(found))
        ]
        grown.sort(key=lambda trial: trial.cost)
        grown[:1] = [descended(problem, trial, until=share, steps=STEPS) for trial in grown[:1]]
        worst = max(trial.cost for trial in beam)
        done += grown
        beam = sorted((trial for trial in grown if trial.cost < worst), key=lambda trial: trial.cost)[:BEAM]
        beam = [trial for trial in beam if trial.cost < NEAR * beam[0].cost]
        best = min(done, key=lambda trial: trial.cost)
        if until() or not beam or beam[0].cost > best.cost or problem.is_solved(best):
            break
    return sorted(done, key=lambda trial: trial.cost)


def _at_most(problem: Problem, until: Until) -> Until:
    stop = problem.budget.rendered + RENDERS
    return lambda: until() or problem.budget.rendered >= stop


def _extensions(
    problem: Problem, trial: FitTrial, analyses: Iterable[Analysis], *, every_kind: bool, until: Until
) -> list[Extended]:
    """All proposals for the residual, at the end, and the best of them elsewhere."""
    graph = trial.graph
    audio = problem.player.play(graph)
    pair = Pair.of(audio, problem.wet, problem.player.sample_rate)
    wires = _wires(graph, problem.registry)
    last = next(i for i in wires if graph.edges[i].target == graph.sink)
    ended: list[tuple[Extended, Proposal]] = []
    for proposal in proposals(pair, problem.registry, analyses=analyses, every_kind=every_kind):
        if until():
            break
        ended += [(one, proposal) for one in _planted(problem, graph, last, proposal)]
    ended.sort(key=lambda one: one[0].trial.cost)
    found = [one for one, _ in ended]
    for _, proposal in ended[:MOVED]:
        for wire in wires:
            if wire != last and not until():
                found += _planted(problem, graph, wire, proposal)
    return found


def _wires(graph: Graph, registry: Mapping[str, Processor]) -> list[int]:
    """Wires that carry audio, but into sidechains."""
    return [
        i
        for i, edge in enumerate(graph.edges)
        if edge.inlet == Edge.inlet
        and (graph.nodes[edge.source].is_source or registry[graph.nodes[edge.source].kind].has_audio_output)
    ]


def _planted(problem: Problem, graph: Graph, wire: int, proposal: Proposal) -> Iterable[Extended]:
    """The proposal in the middle of a wire; none where that gives no valid graph."""
    longer, new = planted(graph, wire, proposal, problem.registry)
    return [Extended(problem.evaluate(longer, "proposal"), new)] if is_valid(longer, problem.registry) else []


def _different(found: Iterable[Extended]) -> list[Extended]:
    """The best, few of which have the same kinds."""
    kept: list[Extended] = []
    seen: dict[tuple[str, ...], int] = {}
    for one in sorted(found, key=lambda one: one.trial.cost):
        kinds = tuple(sorted(node.kind for node in one.trial.graph.nodes))
        seen[kinds] = seen.get(kinds, 0) + 1
        if seen[kinds] <= ALIKE:
            kept.append(one)
        if len(kept) == TUNED:
            break
    return kept
