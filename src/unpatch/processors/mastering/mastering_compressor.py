"""Compressor of a mastering chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import ms, processor
from unpatch.processors import _memory as memory
from unpatch.processors.mastering import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="mastering", tail_s=memory.detector, device="compressor", keeps_energy=False)
def mastering_compressor(
    input: Audio,
    *,
    sample_rate: float,
    threshold_db: Tensor = knobs.THRESHOLD,
    attack_ms: Tensor = ms(1, 60, 8, doc="time constant (63 %) of the rising level"),
    release_ms: Tensor = ms(10, 500, 70, doc="time constant (63 %) of the falling level"),
    ratio: Tensor = knobs.RATIO,
    knee_db: Tensor = knobs.KNEE,
) -> Audio:
    """Reduce levels above a threshold, with attack and release.

    The DSP compressor of Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024), after
    Giannoulis, Massberg and Reiss, Digital Dynamic Range Compressor Design, JAES 60(6), 2012: exact
    recursion, exact gradients, one detector for both channels. No make-up gain: it cannot be separated from
    the level of the master; no setting is a bypass: leave the node out.
    """
    curve = dsp.dynamics.Curve(threshold_db, ratio, knee_db)
    times = dsp.dynamics.Times(attack_ms, release_ms)
    return dsp.dynamics.compress(input, input, curve, times, sample_rate)
