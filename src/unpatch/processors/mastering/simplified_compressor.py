"""Compressor whose attack and release are one knob."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import ms, processor
from unpatch.processors import _memory as memory
from unpatch.processors.mastering import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="mastering", tail_s=memory.single_detector, device="compressor", keeps_energy=False)
def simplified_compressor(
    input: Audio,
    *,
    sample_rate: float,
    threshold_db: Tensor = knobs.THRESHOLD,
    time_ms: Tensor = ms(1, 500, 22, doc="time constant (63 %) of rising and of falling levels"),
    ratio: Tensor = knobs.RATIO,
    knee_db: Tensor = knobs.KNEE,
) -> Audio:
    """Reduce the level of what rises above a threshold, rising and falling at one speed.

    The simplified compressor of Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024), as it
    was meant: the gain reduction goes through a one-pole filter, exactly. No setting is a bypass: leave the
    node out.
    """
    curve = dsp.dynamics.Curve(threshold_db, ratio, knee_db)
    times = dsp.dynamics.Times(time_ms, time_ms)
    return dsp.dynamics.compress(input, input, curve, times, sample_rate)
