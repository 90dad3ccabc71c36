"""Selection of the effects to report: the set of the highest expected F1.

The most probable sequence is a poor estimate: it is one of many, and their consensus counts. So the
probability of each kind combines all evidence, the presence head and graphs drawn from the model. Kinds
that do much the same (``akin`` in their declarations) are alternatives: their probabilities add up. Then for
a set S and probabilities p the expected F1 is close to 2 sum_S p / (|S| + sum p), Ye, Chai, Lee and Chieu,
"Optimizing F-measure: a tale of two approaches", ICML 2012; that of no effects at all is the probability that
there are none. The best set is among those of the most probable.

Of all candidates (greedy, beams, draws) the one whose own effects come nearest is the first;
:mod:`unpatch.blind.consensus` completes it.

Shapes: B examples, W windows of one example, Q latents, D width, K kinds.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from torch import Tensor

from unpatch.blind.grammar import Grammar
from unpatch.blind.models.calibration import Calibration
from unpatch.blind.models.decoding import decode_prototypes, drawn_prototypes
from unpatch.blind.models.estimator import Estimator
from unpatch.blind.models.hypothesis import Decoding, Hypothesis, best_first
from unpatch.blind.repetition import Repetition, informed
from unpatch.blind.tokens import KIND, TYPE, TokenType
from unpatch.blind.vocabulary import Vocabulary
from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.ranges import BEAMS, DRAWS, SEED

TEMPERATURE = 1.0
"""Of the draws: as the model distributes them."""

FOUNDED = 0.1
"""Probability from which an effect stays in a reported graph. On recordings of other makes the F1 does not
depend on it up to here and falls above, as models are less sure there than they ought to be."""


@dataclass(frozen=True)
class Deciding:
    """Extent of the search.

    Attributes:
        beams: hypotheses that are followed at once; one of them is greedy decoding.
        draws: graphs that are drawn at random, from which probabilities are counted; 0 leaves them to the
            presence head, and to the beams where a model has none.
        seed: of the draws.
    """

    beams: int = 4
    draws: int = 24
    seed: int = 0

    def __post_init__(self) -> None:
        BEAMS.check("beams", self.beams)
        DRAWS.check("draws", self.draws)
        SEED.check("seed", self.seed)


@dataclass(frozen=True)
class Decision:
    """The decision on one recording.

    Attributes:
        hypotheses: different ones, the highest expected F1 first.
        expected: that F1 of each.
        chosen: effects of the highest expected F1, the most probable first.
        chosen_expected: that F1.
        presence: effect to the calibrated probability of its presence.
        akin: effect to the probability that it or one akin to it is present.
        repeats: kind to the probabilities that there are at least 1, 2, ... of it, if there is any.
        untouched: calibrated probability that there is no effect.
    """

    hypotheses: tuple[Hypothesis, ...]
    expected: tuple[float, ...]
    chosen: tuple[str, ...]
    chosen_expected: float
    presence: Mapping[str, float]
    akin: Mapping[str, float]
    repeats: Mapping[str, tuple[float, ...]]
    untouched: float

    def confident(self, graph: Graph) -> Graph:
        """The graph with each processor's probability as its confidence: that it or one akin is there.

        Of several of one kind each has the probability of at least that many. Splits, merges and control
        signals have none of their own: they depend on the effects around them.
        """
        seen: Counter[str] = Counter()
        nodes = []
        for node in graph.nodes:
            seen[node.kind] += 1
            nodes.append(replace(node, confidence=self._confidence(node.kind, seen[node.kind])))
        return replace(graph, nodes=tuple(nodes))

    def _confidence(self, kind: str, number: int) -> float | None:
        if kind not in self.presence:
            return None
        often = self.repeats.get(kind, ())
        share = 1.0 if number == 1 else often[number - 1] if number <= len(often) else 0.0
        return self.akin[kind] * share


def decide(
    model: Estimator,
    latents: Tensor,
    grammar: Grammar,
    registry: Mapping[str, Processor],
    how: Deciding | None = None,
    repetitions: Sequence[Repetition | None] | None = None,
) -> list[Decision]:
    """Decide for each example.

    Args:
        model: in evaluation mode.
        latents: ``[B, W, Q, D]``.
        grammar: of the model's vocabulary.
        registry: kind to processor.
        how: settings; the defaults of :class:`Deciding` if left out.
        repetitions: the clearest of each recording, which moves the probability of delays.
    """
    how = how or Deciding()
    repetitions = repetitions or [None] * len(latents)
    beams = decode_prototypes(model, latents, grammar, Decoding(how.beams))
    greedy = beams if how.beams == 1 else decode_prototypes(model, latents, grammar)
    draws: Sequence[Sequence[Hypothesis]] = [[] for _ in beams]
    if how.draws:
        draws = drawn_prototypes(model, latents, grammar, Decoding(how.draws, TEMPERATURE, how.seed))
    heads = presence(model, latents)
    kinds = EffectSets(model.vocabulary, registry)
    return [
        kinds.decided([*first, *several], drawn, head, model.calibration, repetition)
        for first, several, drawn, head, repetition in zip(
            greedy, beams, draws, heads, repetitions, strict=True
        )
    ]


def presence(model: Estimator, latents: Tensor) -> list[Mapping[str, float] | None]:
    """Kind to the presence head's probability, the mean over windows, of each example; None without one."""
    examples, windows = latents.shape[:2]
    logits = model.presence(latents.flatten(0, 1))
    if logits is None:
        return [None] * examples
    shares = logits.sigmoid().view(examples, windows, -1).mean(1).tolist()
    return [dict(zip(model.vocabulary.kinds, row, strict=True)) for row in shares]


