"""One set of compiler options for all sample-by-sample recursions.

Reassociation and contraction are allowed; NaN and infinity keep their meaning, because bad input
has to stay visible. Kernels are cached on disk and release the interpreter lock.
"""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

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
    """Compile a loop over independent rows (``numba.prange``), one thread each."""
    return numba.njit(parallel=True, **_OPTIONS)(function)  # type: ignore[no-any-return]
