"""Folders of runs: killed at any moment they continue, damaged they say so, models of no run stay."""

import os
import pickle
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch

from tests.mastering_kit import debug, toy_clips
from tests.small_models import DEBUG, toy_corpus
from unpatch.blind import training as blind
from unpatch.learning.runs import MODEL, RESUME, read_state, write_state
from unpatch.mastering import training as mastering

MASTERING = debug("clipper_mee", steps=4, save_every=2)

RUNS: dict[str, tuple[ModuleType, str, Callable[[Path], object]]] = {
    "blind": (blind, "save_pretrained", lambda folder: blind.train(DEBUG, toy_corpus(), folder)),
    "mastering": (
        mastering,
        "save_model",
        lambda folder: mastering.train_mastering(MASTERING, toy_clips(), folder),
    ),
}
"""Kinds of training: their module, the name by which it writes a model, and a short run."""


class KilledError(BaseException):
    """Stands in for kill -9: nothing runs after it."""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / MODEL).iterdir())}


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("write", ["first", "last"])
def test_a_run_that_is_killed_between_its_state_and_its_model_continues(
    kind: str, write: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, run = RUNS[kind]
    run(tmp_path / "whole")
    wanted = contents(tmp_path / "whole")
    real, calls = getattr(module, name), list[int]()

    def killed(*arguments: object, **notes: object) -> None:
        calls.append(int(notes["step"]))  # type: ignore[call-overload]
        if write == "first" or notes["step"] == (8 if kind == "blind" else 4):
            raise KilledError
        real(*arguments, **notes)

    with monkeypatch.context() as patch, pytest.raises(KilledError):
        patch.setattr(module, name, killed)
        run(tmp_path / "killed")
    assert (tmp_path / "killed" / RESUME).exists()
    assert (tmp_path / "killed" / MODEL).exists() == (len(calls) > 1)
    run(tmp_path / "killed")
    assert contents(tmp_path / "killed") == wanted


@pytest.mark.parametrize("kind", RUNS)
def test_a_model_of_no_run_is_not_replaced(kind: str, tmp_path: Path) -> None:
    (tmp_path / MODEL).mkdir()
    (tmp_path / MODEL / "model.safetensors").write_text("weeks of work")
    with pytest.raises(ValueError, match=rf"{MODEL}: is there already, without the {RESUME} of a run"):
        RUNS[kind][2](tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MODEL]
    assert (tmp_path / MODEL / "model.safetensors").read_text() == "weeks of work"


def test_a_state_with_one_bit_changed_is_refused(tmp_path: Path) -> None:
    write_state(tmp_path, {"step": 3, "model": {"weight": torch.randn(100, 100)}}, {"seed": 0})
    path, whole = tmp_path / RESUME, (tmp_path / RESUME).read_bytes()
    state = read_state(tmp_path, {"seed": 0})
    assert state is not None
    start = whole.index(state["model"]["weight"].numpy().tobytes())
    draw = random.Random(0)
    for _ in range(50):
        changed = bytearray(whole)
        changed[draw.randrange(start, start + 40_000)] ^= 1 << draw.randrange(8)
        path.write_bytes(changed)
        with pytest.raises(ValueError, match=rf"{RESUME}: .* is not as it was written; choose"):
            read_state(tmp_path, {"seed": 0})


class Evil:
    """What pickle would run."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("hacked",)


def test_a_state_cannot_run_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"identity": {"seed": 0}, "evil": Evil()}, RESUME)
    with zipfile.ZipFile(RESUME) as archive:
        assert any(b"mkdir" in archive.read(name) for name in archive.namelist())
    with pytest.raises(ValueError, match=f"{RESUME}: damaged .*; choose another folder"):
        read_state(tmp_path, {"seed": 0})
    for protocol in (0, 2, 4):
        Path(RESUME).write_bytes(pickle.dumps(Evil(), protocol))
        with pytest.raises(ValueError, match=f"{RESUME}: damaged"):
            read_state(tmp_path, {"seed": 0})
    assert not Path("hacked").exists()


@pytest.mark.parametrize("kind", RUNS)
@pytest.mark.parametrize("change", [
    {"step": -1}, {"step": "8"}, {"model": {}}, {"model": 3}, {"random": torch.zeros(3)}, {"random": None},
    {"optimisers": [], "optimiser": {}},
], ids=str)  # fmt: skip
def test_a_state_that_does_not_fit_is_refused_in_a_line(
    kind: str, change: dict[str, object], tmp_path: Path
) -> None:
    run = RUNS[kind][2]
    if not (kept := Path(str(tmp_path.parent), f"run of {kind}")).exists():
        run(kept)
    shutil.copytree(kept, tmp_path / "run")
    state = torch.load(tmp_path / "run" / RESUME, weights_only=True)
    write_state(tmp_path / "run", {**state, **change}, state["identity"])
    with pytest.raises(ValueError, match=rf"{RESUME}: [^\n]*; choose another folder to start again$"):
        run(tmp_path / "run")
