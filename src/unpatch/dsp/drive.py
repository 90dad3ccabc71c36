"""Memoryless distortion and quantisation.

Shapes: audio ``[B, 2, T]``, knobs ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

import torch
from numba import prange
from torch import Tensor

from unpatch.dsp import fastmath
from unpatch.dsp.compiled import batch_kernel, kernel

# The lower half clips this low at full asymmetry (-12 dB).
_LEAST_CEILING = 0.25
# The tail that follows the straight part keeps at least this share of the ceiling: 1 would be a corner.
_LEAST_TAIL = 1e-3


def distort(input: Tensor, gain_db: Tensor, hardness: Tensor, asymmetry: Tensor) -> Tensor:
    """Amplify, then clip each half-wave by a straight part and a tanh tail.

    With ceiling C (1 for the upper half, 1 - 0.75 asymmetry for the lower) and straight part
    S = C * hardness, the upper half is ::

        f(x) = x for x <= S,   S + (C - S) tanh((x - S) / (C - S)) above

    smooth (f and f' are continuous), bounded by C, with slope 1 at zero and f(0) = 0.
    """
    rows, dtype = input.shape[0], input.dtype
    gain = 10 ** (gain_db / 20)
    ceiling = 1 - (1 - _LEAST_CEILING) * asymmetry
    knobs = [x.detach().reshape(-1).to(dtype).expand(rows).contiguous() for x in (gain, hardness, ceiling)]
    output = torch.empty_like(input, memory_format=torch.contiguous_format)
    _distort(input.detach().contiguous().numpy(), *(x.numpy() for x in knobs), output.numpy())
    return output


def quantise(input: Tensor, bit: Tensor) -> Tensor:
    """Round to a staircase of step 2 / 2^bit that passes through zero; 2^bit steps from -1 to 1."""
    step = 2 ** (1 - bit)
    return (input / step).round() * step


@kernel
def _clip(x, hardness, ceiling, tail_share):  # type: ignore[no-untyped-def]
    """One half-wave, x >= 0."""
    straight = ceiling * hardness
    tail = ceiling * tail_share
    over = max(x - straight, type(x)(0))
    return min(x, straight) + tail * fastmath.tanh(over / tail)


@batch_kernel
def _distort(input, gain, hardness, ceiling, out):  # type: ignore[no-untyped-def]
    one = input.dtype.type(1)
    for b in prange(input.shape[0]):
        share = max(one - hardness[b], input.dtype.type(_LEAST_TAIL))
        for c in range(input.shape[1]):
            source, target = input[b, c], out[b, c]
            for t in range(input.shape[2]):
                x = gain[b] * source[t]
                limit = one if x >= 0 else ceiling[b]
                y = _clip(abs(x), one - share, limit, share)
                target[t] = y if x >= 0 else -y
