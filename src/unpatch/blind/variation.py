"""Varying pictures while training, so that few recordings go a long way.

*Colour*: a smooth random curve over the bands is added to the level channels, as another voice or
microphone would. *Masks*: a stretch of frames and a stretch of bands are painted over with the picture's
own mean. *Hidden dry tracks*: a model with dry input must also work without. All is drawn again
for every example, from torch's global generator.

Shapes: B batch, C channels, V sources, M mel bands, F frames.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.blind.corpus import Batch

# The curve is made of this many half cosines over the bands.
WAVES = 6


@dataclass(frozen=True)
class Variation:
    """Strengths; all zero changes nothing.

    Attributes:
        colour: deviation of the curve, in picture units (0.02 is 1 dB of level).
        frames: largest share of the frames that is painted over.
        bands: largest share of the bands that is painted over.
        levels: how many of the channels, counted from the first, show levels.
        dry: share of the examples whose dry tracks are hidden: dark, as if unknown.
    """

    colour: float = 0.0
    frames: float = 0.0
    bands: float = 0.0
    levels: int = 2
    dry: float = 0.0


def varied_batch(batch: Batch, how: Variation) -> Batch:
    """The batch with each example changed in its own way."""
    dry = hidden(batch.dry, how.dry) if how.dry else batch.dry
    return batch._replace(pictures=varied(batch.pictures, how), dry=dry)


def hidden(dry: Tensor, share: float) -> Tensor:
    """Pictures ``[B, V, M, F]``, of which this share is dark."""
    chosen = torch.rand(len(dry), 1, 1, 1, device=dry.device) < share
    return dry.masked_fill(chosen, -1.0)


def varied(pictures: Tensor, how: Variation) -> Tensor:
    """Pictures ``[B, C, M, F]`` in [-1, 1]."""
    if how.colour:
        pictures = coloured(pictures, how)
    if how.frames or how.bands:
        painted = stretch(pictures.shape[-1], how.frames, pictures)[:, None, None, :]
        painted = painted | stretch(pictures.shape[-2], how.bands, pictures)[:, None, :, None]
        pictures = torch.where(painted, pictures.mean((-2, -1), keepdim=True), pictures)
    return pictures


def coloured(pictures: Tensor, how: Variation) -> Tensor:
    """Add the curve to the level channels; what is dark (-1) has no level to be changed."""
    bands = torch.arange(pictures.shape[-2], device=pictures.device) / pictures.shape[-2]
    waves = torch.cos(math.pi * torch.arange(1, WAVES + 1, device=bands.device)[:, None] * bands)
    weights = torch.randn(len(pictures), WAVES, device=bands.device) * how.colour * math.sqrt(2 / WAVES)
    curve = (weights @ waves)[:, None, :, None]
    levels = pictures[:, : how.levels]
    moved = torch.where(levels > -1, (levels + curve).clamp(-1, 1), levels)
    return torch.cat([moved, pictures[:, how.levels :]], dim=1)


def stretch(length: int, most: float, like: Tensor) -> Tensor:
    """For each example one run of at most this share of ``length`` ``[B, length]``."""
    count = len(like)
    size = torch.rand(count, 1, device=like.device) * most * length
    start = torch.rand(count, 1, device=like.device) * (length - size)
    place = torch.arange(length, device=like.device) + 0.5
    return (place >= start) & (place < start + size)
