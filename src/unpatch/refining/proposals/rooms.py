"""Reverberation from the decay of the impulse response.

Its energy over time is a decaying exponential on the floor that the division of two spectra leaves; both are
fitted together, as in the estimation of decay times from noisy responses (Karjalainen et al., JAES 50(11),
2002). The decay gives the size, its energy over that of the direct sound the wet level.

Shapes: F blocks, T samples.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from unpatch.dsp.reverb import LONGEST_S, SHORTEST_S
from unpatch.refining.proposals.pair import TINY, Floats, Pair, block_powers
from unpatch.refining.proposals.stage import Proposal, Stage

BLOCK_S, DIRECT_S, HEARD_S = 0.02, 0.01, 2.5
ROOMS = ("stereo_reverb", "mono_reverb")
DAMPING = (0.2, 0.6)
# Also half of the measured share: the floor may have been taken for reverberation.
SHARES = (1.0, 0.5)
TIMES_S = np.geomspace(SHORTEST_S, LONGEST_S, 25)


def rooms(pair: Pair) -> list[Proposal]:
    """With the time and the share of the response."""
    response, zero = pair.impulse_responses, pair.lead
    direct = float((response[:, : zero + round(DIRECT_S * pair.sample_rate)] ** 2).sum())
    decay_s, late = _decay(response[:, zero:], pair.sample_rate)
    ratio = np.sqrt(late / max(direct, TINY))
    size = float(np.log(decay_s / SHORTEST_S) / np.log(LONGEST_S / SHORTEST_S))
    found: list[Proposal] = []
    for kind in ROOMS:
        for damping in DAMPING:
            for share in SHARES:
                mix = float(np.clip(share * ratio / (1 + share * ratio), 0.03, 0.9))
                found.append((Stage(kind, {"size": size, "damping": damping, "mix": mix}),))
    return found


def _decay(response: Floats, sample_rate: float) -> tuple[float, float]:
    """Time to a decay of 60 dB, and the energy of the decaying part."""
    block = max(1, round(BLOCK_S * sample_rate))
    power = block_powers(response, block).sum(0) * block
    power = power[1 : round(HEARD_S / BLOCK_S)]
    seconds = (np.arange(len(power)) + 1.5) * BLOCK_S
    best = (np.inf, 1.0, 0.0)
    for time_s in TIMES_S:
        basis = np.stack([10 ** (-6 * seconds / time_s), np.ones_like(seconds)], 1)
        weight = 1 / np.maximum(power, 1e-3 * power.max())
        (level, _), left = nnls(basis * weight[:, None], power * weight)
        energy = level * float(basis[:, 0].sum())
        best = min(best, (left, float(time_s), energy))
    return best[1], best[2]
