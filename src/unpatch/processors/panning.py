"""Panning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import (
    Away,
    Movement,
    Tool,
    amount,
    both_signs,
    log_normal,
    measured,
    mixture,
    processor,
    steps,
    uniform,
)

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="utility",
    lti=True,
    channels="apart",
    spreads=True,
    tools=(
        Tool("pan", 0.6, rank=7, place=27, like="place", spreads=True),
        Tool("auto-pan", 0.7, rank=7, place=28, like="place", spreads=True, moved="pan"),
    ),
)
def panning(
    input: Audio,
    *,
    sample_rate: float,
    pan: Tensor = amount(
        -1,
        1,
        0,
        neutral=0,
        inlet="pan",
        doc="-1 is left, 1 is right",
        typical=both_signs(measured("MixologyDB", 0.19, 0.44, 0.95, 1, 1, low=0.12, high=1, log=False)),
        movement=Movement(
            rate_hz=log_normal(0.9, 2, 0.15, 6),
            depth=uniform(0.3, 1),
            around=mixture((0.6, steps(0)), (0.4, uniform(-0.4, 0.4))),
        ),
        varied=Away(0, 0.2, 1),
    ),
) -> Audio:
    """Place the sound between left and right.

    Equal power: the two gains are sqrt(2) times cosine and sine of (pan + 1) pi/4, unity in the centre
    (Zölzer, DAFX, ch. 5).
    """
    return dsp.stereo.pan(input, pan)
