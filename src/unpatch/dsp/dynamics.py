"""Dynamic range control and envelope following.

The design is that of Giannoulis, Massberg and Reiss, "Digital Dynamic Range Compressor Design"
(JAES 60(6), 2012): feed-forward, a static curve with a quadratic knee in the log domain, and behind it
a smooth branching peak detector that smooths the gain reduction. One detector serves both channels
(the louder one counts), so that the stereo image does not move.

Compressor and expander are one curve, mirrored: with ``overshoot = level - threshold`` (compressor)
or ``threshold - level`` (expander), ::

    reduction = min(limit, slope * bend(overshoot))
    bend(u)   = 0 for u <= -K/2,   (u + K/2)^2 / 2K in between,   u for u >= K/2

where ``slope`` is ``1 - 1/ratio`` for a compressor (the output rises by 1/ratio dB per dB above the
threshold) and ``ratio - 1`` for an expander (the output falls by ratio dB per dB below it).

Shapes: audio ``[B, 2, T]``, knobs ``[B or 1, 1, 1]``.
"""

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import dynamics_kernels as kernels

_DB_PER_OCTAVE = 20 * math.log10(2)
# A compressor's reduction is bounded only to keep the gain a normal number.
_UNBOUNDED_DB = 600.0
_ABOVE, _BELOW = 1.0, -1.0


class Curve(NamedTuple):
    """The knobs of a static curve."""

    threshold_db: Tensor
    ratio: Tensor
    knee_db: Tensor


class Times(NamedTuple):
    """Time constants (63 %) of rising and falling levels."""

    attack_ms: Tensor
    release_ms: Tensor


def compress(input: Tensor, key: Tensor, curve: Curve, times: Times, sample_rate: float) -> Tensor:
    """Turn ``input`` down by what the level of ``key`` rises above the threshold."""
    law = _law(curve, 1 - 1 / curve.ratio, _ABOVE, _UNBOUNDED_DB)
    speed = _speed(times.attack_ms, times.release_ms, sample_rate)
    return _control(input, key, law, speed)


def expand(
    input: Tensor, key: Tensor, curve: Curve, times: Times, sample_rate: float, *, range_db: float | Tensor
) -> Tensor:
    """Turn ``input`` down, by ``range_db`` at most, by what the level of ``key`` falls below the threshold.

    A rising level lowers the reduction: attack is the opening, release the closing.
    """
    law = _law(curve, curve.ratio - 1, _BELOW, range_db)
    speed = _speed(times.release_ms, times.attack_ms, sample_rate)
    return _control(input, key, law, speed)


def envelope(input: Tensor, times: Times, gain_db: Tensor, sample_rate: float) -> Tensor:
    """Smoothed amplitude of the louder channel times a gain, clipped to [0, 1]; ``[B, 1, T]``."""
    speed = _speed(times.attack_ms, times.release_ms, sample_rate)
    followed = _Follow.apply(input, _per_row(speed, input))  # type: ignore[no-untyped-call]
    return (10 ** (gain_db / 20) * followed[:, None]).clamp(0, 1)  # type: ignore[no-any-return]


def _law(curve: Curve, slope: Tensor, direction: float, limit_db: float | Tensor) -> Tensor:
    """Threshold, slope, knee, direction, limit as ``[B or 1, 5]``, levels in octaves of amplitude."""
    threshold, knee = curve.threshold_db / _DB_PER_OCTAVE, curve.knee_db / _DB_PER_OCTAVE
    limit = torch.as_tensor(limit_db, dtype=threshold.dtype) / _DB_PER_OCTAVE
    return _columns(threshold, slope, knee, threshold.new_tensor(direction), limit)


def _speed(rise_ms: Tensor, fall_ms: Tensor, sample_rate: float) -> Tensor:
    """One-pole coefficients for rising and falling values, ``[B or 1, 2]``.

    In double precision: a coefficient may be within 1e-6 of one.
    """
    return torch.exp(-1000 / (_columns(rise_ms, fall_ms).double() * sample_rate))


def _columns(*knobs: Tensor) -> Tensor:
    """Knobs ``[B or 1, 1, 1]`` side by side, ``[B or 1, knobs]``."""
    spread = torch.broadcast_tensors(*knobs)  # type: ignore[no-untyped-call]
    return torch.stack([knob.flatten() for knob in spread], dim=1)


def _per_row(knobs: Tensor, signal: Tensor) -> Tensor:
    return knobs.expand(len(signal), -1).contiguous()


def _control(input: Tensor, key: Tensor, law: Tensor, speed: Tensor) -> Tensor:
    law = _per_row(law.to(input.dtype), input)
    return _Control.apply(input, key, law, _per_row(speed, input))  # type: ignore[no-any-return, no-untyped-call]


class _Control(torch.autograd.Function):
    """Gain control of ``input`` by the level of ``key``, both ``[B, 2, T]``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, key: Tensor, law: Tensor, speed: Tensor) -> Tensor:
        whole = x.contiguous()
        key = whole if key is x else key.contiguous()
        x, output = whole, torch.empty_like(whole)
        kept = len(x) if any(ctx.needs_input_grad) else 0
        states = torch.empty(kept, x.shape[-1], dtype=torch.float64)
        kernels.control(*(a.numpy() for a in (x, key, law, speed, output, states)))
        ctx.save_for_backward(x, key, law, speed, states)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        saved: tuple[Tensor, ...] = ctx.saved_tensors
        results = tuple(torch.empty_like(a) for a in saved[:4])
        kernels.control_adjoint(*(a.numpy() for a in (*saved, grads[0].contiguous(), *results)))
        return results


class _Follow(torch.autograd.Function):
    """Envelope ``[B, T]`` of the louder channel of ``[B, 2, T]``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, speed: Tensor) -> Tensor:
        x = x.contiguous()
        output = torch.empty(len(x), x.shape[-1], dtype=x.dtype)
        kept = len(x) if any(ctx.needs_input_grad) else 0
        states = torch.empty(kept, x.shape[-1], dtype=torch.float64)
        kernels.follow(*(a.numpy() for a in (x, speed, output, states)))
        ctx.save_for_backward(x, speed, states)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        saved: tuple[Tensor, ...] = ctx.saved_tensors
        results = tuple(torch.empty_like(a) for a in saved[:2])
        kernels.follow_adjoint(*(a.numpy() for a in (*saved, grads[0].contiguous(), *results)))
        return results
