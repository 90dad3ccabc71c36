"""Share of each track in the cells of a picture.

A track's share of a cell is its power over that of all tracks and the floor: near 1 where it sounds alone,
0 where it is silent or masked. Divided by its mean over the song, its presence, it selects the cells of the
track: those weigh together as much as any other track's, however rare it is.

Shapes: K tracks, T samples, R resolutions, N frames, M bands.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from unpatch.mixing.mel import MelTransform

# Shares are kept in bytes.
_STEPS = 255


class TrackShares:
    """The tracks of one segment at one resolution.

    Args:
        shares: ``[K, N, M]``, 0 to 1.
        presence: mean share of each track in the song ``[K]``.
        least: a track counts as no rarer than this.
    """

    def __init__(self, shares: Tensor, presence: Tensor, least: float) -> None:
        self._rarity = torch.where(presence > 0, 1 / presence.clamp_min(least), 0.0).to(shares.dtype)
        present = max(1, int((presence > 0).sum()))
        self.weight = torch.einsum("knm,k->nm", shares, self._rarity / present)
        self._bytes = (shares * _STEPS).round().to(torch.uint8)

    def means(self, cells: Tensor) -> Tensor:
        """Mean of ``cells [N, M]`` over the cells of each track, ``[K]``."""
        sums = self._bytes.flatten(1).to(cells.dtype) @ cells.flatten()
        return sums * self._rarity / (_STEPS * cells.numel())


def shares(tracks: Tensor, transform: MelTransform) -> Tensor:
    """``[K, N, M]`` of tracks ``[K, 2, T]``."""
    silence = 2 * transform.silence.square()
    powers = torch.stack([_power(track, transform) for track in tracks]) - silence
    return powers.clamp_min(0) / (powers.clamp_min(0).sum(0) + silence)


def mean_shares(tracks: Tensor, transforms: Sequence[MelTransform]) -> Tensor:
    """``[R, K]`` of tracks ``[K, 2, T]``."""
    return torch.stack([shares(tracks, transform).mean((1, 2)) for transform in transforms])


def mean_of(values: Iterable[Tensor]) -> Tensor:
    """Mean of equally shaped tensors; they need not be there at once."""
    total, count = torch.zeros(()), 0
    for count, value in enumerate(values, 1):  # noqa: B007
        total = total + value
    if not count:
        raise ValueError("the presence of tracks needs at least one segment, got none")
    return total / count


def _power(track: Tensor, transform: MelTransform) -> Tensor:
    """Of left and right, ``[N, M]``."""
    if not bool(track.any()):
        return (2 * transform.silence.square()).expand(transform.shape)
    left, right = transform.mels(transform.spectra(track))[:2]
    power: Tensor = left.square() + right.square()
    return power
