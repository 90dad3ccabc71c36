"""Downward expander."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import (
    Between,
    Role,
    Tool,
    WhereLevelMoves,
    factor,
    log_normal,
    processor,
    uniform,
    usually,
)
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="dynamics",
    akin="gate",
    tail_s=memory.detector,
    roles=(
        Role("dynamics", 0.25, 2),
        Role("effect in a band", 0.1, 2),
    ),
    tools=(Tool("expander", 0.7, rank=0, place=1, like="gate"),),
)
def expander(
    input: Audio,
    sidechain: Audio | None = None,
    *,
    sample_rate: float,
    threshold_db: Tensor = usually(knobs.THRESHOLD, uniform(-24, -5), varied=WhereLevelMoves(0.35, 0.9)),
    ratio: Tensor = factor(
        1,
        8,
        2,
        neutral=1,
        doc="output dB per input dB below the threshold",
        typical=log_normal(2.2, 1.4, 1.4, 5),
        varied=Between(1.7, 8),
    ),
    attack_ms: Tensor = knobs.ATTACK,
    release_ms: Tensor = knobs.RELEASE,
    knee_db: Tensor = knobs.KNEE,
) -> Audio:
    """Reduce levels below a threshold, in proportion.

    Below the threshold the output falls by ``ratio`` dB per dB of input (2 is the usual 1:2); ratio 1 is
    a bypass. Attack is the time of opening, release that of closing; before the first frame there was
    silence. The level is that of the louder channel of ``sidechain``, or of the input where nothing is
    plugged in. The compressor's design with its curve mirrored (Giannoulis, Massberg and Reiss, JAES 60(6),
    2012; Zölzer, DAFX, ch. 4).
    """
    key = input if sidechain is None else sidechain
    curve = dsp.dynamics.Curve(threshold_db, ratio, knee_db)
    times = dsp.dynamics.Times(attack_ms, release_ms)
    return dsp.dynamics.expand(input, key, curve, times, sample_rate, range_db=120)
