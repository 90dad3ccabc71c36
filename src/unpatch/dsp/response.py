"""A signal's spectrum through responses, with dry/wet weight, pre-delay and crossing in one pass.

What a chain of linear processors costs on a CPU is the memory it moves. Weights, gains and delays are
numbers, so they are worked in while signal and response are read: ``y = x (1 - w + w h)`` reads both and
writes one, and its adjoint, gradients to all numbers included, reads three and writes two.

Shapes: B batch, C channel (1 or 2), F bins; numbers ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import response_kernels as kernels
from unpatch.dsp.phasors import reals, rows
from unpatch.dsp.spectrum import Spectrum

_SILENT = 1e-12


@dataclass(frozen=True)
class Way:
    """How a signal goes through a response.

    Attributes:
        weight: 0 is dry, 1 is wet.
        delay: of the wet signal, in samples.
        cross: how much of each channel that enters the response comes from the other one; 0.5 is mono.
        level_bins: where not 0, the response is scaled to a mean square of 1 over channels and the bins
            up to this one (the first and the last count half: up to the last bin this is the energy of the
            impulse response).
    """

    weight: Tensor
    delay: Tensor | None = None
    cross: Tensor | None = None
    level_bins: int = 0


def respond(signal: Spectrum, response: Tensor, way: Way) -> Spectrum:
    """The signal mixed with what the response ``[B or 1, C, F]`` makes of it."""
    weight = way.weight.double().flatten()
    zero = torch.zeros_like(weight)
    delay = zero if way.delay is None else way.delay.double().flatten() / signal.size
    cross = zero if way.cross is None else way.cross.double().flatten()
    numbers = torch.stack(rows(1 - weight, weight, delay, cross), dim=1)
    arguments = rows(signal.bins, response, numbers)
    bins: Tensor = _Respond.apply(*arguments, way.level_bins)  # type: ignore[no-untyped-call]
    return Spectrum(bins, signal.size)


class _Respond(torch.autograd.Function):
    """Bins ``[B, 2, F]``, response ``[B, C, F]``, numbers ``[B, 4]`` as in the kernels, bins of the level."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, h: Tensor, numbers: Tensor, level_bins: int) -> Tensor:
        x, h, numbers = x.contiguous(), h.contiguous(), numbers.contiguous()
        scales = _scales(h, level_bins)
        applied = numbers.clone()
        applied[:, 1] *= scales
        y = torch.empty_like(x)
        kernels.run(reals(x), reals(h), applied.numpy(), reals(y))
        ctx.save_for_backward(x, h, applied, scales)
        ctx.level_bins = level_bins
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, h, applied, scales = ctx.saved_tensors
        to_x, to_h, to_numbers = torch.empty_like(x), torch.empty_like(h), torch.empty_like(applied)
        into = (reals(to_x), reals(to_h), to_numbers.numpy())
        kernels.run_adjoint(reals(x), reals(h), applied.numpy(), reals(g), *into)
        if ctx.level_bins:
            to_squares = -0.5 * scales**2 * applied[:, 1] * to_numbers[:, 1]
            kernels.mean_squares_adjoint(reals(h), ctx.level_bins, to_squares.numpy(), reals(to_h))
        to_numbers[:, 1] *= scales
        return to_x, to_h, to_numbers, None


def _scales(h: Tensor, level_bins: int) -> Tensor:
    """What brings each row's mean square to 1, ``[B]``."""
    squares = torch.ones(len(h), dtype=torch.float64)
    if level_bins:
        kernels.mean_squares(reals(h), level_bins, squares.numpy())
        squares += _SILENT
    return squares.rsqrt()
