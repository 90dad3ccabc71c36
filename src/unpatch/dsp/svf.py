"""Second-order filters as one topology-preserving state-variable filter.

The filter splits its input into three bands that add up to it, ``x = high + band + low``, and a
response is a weight for each of them: low-pass (0, 0, 1), notch (1, 0, 1), bell (1, A², 1), ...
Its states are capacitor charges, so it stays stable however fast its knobs move.

Sources: V. Zavalishin, The Art of VA Filter Design, ch. 4 (structure); A. Simper, Solving the
continuous SVF equations using trapezoidal integration (gains of bell and shelves).

Shapes: B batch, C channel, T time. Parameters are ``[B|1, 1|C, 1|T]``.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import svf_adjoint, svf_kernels
from unpatch.dsp.compiled import Array
from unpatch.dsp.layout import as_rows, from_rows
from unpatch.dsp.warp import HIGHEST, out_of_reach

ONE_SECTION = (1.0,)
EQUAL_SECTIONS = (1.0, 1.0)
# Dampings of the two sections of a fourth-order Butterworth filter over that of a second-order one.
BUTTERWORTH_SECTIONS = (
    2 * math.cos(math.pi / 8) / math.sqrt(2),
    2 * math.cos(3 * math.pi / 8) / math.sqrt(2),
)


class SvfWeights(NamedTuple):
    """Weights of the three bands."""

    high: Tensor
    band: Tensor
    low: Tensor


def lowpass(x: Tensor, frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """12 dB per octave above the corner."""
    return _plain(x, frequency_hz, q, sample_rate, (0, 0, 1))


def bandpass(x: Tensor, frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Unity gain at the centre, 6 dB per octave on both sides, bandwidth ``frequency_hz / q``."""
    return _plain(x, frequency_hz, q, sample_rate, (0, 1, 0))


