"""Energy balance of the song over time: the part of each stem in the mix, and the residual.

Every run of frames is explained by transfer functions that were fitted to the other half of the song, so that
what is fitted to chance counts as left over.

Shapes: K stems, C channels (left and right), F bins, N frames, M bands, R runs of frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from unpatch.stems.spectra import SongSpectra

BANDS_PER_OCTAVE = 1
LOWEST_HZ = 88.0


@dataclass(frozen=True, eq=False)
class Account:
    """Energies.

    Attributes:
        parts: A-weighted, of each stem, ``[N, M, K]``.
        rest: of the residual, ``[N, M]``.
        mix: of the mix, ``[N, M]``.
        mid_side: of the mix's mid and side, and of the residuals of both, A-weighted, ``[2, 2]``.
        gram: inner products of the stems' parts, whitened, ``[R, K, K]``.
        cross: the same with the mix, ``[R, K]``.
        power: of the mix, whitened, ``[R]``.
    """

    parts: Tensor
    rest: Tensor
    mix: Tensor
    mid_side: Tensor
    gram: Tensor
    cross: Tensor
    power: Tensor

    @property
    def unexplained(self) -> float:
        """Share of the mix's A-weighted power that is left."""
        return float(self.rest.sum() / self.mix.sum().clamp_min(1e-30))


def account(
    song: SongSpectra,
    delays: Sequence[float],
    transfers: tuple[Tensor, Tensor],
    weights: tuple[Tensor, Tensor],
    rate: float,
) -> Account:
    """Go through a song once more.

    Args:
        song: stems and mix.
        delays: by which stems are late, in samples ``[K]``.
        transfers: beyond that, ``[C, F, K]``, of each half of the song.
        weights: of power: A-weighting ``[F]`` and one over the smoothed power of the mix ``[C, F]``.
        rate: in Hz.
    """
    loudness, whitening = weights
    bands = _bands(song.size, rate) * loudness[:, None]
    root = whitening.sqrt()[:, None]
    kept: list[tuple[Tensor, ...]] = []
    sides = torch.zeros(2, 2)
    for number, (_, stems, mix) in enumerate(song.runs(delays)):
        made = stems * transfers[1 - number % 2].permute(2, 0, 1)[:, :, None]
        left = mix - made.sum(0)
        sides += torch.stack([_mid_side(mix, loudness), _mid_side(left, loudness)])
        flat, whole = (torch.view_as_real(audio * root).flatten(-4) for audio in (made, mix))
        kept.append(
            (
                (made.abs().square().sum(1) @ bands).permute(1, 2, 0),
                left.abs().square().sum(0) @ bands,
                mix.abs().square().sum(0) @ bands,
                (flat @ flat.T)[None],
                (flat @ whole)[None],
                whole.square().sum()[None],
            )
        )
    parts, rest, all_, gram, cross, power = (torch.cat(rows) for rows in zip(*kept, strict=True))
    return Account(parts, rest, all_, sides, gram, cross, power)


def _mid_side(spectra: Tensor, loudness: Tensor) -> Tensor:
    """Weighted power of both sides' sum and difference, of ``[C, N, F]``."""
    both = torch.stack([spectra[0] + spectra[1], spectra[0] - spectra[1]])
    return (both.abs().square() * loudness).sum((1, 2)) / 2


def _bands(size: int, rate: float) -> Tensor:
    """Which bins make up which octave, ``[F, M]``; the lowest and the highest take the bins beyond."""
    hz = torch.arange(size // 2 + 1) * rate / size
    number = (hz / LOWEST_HZ).clamp_min(1e-6).log2().mul(BANDS_PER_OCTAVE).floor().long()
    highest = max(int(number.max()), 0)
    return torch.nn.functional.one_hot(number.clamp(0, highest), highest + 1).float()
