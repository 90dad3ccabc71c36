"""One part of a long training: from where it was left until time is up, it is stopped, or it is done."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.learner import learn, numbers
from unpatch.blind.models import Estimator, save_pretrained
from unpatch.blind.presets import Preset, TrainSettings
from unpatch.blind.stream import ExampleStream
from unpatch.blind.training_state import PLACE, Spent, TrainingState
from unpatch.blind.validation import validate
from unpatch.learning.learner import Learner
from unpatch.learning.logbook import append
from unpatch.learning.means import Means
from unpatch.learning.runs import MODEL, Report
from unpatch.synth.ring import Place
from unpatch.synth.supply import Supply

Note: TypeAlias = Callable[[str], None]
"""Takes a line about the progress."""

NOTE_EVERY_S = 30.0
LEARNT = ("node_error", "parameter_error")
"""Errors that are also measured on training examples."""


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


@dataclass
class Session:
    """Training on a stream, see :class:`unpatch.learning.loop.TrainingJob`.

    Attributes:
        folder: of the run.
        identity: of the run.
        at: state of the training, from which it continues.
        stream: training examples.
        shards: supply of the stream.
        held_out: sets of examples that the model is measured on, by name.
        notes: entries of the model's config beside the training state.
        means: of losses since the last evaluation.
        last: losses of the last step.
        figures: of the last evaluation.
    """

    folder: Path
    identity: Mapping[str, Any]
    preset: Preset
    at: TrainingState
    stream: ExampleStream
    shards: Supply
    held_out: Mapping[str, Corpus]
    clock: Clock
    notes: Mapping[str, Any] = field(default_factory=dict)
    means: Means = field(default_factory=Means)
    last: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def learner(self) -> Learner[Estimator]:
        return self.at.learner

    @property
    def settings(self) -> TrainSettings:
        return self.preset.training

    def batches(self) -> Iterator[tuple[Batch, Place]]:
        """Of each step that there is time for, with the place after it."""
        self.clock.start()
        examples = self.stream.batches(self.at.place, self.settings.batch, self.shards.need)
        while self.learner.step < self.settings.steps and not self.clock.is_up:
            try:
                found = next(examples)
            except TimeIsUp:
                return
            yield found

    def learn(self, batch: tuple[Batch, Place]) -> None:
        examples, after = batch
        self.last = numbers(learn(self.learner, examples, self.settings))
        self.means.add(self.last)
        self.at.place = after

    def losses(self) -> Mapping[str, float]:
        return self.last

    def state(self) -> dict[str, Any]:
        return self.at.to_dict(self.spent())

    def publish(self) -> None:
        """Write the model for use, and remove shards that are no longer needed."""
        save_pretrained(self.shown(), self.folder / MODEL, step=self.learner.step, **self.all_notes())
        self.stream.ring.forget(self.at.place.kept(self.stream.ring.settings).start)

    def all_notes(self) -> dict[str, Any]:
        """Entries of a config beside the model's own settings."""
        here = {
            "preset": asdict(self.preset),
            PLACE: asdict(self.at.place),
            "spent": asdict(self.spent()),
        }
        return here | dict(self.notes)

    def spent(self) -> Spent:
        """Of this part of the run and those before it."""
        return self.clock.spent(self.at.before, self.shards)

    def shown(self) -> Estimator:
        """The model that is evaluated and used: of a trunk its average."""
        average = self.learner.average
        return self.learner.network if average is None else average.model()

    def validate(self) -> dict[str, float]:
        """Measure the model, and add a line to the table."""
        step, place = self.learner.step, self.at.place
        spent = self.spent()  # before the evaluation, as in a state that is saved here
        found = self.measure()
        seen = {
            "examples": step * self.settings.batch,
            "fresh_examples": (place.newest + 1 - place.oldest) * self.stream.ring.settings.shard,
        }
        append(self.folder, step, seen | asdict(spent) | self.means.taken() | found)
        return {f"validation/{name}": value for name, value in found.items()}

    def measure(self) -> dict[str, float]:
        """Errors and scores on each validation set."""
        decoded = self.settings.decoded // len(self.held_out)
        found, model = dict[str, float](), self.shown().eval()
        for name, corpus in self.held_out.items():
            own = validate(model, corpus, self.stream.registry, decoded)
            found |= {f"{name}/{figure}": value for figure, value in own.items()}
        self.figures = found | self._of_learnt(model)
        return dict(self.figures)

    def _of_learnt(self, model: Estimator) -> dict[str, float]:
        """The same errors on examples that were learnt from, those that have been seen most often.

        Far below those of the validation sets, examples are learnt by heart: see fewer of them again.
        """
        ring = self.stream.ring
        known = [shard for shard in self.at.place.kept(ring.settings) if ring.path(shard).exists()]
        if not known:
            return {}
        items = self.stream.corpus(known[:1]).items[: self.settings.validated // len(self.held_out)]
        found = validate(model, Corpus(items), self.stream.registry, decoded=0)
        return {f"learnt/{figure}": found[figure] for figure in LEARNT if figure in found}
