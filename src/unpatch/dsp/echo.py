"""Two delay lines with a low-pass filter in the loop: plain echo and ping-pong.

    v = routed input + feedback * routed w,   w = filter(v(n - delay)),   y = x + mix * (w - x)

The low-pass is of second order; above q = 0.7071 it is divided by its resonance peak, so its gain
is at most one and the loop decays for feedback < 1 at any frequency and q. The whole part of
the delay is exact, its fraction is a third-order Lagrange interpolator.

The gradient at the lines' input is the same loop run against the time.

Sources: U. Zölzer (ed.), DAFX, ch. 2; R. Bristow-Johnson, Audio EQ Cookbook (low-pass).

Shapes: B batch, T time; both channels always.
"""

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import echo_kernels as kernels
from unpatch.dsp.layout import arrays
from unpatch.dsp.modulated_delay_kernels import SHORTEST
from unpatch.dsp.warp import HIGHEST, out_of_reach


class EchoKnobs(NamedTuple):
    """Parameters ``[B|1, 1, 1]`` of both kinds."""

    delay_ms: Tensor
    feedback: Tensor
    mix: Tensor
    frequency_hz: Tensor
    q: Tensor
    stereo_offset: Tensor


def mono(x: Tensor, knobs: EchoKnobs, sample_rate: float) -> Tensor:
    """Each channel of ``x [B, 2, T]`` repeats itself."""
    return torch.lerp(x, _wet(x, knobs, sample_rate, crossed=False), knobs.mix)


def pingpong(x: Tensor, knobs: EchoKnobs, sample_rate: float) -> Tensor:
    """The mono sum of ``x [B, 2, T]`` enters the left line, and each line feeds the other."""
    entering = torch.nn.functional.pad(x.mean(1, keepdim=True), (0, 0, 0, 1))
    return torch.lerp(x, _wet(entering, knobs, sample_rate, crossed=True), knobs.mix)


def channel_delays(delay_ms: Tensor, stereo_offset: Tensor, sample_rate: float) -> Tensor:
    """Delays in samples of the left and right line, ``[B, 2]``; right is ``2^offset`` times left."""
    half = torch.cat([-stereo_offset, stereo_offset], 1) / 2
    return (delay_ms * (sample_rate / 1000) * 2.0**half).flatten(1)


def lowpass(frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Coefficients b0 b1 b2 a1 a2 of the low-pass, ``[B, 5]``, float64, largest gain one.

    A corner above half the sample rate leaves its gain at 0 Hz, see :mod:`unpatch.dsp.warp`.
    """
    frequency_hz, q = frequency_hz.double().flatten(), q.double().flatten()
    w = (frequency_hz * (2 * math.pi / sample_rate)).clamp(max=2 * math.pi * HIGHEST)
    alpha, cosine = w.sin() / (2 * q), w.cos()
    b0 = (1 - cosine) / (2 * (1 + alpha) * resonance(q))
    a1, a2 = -2 * cosine / (1 + alpha), (1 - alpha) / (1 + alpha)
    share, level = out_of_reach(frequency_hz, sample_rate), 1 / resonance(q)
    above, below = (b0, 2 * b0, b0), (torch.ones_like(a1), a1, a2)
    faded = [torch.lerp(b, level * a, share) for b, a in zip(above, below, strict=True)]
    return torch.stack([*faded, *(a.expand_as(b0) for a in (a1, a2))], 1)


def resonance(q: Tensor) -> Tensor:
    """Largest gain of a second-order low-pass; one up to q = 0.7071, smooth there."""
    square = q.clamp(min=math.sqrt(0.5)) ** 2
    return square / (square - 0.25).sqrt()


def _wet(x: Tensor, knobs: EchoKnobs, sample_rate: float, *, crossed: bool) -> Tensor:
    filters = lowpass(knobs.frequency_hz, knobs.q, sample_rate)
    delays = channel_delays(knobs.delay_ms, knobs.stereo_offset, sample_rate)
    # Beyond the end of the signal nothing is read: a longer delay needs no longer line.
    delays = delays.clamp(max=x.shape[-1] + SHORTEST)
    numbers = [n.double() for n in (delays, knobs.feedback.flatten(1), filters)]
    batch = max(len(n) for n in (x, *numbers))
    rows = (n.expand(batch, -1).contiguous() for n in numbers)
    entering = x.expand(batch, -1, -1).contiguous()
    wet: Tensor = _Loop.apply(entering, *rows, crossed)  # type: ignore[no-untyped-call]
    return wet


class _Loop(torch.autograd.Function):
    """Signal ``[B, 2, T]``, delays ``[B, 2]``, feedback ``[B, 1]`` and filters ``[B, 5]`` in float64."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, delays: Tensor, feedback: Tensor, filters: Tensor, crossed: bool
    ) -> Tensor:
        wet = torch.empty_like(x)
        kernels.run(crossed, *arrays(x, delays, feedback, filters, wet))
        ctx.save_for_backward(x, delays, feedback, filters, wet)
        ctx.crossed = crossed
        return wet

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, delays, feedback, filters, wet = ctx.saved_tensors
        back = torch.empty_like(x)
        kernels.run(ctx.crossed, *arrays(g.flip(-1), delays, feedback, filters, back))
        back = back.flip(-1)
        found = [torch.zeros_like(n) for n in (delays, feedback, filters)]
        learnt = arrays(x, delays, feedback, filters, wet, g.contiguous(), back, *found)
        kernels.gradients(ctx.crossed, *learnt)
        return back, *found, None
