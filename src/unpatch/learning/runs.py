"""What all runs of training share: reports, TensorBoard's files, and how a run continues after a break.

A run's folder holds ``model`` (weights and config), ``resume.pt`` (all that is needed to continue; read as
plain tensors only) and TensorBoard's files. A run that continues ends where it would have ended without the
break; it refuses another preset, other data and other code. The state is written before the model: a process
that is killed in between leaves an older model or none, which is written again later.
"""

import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch

from unpatch.execution.extras import require
from unpatch.storage.documents import DocumentError, read_json, reading
from unpatch.storage.files import aside

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
from unpatch.learning.weights import CONFIG
from unpatch.storage.identity import require_same
from unpatch.storage.outputs import files_in

MODEL, RESUME, LOCK = "model", "resume.pt", ".lock"
MACHINERY = ("learning.loop", "learning.runs", "learning.means", "learning.logbook")
"""Code that weights do not depend on: a run continues with other versions of it."""
DAMAGED = "; choose another folder to start again"
# Settings that may be changed in the middle of a run.
FREE = (
    "steps",
    "accelerator",
    "report_every",
    "validate_every",
    "save_every",
    "validated",
    "decoded",
    "stream.ring",
    "stream.reuse",
)


@dataclass(frozen=True)
class Progress:
    """State of a run.

    Attributes:
        values: name to number: losses, and the validation's errors when there was one.
    """

    step: int
    steps: int
    seconds: float
    values: Mapping[str, float]


Report: TypeAlias = Callable[[Progress], None]
Log: TypeAlias = Callable[[int, Mapping[str, float]], None]
"""Takes a step and its values."""


def is_due(step: int, every: int, steps: int) -> bool:
    """At this interval of steps, and at the last step."""
    return step % every == 0 or step == steps


@contextmanager
def logged(folder: Path, steps: int, report: Report) -> Iterator[Log]:
    """Writes values to TensorBoard's files in a folder, and reports them.

    Raises:
        OSError: where the disk is full, with the name of the folder.
    """
    require("train")
    from torch.utils.tensorboard import SummaryWriter

    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with _blamed_on(folder), SummaryWriter(str(folder)) as board:

        def log(step: int, values: Mapping[str, float]) -> None:
            for name, value in values.items():
                board.add_scalar(name, value, step)
            report(Progress(step, steps, time.monotonic() - begun, values))

        yield log


@contextmanager
def _blamed_on(folder: Path) -> Iterator[None]:
    """TensorBoard's thread raises what the disk refuses at the next call; here without its own traceback."""
    before = threading.excepthook

    def hook(fault: threading.ExceptHookArgs) -> None:
        if not isinstance(fault.exc_value, OSError):
            before(fault)

    threading.excepthook = hook
    try:
        yield
    except OSError as fault:
        if fault.filename is not None:
            raise
        raise OSError(fault.errno, fault.strerror or str(fault), str(folder)) from None
    finally:
        threading.excepthook = before


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Lock the folder for this training; the system releases the lock however this process ends.

    Raises:
        ValueError: another process does already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ValueError(f"{folder}: another process trains in this folder") from None
        yield


def identity_of(**parts: Mapping[str, Any]) -> dict[str, Any]:
    """What must be equal for a run to continue: dotted name to value, without those in :data:`FREE`."""
    return {name: value for name, value in flat(parts) if name.removeprefix("preset.training.") not in FREE}


def flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested mappings by their dotted names."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def write_state(folder: Path, state: Mapping[str, Any], identity: Mapping[str, Any]) -> None:
    """Store what is needed to continue."""
    with aside(folder / RESUME) as draft:
        torch.save({**state, "identity": identity}, draft)


def check_run_folder(folder: Path) -> None:
    """Refuse a folder whose model is of no run, before any work.

    Raises:
        ValueError: there is a model but no state of training, so that it would be lost.
    """
    if not (folder / RESUME).exists() and files_in(folder / MODEL):
        raise ValueError(
            f"{folder / MODEL}: is there already, without the {RESUME} of a run; choose another folder"
        )


def is_model_of(folder: Path, step: int) -> bool:
    """Whether the run's model was written at a step: a kill may come between the state and the model."""
    try:
        return bool(read_json(folder / MODEL / CONFIG).get("step") == step)
    except (DocumentError, AttributeError):
        return False


def read_state(folder: Path, identity: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a run of this identity has stored in this folder; None if there is no run.

    Raises:
        ValueError: the state is damaged or of a run of another identity, in one line.
    """
    if not (folder / RESUME).exists():
        return None
    stored = read_any_state(folder)
    require_same(folder / RESUME, identity, stored["identity"], "run")
    return stored


def read_any_state(folder: Path) -> dict[str, Any]:
    """The state in this folder, of a run of any identity.

    Raises:
        ValueError: the state is damaged, in one line.
    """
    path = folder / RESUME
    with reading(path, ValueError, DAMAGED):
        _check_whole(path)
        stored = dict(torch.load(path, map_location="cpu", weights_only=True))
        return stored | {"identity": dict(stored["identity"])}


def _check_whole(path: Path) -> None:
    """Compare the checksums in the archive that torch writes, which it does not do itself."""
    with zipfile.ZipFile(path) as archive:
        if (name := archive.testzip()) is not None:
            raise ValueError(f"{name} is not as it was written")


@contextmanager
def restoring(folder: Path) -> Iterator[None]:
    """Report a state that does not fit the model or its optimisers as one ValueError of one line."""
    with reading(folder / RESUME, ValueError, DAMAGED):
        yield


def step_of(state: Mapping[str, Any]) -> int:
    """Steps made when a state was stored."""
    step = state["step"]
    if not isinstance(step, int) or step < 1:
        raise ValueError(f"is at step {str(step)[:20]}")
    return step
