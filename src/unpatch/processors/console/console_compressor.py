"""Compressor of a console strip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Between, db, factor, processor
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as shared
from unpatch.processors.console import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="console", tail_s=memory.detector, device="compressor", keeps_energy=False)
def console_compressor(
    input: Audio,
    *,
    sample_rate: float,
    threshold_db: Tensor = shared.THRESHOLD,
    ratio: Tensor = factor(1, 20, 2, neutral=1, doc="slope of the static curve", varied=Between(2, 20)),
    attack_ms: Tensor = shared.ATTACK,
    release_ms: Tensor = shared.RELEASE,
    knee_db: Tensor = shared.KNEE,
    gain_db: Tensor = db(-12, 24, 0, neutral=0, doc="make-up gain of what is compressed"),
    weight: Tensor = knobs.WEIGHT,
) -> Audio:
    """Reduce the level of what rises above a threshold, and make up for it.

    The compressor of blind estimation with its own attack and release (Giannoulis, Massberg and Reiss,
    Digital Dynamic Range Compressor Design, JAES 60(6), 2012), a gain behind it, and a dry/wet weight.
    """
    curve = dsp.dynamics.Curve(threshold_db, ratio, knee_db)
    times = dsp.dynamics.Times(attack_ms, release_ms)
    wet = dsp.dynamics.compress(input, input, curve, times, sample_rate)
    return dsp.dry_wet.blend(input, wet, weight, 10 ** (gain_db / 20))
