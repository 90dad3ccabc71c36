"""From an equalizer's curve to bands that have it.

Bands overlap and can swap places, so that the means of what each may be are bands of no likely equalizer. The
curve is told more surely: bands are fitted to it, beginning with those means and kept near them.

Shapes: B batch, Q numbers of the equalizer, P points.
"""

import torch
from torch import Tensor

from unpatch.mastering.chains import curve_db, grid_hz

STEPS = 80
RATE = 0.08
# Squared dB per squared unit by which numbers are held where they were told.
HELD = 1.0


def fitted(units: Tensor, target_db: Tensor, kind: str = "mastering_equalizer") -> Tensor:
    """Numbers ``[B, Q]`` whose curve is nearest to ``target_db [B, P]`` but for a gain, from told ones."""
    told = units.detach().clamp(0.02, 0.98)
    latent = told.logit().requires_grad_()
    optimiser = torch.optim.Adam([latent], RATE)
    frequencies_hz = grid_hz(target_db.shape[-1])
    wanted = target_db.detach() - target_db.mean(-1, keepdim=True)
    with torch.enable_grad():
        for _ in range(STEPS):
            current = latent.sigmoid()
            curve = curve_db(current, kind, frequencies_hz)
            apart = (curve - curve.mean(-1, keepdim=True) - wanted).square().mean(-1)
            cost = (apart + HELD * (current - told).square().sum(-1)).sum()
            optimiser.zero_grad()
            cost.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return latent.detach().sigmoid()
