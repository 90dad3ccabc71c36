"""The loop of every training: steps, reports, validation, and checkpoints from which it resumes.

See :mod:`unpatch.learning.runs` for what a run's folder holds and when a run continues.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from unpatch.execution.interrupts import Interrupts
from unpatch.learning.learner import Learner
from unpatch.learning.runs import (
    Log,
    Report,
    is_due,
    is_model_of,
    logged,
    read_state,
    restoring,
    write_state,
)
from unpatch.synth.supply import SupplyError

Batch = TypeVar("Batch")


class Intervals(Protocol):
    """The last step, and every how many steps something is done."""

    @property
    def steps(self) -> int: ...
    @property
    def report_every(self) -> int: ...
    @property
    def validate_every(self) -> int: ...
    @property
    def save_every(self) -> int: ...


class TrainingJob(Protocol[Batch]):
    """The parts of a training that a task defines: batches, losses and the model's files."""

    @property
    def learner(self) -> Learner[Any]: ...
    @property
    def folder(self) -> Path:
        """Of the run."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """What must be equal for the run to continue."""

    @property
    def settings(self) -> Intervals: ...
    def batches(self) -> Iterator[Batch]:
        """Of the remaining steps; fewer where the time is limited."""

    def learn(self, batch: Batch) -> None:
        """One step; a signal that ends the program waits for its end."""

    def losses(self) -> Mapping[str, float]:
        """What is reported of the last steps, by name."""

    def validate(self) -> Mapping[str, float]:
        """Errors on held-out examples; empty without any."""

    def state(self) -> Mapping[str, Any]:
        """All that is needed to continue, as plain data and tensors."""

    def publish(self) -> None:
        """Write the model for use."""


def resume(job: TrainingJob[Any]) -> None:
    """Load the checkpoint that a run of this identity has left in the folder, if there is one."""
    stored = read_state(job.folder, job.identity)
    if stored is not None:
        with restoring(job.folder):
            job.learner.restore(stored)


def train(job: TrainingJob[Any], report: Report) -> None:
    """Make the remaining steps.

    When the batches end early, and when the program is interrupted or the source of examples fails, the run
    is saved.

    Args:
        job: what is trained.
        report: called with losses and errors at intervals.
    """
    if job.learner.step and not is_model_of(job.folder, job.learner.step):
        save(job)
    with logged(job.folder, job.settings.steps, report) as log, Interrupts() as interrupts:
        try:
            validated = _steps(job, interrupts, log)
        except (KeyboardInterrupt, SupplyError):
            save(job)
            raise
        if job.learner.step < job.settings.steps:
            save(job)
            if not validated and (errors := job.validate()):
                log(job.learner.step, errors)


def _steps(job: TrainingJob[Any], interrupts: Interrupts, log: Log) -> bool:
    """Whether the errors of the last step are known, or no step was made."""
    every, is_validated = job.settings, True
    for batch in job.batches():
        with interrupts.held():
            job.learn(batch)
        step = job.learner.step
        if is_due(step, every.save_every, every.steps):
            save(job)
        is_validated = is_due(step, every.validate_every, every.steps)
        errors = job.validate() if is_validated else {}
        if errors or is_due(step, every.report_every, every.steps):
            log(step, {**job.losses(), **errors})
    return is_validated


def save(job: TrainingJob[Any]) -> None:
    """Write all that is needed to continue, then the model; before the first step there is nothing."""
    if job.learner.step:
        write_state(job.folder, job.state(), job.identity)
        job.publish()
