"""Magnitudes of the filters and equalizer bands in closed form.

The response of a bilinearly transformed filter at a frequency is that of its analogue prototype at
``s = j tan(pi f / fs) / tan(pi f_c / fs)``; prototypes after R. Bristow-Johnson, Audio EQ Cookbook. The
processors themselves are compared with these formulas by a test.

Shapes: D settings, B frequencies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from unpatch.dsp.svf import BUTTERWORTH_SECTIONS
from unpatch.dsp.warp import HIGHEST
from unpatch.refining.proposals.pair import Floats, decibels

Settings = Mapping[str, Any]
"""Knob to value, a number or ``[D, 1]``."""


def response_db(kind: str, settings: Settings, hertz: Floats, sample_rate: float) -> Floats:
    """Magnitudes ``[B]``, or ``[D, B]`` where the settings are columns."""
    corner = np.minimum(settings["frequency_hz"], HIGHEST * sample_rate)
    warped = np.tan(np.pi * hertz / sample_rate) / np.tan(np.pi * corner / sample_rate)
    found: Floats = decibels(np.abs(PROTOTYPES[kind](1j * warped, settings)) ** 2)
    return found


def _second(s: Any, damping: Any) -> Any:
    return s * s + damping * s + 1


def _fourth(s: Any, q: Any) -> Any:
    first, second = BUTTERWORTH_SECTIONS
    return _second(s, first / q) * _second(s, second / q)


def _bell(s: Any, at: Settings) -> Any:
    a, damping = _root(at), 1 / at["q"]
    return _second(s, damping * a) / _second(s, damping / a)


def _lowshelf(s: Any, at: Settings) -> Any:
    a = _root(at)
    slope = np.sqrt(a) / at["q"]
    return a * (s * s + slope * s + a) / (a * s * s + slope * s + 1)


def _highshelf(s: Any, at: Settings) -> Any:
    a = _root(at)
    slope = np.sqrt(a) / at["q"]
    return a * (a * s * s + slope * s + 1) / (s * s + slope * s + a)


def _root(at: Settings) -> Any:
    """Square root of the amplitude gain."""
    return 10 ** (at["gain_db"] / 40)


PROTOTYPES: Mapping[str, Callable[[Any, Settings], Any]] = {
    "highpass2": lambda s, at: s * s / _second(s, 1 / at["q"]),
    "lowpass2": lambda s, at: 1 / _second(s, 1 / at["q"]),
    "bandpass2": lambda s, at: s / at["q"] / _second(s, 1 / at["q"]),
    "bandreject2": lambda s, at: (s * s + 1) / _second(s, 1 / at["q"]),
    "highpass4": lambda s, at: s**4 / _fourth(s, at["q"]),
    "lowpass4": lambda s, at: 1 / _fourth(s, at["q"]),
    "bandpass4": lambda s, at: (s / at["q"] / _second(s, 1 / at["q"])) ** 2,
    "bell": _bell,
    "lowshelf": _lowshelf,
    "highshelf": _highshelf,
}
"""Kind to the transfer function of ``s``."""
