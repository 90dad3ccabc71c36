"""The tasks of :func:`unpatch.estimate`, and what belongs to each.

Shapes: T samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from unpatch.blind.estimating import estimate_blind
from unpatch.blind.presets import PRESETS as BLIND_PRESETS
from unpatch.declaration import Processor
from unpatch.estimates import Estimate
from unpatch.mastering.masters import estimate_master
from unpatch.mastering.presets import PRESETS as MASTERING_PRESETS
from unpatch.processors import EVERYDAY, KINDS


class Estimating(Protocol):
    """Estimates the graph of a recording ``[2, T]``; arguments as of :func:`unpatch.estimate`."""

    def __call__(self, recording: Tensor, rate: int, **options: Any) -> Estimate: ...


@dataclass(frozen=True)
class EstimationTask:
    """A task of estimation.

    Attributes:
        name: of the task.
        weights: name of the shipped model.
        estimate: the estimator.
        refined_with: kinds of processors that a refined graph may have.
        presets: of training, by name.
        train: trains a preset on a data set; arguments as of :func:`unpatch.blind.training.train_folder`.
        fixed_structure: whether refinement leaves the structure as it is.
    """

    name: str
    weights: str
    estimate: Estimating
    refined_with: Mapping[str, Processor]
    presets: Mapping[str, Any]
    train: Callable[..., Path]
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


def _train_blind(*args: Any, **options: Any) -> Path:
    from unpatch.blind.training import train_folder

    return train_folder(*args, **options)


def _train_mastering(*args: Any, **options: Any) -> Path:
    from unpatch.mastering.training import train_folder

    return train_folder(*args, **options)


def _blind(name: str, weights: str) -> EstimationTask:
    presets = {key: preset for key, preset in BLIND_PRESETS.items() if preset.model.task == name}
    return EstimationTask(name, weights, _Blind(name), EVERYDAY, presets, _train_blind)


TASKS: Mapping[str, EstimationTask] = {
    task.name: task
    for task in (
        _blind("singing", "singing_small_direct_long"),
        _blind("drums", "drums_small_ours"),
        EstimationTask(
            "mastering",
            "mastering_small_chain_ours_mixed",
            _master,
            KINDS,
            MASTERING_PRESETS,
            _train_mastering,
            fixed_structure=True,
        ),
    )
}
"""By name."""


def task_called(name: str) -> EstimationTask:
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


def task_of_preset(name: str) -> EstimationTask:
    """The task that a preset of training belongs to.

    Raises:
        ValueError: there is none; names those of the task that the name begins with, or all.
    """
    for task in TASKS.values():
        if name in task.presets:
            return task
    near = [task for task in TASKS.values() if name.startswith(f"{task.name}_")] or TASKS.values()
    raise ValueError(
        f"unknown preset {name!r}; there are {', '.join(p for task in near for p in task.presets)}"
    )


def presets(task: str | None = None) -> dict[str, Any]:
    """Presets of training: model and settings, by name.

    Args:
        task: a name in :data:`TASKS`; those of all tasks if left out.

    Returns:
        Name to preset, a frozen dataclass; its name is what :func:`unpatch.train` takes.

    Raises:
        ValueError: an unknown task.

    Example:
        >>> import unpatch
        >>> "singing_debug_ours" in unpatch.presets("singing")
        True
        >>> unpatch.presets()["drums_small_ours"].model.task
        'drums'
    """
    tasks = TASKS.values() if task is None else [task_called(task)]
    return {name: preset for each in tasks for name, preset in each.presets.items()}
