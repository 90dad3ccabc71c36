"""An equalizer in the frequency domain: second-order sections in series, evaluated exactly in every bin.

Shelves and bells are those of R. Bristow-Johnson's Audio EQ Cookbook, cuts its high-pass and low-pass:
analog prototypes brought to the sample rate by the bilinear transform, whose corner frequencies stay in
place (above half the sample rate: :mod:`unpatch.dsp.warp`). In the bin of angle w a digital section is its
prototype at s = i tan(w/2) / g with g = tan(pi frequency / sample_rate); multiplied through by the cosine
its polynomials are well conditioned in single precision down to direct current. A section is one plus an
excess that vanishes where numerator and denominator are equal, so that neutral settings leave a signal as
it is, bit by bit.

Shapes: B batch, F bins, S sections; knobs ``[B or 1, 1, 1]``, inside of this module ``[B or 1]``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import prototypes
from unpatch.dsp import sections_kernels as kernels
from unpatch.dsp.phasors import reals, rows
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.warp import HIGHEST, out_of_reach

CUT_LOWEST_HZ, CUT_HIGHEST_HZ = 10.0, 24_000.0
"""Where a low cut and a high cut are off."""
GRAPHIC_HZ = tuple(31.25 * 2**i for i in range(10))
"""Centres of a graphic equalizer's bands."""
GRAPHIC_Q = 2 / 3
"""Two octaves between the half-gain points: 1 / Q = 2 sinh(ln 2)."""
# How fast a cut vanishes close to that end: 1 % of an octave away from it for each octave of distance.
_FADE = 16
_LEAST = 1e-30
Polynomial = tuple[Tensor, Tensor, Tensor]


class Band(NamedTuple):
    """A bell or shelf."""

    frequency_hz: Tensor
    gain_db: Tensor
    q: Tensor


class Cut(NamedTuple):
    """A low cut or high cut, 12 dB per octave."""

    frequency_hz: Tensor
    q: Tensor


class Equalizer(NamedTuple):
    """All sections; their order does not matter."""

    low_cut: Cut
    low_shelf: Band
    bells: Sequence[Band]
    high_shelf: Band
    high_cut: Cut


def equalize(signal: Spectrum, knobs: Equalizer, weight: Tensor, sample_rate: float) -> Spectrum:
    """Both channels through all sections, mixed with the input by ``weight``."""
    numbers = coefficients(knobs, sample_rate)
    x, numbers, weights = rows(signal.bins, numbers, weight.double().flatten())
    bins: Tensor = _Equalize.apply(x, numbers, weights, signal.size)  # type: ignore[no-untyped-call]
    return Spectrum(bins, signal.size)


def cascade(signal: Spectrum, sections: Sequence[Tensor]) -> Spectrum:
    """Both channels through sections ``[B or 1, 6]`` in series."""
    numbers = torch.stack(rows(*sections), dim=1)
    x, numbers = rows(signal.bins, numbers)
    weights = numbers.new_ones(len(x))
    bins: Tensor = _Equalize.apply(x, numbers, weights, signal.size)  # type: ignore[no-untyped-call]
    return Spectrum(bins, signal.size)


def graphic(gains_db: Tensor, sample_rate: float) -> list[Tensor]:
    """Sections of all bands, from gains ``[B or 1, 1, 10]``."""
    gains = gains_db.flatten(0, 1).unbind(1)
    bands = [
        Band(gain.new_full((1,), centre), gain, gain.new_full((1,), GRAPHIC_Q))
        for centre, gain in zip(GRAPHIC_HZ, gains, strict=True)
    ]
    return [bell(band, sample_rate) for band in bands]


