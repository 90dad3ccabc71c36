"""One set of compiler options for all sample-by-sample recursions.

Reassociation and contraction are allowed; NaN and infinity keep their meaning, because bad input
has to stay visible. Kernels are cached on disk and release the interpreter lock.

Kernels rely on the shapes they get: the caller checks them. ``make test-bounds`` runs every test with
the bounds of every array checked, ``make test-nojit`` the kernels as plain Python.

Threads and processes: kernels may run in several Python threads at once. Threads do not survive a fork:
numba's OpenMP layer (the one on Linux, unless ``tbb`` is installed) ends a forked process that enters a
parallel loop after its parent has. Here a forked process runs its rows one after another instead, with the
same results up to rounding. PyTorch's threads have the same trouble: a forked process calls
``torch.set_num_threads(1)`` before it uses PyTorch (as the workers of its ``DataLoader`` do), or is started
by the ``spawn`` or ``forkserver`` method of :mod:`multiprocessing`, which is what this package does itself.
"""

import os
from collections.abc import Callable
from functools import cache, wraps
from types import FunctionType
from typing import Any, TypeAlias, TypeVar, cast

import numba
import numpy as np
from numba.core import event
from numpy.typing import NDArray

from unpatch.dsp.first_use import FirstUse

F = TypeVar("F", bound=Callable[..., Any])
Array: TypeAlias = NDArray[np.floating[Any]]
Number: TypeAlias = float | np.floating[Any]

# States below this are silence: they are set to zero before they become denormal numbers.
SILENCE = 1e-25
_SILENCE_SINGLE = np.float32(SILENCE)  # a double would widen what it is compared with

_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
}
# Reassociation lengthens the path from one state to the next (measured: 3 times slower biquads).
_IN_ORDER: dict[str, Any] = {**_OPTIONS, "fastmath": {"contract"}}


def kernel(function: F) -> F:
    """Compile a recursion, or a helper inlined into one."""
    return numba.njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def generated(function: F) -> F:
    """Compile generated source, in strict floating-point order; without a file there is no cache."""
    return cast(F, numba.njit(nogil=True)(function))


def part(function: F) -> F:
    """Compile a piece of a kernel that becomes part of its code wherever it is called.

    A call that is left as one may meet another compilation of the same function, of which the last bit
    of a product and sum may differ: then a process that compiles and one that loads from the cache differ.
    """
    return numba.njit(forceinline=True, **_OPTIONS)(function)  # type: ignore[no-any-return]


@kernel
def flushed(value: Any, zero: Any) -> Any:
    """``value``, or ``zero``, which is of the same precision, where it is silence."""
    return zero if abs(value) < _SILENCE_SINGLE else value


def ordered_kernel(function: F) -> F:
    """Compile a recursion that is written with its states last: operations keep their order."""
    return numba.njit(**_IN_ORDER)(function)  # type: ignore[no-any-return]


def batch_kernel(function: F) -> F:
    """Compile a loop over independent rows (``numba.prange``), one thread each.

    An exception inside such a loop reaches the caller from the first thread only: check before, not in it.
    """
    threaded = numba.njit(parallel=True, **_OPTIONS)(function)

    @wraps(function)
    def run(*arguments: Any) -> Any:
        return (_without_threads(function) if _Process.lost_threads else threaded)(*arguments)

    return cast(F, run)


class _Process:
    lost_threads = False
    """Whether numba's threads run in a process that this one was forked from."""


def _after_fork() -> None:
    try:
        numba.threading_layer()  # type: ignore[attr-defined]
    except ValueError:  # none was started: this process may start its own
        return
    _Process.lost_threads = True


event.register("numba:compile", FirstUse())  # type: ignore[no-untyped-call]

if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_after_fork)


@cache
def _without_threads(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled under another name, because the cache on disk distinguishes variants by their names only."""
    f = cast(FunctionType, function)
    serial = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__, f.__closure__)
    serial.__qualname__ = f"{f.__qualname__}_without_threads"
    serial.__module__ = f.__module__
    return numba.njit(**_OPTIONS)(serial)  # type: ignore[no-any-return]
