"""From an equalizer's curve to bands that have it.

Bands overlap and can swap places, so the means of single numbers are bands of no likely equalizer. The
curve is estimated more accurately: bands are fitted to it, starting from those means and kept near them.

Shapes: B batch, Q numbers of the equalizer, P points.
"""

import torch
from torch import Tensor

from unpatch.mastering.chains import curve_db, grid_hz

STEPS = 80
RATE = 0.08
# Squared dB per squared unit of the penalty that keeps numbers near their estimates.
HELD = 1.0


def fitted(units: Tensor, target_db: Tensor, kind: str = "mastering_equalizer") -> Tensor:
    """Numbers ``[B, Q]`` whose curve is nearest to ``target_db [B, P]`` up to a gain, from estimated ones."""
    predicted = units.detach().clamp(0.02, 0.98)
    latent = predicted.logit().requires_grad_()
    optimiser = torch.optim.Adam([latent], RATE)
    frequencies_hz = grid_hz(target_db.shape[-1])
    wanted = target_db.detach() - target_db.mean(-1, keepdim=True)
    with torch.enable_grad():
        for _ in range(STEPS):
            current = latent.sigmoid()
            curve = curve_db(current, kind, frequencies_hz)
            apart = (curve - curve.mean(-1, keepdim=True) - wanted).square().mean(-1)
            cost = (apart + HELD * (current - predicted).square().sum(-1)).sum()
            optimiser.zero_grad()
            cost.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return latent.detach().sigmoid()
