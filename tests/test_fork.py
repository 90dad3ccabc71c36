"""Processes forked after a parallel kernel ran: numba's OpenMP layer would end them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import unpatch

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")

KERNEL = """
import numpy as np
from unpatch.dsp.matrix_kernels import run

x, numbers = np.arange(8_192.0).reshape(2, 2, 2_048), np.arange(8.0).reshape(2, 2, 2)

def result():
    y = np.empty_like(x)
    run(x, numbers, y)
    return y
"""
RENDER = """
import numpy as np, torch, unpatch
from unpatch.processors import KINDS

torch.set_num_threads(1)
graph = unpatch.chain(KINDS, ("distortion", {}))
x = torch.randn(2, 4_000, generator=torch.Generator().manual_seed(0))

def result():
    return unpatch.render(graph, x, 44_100).numpy()
"""
FORK = """
import os

expected = result()
child = os.fork()
if not child:
    os._exit(0 if np.allclose(result(), expected, rtol=1e-5, atol=1e-6) else 3)
os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
"""
FORK_FIRST = """
import os
from unpatch.dsp.compiled import _Process

child = os.fork()
right = np.array_equal(result(), numbers @ x)
if not child:
    os._exit(0 if right and not _Process.lost_threads else 3)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
os._exit(abs(status) if right else 4)
"""


def status_of(program: str) -> int:
    threads = {"NUMBA_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    return subprocess.run(
        [sys.executable, "-c", program], check=False, env={**os.environ, **threads}, timeout=600
    ).returncode


def test_forked_process_runs_kernels_its_parent_ran() -> None:
    assert status_of(KERNEL + FORK) == 0


def test_forked_process_renders() -> None:
    assert status_of(RENDER + FORK) == 0


def test_process_forked_before_any_kernel_keeps_its_threads() -> None:
    assert status_of(KERNEL + FORK_FIRST) == 0


def test_package_starts_its_processes_without_fork() -> None:
    for file in Path(unpatch.__file__).parent.rglob("*.py"):
        text = file.read_text("utf-8")
        assert set(re.findall(r"get_context\((.*?)\)", text)) <= {'"spawn"', '"forkserver"'}, file
        assert not re.search(r"multiprocessing\.(Process|Pool)\(|os\.fork\(", text), file
        assert all("mp_context=" in call for call in re.findall(r"ProcessPoolExecutor\((.*?)\)", text)), file
