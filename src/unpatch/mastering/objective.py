"""The training loss: the distance of sounds, the error of numbers, or the likelihood of the truth under ours.

Shapes: B batch, T samples, Q numbers, N bins, E effects, P points of the curve.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from unpatch.mastering.chains import MasteringChain, Player, curve_db, grid_hz
from unpatch.mastering.examples import MasteringBatch
from unpatch.mastering.mel import MelDistance, at_one_level
from unpatch.mastering.ours import CURVE_SCALE_DB, ChainPrediction
from unpatch.mastering.polarity import polarity_loss
from unpatch.processors import MASTERING

EQUALIZERS = tuple(kind for kind, processor in MASTERING.items() if processor.device == "equalizer")
SERIES = ("taylor_clipper", "chebyshev_clipper")
"""Kinds that can turn the polarity round without the distance of spectra noticing."""
POLARITY_WEIGHT = 0.1


def sound_loss(
    units: Tensor,
    example: MasteringBatch,
    chain: MasteringChain,
    distance: MelDistance,
    stand_in: Player | None = None,
) -> Tensor:
    """Mean distance of what the numbers ``[B, Q]`` play from the masters."""
    played = chain.play(units, example.dry, stand_in=stand_in)
    loss: Tensor = distance(played, example.wet).mean()
    if chain.kinds[-1] in SERIES:
        turned = polarity_loss(at_one_level(played)[:, None], example.wet[:, None])
        loss = loss + POLARITY_WEIGHT * turned.mean()
    return loss


def number_loss(units: Tensor, example: MasteringBatch) -> Tensor:
    """Mean squared error."""
    return (units - example.units).square().mean()


def likelihood_losses(
    predicted: ChainPrediction, example: MasteringBatch, chain: MasteringChain
) -> Mapping[str, Tensor]:
    """Of ours: cross-entropy of numbers, distance of curves, presence; absent effects do not count."""
    there = example.active.to(predicted.logits)
    weights = counted(example, chain)
    entropy = -(between(example.units, predicted.logits.shape[-1]) * predicted.logits.log_softmax(-1)).sum(-1)
    parts = {"numbers": (entropy * weights).sum() / weights.sum().clamp_min(1)}
    if chain.kinds[0] in EQUALIZERS:
        true = true_curve_db(example, chain, predicted.curve_db.shape[-1]) / CURVE_SCALE_DB
        parts["curve"] = smooth_l1_loss(predicted.curve_db / CURVE_SCALE_DB, true, beta=0.1)
    parts["present"] = binary_cross_entropy_with_logits(predicted.present, there)
    return parts


def true_curve_db(example: MasteringBatch, chain: MasteringChain, points: int) -> Tensor:
    """The equalizer's curve ``[B, P]`` without its mean; flat where there is none."""
    kind = chain.kinds[0]
    curve = curve_db(example.units[:, chain.slices()[kind]], kind, grid_hz(points))
    flat = torch.where(example.active[:, :1], curve, 0.0)
    return flat - flat.mean(-1, keepdim=True)


def counted(example: MasteringBatch, chain: MasteringChain) -> Tensor:
    """1 for numbers of effects that are there, else 0; ``[B, Q]``."""
    own = enumerate(chain.slices().values())
    parts = [example.active[:, place, None].expand(-1, part.stop - part.start) for place, part in own]
    return torch.cat(parts, 1).to(example.units)


def between(units: Tensor, bins: int) -> Tensor:
    """Shares ``[B, Q, N]`` of the two bins whose centres enclose a number."""
    place = (units * bins - 0.5).clamp(0, bins - 1)
    low = place.floor().long().clamp(0, bins - 1)
    high = (low + 1).clamp_max(bins - 1)
    part = (place - low).unsqueeze(-1)
    shares = torch.zeros(*units.shape, bins, dtype=units.dtype)
    shares.scatter_add_(-1, low.unsqueeze(-1), 1 - part)
    shares.scatter_add_(-1, high.unsqueeze(-1), part)
    return shares
