"""One part of a long training: from where it was left until time is up, it is stopped, or it is done."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from unpatch.blind.begun import PLACE, Begun, Spent
from unpatch.blind.corpus import Corpus
from unpatch.blind.models import Estimator, save_pretrained
from unpatch.blind.presets import Preset
from unpatch.blind.stream import Stream
from unpatch.blind.training import numbers
from unpatch.blind.validation import validate
from unpatch.execution.interrupts import Interrupts
from unpatch.learning.logbook import append
from unpatch.learning.runs import MODEL, Log, Report, is_due, logged, write_state
from unpatch.synth.supply import Supply, SupplyError

Note: TypeAlias = Callable[[str], None]
"""Takes a line about the progress."""

NOTE_EVERY_S = 30.0


class TimeIsUp(Exception):  # noqa: N818
    """Training has had its minutes."""


@dataclass(frozen=True)
class How:
    """What may differ from one part of a run to the next.

    Attributes:
        minutes: after which training stops, saves and evaluates; None trains to the last step.
        generators: processes that make examples beside training; with 0 they are made in between.
        report: called with losses and errors at intervals.
        note: called with progress lines.
    """

    minutes: float | None = None
    generators: int = 1
    report: Report = lambda progress: None
    note: Note = lambda line: None


class Clock:
    """The time of this part of a run, and the line about waiting."""

    def __init__(self, how: How) -> None:
        self.how = how
        self.begun, self.core = time.monotonic(), time.process_time()
        self._end: float | None = None
        self._noted: float | None = None

    def start(self) -> None:
        """Count the minutes from now on."""
        if self.how.minutes is not None:
            self._end = time.monotonic() + 60 * self.how.minutes

    @property
    def is_up(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end

    def waiting(self, shards: int, seconds: float) -> None:
        """Report at intervals that examples are awaited; TimeIsUp once the time is over."""
        if self.is_up:
            raise TimeIsUp
        now = time.monotonic()
        if self._noted is None or now - self._noted >= NOTE_EVERY_S:
            self._noted = now
            self.how.note(f"waiting for examples for {seconds:.0f} s; {shards} shards are not there yet")

    def spent(self, before: Spent, shards: Supply) -> Spent:
        """What this part of the run and those before it have cost."""
        here = shards.generator_s if shards.crew is None else 0.0
        return Spent(
            before.seconds + time.monotonic() - self.begun,
            before.core_seconds + time.process_time() - self.core - here,
            before.generator_seconds + shards.generator_s,
            before.waiting_seconds + shards.waited_s,
        )


class Means:
    """Of losses since the last time that they were taken."""

    def __init__(self) -> None:
        self.count, self._sums = 0, dict[str, float]()

    def add(self, losses: Mapping[str, float]) -> None:
        self.count += 1
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + value

    def taken(self) -> dict[str, float]:
        found = {name: total / self.count for name, total in self._sums.items()}
        self.count, self._sums = 0, {}
        return found


@dataclass
class Session:
    """The loop.

    Attributes:
        folder: of the run.
        at: state of the training, from which it continues.
        stream: training examples.
        shards: supply of the stream.
        held_out: sets of examples that the model is measured on, by name.
        identity: of the run.
        notes: entries of the model's config beside the training state.
        figures: of the last evaluation.
    """

    folder: Path
    preset: Preset
    at: Begun
    stream: Stream
    shards: Supply
    held_out: Mapping[str, Corpus]
    identity: Mapping[str, Any]
    clock: Clock
    notes: Mapping[str, Any] = field(default_factory=dict)
    means: Means = field(default_factory=Means)
    figures: Mapping[str, float] = field(default_factory=dict)

    def go(self) -> None:
        """Train."""
        settings = self.preset.training
        self.clock.start()
        with logged(self.folder, settings.steps, self.clock.how.report) as log, Interrupts() as interrupts:
            try:
                for losses in self._steps(interrupts):
                    step = self.at.learner.step
                    if is_due(step, settings.report_every, settings.steps):
                        log(step, losses)
                    if is_due(step, settings.save_every, settings.steps):
                        self.save()
                    if is_due(step, settings.validate_every, settings.steps):
                        self.evaluate(log)
            except (KeyboardInterrupt, SupplyError):
                self.save()
                raise
            self.save()
            if self.means.count:
                self.evaluate(log)

    def _steps(self, interrupts: Interrupts) -> Iterator[dict[str, float]]:
        """Losses of each step that there is time for."""
        settings = self.preset.training
        batches = self.stream.batches(self.at.place, settings.batch, self.shards.need)
        while self.at.learner.step < settings.steps and not self.clock.is_up:
            try:
                batch, after = next(batches)
            except TimeIsUp:
                return
            with interrupts.held():
                losses = numbers(self.at.learner.learn(batch))
                self.at.place = after
                self.means.add(losses)
            yield losses

    def save(self) -> None:
        """Write all that is needed to continue, then the model; before the first step there is nothing."""
        if not self.at.learner.step:
            return
        write_state(self.folder, self.at.to_dict(self.spent()), self.identity)
        self.publish()
        self.tidy()

    def publish(self) -> None:
        """Write the model for use."""
        save_pretrained(self.shown(), self.folder / MODEL, step=self.at.learner.step, **self.all_notes())

    def all_notes(self) -> dict[str, Any]:
        """Entries of a config beside the model's own settings."""
        here = {
            "preset": asdict(self.preset),
            PLACE: asdict(self.at.place),
            "spent": asdict(self.spent()),
        }
        return here | dict(self.notes)

    def tidy(self) -> None:
        """Remove shards that are no longer needed."""
        self.stream.ring.forget(self.at.place.kept(self.stream.ring.settings).start)

    def spent(self) -> Spent:
        """Of this part of the run and those before it."""
        return self.clock.spent(self.at.before, self.shards)

    def shown(self) -> Estimator:
        """The model that is evaluated and used: of a trunk its average."""
        average = self.at.learner.average
        return self.at.learner.estimator if average is None else average.model()

    def evaluate(self, log: Log) -> None:
        """Measure the model, and add a line to the table."""
        settings, step, place = self.preset.training, self.at.learner.step, self.at.place
        found = self.measure()
        seen = {
            "examples": step * settings.batch,
            "fresh_examples": (place.newest + 1 - place.oldest) * self.stream.ring.settings.shard,
        }
        append(self.folder, step, seen | asdict(self.spent()) | self.means.taken() | found)
        log(step, {f"validation/{name}": value for name, value in found.items()})

    def measure(self) -> dict[str, float]:
        """Errors and scores on each validation set."""
        decoded = self.preset.training.decoded // len(self.held_out)
        found, model = dict[str, float](), self.shown().eval()
        for name, corpus in self.held_out.items():
            own = validate(model, corpus, self.stream.registry, decoded)
            found |= {f"{name}/{figure}": value for figure, value in own.items()}
        self.figures = found
        return found
