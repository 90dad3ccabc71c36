"""Files: whole or not there, safe from each other, with the permissions of ordinary files."""

import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
import torch

from unpatch.storage.files import (
    all_aside,
    aside,
    check_can_write,
    visible,
    write_array,
    write_aside,
)
from unpatch.synth.shards import write_tar


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Writes beyond so many bytes of a file fail, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "result.txt"
    path.write_text("old")

    def write_half() -> None:
        with aside(path) as draft:
            draft.write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_belong_together_come_together(tmp_path: Path) -> None:
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]

    def write_one() -> None:
        with all_aside(paths) as drafts:
            drafts[0].write_text("a")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        write_one()
    assert not list(tmp_path.iterdir())
    paths[1].mkdir()
    with pytest.raises(OSError, match="directory"), all_aside(paths):
        raise AssertionError("refused before anything is written")
    assert list(tmp_path.iterdir()) == [paths[1]]


def test_faults_of_a_draft_are_told_of_the_file(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 256)
    with pytest.raises(OSError, match="too long") as fault, aside(target):
        pass
    assert fault.value.filename == str(target)


# --- names ----------------------------------------------------------------------------------------


def test_drafts_of_one_path_have_different_names(tmp_path: Path) -> None:
    path = tmp_path / "result.txt"
    with aside(path) as first, aside(path) as second:
        assert first != second
        assert {first.suffix, second.suffix} == {".txt"}
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_threads_that_write_one_path_leave_a_whole_file(tmp_path: Path) -> None:
    path, start, faults = tmp_path / "result.txt", Barrier(4), list[Exception]()

    def write(letter: bytes) -> None:
        start.wait()
        try:
            for _ in range(20):
                write_aside(path, 100_000 * letter)
        except OSError as fault:
            faults.append(fault)

    threads = [Thread(target=write, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert len(set(path.read_bytes())) == 1
    assert path.stat().st_size == 100_000
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["x" * 251 + ".txt", "x." + "y" * 253, "\udcff" * 251 + ".txt"])
def test_the_longest_names_can_be_written(tmp_path: Path, name: str) -> None:
    write_aside(tmp_path / name, b"text")
    assert (tmp_path / name).read_bytes() == b"text"


def test_drafts_are_not_listed(tmp_path: Path) -> None:
    write_aside(tmp_path / "b.tar", b"")
    write_aside(tmp_path / "a.tar", b"")
    with aside(tmp_path / "c.tar") as draft:
        assert draft in set(tmp_path.glob("*.tar"))
        assert visible(tmp_path.glob("*.tar")) == [tmp_path / "a.tar", tmp_path / "b.tar"]


# --- permissions and links ------------------------------------------------------------------------


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        write_aside(tmp_path / "result.txt", b"text")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "result.txt").stat().st_mode) == mode


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "result.txt"
    path.write_text("old")
    path.chmod(0o604)
    write_aside(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "result.txt"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(PermissionError):
        write_aside(path, b"new")
    assert path.read_text() == "old"


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    path, link = tmp_path / "elsewhere" / "result.txt", tmp_path / "link.txt"
    path.write_text("old")
    link.symlink_to("elsewhere/result.txt")
    write_aside(link, b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_link_to_nothing_gets_its_file(tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to("result.txt")
    write_aside(link, b"new")
    assert (tmp_path / "result.txt").read_bytes() == b"new"
    assert link.is_symlink()


def test_devices_and_pipes_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.svg")
    (tmp_path / "null.svg").symlink_to(os.devnull)
    for name in ("pipe.svg", "null.svg"):
        with pytest.raises(OSError, match="not a file that can be replaced"):
            write_aside(tmp_path / name, b"")
        with pytest.raises(OSError, match="not a file that can be replaced"):
            check_can_write(tmp_path / name, (".svg",))
    assert stat.S_ISFIFO((tmp_path / "pipe.svg").stat().st_mode)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


# --- full disks -----------------------------------------------------------------------------------

NOISE = np.random.default_rng(0).standard_normal(30_000)


def write_text(path: Path) -> None:
    with aside(path) as draft:
        draft.write_text(str(NOISE.tolist()))


def write_state(path: Path) -> None:
    with aside(path) as draft:
        torch.save({"weights": torch.from_numpy(NOISE)}, draft)


def write_shard(path: Path) -> None:
    write_tar(path, {"a": NOISE.tobytes(), "b": NOISE.tobytes()})


@pytest.mark.parametrize("short", [1, 5_000, 50_000])
@pytest.mark.parametrize(
    ("write", "name"),
    [
        (write_text, "a.txt"),
        (lambda path: write_array(path, NOISE), "a.npy"),
        (write_state, "a.pt"),
        (write_shard, "a.tar"),
    ],
)
def test_a_full_disk_is_named_and_the_old_file_stays(
    write: Callable[[Path], None], name: str, short: int, tmp_path: Path
) -> None:
    """Whatever the library that writes makes of it: torch raises RuntimeErrors, numpy nothing."""
    path = tmp_path / name
    write(path)
    before = path.read_bytes()
    with file_size_limit(len(before) - short), pytest.raises(OSError, match="too large") as refusal:
        write(path)
    assert refusal.value.filename == str(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_takes_its_place_before_all_are_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Disks of other machines report what they could not hold as late as that."""
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in paths:
        path.write_text("old")
    calls = []

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left") as refusal, all_aside(paths) as drafts:
        for draft in drafts:
            draft.write_text("new")
    assert refusal.value.filename in {str(path) for path in paths}
    assert [path.read_text() for path in paths] == ["old", "old"]
    assert sorted(tmp_path.iterdir()) == paths
