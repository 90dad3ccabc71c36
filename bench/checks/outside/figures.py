"""Figures of an outside check: effects found, missed and invented, untouched recordings, errors of knobs."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from bench.checks.outside.answers import Answer
from bench.checks.outside.clips import Clip
from bench.checks.outside.families import SHELF, SHELVES, as_graph, by_family, f1, shelves_as_one
from bench.checks.outside.judging import Verdict
from bench.checks.outside.main_knobs import MAIN, Knob
from unpatch.metrics import Bootstrap, Figure, Tally, order_correlation
from unpatch.processors import KINDS

PLAIN_DELAYS = ("pedalboard Delay", "Faust echo")


class Counted(NamedTuple):
    """How often a family was played, named, and rightly named."""

    played: int
    named: int
    right: int


class Off(NamedTuple):
    """Errors of a knob where its family was right: how many, their median, and the share that is of use."""

    number: int
    median: float
    within: float


class Untouched(NamedTuple):
    """Results on untouched recordings.

    Attributes:
        number: of recordings.
        recognised: share of which no effect is named.
        named: effects that are named, a recording.
        sure: of which at least one effect is called sure.
        families: how often each is named.
    """

    number: int
    recognised: Figure
    named: float
    sure: int
    families: Mapping[str, int]


def processed(answers: Iterable[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.clip.played]


def mean(answers: Sequence[Answer], value: Callable[[Answer], float]) -> Figure:
    """Over clips, those left out for which it is NaN; the interval is of other performers."""
    if not answers:
        return Figure(math.nan, math.nan, math.nan, 0)
    bootstrap = Bootstrap([answer.clip.performer for answer in answers], unit="performers")
    return bootstrap.figure(Tally.of_known([value(answer) for answer in answers]))


def headline(answers: Sequence[Answer], guesser: str) -> dict[str, Figure]:
    """The figures that count."""
    some = processed(answers)

    def score(answer: Answer) -> float:
        return f1(answer.verdicts[guesser].families, answer.clip.families)

    def with_one_shelf(answer: Answer) -> float:
        found, true = answer.verdicts[guesser].families, answer.clip.families
        return f1(shelves_as_one(found), shelves_as_one(true))

    def same(answer: Answer) -> float:
        return float(answer.verdicts[guesser].families == answer.clip.families)

    found = {
        "effect-set F1": mean(some, score),
        "shelves as one": mean(some, with_one_shelf),
        "all effects, none else": mean(some, same),
        "order": mean(some, lambda answer: _order(answer.verdicts[guesser], answer.clip)),
    }
    return found if len(some) == len(answers) else {**found, "F1 with the untouched": mean(answers, score)}


def _order(verdict: Verdict, clip: Clip) -> float:
    true = as_graph([one.family for one in clip.played])
    return order_correlation(by_family(verdict.graph), by_family(true), KINDS)


def by_part(answers: Sequence[Answer], guesser: str) -> dict[str, Figure]:
    """Effect-set F1 of parts of the processed clips."""
    some = processed(answers)
    parts: dict[str, Callable[[Clip], bool]] = {
        **{f"{n} effect{'s' * (n > 1)}": partial(_is_long, n) for n in (1, 2, 3, 4)},
        **{name: partial(_is_of, name) for name in ("voice", "speech", "instrument")},
        "WAV at 44.1 or 48 kHz": lambda clip: not clip.format.kbps and clip.sample_rate > 32_000,
        "lossy files": lambda clip: clip.format.kbps > 0,
        "lossy below 100 kb/s": lambda clip: 0 < clip.format.kbps < 100,
        "files of 22.05 or 24 kHz": lambda clip: clip.sample_rate < 32_000,
        "dry sound without highs": lambda clip: clip.band_hz is not None,
    }
    table = {}
    for name, belongs in parts.items():
        own = [answer for answer in some if belongs(answer.clip)]
        if own:
            table[name] = headline(own, guesser)["effect-set F1"]
    return table


def _is_long(effects: int, clip: Clip) -> bool:
    return len(clip.played) == effects


def _is_of(category: str, clip: Clip) -> bool:
    return clip.category == category


def by_effect(answers: Sequence[Answer], guesser: str) -> dict[str, Counted]:
    """Of every family, on all clips; in the end low and high shelves as one."""
    pairs = [(answer.clip.families, answer.verdicts[guesser].families) for answer in answers]
    table = _counted(pairs)
    if any(shelf in table for shelf in SHELVES):
        as_one = _counted([(shelves_as_one(true), shelves_as_one(found)) for true, found in pairs])
        table[f"{SHELF} (either)"] = as_one[SHELF]
    return table


def _counted(pairs: Sequence[tuple[set[str], set[str]]]) -> dict[str, Counted]:
    played = Counter(family for true, _ in pairs for family in true)
    guessed = Counter(family for _, found in pairs for family in found)
    both = Counter(family for true, found in pairs for family in true & found)
    names = [*(name for name in MAIN if name in played), *sorted(played.keys() - MAIN.keys())]
    names += sorted(guessed.keys() - played.keys())
    return {name: Counted(played[name], guessed[name], both[name]) for name in names}


def by_make(answers: Sequence[Answer], guesser: str) -> dict[str, tuple[int, int]]:
    """Who played an effect to how often, and how often its family is named."""
    played: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for answer in answers:
        for one in answer.clip.played:
            played[one.make] += 1
            right[one.make] += one.family in answer.verdicts[guesser].families
    return {make: (played[make], right[make]) for make in sorted(played)}


def plain_delays(answers: Sequence[Answer], guesser: str) -> tuple[int, int, int]:
    """How many there are, how many are named, and of how many the time is within 5 % as well."""
    knob = MAIN["delay"][0]
    verdicts = [
        answer.verdicts[guesser]
        for answer in answers
        if any(one.make in PLAIN_DELAYS for one in answer.clip.played)
    ]
    close = [v.errors.get("delay", {}).get(knob.name, math.inf) <= knob.within for v in verdicts]
    return len(verdicts), sum("delay" in v.families for v in verdicts), sum(close)


def settings(answers: Sequence[Answer], guesser: str) -> dict[tuple[str, Knob], Off]:
    """Errors of every main knob."""
    table = {}
    for family, knobs in MAIN.items():
        own = [answer.verdicts[guesser].errors.get(family, {}) for answer in answers]
        for knob in knobs:
            found = np.array([errors[knob.name] for errors in own if knob.name in errors])
            if len(found):
                table[family, knob] = Off(
                    len(found), float(np.median(found)), float((found <= knob.within).mean())
                )
    return table


def untouched(answers: Sequence[Answer], guesser: str) -> Untouched | None:
    """Results on untouched recordings; None where there are none."""
    own = [answer for answer in answers if not answer.clip.played]
    if not own:
        return None
    verdicts = [answer.verdicts[guesser] for answer in own]
    return Untouched(
        len(own),
        mean(own, lambda answer: float(not answer.verdicts[guesser].named)),
        sum(len(verdict.named) for verdict in verdicts) / len(own),
        sum(any(one.word == "sure" for one in verdict.named) for verdict in verdicts),
        Counter(family for verdict in verdicts for family in verdict.families),
    )


def passed_over(answers: Sequence[Answer], guesser: str) -> int:
    """How many processed clips no effect is named of."""
    return sum(not answer.verdicts[guesser].named for answer in processed(answers))
