"""Envelope follower."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import (
    Between,
    EnvelopeGain,
    Role,
    db,
    log_normal,
    log_uniform,
    processor,
    uniform,
    usually,
)
from unpatch.processors import _memory as memory
from unpatch.processors import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio, Control


@processor(family="control", outlets="env", tail_s=memory.detector, roles=(Role("control", 0.25, 2),))
def envelope_follower(
    input: Audio,
    *,
    sample_rate: float,
    attack_ms: Tensor = usually(knobs.ATTACK, log_uniform(1, 30), varied=Between(1, 50)),
    release_ms: Tensor = usually(knobs.RELEASE, log_normal(120, 1.7, 30, 400), varied=Between(20, 300)),
    gain_db: Tensor = db(
        -24,
        24,
        0,
        follows_level=-1,
        doc="gain of the envelope before it is clipped at 1",
        typical=uniform(-6, 0),
        varied=EnvelopeGain(),
    ),
) -> Control:
    """Level of the louder channel as a control signal in [0, 1], ``[B, 1, T]``.

    Smooth branching peak detector on the linear amplitude: one time constant for rising, one for
    falling (Giannoulis, Massberg and Reiss, JAES 60(6), 2012, section 2.2).
    """
    times = dsp.dynamics.Times(attack_ms, release_ms)
    return dsp.dynamics.envelope(input, times, gain_db, sample_rate)
