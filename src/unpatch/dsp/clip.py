"""Memoryless clipping with a knee from soft to hard.

Shapes: audio ``[B, C, T]``, knobs ``[B or 1, 1, 1]``.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import clip_kernels as kernels


def clip(input: Tensor, gain_db: Tensor, offset: Tensor, hardness: Tensor) -> Tensor:
    """``(f(g x + o) - f(o)) / g``, f a blend of three clippers of slope 1 at 0 and ceiling 1.

    ::

        f = (1 - h) tanh + h cubic           0 <= h <= 1
        f = (2 - h) cubic + (h - 1) hard     1 <= h <= 2
        cubic(x) = x - 4 x^3 / 27  for |x| <= 3/2, else sign(x)

    Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024), equations (1) to (4); the cubic is
    the one with f(3/2) = 1 and f'(3/2) = 0.
    """
    soft, hard = (1 - hardness).clamp(min=0), (hardness - 1).relu()
    shape = (10 ** (gain_db / 20), offset, soft, 1 - soft - hard, hard)
    columns = [knob.flatten().expand(len(input)) for knob in torch.broadcast_tensors(*shape)]  # type: ignore[no-untyped-call]
    return _Clip.apply(input, torch.stack(columns, dim=1).to(input.dtype))  # type: ignore[no-any-return, no-untyped-call]


class _Clip(torch.autograd.Function):
    """Shape ``[B, 5]`` holds gain, offset and the shares of tanh, cubic and hard clipper."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, shape: Tensor) -> Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x, shape)
        output = torch.empty_like(x)
        kernels.clip(x.numpy(), shape.numpy(), output.numpy())
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        x, shape = ctx.saved_tensors
        to_x, to_shape = torch.empty_like(x), torch.empty_like(shape)
        arrays = (a.contiguous().numpy() for a in (x, shape, grads[0], to_x, to_shape))
        kernels.clip_adjoint(*arrays)
        return to_x, to_shape
