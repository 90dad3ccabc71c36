"""From a curve to the bands of an equalizer.

Shapes: P points.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from unpatch.declaration import Parameter
from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.response import BANDS, bands_db
from unpatch.mastering.matching.spectrum import POINTS_HZ
from unpatch.processors import KINDS

KIND = "mastering_equalizer"
_KNOBS = tuple(f"{band}_{unit}" for band in BANDS for unit in ("hz", "db", "q"))
# Bands of little effect are drawn to none, and narrow ones have a penalty.
_COST_PER_DB = 0.05
_STEP = 1e-4
_STEEPEST = 0.9
_LEAST_DB = 0.05


def _declared(name: str) -> Parameter:
    """The knob as declared; shelves do not overshoot."""
    knob = KINDS[KIND].parameters[name]
    return replace(knob, high=_STEEPEST, low=0.3) if name.endswith("shelf_q") else knob


def fitted(curve_db: Array, sample_rate: float) -> dict[str, float]:
    """Knobs of a ``mastering_equalizer`` that come nearest to the curve ``[P]``; 0 dB if it is flat."""
    declared = [_declared(name) for name in _KNOBS]
    first = np.array([knob.to_unit(knob.default) for knob in declared])
    if np.abs(curve_db).max() < _LEAST_DB:
        return dict(zip(_KNOBS, (knob.default for knob in declared), strict=True))

    def values(units: Array) -> dict[str, Array]:
        return {
            name: np.array([knob.from_unit(float(u)) for u in column])
            for name, knob, column in zip(_KNOBS, declared, units.T, strict=True)
        }

    def misses(units: Array) -> Array:
        knobs = values(units)
        apart = bands_db(knobs, POINTS_HZ, sample_rate) - curve_db
        gains = np.stack([knobs[f"{band}_db"] for band in BANDS], axis=1)
        return np.concatenate([apart, _COST_PER_DB * np.sqrt(len(POINTS_HZ) / 5) * gains], axis=1)

    def jacobian(units: Array) -> Array:
        steps = np.where(units > 0.5, -_STEP, _STEP)
        moved = misses(np.concatenate([units[None], units + np.diag(steps)]))
        return np.asarray(((moved[1:] - moved[0]) / steps[:, None]).T)

    def miss(units: Array) -> Array:
        line: Array = misses(units[None])[0]
        return line

    found = least_squares(miss, first, jac=jacobian, bounds=(0, 1), max_nfev=60).x
    return {name: float(value[0]) for name, value in values(found[None]).items()}
