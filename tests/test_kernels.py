"""Compiled kernels at the edges of their blocks: no index out of bounds, nothing but numbers, none untested.

Plain, a kernel that writes beyond an array corrupts memory in silence. ``make test-kernels`` runs these tests
with every index checked, compiled and as plain Python.
"""

import math
import re
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import numba
import numpy as np
import pytest
import torch

import unpatch
from tests.kernel_cases import CASES, COMPILED, backwards, declared_kernels
from unpatch.dsp.limiter import _gains
from unpatch.dsp.matrix_kernels import run as transform
from unpatch.processors import KINDS

BOUNDS_CHECKED = COMPILED and bool(numba.config.BOUNDSCHECK)  # type: ignore[attr-defined]
with_bounds_checked = pytest.mark.skipif(not BOUNDS_CHECKED, reason="make test-kernels runs it")
PACKAGE = Path(unpatch.__file__).parent


@pytest.fixture(autouse=True)
def like_compiled() -> Any:
    """Compiled code divides by zero without a word; NumPy warns."""
    with np.errstate(all="ignore"):
        yield


@with_bounds_checked
@pytest.mark.parametrize("case", CASES)
def test_any_length_signal_and_setting(case: str) -> None:
    for result in CASES[case]():
        assert result.isfinite().all()


@pytest.mark.skipif(COMPILED, reason="make test-kernels runs it")
def test_every_kernel_is_called_by_a_case() -> None:
    called: set[tuple[str, str]] = set()

    def record(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.add((frame.f_code.co_filename, frame.f_code.co_name))

    for name, case in CASES.items():
        sys.setprofile(record)
        try:
            assert all(result.isfinite().all() for result in case()), name
        finally:
            sys.setprofile(None)
    files = {file: Path(file).relative_to(PACKAGE) for file, _ in called if PACKAGE in Path(file).parents}
    assert (
        declared_kernels() - {(files[file].as_posix(), name) for file, name in called if file in files}
        == set()
    )


def test_nothing_is_compiled_elsewhere() -> None:
    """Numba's own decorators would escape the options and these tests."""
    for file in PACKAGE.rglob("*.py"):
        used = re.findall(
            r"\bnumba\.(jit|njit|vectorize|guvectorize|stencil|cfunc)\b", file.read_text("utf-8")
        )
        assert not used or file.name == "compiled.py", file
    assert len(declared_kernels()) > 150


@with_bounds_checked
def test_bounds_are_checked_in_this_run() -> None:
    """In a parallel loop, of which only the first thread's exceptions arrive, and in a plain one."""
    with pytest.raises((IndexError, SystemError)):
        transform(np.zeros((1, 2, 8)), np.zeros((1, 1, 1)), np.zeros((1, 2, 8)))
    states = np.zeros(9), np.zeros(2, np.int64), np.ones((2, 4)), np.array([0, 0, 0, 1.0, 4, 4, 0])
    falling = np.linspace(4, 2, 20, dtype=np.float32)
    with pytest.raises(IndexError):
        _gains(falling, 1.0, 0.9, *states, np.empty(20, np.float32))


BEYOND = (math.nan, math.inf, -math.inf, 1e9, -1e9)


@with_bounds_checked
@pytest.mark.parametrize("kind", [kind for kind, p in KINDS.items() if p.domain != "frequency"])
def test_settings_out_of_any_range_stay_in_bounds(kind: str) -> None:
    """Forward and back; or they are refused by name."""
    processor = KINDS[kind]
    audio = torch.sin(torch.arange(300) / 9).expand(len(BEYOND), 2, -1)
    for name, knob in {**processor.parameters, **processor.curves}.items():
        given = {p.name: audio[:, : 2 if p.signal == "audio" else 1].clone() for p in processor.inlets}
        leaves = [leaf.requires_grad_() for leaf in given.values()]
        value = torch.tensor(BEYOND)[:, None].repeat(1, knob.size).requires_grad_()
        length = None if processor.inlets else 300
        try:
            results = processor(given, sample_rate=44_100, frames=length, **{name: value}).values()
        except ValueError as refused:
            assert name in str(refused)
            continue
        backwards(list(results))
        assert all(leaf.grad is None or leaf.grad.shape == leaf.shape for leaf in leaves)
