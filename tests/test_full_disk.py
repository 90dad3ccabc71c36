"""A disk that is full: one line that names the file, and what was there before is as it was.

The limit on the size of files stands in for the disk: writing beyond it fails in the same way.
"""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.small_models import debug_model, write_examples
from tests.toy_kits import toy_kit
from unpatch.blind.models import save_pretrained
from unpatch.cli import BAD_INPUT, main
from unpatch.learning.runs import logged
from unpatch.mastering.clips import Clip, _write
from unpatch.mixing.checkpoint import Checkpoint
from unpatch.mixing.checkpoint import save as save_checkpoint
from unpatch.synth.shards import write_tar

ROOM = 3_000


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow beyond a few kilobytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def checkpoint(folder: Path, time: int) -> None:
    save_checkpoint(folder, time, Checkpoint({}, {"knobs": torch.full((9_000,), float(time))}), {})


def shard(folder: Path, time: int) -> None:
    write_tar(folder / "a.tar", {"0.graph.json": bytes(9_000 * time)})


def model(folder: Path, time: int) -> None:
    save_pretrained(debug_model(time), folder, step=time)


def kit(folder: Path, time: int) -> None:
    toy_kit("toy", tilt=time).save(folder)


def clips(folder: Path, time: int) -> None:
    _write(folder, "train", [(Clip("track", 0.0, 0.0, float(time)), np.zeros(9_000, np.int16))])


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "checkpoint": checkpoint, "shard": shard, "model": model, "kit": kit, "clips": clips,
}  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_what_was_written_before_stays(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path, 1)
    before = contents(tmp_path)
    with full_disk(), pytest.raises(OSError, match="File too large") as refusal:
        WRITERS[name](tmp_path, 2)
    assert Path(refusal.value.filename).parent == tmp_path
    assert contents(tmp_path) == before
    WRITERS[name](tmp_path, 2)
    assert contents(tmp_path) != before


@pytest.fixture(autouse=True)
def denormals_as_before() -> Iterator[None]:
    yield
    torch.set_flush_denormal(False)


def train(data: Path, run: Path, steps: int) -> int:
    words = ["train", "singing_debug_proposed", "--data", data, "--steps", steps, "-o", run]
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
        raise SystemExit(0)
    return int(ended.value.code or 0)


def test_training_keeps_its_checkpoint_and_continues(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, run = write_examples(tmp_path / "data"), tmp_path / "run"
    assert train(data, run, 1) == 0
    before = {path: data for path, data in contents(run).items() if "events.out" not in path}
    capsys.readouterr()
    with full_disk():
        assert train(data, run, 2) == BAD_INPUT
    said = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("step ")]
    assert len(said) == 1
    assert said[0].startswith(f"unpatch: {run}")
    assert said[0].endswith("File too large")
    assert {path: data for path, data in contents(run).items() if "events.out" not in path} == before
    assert train(data, run, 2) == 0
    assert torch.load(run / "resume.pt", weights_only=True)["step"] == 2


def test_a_full_disk_ends_tensorboard_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its thread is refused before the first checkpoint is."""
    with (
        full_disk(),
        pytest.raises(OSError, match="File too large") as refusal,
        logged(tmp_path, 999, lambda progress: None) as log,
    ):
        for step in range(999):
            log(step, {"loss": 1.0})
    assert refusal.value.filename == str(tmp_path)
    assert capfd.readouterr().err == ""