def coefficients(knobs: Equalizer, sample_rate: float) -> Tensor:
    """Excess and denominator of each section, ``[B or 1, S, 6]``, double."""
    sections = [
        low_cut(knobs.low_cut, sample_rate),
        low_shelf(knobs.low_shelf, sample_rate),
        *(bell(band, sample_rate) for band in knobs.bells),
        high_shelf(knobs.high_shelf, sample_rate),
        high_cut(knobs.high_cut, sample_rate),
    ]
    return torch.stack(rows(*sections), dim=1)


def low_cut(knobs: Cut, sample_rate: float) -> Tensor:
    """High-pass; fades out near :data:`CUT_LOWEST_HZ`."""
    frequency, q = (knob.double().flatten() for knob in knobs)
    g = warped(frequency, sample_rate) * (low_cut_corner(frequency) / frequency)
    below = (g * g, g / q, torch.ones_like(g))
    return _section((0 * g, 0 * g, below[2]), below, out_of_reach(frequency, sample_rate))


def low_cut_corner(frequency_hz: Any) -> Any:
    """Where the corner of a low cut really is."""
    return frequency_hz * (1 - (CUT_LOWEST_HZ / frequency_hz) ** _FADE)


def high_cut(knobs: Cut, sample_rate: float) -> Tensor:
    """Low-pass; fades out near :data:`CUT_HIGHEST_HZ`."""
    frequency, q = (knob.double().flatten() for knob in knobs)
    inverse = (1 - (frequency / CUT_HIGHEST_HZ) ** _FADE) / warped(frequency, sample_rate)
    below = (torch.ones_like(inverse), inverse / q, inverse * inverse)
    above = (below[0], 0 * inverse, 0 * inverse)
    return _section(above, below, out_of_reach(frequency, sample_rate))


def bell(knobs: Band, sample_rate: float) -> Tensor:
    return _shaped(prototypes.bell, knobs, sample_rate)


def low_shelf(knobs: Band, sample_rate: float) -> Tensor:
    return _shaped(prototypes.low_shelf, knobs, sample_rate)


def high_shelf(knobs: Band, sample_rate: float) -> Tensor:
    return _shaped(prototypes.high_shelf, knobs, sample_rate)


def warped(frequency_hz: Tensor, sample_rate: float) -> Tensor:
    """Corner of the prototype; held at 0.49 of the sample rate, from where on filters fade."""
    return (math.pi * (frequency_hz / sample_rate).clamp(max=HIGHEST)).tan()


def _shaped(prototype: Callable[..., Any], band: Band, sample_rate: float) -> Tensor:
    """A section from its prototype, a function of corner, square root of the gain, and quality factor."""
    frequency, gain_db, q = (knob.double().flatten() for knob in band)
    above, below = prototype(warped(frequency, sample_rate), 10 ** (gain_db / 40), q)
    return _section(above, below, out_of_reach(frequency, sample_rate))


def _section(above: Polynomial, below: Polynomial, share: Tensor) -> Tensor:
    """Excess and denominator, ``[B or 1, 6]``, from the coefficients of 1, s and s^2.

    By its ``share`` the numerator fades into the section's gain at 0 Hz times the denominator.
    """
    if share.any():
        # The denominator of a low cut that is off vanishes at 0 Hz, as its numerator does.
        level = above[0] / below[0].clamp(min=_LEAST)
        n0, n1, n2 = (torch.lerp(n, level * d, share) for n, d in zip(above, below, strict=True))
        above = (n0, n1, n2)
    excess = (n - d for n, d in zip(above, below, strict=True))
    return torch.stack(rows(*excess, *below), dim=1)


@lru_cache(maxsize=8)
def grid(size: int, dtype: torch.dtype) -> Tensor:
    """Sine and cosine of half of each bin's angle, ``[2, F]``."""
    half = torch.arange(size // 2 + 1, dtype=torch.float64) * (math.pi / size)
    return torch.stack([half.sin(), (math.pi / 2 - half).sin()]).to(dtype)


class _Equalize(torch.autograd.Function):
    """Bins ``[B, 2, F]``, coefficients ``[B, S, 6]``, weights ``[B]``."""

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
