"""Compressor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Between, Role, Tool, WhereLevelMoves, processor, usually
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="dynamics",
    tail_s=memory.detector,
    roles=(
        Role("dynamics", 0.5, 0),
        Role("mid or side", 0.3, 5),
        Role("parallel effect", 0.3, 2),
        Role("effect in a band", 0.5, 0),
    ),
    tools=(Tool("compressor", 1.4, rank=2, place=9),),
)
def compressor(
    input: Audio,
    sidechain: Audio | None = None,
    *,
    sample_rate: float,
    threshold_db: Tensor = usually(knobs.THRESHOLD, varied=WhereLevelMoves(0.02, 0.35)),
    ratio: Tensor = usually(knobs.RATIO, varied=Between(2.5, 20)),
    attack_ms: Tensor = knobs.ATTACK,
    release_ms: Tensor = knobs.RELEASE,
    knee_db: Tensor = knobs.KNEE,
) -> Audio:
    """Reduce the level of what rises above a threshold.

    Above the threshold the output rises by 1/ratio dB per dB of input; ratio 1 is a bypass. The level
    is that of the louder channel of ``sidechain``, or of the input where nothing is plugged in.
    Feed-forward, log domain, quadratic knee, smooth branching peak detector (Giannoulis, Massberg and
    Reiss, Digital Dynamic Range Compressor Design, JAES 60(6), 2012).
    """
    key = input if sidechain is None else sidechain
    curve = dsp.dynamics.Curve(threshold_db, ratio, knee_db)
    times = dsp.dynamics.Times(attack_ms, release_ms)
    return dsp.dynamics.compress(input, key, curve, times, sample_rate)
