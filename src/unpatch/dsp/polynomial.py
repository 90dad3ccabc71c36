"""Memoryless clipping as a series of polynomials, counted from the identity.

Shapes: audio ``[B, C, T]``, coefficients ``[B or 1, 1, H]``.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import polynomial_kernels as kernels


class Family(NamedTuple):
    """Polynomials P_0 = 1, P_1 = x, P_h = rise x P_(h-1) - fall P_(h-2)."""

    rise: float
    fall: float


TAYLOR = Family(1, 0)
"""Powers."""
CHEBYSHEV = Family(2, 1)
"""Chebyshev polynomials of the first kind."""


def bend(input: Tensor, coefficients: Tensor, family: Family) -> Tensor:
    """``x + sum of c[h] (P_h(x) - P_h(0))`` for h = 1 .. H.

    Beyond full scale the sum holds its value at full scale, where polynomials would run away.
    """
    rows = coefficients.reshape(len(coefficients), -1).expand(len(input), -1).to(input.dtype)
    return _Bend.apply(input, rows, *family)  # type: ignore[no-any-return, no-untyped-call]


class _Bend(torch.autograd.Function):
    """Audio ``[B, C, T]``, coefficients ``[B, H]``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, coefficients: Tensor, rise: float, fall: float) -> Tensor:
        x, coefficients = x.contiguous(), coefficients.contiguous()
        ctx.save_for_backward(x, coefficients)
        ctx.rise, ctx.fall = rise, fall
        output = torch.empty_like(x)
        kernels.bend(x.numpy(), coefficients.numpy(), rise, fall, output.numpy())
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, coefficients = ctx.saved_tensors
        to_x, to_coefficients = torch.empty_like(x), torch.empty_like(coefficients)
        grad, into = grads[0].contiguous().numpy(), (to_x.numpy(), to_coefficients.numpy())
        kernels.bend_adjoint(x.numpy(), coefficients.numpy(), ctx.rise, ctx.fall, grad, *into)
        return to_x, to_coefficients, None, None
