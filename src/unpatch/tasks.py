"""The tasks of :func:`unpatch.estimate`, and what belongs to each.

Shapes: T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from unpatch.blind.estimating import estimate_blind
from unpatch.declaration import Processor
from unpatch.estimates import Estimate
from unpatch.mastering.masters import estimate_master
from unpatch.processors import EVERYDAY, KINDS


class Estimating(Protocol):
    """Estimates the graph of a recording ``[2, T]``; arguments as of :func:`unpatch.estimate`."""

    def __call__(self, recording: Tensor, rate: int, **options: Any) -> Estimate: ...


@dataclass(frozen=True)
class Task:
    """A task of estimation.

    Attributes:
        name: of the task.
        weights: name of the shipped model.
        estimate: the estimator.
        refined_with: kinds of processors that a refined graph may have.
        fixed_structure: whether refinement leaves the structure as it is.
    """

    name: str
    weights: str
    estimate: Estimating
    refined_with: Mapping[str, Processor]
    fixed_structure: bool = False

    @property
    def folder(self) -> Path:
        """Of the shipped model."""
        return Path(str(files("unpatch") / "assets" / "weights" / self.weights))


class _Blind:
    """A task of the blind estimators."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, recording: Tensor, rate: int, *, model: Any = None, **options: Any) -> Estimate:
        chosen = TASKS[self.name].folder if model is None else model
        return estimate_blind(recording, rate, self.name, model=chosen, **options)


def _master(
    recording: Tensor, rate: int, *, model: Any = None, dry: Any = None, windows: Any = "loudest", **_: Any
) -> Estimate:
    if not isinstance(model, str | Path | None):
        raise ValueError("a model of the task 'mastering' is given as the folder of one")
    folder = TASKS["mastering"].folder if model is None else Path(model)
    return estimate_master(recording, rate, dry=dry, folder=folder, windows=windows)


TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        Task("singing", "singing_small_ours", _Blind("singing"), EVERYDAY),
        Task("drums", "drums_small_ours", _Blind("drums"), EVERYDAY),
        Task("mastering", "mastering_small_chain_ours_mixed", _master, KINDS, fixed_structure=True),
    )
}
"""By name."""


def task_called(name: str) -> Task:
    """The task of a name.

    Raises:
        ValueError: there is none.
    """
    if name not in TASKS:
        raise ValueError(f"no weights for task {name!r} are shipped; there are some for {', '.join(TASKS)}")
    return TASKS[name]


def shipped_folder(name: str) -> Path:
    """The folder of the shipped model of a task."""
    return task_called(name).folder
