"""The target at one resolution, and the distance of another sound from it.

Shapes: T samples, N frames, M bands; 4 signals: left, right, mid, side.
"""

import torch
from torch import Tensor

from unpatch.mixing import mel_kernels as kernels
from unpatch.mixing.loss_settings import MixLossSettings
from unpatch.mixing.loss_terms import guarded
from unpatch.mixing.mel import MelTransform
from unpatch.mixing.track_shares import TrackShares


class LossScale:
    """A target's picture, its logarithm and its norms.

    Args:
        transform: that takes pictures at this resolution.
        audio: the target, ``[2, T]``.
        shares: of the tracks, if there are any.
        settings: of the loss.
        resolutions: their number in the loss.
    """

    def __init__(
        self,
        transform: MelTransform,
        audio: Tensor,
        shares: TrackShares | None,
        settings: MixLossSettings,
        resolutions: int,
    ) -> None:
        self.shares = shares
        self._transform, self._settings = transform, settings
        self._mels = transform.mels(transform.spectra(audio))
        self._logs = self._mels.log()
        self._weight = torch.ones(transform.shape, dtype=audio.dtype) if shares is None else shares.weight
        self.norms = self._mels.double().square().sum((1, 2)).sqrt()
        silence = transform.silence.double().square().sum().mul(transform.shape[0]).sqrt()
        self.guarded = guarded(self.norms, silence)
        self._part = 1 / (len(self._mels) * resolutions)

    def compare(
        self, found: Tensor, gradient: Tensor | None, *, by_track: bool
    ) -> tuple[Tensor, Tensor | None]:
        """Compare ``[2, T]`` with the target.

        Args:
            found: the compared sound.
            gradient: to which the slopes of the loss by its samples are added, ``[2, T]``.
            by_track: whether to compute the errors by track.

        Returns:
            For each signal the means of |ln X - ln Y|, plain and weighed, ||X - Y|| and ||X||, ``[4, 4]``;
            and for each track the mean of |ln X - ln Y| ``[K]``.
        """
        spectra = self._transform.spectra(found)
        mels = self._transform.mels(spectra)
        logs = mels.log()
        terms = self._terms(mels, logs)
        tracks = None
        if by_track and self.shares is not None:
            tracks = self.shares.means((logs - self._logs).abs().mean(0))
        if gradient is not None:
            arrays = (mels, logs, self._mels, self._logs, self._weight, self._factors(terms), logs)
            kernels.slopes(*(a.numpy() for a in arrays))
            self._transform.add_slopes(spectra, logs, gradient)
        return terms, tracks

    def _terms(self, mels: Tensor, logs: Tensor) -> Tensor:
        sums = torch.zeros(len(mels), 4, dtype=torch.float64)
        arrays = (mels, logs, self._mels, self._logs, self._weight, sums)
        kernels.compare(*(a.numpy() for a in arrays))
        return torch.cat([sums[:, :2] / self._weight.numel(), sums[:, 2:].sqrt()], dim=1)

    def _factors(self, terms: Tensor) -> Tensor:
        """Weights of |ln X - ln Y|, the same weighed, X - Y and X in the slopes, ``[4, 4]``.

        Without any error its norm has no slope; 0 is taken.
        """
        error, found = terms[:, 2], terms[:, 3]
        divisors = {"published": found, "standard": self.norms, "guarded": self.guarded}
        cell = torch.ones_like(error) / self._weight.numel()
        by_error = torch.where(error > 0, 1 / (error * divisors[self._settings.normalisation]), 0.0)
        by_size = (
            -error / found**3 if self._settings.normalisation == "published" else torch.zeros_like(found)
        )
        dealt = self._settings.dealt
        factors = torch.stack([(1 - dealt) * cell, dealt * cell, by_error, by_size], dim=1)
        return (self._part * factors).to(self._mels.dtype)
