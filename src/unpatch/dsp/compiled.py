"""One set of compiler options for all sample-by-sample recursions.

Reassociation and contraction are allowed; NaN and infinity keep their meaning, because bad input
has to stay visible. Kernels are cached on disk and release the interpreter lock.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {
    "cache": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
}


def kernel(function: F) -> F:
    """Compile a recursion, or a helper inlined into one."""
    return numba.njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def batch_kernel(function: F) -> F:
    """Compile a loop over independent rows (``numba.prange``), one thread each."""
    return numba.njit(parallel=True, **_OPTIONS)(function)  # type: ignore[no-any-return]
