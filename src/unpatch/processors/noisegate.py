"""Noise gate."""

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
    log_uniform,
    measured,
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
        Role("dynamics", 0.25, 1),
        Role("effect in a band", 0.1, 4),
    ),
    tools=(Tool("gate", 0.9, rank=0, place=0, like="gate"),),
)
def noisegate(
    input: Audio,
    sidechain: Audio | None = None,
    *,
    sample_rate: float,
    threshold_db: Tensor = usually(knobs.THRESHOLD, uniform(-35, -10), varied=WhereLevelMoves(0.25, 0.8)),
    ratio: Tensor = factor(
        1,
        100,
        20,
        neutral=1,
        doc="output dB per input dB below the threshold",
        typical=log_normal(15, 2.2, 4, 100),
        varied=Between(5, 50),
    ),
    attack_ms: Tensor = usually(knobs.ATTACK, log_uniform(0.1, 10)),
    release_ms: Tensor = usually(
        knobs.RELEASE, measured("MixologyDB", 47, 199, 200, 388, 1_100, low=20, high=1_500)
    ),
    knee_db: Tensor = knobs.KNEE,
) -> Audio:
    """Close when the level falls below a threshold.

    A downward expander that is steep and has a floor: below the threshold the output falls by ``ratio``
    dB per dB of input until it is 60 dB down; ratio 1 is a bypass. Attack is the time of opening,
    release that of closing; the gate starts closed. The level is that of the louder channel of
    ``sidechain``, or of the input where nothing is plugged in (Giannoulis, Massberg and Reiss, JAES 60(6),
    2012; Zölzer, DAFX, ch. 4).
    """
    key = input if sidechain is None else sidechain
    curve = dsp.dynamics.Curve(threshold_db, ratio, knee_db)
    times = dsp.dynamics.Times(attack_ms, release_ms)
    return dsp.dynamics.expand(input, key, curve, times, sample_rate, range_db=60)
