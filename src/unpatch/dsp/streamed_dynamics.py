"""Dynamic range control of a signal that comes in pieces: as :mod:`unpatch.dsp.dynamics`, to the last bit.

Shapes: T time; audio ``[2, T]`` in single precision.
"""

from __future__ import annotations

import math

import numpy as np

from unpatch.dsp.compiled import Array, kernel
from unpatch.dsp.dynamics_kernels import apply_reductions, block, levels_of, reductions, rest, smooth

_DB_PER_OCTAVE = 20 * math.log10(2)
_BLOCK = 512


@kernel
def _control(x: Array, law: Array, speed: Array, state: float, y: Array) -> float:
    """Turn ``x`` down into ``y``; returns the state to continue with."""
    buffer, kept = np.empty(_BLOCK, x.dtype), np.empty(_BLOCK)
    for start in range(0, x.shape[1], _BLOCK):
        values = buffer[: x.shape[1] - start]
        levels_of(block(x, start), values)
        reductions(values, law, values)
        state = smooth(values, state, speed, kept[: values.size])
        apply_reductions(block(x, start), kept[: values.size], block(y, start))
    return state


@kernel
def _first(law: Array) -> float:
    return float(rest(law))


class Dynamics:
    """Compressor (slope 1 - 1/ratio above the threshold) or expander (ratio - 1 below it).

    Args:
        threshold_db, knee_db, range_db: of the static curve; levels are those of the louder channel.
        slope: dB of reduction per dB.
        above: whether levels above the threshold are turned down, or below.
        rise_ms, fall_ms: time constants (63 %) of a rising and a falling reduction.
        sample_rate: in Hz.
    """

    def __init__(
        self,
        *,
        threshold_db: float,
        knee_db: float,
        range_db: float,
        slope: float,
        above: bool,
        rise_ms: float,
        fall_ms: float,
        sample_rate: float,
    ) -> None:
        octaves = (threshold_db / _DB_PER_OCTAVE, slope, knee_db / _DB_PER_OCTAVE)
        law = (*octaves, 1.0 if above else -1.0, range_db / _DB_PER_OCTAVE)
        self._law = np.array(law, np.float32)
        self._speed = np.exp(-1000 / (np.array([rise_ms, fall_ms]) * sample_rate))
        self._state = float(_first(self._law))

    def push(self, x: Array) -> Array:
        y = np.empty_like(x)
        self._state = _control(np.ascontiguousarray(x), self._law, self._speed, self._state, y)
        return y
