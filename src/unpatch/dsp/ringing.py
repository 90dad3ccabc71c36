"""How long recursions ring on: seconds until an impulse response has decayed by 120 dB.

Bounds, not estimates. An exponential is followed for 150 dB: what several equal poles add to it is less than
the 30 dB between. Functions take numbers or arrays ``[B]`` of them.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from unpatch.dsp.allpass_kernels import STAGES
from unpatch.dsp.warp import HIGHEST

Values: TypeAlias = NDArray[np.float64]
NEPERS = 150 / 20 * math.log(10)
_LEAST = 1e-9


def section(frequency_hz: Values, damping: Values, sample_rate: float, scale: Values | float = 1.0) -> Values:
    """A second-order section s^2 + damping w s + w^2 brought to the sample rate by the bilinear transform.

    With p the distance of an analog pole from the axis, its digital one decays by 2 atanh p in a sample.
    """
    g = scale * _warped(frequency_hz, sample_rate)
    root = np.sqrt(np.maximum(damping**2 / 4 - 1, 0))
    oscillating = np.arctanh(np.minimum(damping * g / (1 + g * g), 0.999))
    slowest = np.minimum(_rate(g * (damping / 2 + root)), _rate(g * np.maximum(damping / 2 - root, _LEAST)))
    rate: Values = np.where(damping < 2, oscillating, slowest)
    return NEPERS / (rate * sample_rate)


def smoothing(time_constant_s: Values) -> Values:
    """A one-pole smoother."""
    return NEPERS * time_constant_s


def _warped(frequency_hz: Values, sample_rate: float) -> Values:
    return np.tan(np.pi * np.minimum(frequency_hz / sample_rate, HIGHEST))


def _rate(p: Values) -> Values:
    """Of a real pole; the farther of two from 1 decays as slowly on either side of it."""
    found: Values = 2 * np.arctanh(np.minimum(np.minimum(p, 1 / p), 0.999))
    return found


def repeats(delay_s: Values, feedback: Values, filter_s: Values | float = 0.0) -> Values:
    """A delay with a filter of largest gain 1 in its loop, which rings for ``filter_s`` by itself.

    In a loop without filter each trip takes off the feedback; in one without delay the filter's pole moves to
    1 - feedback of its distance. Their times add up to a bound: -log(1 - x) is convex.
    """
    log = -np.log(np.clip(feedback, 1e-12, 1 - 1e-6))
    found: Values = delay_s * (1 + NEPERS / log) + filter_s * (1 + 1 / np.maximum(1 - feedback, 1e-6))
    return found


def allpass_loop(frequency_hz: Values, feedback: Values, sample_rate: float) -> Values:
    """First-order all-pass stages with feedback around them, as in a phaser: the slowest pole is real."""
    z = np.clip(feedback, 1e-6, 1 - 1e-6) ** (-1 / STAGES)
    slowest = _rate(_warped(frequency_hz, sample_rate) * (z - 1) / (z + 1))
    # Without feedback the stages are equal poles: this many compensate for twice the decay.
    return 2 * NEPERS / (slowest * sample_rate)
