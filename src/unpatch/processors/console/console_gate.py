"""Gate and expander of a console strip."""

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


@processor(family="console", tail_s=memory.detector, device="gate", keeps_energy=False)
def console_gate(
    input: Audio,
    *,
    sample_rate: float,
    threshold_db: Tensor = db(-70, 0, -50, follows_level=1, doc="level below which gain reduction starts"),
    ratio: Tensor = factor(
        1, 50, 2, neutral=1, doc="output dB per input dB below the threshold", varied=Between(2, 20)
    ),
    attack_ms: Tensor = shared.ATTACK,
    release_ms: Tensor = shared.RELEASE,
    knee_db: Tensor = shared.KNEE,
    range_db: Tensor = db(0, 80, 40, neutral=0, doc="gain reduction at most"),
    weight: Tensor = knobs.WEIGHT,
) -> Audio:
    """Attenuate levels below a threshold, by the range at most.

    Low ratios make an expander, high ones a gate. Attack is the time of opening, release that of closing;
    before the first frame there was silence. The compressor's design with its curve mirrored (Giannoulis,
    Massberg and Reiss, JAES 60(6), 2012; Zölzer, DAFX, ch. 4), and a dry/wet weight.
    """
    curve = dsp.dynamics.Curve(threshold_db, ratio, knee_db)
    times = dsp.dynamics.Times(attack_ms, release_ms)
    wet = dsp.dynamics.expand(input, input, curve, times, sample_rate, range_db=range_db)
    return dsp.dry_wet.blend(input, wet, weight)
