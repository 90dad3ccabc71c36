"""Two delay lines with a low-pass filter in the loop: plain echo and ping-pong.

    v = routed input + feedback * routed w,   w = filter(v(n - delay)),   y = x + mix * (w - x)

The low-pass is of second order; above q = 0.7071 it is divided by its resonance peak, so its gain
is at most one and the loop decays for feedback < 1 whatever its frequency and q. Whole and
fractional part of the delay are exact in time: the fraction is a third-order Lagrange interpolator.

Sources: U. Zölzer (ed.), DAFX, ch. 2; R. Bristow-Johnson, Audio EQ Cookbook (low-pass).

Shapes: B batch, C channel (2), T time.
"""

import math

import torch
from torch import Tensor

from unpatch.dsp import echo_kernels as kernels

# Highest corner, as a share of the sample rate.
HIGHEST = 0.49


def mono(
    x: Tensor,
    delay_ms: Tensor,
    feedback: Tensor,
    mix: Tensor,
    frequency_hz: Tensor,
    q: Tensor,
    stereo_offset: Tensor,
    sample_rate: float,
) -> Tensor:
    """Each channel repeats itself. Signals ``[B, 2, T]``, parameters ``[B|1, 1, 1]``."""
    delays = channel_delays(delay_ms, stereo_offset, sample_rate)
    return _echo(x, delays, feedback, mix, lowpass(frequency_hz, q, sample_rate), False)


def pingpong(
    x: Tensor,
    delay_ms: Tensor,
    feedback: Tensor,
    mix: Tensor,
    frequency_hz: Tensor,
    q: Tensor,
    stereo_offset: Tensor,
    sample_rate: float,
) -> Tensor:
    """The mono sum enters the left line, and each line feeds the other. Shapes as in :func:`mono`."""
    delays = channel_delays(delay_ms, stereo_offset, sample_rate)
    return _echo(x, delays, feedback, mix, lowpass(frequency_hz, q, sample_rate), True)


def channel_delays(delay_ms: Tensor, stereo_offset: Tensor, sample_rate: float) -> Tensor:
    """Delays in samples of the left and right line, ``[B, 2]``; right is ``2^offset`` times left."""
    half = torch.cat([-stereo_offset, stereo_offset], 1) / 2
    return (delay_ms * (sample_rate / 1000) * 2.0**half).flatten(1)


def lowpass(frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Coefficients b0 b1 b2 a1 a2 of the low-pass, ``[B, 5]``, float64, largest gain one."""
    w = frequency_hz.double().flatten() * (2 * math.pi / sample_rate)
    w = w.clamp(max=2 * math.pi * HIGHEST)
    q = q.double().flatten()
    alpha, cosine = w.sin() / (2 * q), w.cos()
    b0 = (1 - cosine) / (2 * (1 + alpha) * resonance(q))
    a1, a2 = -2 * cosine / (1 + alpha), (1 - alpha) / (1 + alpha)
    return torch.stack(torch.broadcast_tensors(b0, 2 * b0, b0, a1, a2), 1)


def resonance(q: Tensor) -> Tensor:
    """Largest gain of a second-order low-pass; one up to q = 0.7071, smooth there."""
    square = q.clamp(min=math.sqrt(0.5)) ** 2
    return square / (square - 0.25).sqrt()


def _echo(x: Tensor, delays: Tensor, feedback: Tensor, mix: Tensor, filters: Tensor, crossed: bool) -> Tensor:
    batch = torch.broadcast_shapes(*(p.shape[:1] for p in (x, delays, feedback, mix, filters)))[0]
    x = x.expand(batch, -1, -1).contiguous()
    knobs = [p.expand(batch, -1).contiguous() for p in (delays, feedback.flatten(1), mix.flatten(1), filters)]
    y = torch.empty_like(x)
    kernels.run(x.detach().numpy(), *(k.detach().double().numpy() for k in knobs), crossed, y.numpy())
    return y
