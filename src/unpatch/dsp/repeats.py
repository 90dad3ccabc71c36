"""A delay with feedback in the frequency domain: a finite geometric sum, evaluated exactly in every bin.

Each channel has its own loop: a delay (any fraction of a sample) and a colour, first-order low-pass and
high-pass by the bilinear transform. With D the response of one trip::

    wet = D + feedback D^2 + feedback^2 D^3 + ...

The sum ends where a repeat would start later than :data:`TAIL_S` after the sound; the last one is turned
down in proportion as its time approaches that end, so that nothing jumps when delays change.

Sources: U. Zölzer (ed.), DAFX, ch. 2; J. O. Smith, Physical Audio Signal Processing (feedback comb filters).

Shapes: B batch, F bins; knobs ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import repeats_kernels as kernels
from unpatch.dsp.echo import channel_delays
from unpatch.dsp.phasors import reals, rows
from unpatch.dsp.sections import grid, warped
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.warp import out_of_reach

TAIL_S = 2.0


class DelayLoopKnobs(NamedTuple):
    """Of the loop: ``stereo_offset`` in octaves, as in :mod:`unpatch.dsp.echo`."""

    delay_ms: Tensor
    feedback: Tensor
    lowpass_hz: Tensor
    highpass_hz: Tensor
    stereo_offset: Tensor


def repeat(signal: Spectrum, knobs: DelayLoopKnobs, weight: Tensor, sample_rate: float) -> Spectrum:
    """The signal mixed by ``weight`` with its repeats."""
    numbers = _numbers(knobs, signal.size, sample_rate)
    x, numbers, weights = rows(signal.bins, numbers, weight.double().flatten())
    bins: Tensor = _Repeat.apply(x, numbers, weights, signal.size)  # type: ignore[no-untyped-call]
    return Spectrum(bins, signal.size)


def _numbers(knobs: DelayLoopKnobs, size: int, sample_rate: float) -> Tensor:
    """Arguments of the kernels, ``[B or 1, 2, 6]``."""
    delay_ms, feedback, low_hz, high_hz, offset = (knob.double() for knob in knobs)
    delays = channel_delays(delay_ms, offset, sample_rate)
    fit = TAIL_S * sample_rate / delays
    whole = fit.detach().floor()
    share = torch.where(whole >= 2, fit - whole, 0.0 * fit)
    low, high = (warped(f.flatten(1), sample_rate) for f in (low_hz, high_hz))
    # With its corner above half the sample rate the low-pass removes the range above 0.499 of it.
    low = low / (1 - 0.9 * out_of_reach(low_hz.flatten(1), sample_rate))
    columns = (feedback.flatten(1), delays / size, low, high, (whole - 1).clamp(min=1), share)
    return torch.stack(torch.broadcast_tensors(*columns), dim=-1)  # type: ignore[no-untyped-call]


class _Repeat(torch.autograd.Function):
    """Bins ``[B, 2, F]``, numbers ``[B, 2, 6]``, weights ``[B]``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, numbers: Tensor, weights: Tensor, size: int) -> Tensor:
        x, numbers, weights = x.contiguous(), numbers.contiguous(), weights.contiguous()
        y = torch.empty_like(x)
        bins = grid(size, x.real.dtype).numpy()
        kernels.run(reals(x), bins, numbers.numpy(), weights.numpy(), reals(y))
        ctx.save_for_backward(x, numbers, weights)
        ctx.size = size
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, numbers, weights = ctx.saved_tensors
        to_x, to_numbers, to_weights = (torch.empty_like(t) for t in (x, numbers, weights))
        bins = grid(ctx.size, x.real.dtype).numpy()
        into = (reals(to_x), to_numbers.numpy(), to_weights.numpy())
        kernels.run_adjoint(reals(x), bins, numbers.numpy(), weights.numpy(), reals(g), *into)
        return to_x, to_numbers, to_weights, None
