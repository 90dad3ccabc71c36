"""Memoryless distortion and quantisation.

Shapes: audio ``[B, 2, T]``, knobs ``[B or 1, 1, 1]``.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import drive_kernels as kernels

# The lower half clips this low at full asymmetry (-12 dB).
LEAST_CEILING = 0.25
# Share of the ceiling that the tail keeps at full hardness: without it the clipper had a corner.
LEAST_TAIL = 1e-3


def distort(input: Tensor, gain_db: Tensor, hardness: Tensor, asymmetry: Tensor) -> Tensor:
    """Amplify, then clip each half-wave by a straight part and a tanh tail.

    A half-wave with ceiling 1 is clipped by ::

        f(x) = x for x <= h,   h + s tanh((x - h) / s) above,   s = 1 - h

    where h is the hardness (s stays above 0.001): f and f' are continuous, f < 1, f(0) = 0, f'(0) = 1.
    The lower half has ceiling ``c = 1 - 0.75 asymmetry`` and is ``c f(x / c)``.
    """
    tail = 1 - (1 - LEAST_TAIL) * hardness
    ceiling = 1 - (1 - LEAST_CEILING) * asymmetry
    shape = [knob.flatten().expand(len(input)) for knob in (10 ** (gain_db / 20), tail, ceiling)]
    return _Distort.apply(input, torch.stack(shape, dim=1).to(input.dtype))  # type: ignore[no-any-return, no-untyped-call]


def quantise(input: Tensor, bit: Tensor) -> Tensor:
    """Round to a staircase of step 2 / 2^bit that passes through zero; 2^bit steps from -1 to 1."""
    step = 2 ** (1 - bit)
    return (input / step).round_().mul_(step)


class _Distort(torch.autograd.Function):
    """Shape ``[B, 3]`` holds gain, tail and ceiling of the lower half."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, shape: Tensor) -> Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x, shape)
        output = torch.empty_like(x)
        kernels.distort(x.numpy(), shape.numpy(), output.numpy())
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        x, shape = ctx.saved_tensors
        to_x, to_shape = torch.empty_like(x), torch.empty_like(shape)
        arrays = (a.contiguous().numpy() for a in (x, shape, grads[0], to_x, to_shape))
        kernels.distort_adjoint(*arrays)
        return to_x, to_shape
