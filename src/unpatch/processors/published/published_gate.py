"""Gate of the published console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Between, factor, processor
from unpatch.processors import _memory as memory
from unpatch.processors.published import _parameters as knobs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(family="published", tail_s=memory.energy_detector, device="gate", keeps_energy=False)
def published_gate(
    input: Audio,
    *,
    sample_rate: float,
    threshold_db: Tensor = knobs.THRESHOLD,
    ratio: Tensor = factor(
        0.1,
        50,
        1,
        neutral=1,
        doc="of energies: the output falls by 2 ratio - 1 dB per dB; below 1 it rises",
        varied=Between(2, 20),
    ),
    knee_db: Tensor = knobs.KNEE,
    smoothing_ms: Tensor = knobs.SMOOTHING,
    weight: Tensor = knobs.WEIGHT,
) -> Audio:
    """Attenuate levels below a threshold.

    One time constant smooths the energy of both channels; what a curve for energies takes off is taken off
    the amplitude, as published (Lee et al., Searching for Music Mixing Graphs, DAFx 2024). The one-pole is
    the exact recursion, where theirs is cut off after 16 384 samples.
    """
    curve = dsp.energy_dynamics.EnergyDynamicsKnobs(threshold_db, ratio, knee_db, smoothing_ms)
    return dsp.energy_dynamics.gate(input, curve, weight, sample_rate)
