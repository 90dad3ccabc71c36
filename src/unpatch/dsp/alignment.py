"""A delay by any fraction of a sample, and a gain that may be negative, on spectra.

The delay is a phase in proportion to frequency: exact below half the sample rate. A negative
one advances.

Shapes: B batch, F bins; knobs ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import alignment_kernels as kernels
from unpatch.dsp.phasors import reals, rows
from unpatch.dsp.spectrum import Spectrum


def align(signal: Spectrum, delay_ms: Tensor, gain: Tensor, sample_rate: float) -> Spectrum:
    """The signal later by ``delay_ms`` and times ``gain``."""
    cycles = delay_ms.double().flatten() * (sample_rate / 1000 / signal.size)
    numbers = torch.stack(rows(cycles, gain.double().flatten()), dim=1)
    bins: Tensor = _Align.apply(*rows(signal.bins, numbers))  # type: ignore[no-untyped-call]
    return Spectrum(bins, signal.size)


class _Align(torch.autograd.Function):
    """Bins ``[B, 2, F]``, numbers ``[B, 2]`` as in the kernels."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, numbers: Tensor) -> Tensor:
        x, numbers = x.contiguous(), numbers.contiguous()
        y = torch.empty_like(x)
        kernels.run(reals(x), numbers.numpy(), reals(y))
        ctx.save_for_backward(x, numbers)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor]:
        x, numbers = ctx.saved_tensors
        to_x, to_numbers = torch.empty_like(x), torch.empty_like(numbers)
        kernels.run_adjoint(reals(x), numbers.numpy(), reals(g), reals(to_x), to_numbers.numpy())
        return to_x, to_numbers
