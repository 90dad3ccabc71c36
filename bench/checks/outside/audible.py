"""Audibility of every effect of a chain: by the generator's own measure and threshold."""

from collections.abc import Callable

import torch
from torch import Tensor

from unpatch.synth.ghosts import GHOST_DB
from unpatch.synth.listen import Listener, distance_db


def all_audible(count: int, without: Callable[[int], Tensor], wet: Tensor, sample_rate: float) -> bool:
    """Whether each of ``count`` effects makes a difference; a chain that overflows has none that does.

    Args:
        without: the chain's output ``[2, T]`` when one effect is left out.
        wet: with all of them.
    """
    if not torch.isfinite(wet).all():
        return False
    whole = Listener(wet[None], sample_rate)
    return all(
        distance_db(whole, Listener(without(place)[None], sample_rate)) >= GHOST_DB for place in range(count)
    )
