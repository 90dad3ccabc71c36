"""Estimates of models for the clips of a suite, in one process or several."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench.checks.outside.answers import OTHER, Answer
from bench.checks.outside.clips import Clip, Suite, clip_of
from bench.checks.outside.families import as_graph
from bench.checks.outside.judging import Verdict, judged, named_effects
from unpatch.blind.models import from_pretrained
from unpatch.dsp.cpu import configure_cpu
from unpatch.estimation import estimate
from unpatch.processors import EVERYDAY
from unpatch.tasks import shipped_folder

SUITES = ("classic", "everyday")
TASK = "singing"
EVERY = 10
"""Clips between lines of progress."""


@dataclass(frozen=True)
class Wanted:
    """Models and clips.

    Attributes:
        suite: its name.
        sources: folder of dry recordings.
        seed: of the clips.
        models: name to the folder of a model; None is the shipped one.
        clips_folder: where clips are kept; None keeps none.
    """

    suite: str
    sources: Path
    seed: int
    models: Mapping[str, Path | None]
    clips_folder: Path | None

    def opened(self) -> Suite:
        """Of the packages that play, only those of this suite are needed."""
        if self.suite == "classic":
            from bench.checks.outside.classic import ClassicSuite

            return ClassicSuite(self.sources, self.seed)
        from bench.checks.outside.everyday_suite import EverydaySuite

        return EverydaySuite(self.sources, self.seed)


class Estimating:
    """Results for single clips; holds what is costly to open."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.suite = wanted.opened()
        self.models = {
            name: from_pretrained(folder or shipped_folder(TASK), EVERYDAY)
            for name, folder in wanted.models.items()
        }

    def answer(self, number: int) -> Answer:
        """Of every model."""
        clip, audio, rate = clip_of(self.suite, number, self.wanted.clips_folder)
        return Answer(
            clip,
            {
                name: judged(estimate(audio, rate, TASK, model=model, registry=EVERYDAY), clip)
                for name, model in self.models.items()
            },
        )


def answers(wanted: Wanted, count: int, jobs: int) -> list[Answer]:
    """Of all models, and of a baseline with the chain of the clip before: of equal frequency, no input."""
    found, begun = [], time.monotonic()
    for answer in _each(wanted, range(count), jobs):
        found.append(answer)
        if len(found) % EVERY == 0:
            print(f"{len(found)} of {count} clips, {time.monotonic() - begun:.0f} s", flush=True)
    before = clip_of(wanted.opened(), count, wanted.clips_folder)[0]
    others = [before, *(answer.clip for answer in found)]
    return [_with_other(answer, other) for answer, other in zip(found, others, strict=False)]


def _with_other(answer: Answer, other: Clip) -> Answer:
    graph = as_graph([one.family for one in other.played])
    return Answer(answer.clip, {**answer.verdicts, OTHER: Verdict(graph, named_effects(graph, answer.clip))})


_ESTIMATING: list[Estimating] = []


def _each(wanted: Wanted, numbers: Sequence[int], jobs: int) -> Iterator[Answer]:
    if jobs == 1:
        _begin(wanted)
        yield from map(_answer, numbers)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (wanted,)) as pool:
        yield from pool.map(_answer, numbers)


def _begin(wanted: Wanted) -> None:
    configure_cpu()
    _ESTIMATING[:] = [Estimating(wanted)]


def _answer(number: int) -> Answer:
    return _ESTIMATING[0].answer(number)
