"""What killed processes have left is removed at the next start, and nothing else."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from unpatch.storage import drafts
from unpatch.storage.drafts import ABANDONED_S, DRAFT, draft_name, scratch
from unpatch.storage.files import write_aside


@pytest.fixture(scope="module")
def gone() -> int:
    """Number of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def made_by(process: int, ending: str = "", machine: str | None = None) -> str:
    return f"{DRAFT}{machine or drafts._machine()}-{process}-0123456789abcdef{ending}"


def test_drafts_of_processes_that_are_gone_are_removed(tmp_path: Path, gone: int) -> None:
    (tmp_path / made_by(gone, ".wav")).touch()
    (tmp_path / made_by(gone) / "deeper").mkdir(parents=True)
    kept = {
        made_by(os.getppid(), ".wav"),
        made_by(os.getpid(), ".wav"),
        made_by(gone, ".wav", machine="00000000"),  # perhaps it runs there
        f".song.{gone}.wav",
        f"song{made_by(gone, '.wav')}",
        ".unpatch-draft-notes of mine.txt",
    }
    for name in kept:
        (tmp_path / name).touch()
    write_aside(tmp_path / "result.txt", b"text")
    assert {path.name for path in tmp_path.iterdir()} == kept | {"result.txt"}


def test_drafts_of_other_machines_are_removed_a_day_later(tmp_path: Path, gone: int) -> None:
    for name in (made_by(gone, machine="00000000"), f"{DRAFT}0123456789abcdef.wav"):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - 1.1 * ABANDONED_S,) * 2)
    (tmp_path / made_by(os.getpid())).touch()
    os.utime(tmp_path / made_by(os.getpid()), (0, 0))
    write_aside(tmp_path / "result.txt", b"text")
    assert sorted(path.name for path in tmp_path.iterdir()) == [made_by(os.getpid()), "result.txt"]


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path, gone: int) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "song.wav").touch()
    (tmp_path / made_by(gone)).symlink_to("mine")
    write_aside(tmp_path / "result.txt", b"text")
    assert [path.name for path in sorted(tmp_path.rglob("*"))] == ["mine", "song.wav", "result.txt"]


def test_a_process_that_is_killed_while_writing_leaves_nothing_for_long(tmp_path: Path) -> None:
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom unpatch.storage.drafts import scratch\n"
        "from unpatch.storage.files import aside\n"
        "with scratch(Path(sys.argv[1])), aside(Path(sys.argv[1]) / 'result.txt') as draft:\n"
        "    draft.write_text('half')\n    os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert len(list(tmp_path.iterdir())) == 2
    with scratch(tmp_path) as place:
        assert list(tmp_path.iterdir()) == [place]
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_said_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as fault, scratch(tmp_path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert fault.value.filename == str(tmp_path)


def test_names_are_used_once() -> None:
    assert len({draft_name(".wav") for _ in range(100)}) == 100
    assert all(drafts._NAME.fullmatch(draft_name(ending)) for ending in ("", ".wav", ".tar.gz"))