@dataclass(frozen=True)
class EffectSets:
    """Effects of a model's hypotheses, and the choice of those to report."""

    vocabulary: Vocabulary
    registry: Mapping[str, Processor]

    @cached_property
    def effects(self) -> tuple[str, ...]:
        """Kinds that change a sound; the others split, merge or control."""
        return tuple(kind for kind in self.vocabulary.processor_kinds if self.registry[kind].is_effect)

    def counts(self, hypothesis: Hypothesis) -> Counter[str]:
        """How many effects of each kind a sequence has."""
        rows = [row for row in hypothesis.rows if row[TYPE] == TokenType.NODE]
        found = Counter(self.vocabulary.kinds[row[KIND]] for row in rows)
        return Counter({kind: found[kind] for kind in self.effects if found[kind]})

    def decided(
        self,
        searched: Sequence[Hypothesis],
        drawn: Sequence[Hypothesis],
        head: Mapping[str, float] | None,
        calibration: Calibration,
        repetition: Repetition | None = None,
    ) -> Decision:
        """The decision on one example."""
        counted = [self.counts(hypothesis) for hypothesis in (drawn or searched)]
        raw = self._probabilities(counted, head)
        likely = {kind: calibration.presence(kind, p) for kind, p in raw.items()}
        if repetition is not None:
            likely = informed(likely, repetition, calibration.repeats, self.registry)
        untouched = calibration.untouched(none_of(likely))
        groups = self.alike(likely)
        ranked = sorted(
            (
                (expected_f1(self._groups_of(one, groups), groups, untouched), one)
                for one in best_first([*searched, *drawn])
            ),
            key=lambda pair: -pair[0],
        )
        chosen, best = most_expected(groups, untouched)
        return Decision(
            tuple(one for _, one in ranked),
            tuple(score for score, _ in ranked),
            tuple(self._likeliest(group, likely) for group in chosen),
            best,
            likely,
            {kind: groups[self.registry[kind].akin] for kind in likely},
            {kind: _at_least(kind, counted) for kind in self.effects},
            untouched,
        )

    def alike(self, likely: Mapping[str, float]) -> dict[str, float]:
        """Probability of each group of kinds that are akin."""
        groups: dict[str, float] = {}
        for kind, probability in likely.items():
            group = self.registry[kind].akin
            groups[group] = groups.get(group, 0.0) + probability
        return {group: min(total, 1.0) for group, total in groups.items()}

    def _groups_of(self, hypothesis: Hypothesis, groups: Mapping[str, float]) -> set[str]:
        """Groups of a hypothesis's effects whose probability is at least :data:`FOUNDED`."""
        own = {self.registry[kind].akin for kind in self.counts(hypothesis)}
        return {group for group in own if groups[group] >= FOUNDED}

    def _likeliest(self, group: str, likely: Mapping[str, float]) -> str:
        """The most probable kind of a group."""
        return max((kind for kind in likely if self.registry[kind].akin == group), key=likely.__getitem__)

    def _probabilities(
        self, counted: Sequence[Counter[str]], head: Mapping[str, float] | None
    ) -> dict[str, float]:
        """Of each effect: the mean of the head's probability and of the share of graphs that have it."""
        shares = {kind: sum(kind in own for own in counted) / len(counted) for kind in self.effects}
        if head is None:
            return shares
        return {kind: (share + head[kind]) / 2 for kind, share in shares.items()}


def expected_f1(chosen: Collection[str], likely: Mapping[str, float], untouched: float) -> float:
    """Expected F1 of a set of kinds, with an independent probability of presence for each kind.

    >>> expected_f1({"bell"}, {"bell": 1.0, "chorus": 0.0}, untouched=0.0)
    1.0
    >>> expected_f1((), {"bell": 0.1}, untouched=0.9)
    0.9
    """
    if not chosen:
        return untouched
    return 2 * sum(likely[kind] for kind in chosen) / (len(chosen) + sum(likely.values()))


def most_expected(likely: Mapping[str, float], untouched: float) -> tuple[tuple[str, ...], float]:
    """The set of the highest expected F1, the most probable first, and that F1.

    >>> most_expected({"bell": 0.8, "chorus": 0.1, "reverb": 0.7}, untouched=0.1)[0]
    ('bell', 'reverb')
    """
    ranked = sorted(likely, key=lambda name: -likely[name])
    sets = [tuple(ranked[:size]) for size in range(len(ranked) + 1)]
    scores = [expected_f1(chosen, likely, untouched) for chosen in sets]
    best = max(range(len(sets)), key=scores.__getitem__)
    return sets[best], scores[best]


def none_of(likely: Mapping[str, float]) -> float:
    """Probability that there is none of some independent kinds.

    They are not independent: the calibration of the untouched is for this figure. It separates untouched
    recordings from others better than the share of draws without effects.
    """
    return math.prod(1 - p for p in likely.values())


def _at_least(kind: str, counted: Sequence[Counter[str]]) -> tuple[float, ...]:
    """The share of graphs with at least 1, 2, ... of a kind, among those that have any."""
    numbers = [own[kind] for own in counted if own[kind]]
    return tuple(
        sum(n >= least for n in numbers) / len(numbers) for least in range(1, max(numbers, default=0) + 1)
    )
