"""Moving a graph's numbers without gradients: pattern search, one knob at a time.

After Hooke and Jeeves ("Direct search" solution of numerical and statistical problems, JACM 8(2), 1961): a
step up or down that helps is kept and its size grows, one that does not shrinks. It needs no gradient, so
that semitones, delay times and the rates of oscillators are knobs like all others.

Shapes: N numbers.
"""

from collections.abc import Callable, Collection

from torch import Tensor

from unpatch.declaration import Parameter
from unpatch.graph.check import carries_control
from unpatch.graph.data import Graph
from unpatch.refining.problem import FitTrial, Problem
from unpatch.rendering import parameters
from unpatch.rendering.parameters import Slot
from unpatch.synth.draw import Draw

GROWTH, SHRINKAGE = 1.6, 0.4
# In unit coordinates. Smaller steps are inaudible, except where numbers have no gradient: the distance falls
# into a minimum as narrow as a pitch shifter's voices beat.
LEAST_STEP, LEAST_STEP_WITHOUT_GRADIENT = 0.004, 0.0005
MOST_STEP = 0.5


def tuned(
    problem: Problem,
    trial: FitTrial,
    draw: Draw,
    *,
    step: float,
    until: Callable[[], bool],
    nodes: Collection[int] | None = None,
) -> FitTrial:
    """The best result of moving knobs.

    Args:
        problem: the target.
        trial: start, with its cost.
        draw: the order of knobs.
        step: the first one, in unit coordinates.
        until: True ends the search; it also ends where all steps are tiny or the problem is solved.
        nodes: move only numbers of these and of the wires out of them.
    """
    walk = _Walk(problem, trial, free(trial.graph, problem, nodes), step)
    while walk.alive and not until() and not problem.is_solved(walk.best):
        for knob in sorted(walk.alive, key=lambda _: draw.number()):
            if until() or problem.is_solved(walk.best):
                break
            walk.move(knob)
    return walk.best


def free(graph: Graph, problem: Problem, nodes: Collection[int] | None = None) -> list[int]:
    """Numbers that are audible and inside of their range, by their place in ``parameters.read``."""
    numbers = parameters.read(graph, problem.registry)
    return [
        i
        for i, (slot, value) in enumerate(zip(numbers.slots, numbers.values.tolist(), strict=True))
        if value in slot.parameter and _is_audible(slot, graph, problem) and _is_of(slot, graph, nodes)
    ]


def _is_audible(slot: Slot, graph: Graph, problem: Problem) -> bool:
    """The energy rule and the matching of levels undo the gain of audio that is alone at its inlet."""
    if not slot.on_edge:
        return True
    edge = graph.edges[slot.owner]
    beside = [other for other in graph.edges_into(edge.target) if other.inlet == edge.inlet]
    return len(beside) > 1 or carries_control(edge, graph, problem.registry)


def _is_of(slot: Slot, graph: Graph, nodes: Collection[int] | None) -> bool:
    owner = graph.edges[slot.owner].source if slot.on_edge else slot.owner
    return nodes is None or owner in nodes


class _Walk:
    """State of the search: the best candidate, and each knob's step with its direction."""

    def __init__(self, problem: Problem, trial: FitTrial, knobs: Collection[int], step: float) -> None:
        self.problem = problem
        self.best = trial
        self.numbers = parameters.read(trial.graph, problem.registry)
        self.units = {i: self._parameter(i).to_unit(float(self.numbers.values[i])) for i in knobs}
        self.steps = dict.fromkeys(knobs, step)

    def _parameter(self, knob: int) -> Parameter:
        return self.numbers.slots[knob].parameter

    @property
    def alive(self) -> list[int]:
        """Knobs whose steps are not tiny yet."""
        return [knob for knob, step in self.steps.items() if abs(step) >= self._least(knob)]

    def _least(self, knob: int) -> float:
        return LEAST_STEP if self.numbers.slots[knob].differentiable else LEAST_STEP_WITHOUT_GRADIENT

    def move(self, knob: int) -> None:
        """Try a step in the direction that helped last, then in the other."""
        for step in (self.steps[knob], -self.steps[knob]):
            if self._try(knob, step):
                self.steps[knob] = max(-MOST_STEP, min(GROWTH * step, MOST_STEP))
                return
        self.steps[knob] *= SHRINKAGE

    def _try(self, knob: int, step: float) -> bool:
        parameter = self._parameter(knob)
        unit = self.units[knob] + step
        unit = unit % 1.0 if parameter.circular else min(max(unit, 0.0), 1.0)
        if unit == self.units[knob]:
            return False
        values = self.numbers.values.clone()
        values[knob] = parameter.from_unit(unit)
        trial = self.problem.evaluate(self._graph(values), "numbers")
        if trial.cost >= self.best.cost:
            return False
        self.best, self.numbers = trial, self.numbers.moved(values)
        self.units[knob] = unit
        return True

    def _graph(self, values: Tensor) -> Graph:
        return parameters.write(self.best.graph, self.numbers.moved(values))
