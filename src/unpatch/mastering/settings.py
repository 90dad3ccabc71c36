"""How numbers of a chain are drawn: harsh, as published, and realistic, as people master.

Shapes: B batch, Q numbers of a chain, E effects.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import torch
from torch import Generator, Tensor

from unpatch.mastering.chains import MasteringChain
from unpatch.processors import MASTERING

Style = Literal["harsh", "realistic", "mixed"]

BYPASSED = 0.25
"""How often an effect is left out of a realistic chain."""

_LOW_HIGH: Mapping[str, tuple[float, float]] = {
    "threshold_db": (-30.0, -6.0),
    "ratio": (2.0, 4.0),
    "attack_ms": (3.0, 60.0),
    "release_ms": (30.0, 500.0),
    "time_ms": (3.0, 300.0),
    "gain_db": (-6.0, 9.0),
    "offset": (0.0, 0.15),
    "low_shelf_q": (0.3, 1.2),
    "peak_1_q": (0.3, 1.5),
    "peak_2_q": (0.3, 1.5),
    "peak_3_q": (0.3, 1.5),
    "high_shelf_q": (0.3, 1.2),
}
"""Ranges of realistic numbers, uniform on the parameter's own scale; others use all of it."""
BAND_SPREAD_DB = 3.5
"""Deviation of the gains of realistic bands, which are normally distributed."""


class Drawn(NamedTuple):
    """Numbers ``[B, Q]``, and which effects are there ``[B, E]``."""

    units: Tensor
    active: Tensor


def draw(chain: MasteringChain, count: int, style: Style, generator: Generator) -> Drawn:
    """Settings of this many chains; a mixed batch is half harsh, half realistic, example by example."""
    harsh, realistic = _harsh(chain, count, generator), _realistic(chain, count, generator)
    if style == "harsh":
        return harsh
    if style == "realistic":
        return realistic
    mild = torch.rand(count, 1, generator=generator) < 0.5
    return Drawn(*(torch.where(mild, r, h) for r, h in zip(realistic, harsh, strict=True)))


def _harsh(chain: MasteringChain, count: int, generator: Generator) -> Drawn:
    units = torch.rand(count, len(chain), generator=generator)
    return Drawn(units, torch.ones(count, len(chain.kinds), dtype=torch.bool))


def _realistic(chain: MasteringChain, count: int, generator: Generator) -> Drawn:
    evenly = torch.rand(count, len(chain), generator=generator)
    normal = torch.randn(count, len(chain), generator=generator)
    active = torch.rand(count, len(chain.kinds), generator=generator) >= BYPASSED
    columns = []
    for place, knob in enumerate(chain.knobs):
        parameter = knob.parameter
        if knob.name.endswith("_db") and MASTERING[knob.kind].device == "equalizer":
            column = parameter.to_unit(
                (BAND_SPREAD_DB * normal[:, place]).clamp(parameter.low, parameter.high)
            )
        elif knob.name in _LOW_HIGH:
            low, high = (parameter.to_unit(value) for value in _LOW_HIGH[knob.name])
            column = low + (high - low) * evenly[:, place]
        else:
            column = evenly[:, place]
        columns.append(column)
    return Drawn(torch.stack(columns, dim=1), active)
