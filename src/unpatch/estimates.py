"""Results of an estimate: different graphs with their probabilities."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from unpatch.declaration import Processor
from unpatch.drawing import draw
from unpatch.graph.certainty import LEAST
from unpatch.graph.data import Graph
from unpatch.graph.time import after
from unpatch.metrics import normal
from unpatch.ranges import CANDIDATES

# A model's probabilities of whole graphs are too far apart: a sequence multiplies its overconfidence
# in every token. Raised to this power and normalised, they are the frequency of a candidate as the one among
# those found that is nearest to the truth (bench/results/shares.md).
SHARPNESS = 0.25


@dataclass(frozen=True)
class Candidate:
    """A possible graph.

    Attributes:
        probability: of its prototype, among all that the grammar allows; summed over the ways of writing
            it that were found.
        stray_mass: mean probability per step that the model gave to invalid continuations.
        share: probability that this one is nearest to the truth among all candidates.
        expected_f1: of its set of effects, see :mod:`unpatch.blind.models.deciding`; None of models without
            sets.
        distance: spectral distance of its rendering from the recording, levels matched, where the dry
            signal is known.
    """

    graph: Graph
    probability: float
    stray_mass: float
    share: float = 1.0
    expected_f1: float | None = None
    distance: float | None = None


@dataclass(frozen=True)
class Estimate:
    """The result of an estimate.

    Attributes:
        candidates: different prototypes: by distance of the re-render where the dry signal is known,
            else by the expected F1 of their effects.
        windows_s: start times of the analysed windows, in seconds. Graphs are given as they play from the
            recording's start: the reference of an oscillator's phase.
        window_s: length of a window.
        level_db: of the analysed audio; knobs that follow the level are set for it.
        presence: effect to the calibrated probability that the recording went through it; empty of models
            that have none.
        untouched: calibrated probability that it went through none of them; None likewise.
    """

    candidates: tuple[Candidate, ...]
    windows_s: tuple[float, ...]
    window_s: float
    level_db: float
    presence: Mapping[str, float] = field(default_factory=dict)
    untouched: float | None = None

    @property
    def graph(self) -> Graph:
        """The best candidate's."""
        return self.candidates[0].graph

    @property
    def perhaps_also(self) -> dict[str, float]:
        """Effects outside of the graph with a high probability: kind to probability, the highest first."""
        there = {node.kind for node in self.graph.nodes}
        left = {k: p for k, p in self.presence.items() if k not in there and p >= LEAST["perhaps"]}
        return dict(sorted(left.items(), key=lambda pair: -pair[1]))

    def starting_at(self, seconds: float) -> "Estimate":
        """The same in the time of a longer recording, in which the analysed audio starts there."""
        candidates = tuple(replace(c, graph=after(c.graph, -seconds)) for c in self.candidates)
        windows_s = tuple(seconds + start for start in self.windows_s)
        return replace(self, candidates=candidates, windows_s=windows_s)

    def top(self, count: int) -> "Estimate":
        """Only the first candidates; shares stay as they are among all."""
        CANDIDATES.check("count", count)
        return replace(self, candidates=self.candidates[:count])

    def _repr_svg_(self) -> str:
        """The picture in a notebook."""
        return draw(self.graph).svg()


def merged(candidates: Sequence[Candidate], registry: Mapping[str, Processor]) -> list[Candidate]:
    """Candidates with one prototype in different node orders, merged: the highest expected F1, then the most
    probable first.

    A merged candidate has the numbers of its most probable node order.
    """
    groups: dict[Graph, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda one: -one.probability):
        groups.setdefault(normal(candidate.graph, registry), []).append(candidate)
    found = [
        replace(group[0], probability=math.fsum(one.probability for one in group))
        for group in groups.values()
    ]
    found.sort(key=lambda one: (-(one.expected_f1 or 0.0), -one.probability))
    return [
        replace(one, share=s) for one, s in zip(found, shares([c.probability for c in found]), strict=True)
    ]


def shares(probabilities: Sequence[float], sharpness: float = SHARPNESS) -> list[float]:
    """Share of each in the sum, after raising them to a power; equal shares if all are 0."""
    raised = [p**sharpness for p in probabilities]
    total = math.fsum(raised)
    return [r / total if total else 1 / len(raised) for r in raised]
