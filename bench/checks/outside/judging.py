"""The result of an estimate for a clip: effects, their confidences, and errors of their knobs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.checks.outside.clips import Clip
from bench.checks.outside.families import effects_of, may_be, named
from bench.checks.outside.main_knobs import errors, ours
from unpatch.estimates import Estimate
from unpatch.graph.certainty import Certainty, certainty
from unpatch.graph.data import Graph


class NamedEffect(NamedTuple):
    """An effect that is named: its probability, the word for it, and whether it was played."""

    family: str
    confidence: float | None
    word: Certainty | None
    right: bool


@dataclass(frozen=True)
class Verdict:
    """On one estimate of one clip.

    Attributes:
        graph: that was estimated.
        named: every effect in it; of two of one family that was played once, the surer one is right.
        also: effects that are not in the graph but listed as possible.
        untouched: probability of an untouched recording, of models that have one.
        presence: effect to its probability, whether it is in the graph or not, of models that have one.
        errors: family that is right to knob to error, see ``main_knobs``.
    """

    graph: Graph
    named: tuple[NamedEffect, ...]
    also: tuple[NamedEffect, ...] = ()
    untouched: float | None = None
    presence: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @property
    def families(self) -> set[str]:
        return {one.family for one in self.named}


def judged(estimate: Estimate, clip: Clip) -> Verdict:
    """An estimate held against what was played."""
    graph = estimate.graph
    return Verdict(
        graph,
        named_effects(graph, clip),
        _also(estimate.perhaps_also, graph, clip),
        estimate.untouched,
        estimate.presence,
        _errors(graph, clip, estimate.level_db),
    )


def named_effects(graph: Graph, clip: Clip) -> tuple[NamedEffect, ...]:
    """The effects that a graph names, the surest first."""
    left = Counter(one.family for one in clip.played)
    found = []
    for one in sorted(named(graph), key=lambda one: -(one.confidence or 0.0)):
        word = None if one.confidence is None else certainty(one.confidence)
        found.append(NamedEffect(one.family, one.confidence, word, left[one.family] > 0))
        left[one.family] -= 1
    return tuple(found)


def _also(probabilities: Mapping[str, float], graph: Graph, clip: Clip) -> tuple[NamedEffect, ...]:
    """Kinds of a family in the graph add nothing; of two of one family the likelier counts."""
    known, found = effects_of(graph), list[NamedEffect]()
    for kind, probability in sorted(probabilities.items(), key=lambda pair: -pair[1]):
        families = set(may_be(kind))
        if not families & known:
            right = families & clip.families
            found.append(
                NamedEffect(min(right or families), probability, certainty(probability), bool(right))
            )
            known |= families
    return tuple(found)


def _errors(graph: Graph, clip: Clip, level_db: float) -> dict[str, dict[str, float]]:
    """Of the surest processor of every family that was played and is named."""
    places: dict[str, int] = {}
    for one in sorted(named(graph), key=lambda one: -(one.confidence or 0.0)):
        places.setdefault(one.family, one.place)
    return {
        one.family: errors(one.family, ours(graph, places[one.family], one.family, level_db), one.knobs)
        for one in clip.played
        if one.family in places
    }


def words(verdicts: Sequence[Verdict]) -> dict[str, tuple[int, int]]:
    """For each word how often it was used and how often it was right."""
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for verdict in verdicts:
        for name, some in (("", verdict.named), ("also ", verdict.also)):
            for one in some:
                if one.word is not None:
                    found[name + one.word] += 1
                    right[name + one.word] += one.right
    return {word: (found[word], right[word]) for word in found}
