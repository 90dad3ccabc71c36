"""Settings of the process that make work on a CPU faster. Opt-in: they are the program's to make."""

import ctypes
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

# Numbers of the options in glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_LARGEST = 2**31 - 1


def configure_cpu() -> bool:
    """Keep freed memory for reuse, and compute without denormal numbers.

    By default glibc maps every block over 32 MB afresh (95 s of stereo in single precision), and the
    kernel zeroes it page by page at each operation. After this call such blocks soon come from memory
    that the process already holds; it does not give it back before it ends. Measured: the chain of the
    benchmark over three minutes of stereo takes 0.8 s of processor time instead of 1.3 s.

    Returns:
        Whether the allocator took the settings; False where it is not glibc's.
    """
    import torch

    torch.set_flush_denormal(True)
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    taken = [mallopt(option, _LARGEST) == 1 for option in (_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD)]
    return all(taken)


def has_bfloat16() -> bool:
    """Whether this processor has tiles that multiply bfloat16 (AMX): products then take 0.4 of the time.

    The vector instructions for it alone (AVX-512 BF16) do not pay: products then take 1.7 times as long as in
    single precision, and a training step 1.4 times. False where torch is too old to report it.
    """
    import torch

    capabilities: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("amx_bf16", False))


@contextmanager
def one_thread() -> Iterator[None]:
    """Torch works on one thread within.

    An estimate is thousands of products of small matrices: several threads spend their time waiting
    for each other.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
