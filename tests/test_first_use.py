"""The line about compiling: when a kernel is compiled, and not when it is loaded."""

import os
import subprocess
import sys
from pathlib import Path

from unpatch.execution.announcements import COMPILING, Announcement

CODE = """
import numpy as np
from unpatch.execution.announcements import COMPILING
COMPILING.report = print
from unpatch.dsp.compiled import flushed
flushed(np.float32(1), np.float32(0)), flushed(1.0, 0.0)
"""


def test_compiling_is_announced_once_and_loading_is_not(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    printed = [
        subprocess.run(
            [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment
        )
        for _ in range(2)
    ]
    assert [done.stdout for done in printed] == [f"{COMPILING.line}\n", ""]


def test_an_announcement_is_made_once_and_to_nobody_by_itself() -> None:
    told: list[str] = []
    announcement = Announcement("warm")
    announcement.make()
    announcement.report = told.append
    announcement.make()
    announcement.make()
    assert told == ["warm"]
