"""Equalizers as bands: what tables, text formats and built-in devices of other programs hold.

Every band is a second-order section of R. Bristow-Johnson's Audio EQ Cookbook.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from unpatch.dsp import prototypes, svf
from unpatch.dsp.sections import CUT_HIGHEST_HZ, GRAPHIC_HZ, GRAPHIC_Q, low_cut_corner
from unpatch.dsp.warp import HIGHEST
from unpatch.graph.data import Node

Shape = Literal["bell", "low shelf", "high shelf", "low pass", "high pass", "band pass", "notch"]
_FADE = 16
_INAUDIBLE_HZ = 1.0
"""A low cut below is inaudible."""


@dataclass(frozen=True)
class FilterSection:
    """One section; cuts have no gain."""

    shape: Shape
    frequency_hz: float
    q: float
    gain_db: float = 0.0

    def section(self, sample_rate: float) -> NDArray[np.float64]:
        """Coefficients b0 b1 b2 a0 a1 a2, with a0 = 1."""
        g = math.tan(math.pi * min(self.frequency_hz / sample_rate, HIGHEST))
        above, below = _PROTOTYPES[self.shape](g, 10 ** (self.gain_db / 40), self.q)
        digital = np.array([*_digital(*above), *_digital(*below)])
        found: NDArray[np.float64] = digital / digital[3]
        return found


def bands_of(node: Node, sample_rate: float) -> tuple[FilterSection, ...]:
    """The bands of an equalizer or filter that do anything; its knobs as they stand, wet."""
    read = _READ.get(node.kind)
    return () if read is None else tuple(band for band in read(node, sample_rate) if not _is_idle(band))


def has_bands(kind: str) -> bool:
    return kind in _READ


def _is_idle(band: FilterSection) -> bool:
    return band.shape in ("bell", "low shelf", "high shelf") and band.gain_db == 0


def _digital(constant: float, first: float, second: float) -> tuple[float, float, float]:
    return constant + first + second, 2 * (constant - second), constant - first + second


def _cut(numerator: Callable[[float, float], tuple[float, float, float]]) -> Callable[..., Any]:
    def prototype(g: float, _: float, q: float) -> prototypes.Section[float]:
        return numerator(g, q), (g * g, g / q, 1.0)

    return prototype


_PROTOTYPES: Mapping[Shape, Callable[..., Any]] = {
    "bell": prototypes.bell,
    "low shelf": prototypes.low_shelf,
    "high shelf": prototypes.high_shelf,
    "low pass": _cut(lambda g, _: (g * g, 0.0, 0.0)),
    "high pass": _cut(lambda g, _: (0.0, 0.0, 1.0)),
    "band pass": _cut(lambda g, q: (0.0, g / q, 0.0)),
    "notch": _cut(lambda g, _: (g * g, 0.0, 1.0)),
}

Read = Callable[[Node, float], Iterator[FilterSection]]


def _single(shape: Shape, spreads: tuple[float, ...] = (1.0,)) -> Read:
    """A kind of one band, or of equal ones in series; ``spreads`` are factors on 1 / q."""

    def read(node: Node, _: float) -> Iterator[FilterSection]:
        of = node.parameters
        for spread in spreads:
            yield FilterSection(shape, of["frequency_hz"], of["q"] / spread, of.get("gain_db", 0.0))

    return read


def _named(node: Node, shape: Shape, name: str) -> FilterSection:
    hz, gain_db, q = (node.parameters[f"{name}_{end}"] for end in ("hz", "db", "q"))
    return FilterSection(shape, hz, q, gain_db)


def _console(node: Node, sample_rate: float) -> Iterator[FilterSection]:
    corner = float(low_cut_corner(node.parameters["low_cut_hz"]))
    if corner > _INAUDIBLE_HZ:
        yield FilterSection("high pass", corner, node.parameters["low_cut_q"])
    yield _named(node, "low shelf", "low_shelf")
    for i in (1, 2, 3, 4):
        yield _named(node, "bell", f"bell_{i}")
    yield _named(node, "high shelf", "high_shelf")
    yield from _high_cut(node.parameters["high_cut_hz"], node.parameters["high_cut_q"], sample_rate)


def _high_cut(frequency_hz: float, q: float, sample_rate: float) -> Iterator[FilterSection]:
    """Where the corner really is: it moves away as the cut fades out towards its highest setting."""
    share = 1 - (frequency_hz / CUT_HIGHEST_HZ) ** _FADE
    if share > 0 and frequency_hz < HIGHEST * sample_rate:
        g = math.tan(math.pi * frequency_hz / sample_rate) / share
        yield FilterSection("low pass", math.atan(g) * sample_rate / math.pi, q)


def _mastering(node: Node, _: float) -> Iterator[FilterSection]:
    yield _named(node, "low shelf", "low_shelf")
    for i in (1, 2, 3):
        yield _named(node, "bell", f"peak_{i}")
    yield _named(node, "high shelf", "high_shelf")


def _graphic(node: Node, _: float) -> Iterator[FilterSection]:
    for hz, gain_db in zip(GRAPHIC_HZ, node.curves["gain_db"], strict=True):
        yield FilterSection("bell", hz, GRAPHIC_Q, gain_db)


_READ: Mapping[str, Read] = {
    "bell": _single("bell"),
    "lowshelf": _single("low shelf"),
    "highshelf": _single("high shelf"),
    "lowpass2": _single("low pass"),
    "highpass2": _single("high pass"),
    "bandpass2": _single("band pass"),
    "bandreject2": _single("notch"),
    "lowpass4": _single("low pass", svf.BUTTERWORTH_SECTIONS),
    "highpass4": _single("high pass", svf.BUTTERWORTH_SECTIONS),
    "bandpass4": _single("band pass", svf.EQUAL_SECTIONS),
    "console_equalizer": _console,
    "mastering_equalizer": _mastering,
    "graphic_equalizer": _graphic,
}
