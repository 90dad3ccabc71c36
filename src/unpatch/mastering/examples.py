"""Examples of mastering, generated on demand from the seed and the step.

Shapes: B batch, T samples, Q numbers, E effects.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from unpatch.mastering.chains import MADE_WITH, MasteringChain, normalised
from unpatch.mastering.clips import FRAMES, Clips
from unpatch.mastering.settings import Style, draw


class MasteringBatch(NamedTuple):
    """A batch of masters, what they were made of, and how.

    Attributes:
        dry: ``[B, T]``, peak at full scale.
        wet: ``[B, T]``.
        units: numbers of the chain that made it ``[B, Q]``.
        active: which effects are there ``[B, E]``.
        clips: which clip each is of ``[B]``.
    """

    dry: Tensor
    wet: Tensor
    units: Tensor
    active: Tensor
    clips: tuple[int, ...]


def made_with(chain: str) -> MasteringChain:
    """What sounds are made with when ``chain`` is estimated."""
    return MasteringChain.from_name(MADE_WITH.get(chain, chain))


def batch(
    clips: Clips, chain: MasteringChain, *, size: int, samples: int, style: Style, seed: tuple[int, ...]
) -> MasteringBatch:
    """A batch drawn at random; equal seeds give equal batches."""
    generator = np.random.default_rng(seed)
    chosen = generator.integers(len(clips), size=size)
    return made(clips, chain, chosen.tolist(), samples, style, generator)


def in_order(
    clips: Clips, chain: MasteringChain, *, first: int, size: int, samples: int, style: Style, seed: int
) -> MasteringBatch:
    """The clips from ``first`` on, each with its own place and settings."""
    chosen = [place % len(clips) for place in range(first, first + size)]
    return made(clips, chain, chosen, samples, style, np.random.default_rng((seed, first)))


def made(
    clips: Clips,
    chain: MasteringChain,
    chosen: list[int],
    samples: int,
    style: Style,
    generator: np.random.Generator,
) -> MasteringBatch:
    """Masters of some clips."""
    starts = generator.integers(FRAMES - samples + 1, size=len(chosen))
    dry = [clips.cut(clip, int(start), samples) for clip, start in zip(chosen, starts, strict=True)]
    torches = torch.Generator().manual_seed(int(generator.integers(2**31)))
    drawn = draw(chain, len(chosen), style, torches)
    source = normalised(torch.stack(dry))
    with torch.no_grad():
        wet = chain.play(drawn.units, source, drawn.active)
    return MasteringBatch(source, wet, drawn.units, drawn.active, tuple(chosen))
