"""The audio loss as the code of the paper computes it, which is what its console is fitted with.

Every resolution filters and transforms prediction and target again: left, right, mid and side of both, eight
signals of which two would do. The filter's taps and the mel bands are ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from unpatch.mixing.loss_settings import MixLossSettings
from unpatch.mixing.mel_bank import Bank, mel_bank
from unpatch.mixing.weighting import published_filter

SETTINGS = MixLossSettings()


@dataclass(frozen=True, eq=False)
class PublishedLoss:
    """Of a mix against a target, both ``[2, T]``.

    Attributes:
        target: ``[2, T]``.
        warmup: samples at the beginning that are not judged.
        taps: of the A-weighting filter, ``[N]``.
        banks: mel filter bank of each size, ``[bands, size // 2 + 1]``.
    """

    target: Tensor
    warmup: int
    taps: Tensor
    banks: Sequence[Tensor]

    @classmethod
    def of(cls, target: Tensor, sample_rate: int) -> "PublishedLoss":
        banks = (mel_bank(size, SETTINGS.bands, SETTINGS.highest_hz, sample_rate) for size in SETTINGS.sizes)
        taps = torch.from_numpy(published_filter(sample_rate)).float()
        return cls(target, round(SETTINGS.warmup_s * sample_rate), taps, [_dense(bank) for bank in banks])

    def __call__(self, found: Tensor) -> Tensor:
        signals = torch.cat([_four(found[:, self.warmup :]), _four(self.target[:, self.warmup :])])
        losses: Tensor = torch.stack([self._at(signals, bank) for bank in self.banks]).mean()
        return losses

    def _at(self, signals: Tensor, bank: Tensor) -> Tensor:
        """One resolution; spectral convergence is over the norm of the prediction, as published."""
        size = 2 * (bank.shape[-1] - 1)
        filtered = torch.nn.functional.conv1d(
            signals[:, None], self.taps[None, None], padding=len(self.taps) // 2
        )
        window = torch.hann_window(size)
        bins = torch.stft(filtered[:, 0], size, size // 4, size, window, return_complex=True)
        magnitudes = (bins.real**2 + bins.imag**2).clamp(min=SETTINGS.floor**2).sqrt()
        found, target = (bank @ magnitudes).chunk(2)
        convergence = (found - target).norm(dim=(-1, -2)) / found.norm(dim=(-1, -2))
        loss: Tensor = (convergence + (found.log() - target.log()).abs().mean((-1, -2))).mean()
        return loss


def _four(audio: Tensor) -> Tensor:
    """Left, right, mid, side ``[4, T]``."""
    left, right = audio
    return torch.stack([left, right, left + right, left - right])


def _dense(bank: Bank) -> Tensor:
    """The bands as a matrix ``[bands, bins]``."""
    matrix = torch.zeros(bank.bands + 1, len(bank.rise))
    for j, (start, stop) in enumerate(pairwise(bank.corners)):
        matrix[j, start:stop] = torch.from_numpy(bank.rise[start:stop])
        matrix[j - 1, start:stop] += torch.from_numpy(bank.fall[start:stop])
    return matrix[:-1]
