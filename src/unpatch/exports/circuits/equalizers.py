"""Equalizers of several bands: evaluated in every bin elsewhere, here as the equal recursive filters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from unpatch.dsp import prototypes
from unpatch.dsp.sections import CUT_HIGHEST_HZ, GRAPHIC_HZ, GRAPHIC_Q, low_cut_corner, warped
from unpatch.dsp.warp import out_of_reach
from unpatch.exports.circuit import Circuit, Number, Pair, Value
from unpatch.exports.circuits._filters import biquad, blend

Section: TypeAlias = tuple[Sequence[Number], Sequence[Number]]
"""Numerator and denominator, coefficients of 1, z^-1 and z^-2."""
_FADE = 16


def console_equalizer(c: Circuit) -> Pair:
    """Cuts, shelves and bells, mixed with the input by the weight."""
    bells = [_named(c, prototypes.bell, f"bell_{i}") for i in (1, 2, 3, 4)]
    shelves = [_named(c, prototypes.low_shelf, "low_shelf"), _named(c, prototypes.high_shelf, "high_shelf")]
    wet = _cascade(c, [_low_cut(c), *shelves, *bells, _high_cut(c)])
    left, right = (blend(x, y, c.knob("weight")) for x, y in zip(c.inlet("input"), wet, strict=True))
    return left, right


def mastering_equalizer(c: Circuit) -> Pair:
    peaks = [_named(c, prototypes.bell, f"peak_{i}") for i in (1, 2, 3)]
    low, high = _named(c, prototypes.low_shelf, "low_shelf"), _named(c, prototypes.high_shelf, "high_shelf")
    return _cascade(c, [low, *peaks, high])


def graphic_equalizer(c: Circuit) -> Pair:
    gains = zip(GRAPHIC_HZ, c.curve("gain_db"), strict=True)
    return _cascade(c, [_band(c, prototypes.bell, c.value(hz), gain, GRAPHIC_Q) for hz, gain in gains])


def _cascade(c: Circuit, sections: Iterable[Section]) -> Pair:
    left, right = c.inlet("input")
    for section in sections:
        left, right = biquad(c, left, *section), biquad(c, right, *section)
    return left, right


def _named(c: Circuit, prototype: Callable[..., Any], name: str) -> Section:
    hz, gain_db, q = (c.knob(f"{name}_{end}") for end in ("hz", "db", "q"))
    return _band(c, prototype, hz, gain_db, q)


def _band(c: Circuit, prototype: Callable[..., Any], hz: Number, gain_db: Number, q: Number) -> Section:
    above, below = prototype(warped(hz, c.sample_rate), 10 ** (gain_db / 40), q)  # type: ignore[arg-type]
    return _section(c, above, below, hz)


def _low_cut(c: Circuit) -> Section:
    hz, q = c.knob("low_cut_hz"), c.knob("low_cut_q")
    g: Number = warped(hz, c.sample_rate) * (low_cut_corner(hz) / hz)  # type: ignore[arg-type]
    return _section(c, (0 * g, 0 * g, 1), (g * g, g / q, 1), hz, level=0)


def _high_cut(c: Circuit) -> Section:
    hz, q = c.knob("high_cut_hz"), c.knob("high_cut_q")
    inverse: Number = (1 - (hz / CUT_HIGHEST_HZ) ** _FADE) / warped(hz, c.sample_rate)  # type: ignore[arg-type]
    return _section(c, (1, 0, 0), (1, inverse / q, inverse * inverse), hz)


def _section(
    c: Circuit, above: Sequence[Number], below: Sequence[Number], hz: Value, level: Number | None = None
) -> Section:
    """Fades as in :mod:`unpatch.dsp.sections`; both polynomials by the bilinear transform."""
    share = out_of_reach(hz, c.sample_rate)  # type: ignore[arg-type]
    gain = above[0] / below[0] if level is None else level
    numerator = [blend(n, gain * d, share) for n, d in zip(above, below, strict=True)]
    return _digital(*numerator), _digital(*below)


def _digital(constant: Number, first: Number, second: Number) -> Sequence[Number]:
    return constant + first + second, 2 * (constant - second), constant - first + second