def highpass(x: Tensor, frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """12 dB per octave below the corner."""
    return _plain(x, frequency_hz, q, sample_rate, (1, 0, 0))


def bandreject(x: Tensor, frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Zero at the centre, bandwidth ``frequency_hz / q``."""
    return _plain(x, frequency_hz, q, sample_rate, (1, 0, 1))


def lowpass4(x: Tensor, frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """24 dB per octave; a Butterworth filter where ``q`` is 0.7071."""
    return _plain(x, frequency_hz, q, sample_rate, (0, 0, 1), BUTTERWORTH_SECTIONS)


def bandpass4(x: Tensor, frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """Two equal band-passes in series."""
    return _plain(x, frequency_hz, q, sample_rate, (0, 1, 0), EQUAL_SECTIONS)


def highpass4(x: Tensor, frequency_hz: Tensor, q: Tensor, sample_rate: float) -> Tensor:
    """24 dB per octave; a Butterworth filter where ``q`` is 0.7071."""
    return _plain(x, frequency_hz, q, sample_rate, (1, 0, 0), BUTTERWORTH_SECTIONS)


def bell(x: Tensor, frequency_hz: Tensor, q: Tensor, gain_db: Tensor, sample_rate: float) -> Tensor:
    """``gain_db`` at the centre, 0 dB far from it; boost and cut are inverses."""
    root, one = _root(gain_db)
    response = SvfWeights(one, root**4, one)
    return _filter(x, frequency_hz, 1 / (q * root**2), one, response, sample_rate)


def lowshelf(x: Tensor, frequency_hz: Tensor, q: Tensor, gain_db: Tensor, sample_rate: float) -> Tensor:
    """``gain_db`` far below the corner, half of it at the corner."""
    root, one = _root(gain_db)
    response = SvfWeights(one, root**2, root**4)
    return _filter(x, frequency_hz, 1 / q, 1 / root, response, sample_rate)


def highshelf(x: Tensor, frequency_hz: Tensor, q: Tensor, gain_db: Tensor, sample_rate: float) -> Tensor:
    """``gain_db`` far above the corner, half of it at the corner."""
    root, one = _root(gain_db)
    response = SvfWeights(root**4, root**2, one)
    return _filter(x, frequency_hz, 1 / q, root, response, sample_rate)


def crossover(x: Tensor, frequency_hz: Tensor, sample_rate: float) -> tuple[Tensor, Tensor]:
    """Fourth-order Linkwitz-Riley bands, low and high: both -6 dB at the frequency.

    Their sum is an all-pass (high - band + low of one section), so the high band is what the low
    band leaves of it. Above half the sample rate the low band is all of it.
    """
    q = frequency_hz.new_tensor(math.sqrt(0.5)).reshape(1, 1, 1)
    held = frequency_hz.clamp(max=HIGHEST * sample_rate)
    low = _plain(x, held, q, sample_rate, (0, 0, 1), EQUAL_SECTIONS)
    both = _plain(x, held, q, sample_rate, (1, -1, 1))
    share = out_of_reach(frequency_hz, sample_rate)
    low = torch.lerp(low, both, share) if share.any() else low
    return low, both - low


def _root(gain_db: Tensor) -> tuple[Tensor, Tensor]:
    """Fourth root of the amplitude gain, and a one like it."""
    return torch.exp(gain_db * (math.log(10) / 80)), gain_db.new_ones(1, 1, 1)


def _plain(
    x: Tensor,
    frequency_hz: Tensor,
    q: Tensor,
    sample_rate: float,
    weights: tuple[float, float, float],
    sections: tuple[float, ...] = ONE_SECTION,
) -> Tensor:
    one = q.new_ones(1, 1, 1)
    response = SvfWeights(*(weight * one for weight in weights))
    return _filter(x, frequency_hz, 1 / q, one, response, sample_rate, sections)


def _filter(
    x: Tensor,
    frequency_hz: Tensor,
    damping: Tensor,
    scale: Tensor,
    response: SvfWeights,
    sample_rate: float,
    sections: tuple[float, ...] = ONE_SECTION,
) -> Tensor:
    """Run sections in series.

    Args:
        x: signal ``[B, C, T]``.
        frequency_hz: corner; near and above half the sample rate see :mod:`unpatch.dsp.warp`.
        damping: 1 / q.
        scale: factor on the warped frequency.
        response: weights of the bands.
        sample_rate: in Hz.
        sections: factor on the damping of each section.
    """
    knobs = (frequency_hz, damping, scale, *_within_reach(response, frequency_hz, sample_rate))
    channels = max(tensor.shape[1] for tensor in (x, *knobs))
    signal, rows = as_rows(x, *knobs)
    y: Tensor = _Sections.apply(signal, sample_rate, np.array(sections), *rows)  # type: ignore[no-untyped-call]
    return from_rows(y, channels)


def _within_reach(response: SvfWeights, frequency_hz: Tensor, sample_rate: float) -> SvfWeights:
    """Weights that are all that of the low band where the corner is above half the sample rate."""
    share = out_of_reach(frequency_hz, sample_rate)
    if not share.any():
        return response
    high, band, low = response
    return SvfWeights(torch.lerp(high, low, share), torch.lerp(band, low, share), low)


class _Sections(torch.autograd.Function):
    """Rows ``[R, C, T]`` through sections in series; six knobs ``[R, 1|T]``, see the kernels."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, sample_rate: float, sections: Array, *knobs: Tensor) -> Tensor:
        ctx.save_for_backward(x, *knobs)
        ctx.sample_rate, ctx.sections = sample_rate, sections
        y = torch.empty_like(x)
        arrays = tuple(knob.numpy() for knob in knobs)
        svf_kernels.run(x.numpy(), arrays, sample_rate, sections, y.numpy())
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, by_y: Tensor) -> tuple[Tensor | None, ...]:
        x, *knobs = (tensor.detach().double().numpy() for tensor in ctx.saved_tensors)
        by_x = by_y.to(torch.float64, copy=True, memory_format=torch.contiguous_format)
        by_knobs = tuple(np.zeros_like(knob) for knob in knobs)
        svf_adjoint.pull(x, tuple(knobs), ctx.sample_rate, ctx.sections, by_x.numpy(), by_knobs)
        return by_x.to(by_y.dtype), None, None, *(torch.from_numpy(d).to(by_y.dtype) for d in by_knobs)
