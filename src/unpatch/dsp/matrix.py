"""What gain, pan and width are: a matrix of two by two that maps left and right to left and right.

It is the same for samples and for bins, and a dry/wet weight changes nothing but its entries.

Shapes: signals ``[B, 2, N]``, real or complex; knobs ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import matrix_kernels as kernels
from unpatch.dsp.phasors import reals, rows


def amplify(input: Tensor, gain_db: Tensor, pan: Tensor, weight: Tensor) -> Tensor:
    """Gain and equal-power pan, mixed with the input by ``weight``.

    The gains of left and right are sqrt(2) times cosine and sine of (pan + 1) pi/4, written so that they
    are exactly 1 in the centre.
    """
    gain, angle = 10 ** (gain_db.double() / 20), pan.double() * (math.pi / 4)
    return balance(input, gain * (angle.cos() - angle.sin()), gain * (angle.cos() + angle.sin()), weight)


def balance(input: Tensor, left: Tensor, right: Tensor, weight: Tensor) -> Tensor:
    """A factor on each channel, mixed with the input by ``weight``."""
    w = weight.double()
    left, right = 1 + w * (left.double() - 1), 1 + w * (right.double() - 1)
    return transform(input, [left, 0 * left, 0 * right, right])


def widen(input: Tensor, width: Tensor, weight: Tensor) -> Tensor:
    """A factor on the side (L - R)/2, mixed with the input by ``weight``."""
    apart = weight.double() * (width.double() - 1) / 2
    return transform(input, [1 + apart, -apart, -apart, 1 + apart])


def transform(input: Tensor, entries: list[Tensor]) -> Tensor:
    """The matrix, given row by row, times the input."""
    matrix = torch.cat(rows(*(entry.reshape(-1, 1) for entry in entries)), dim=1).reshape(-1, 2, 2)
    output: Tensor = _MatrixProduct.apply(*rows(input, matrix))  # type: ignore[no-untyped-call]
    return output


def _reals(signal: Tensor) -> Any:
    return reals(signal) if signal.is_complex() else signal.detach().contiguous().numpy()


class _MatrixProduct(torch.autograd.Function):
    """Signal ``[B, 2, N]``, matrix ``[B, 2, 2]``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, matrix: Tensor) -> Tensor:
        x, matrix = x.contiguous(), matrix.contiguous()
        y = torch.empty_like(x)
        kernels.run(_reals(x), matrix.numpy(), _reals(y))
        ctx.save_for_backward(x, matrix)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        x, matrix = ctx.saved_tensors
        to_x, to_matrix = torch.empty_like(x), torch.empty_like(matrix)
        kernels.run_adjoint(_reals(x), matrix.numpy(), _reals(g), _reals(to_x), to_matrix.numpy())
        return to_x, to_matrix
