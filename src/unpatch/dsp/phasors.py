"""What compiled loops over spectra share: bins as pairs of reals, and delays as turning phasors.

Loops run block by block, so that a block's phasors are one double-precision turn of a table that is
computed once: exact to rounding however long the delay. A spectrum's bins reach a kernel as real and
imaginary part by turns, ``[..., 2 F]``. Buffers of several rows of BLOCK are flat, because the compiler
vectorises only arrays known to be distinct (measured: 5 times faster); REAL and IMAGINARY are the first two.
"""

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.dsp.compiled import Array, kernel

BLOCK = 256
REAL, IMAGINARY = 0, BLOCK


def reals(bins: Tensor) -> NDArray[Any]:
    """Bins ``[..., F]`` as ``[..., 2 F]``; shares the memory of contiguous bins that are not conjugated."""
    return torch.view_as_real(bins.detach().resolve_conj().contiguous()).flatten(-2).numpy()


@kernel
def fill_table(cycles: float, table: Array) -> None:
    """``exp(-2 pi i cycles j)`` for j below BLOCK, ``[2 BLOCK]``."""
    for j in range(BLOCK):
        angle = -2 * math.pi * ((cycles * j) % 1.0)
        table[REAL + j], table[IMAGINARY + j] = math.cos(angle), math.sin(angle)


@kernel
def turn_table(cycles: float, start: int, table: Array, out: Array) -> None:
    """``exp(-2 pi i cycles k)`` for the block of bins k from ``start`` on, ``[2 BLOCK]``."""
    angle = -2 * math.pi * ((cycles * start) % 1.0)
    c, s = table.dtype.type(math.cos(angle)), table.dtype.type(math.sin(angle))
    for j in range(BLOCK):
        out[REAL + j] = c * table[REAL + j] - s * table[IMAGINARY + j]
        out[IMAGINARY + j] = c * table[IMAGINARY + j] + s * table[REAL + j]


def rows(*tensors: Tensor) -> list[Tensor]:
    """Tensors ``[B or 1, ...]`` brought to one batch."""
    batch = int(np.broadcast_shapes(*(t.shape[:1] for t in tensors))[0])
    return [t.expand(batch, *t.shape[1:]) for t in tensors]
