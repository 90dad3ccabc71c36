"""Distance of a mix from the target mix.

At each of three resolutions, with mel magnitudes X of the found sound and Y of the target (N frames
of M bands, see :class:`unpatch.mixing.mel.MelTransform`), for each of the signals left, right,
mid = L + R and side = L - R::

    1/NM sum |ln X - ln Y|  +  ||X - Y|| / ||.||          (Frobenius norms)

The loss is the mean over resolutions and the four signals, so 1/2 left and right, 1/4 mid, 1/4 side. By name,
the spectral convergence (second term) divides by

=============  ===================================================================================
published      ||X||, of the prediction, as the values of Lee et al. (arXiv:2406.01049) do
standard       ||Y||, of the target (Arık et al., arXiv:1808.06719)
guarded        ||Y||, but no less than a tenth of that of the loudest of the four signals, and ten
               times that of silence: the side of a mix that is all but mono and the end of a song
               are nearly silent, and dividing by it dominates
=============  ===================================================================================

**Quiet tracks.** The first term is a mean over all cells of a picture, so that a track which sounds rarely
has little weight in it, and pruning removes it unnoticed. With ``dealt = q`` and the tracks given,
cells get weights: the share 1 - q is laid out evenly, and of q each track gets an equal part, however long
or loud it is, laid out over the cells where it is audible among the others; see
:mod:`unpatch.mixing.track_shares`.

Shapes: B examples, T samples, K tracks, R resolutions.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.mixing.loss_scale import LossScale
from unpatch.mixing.loss_settings import MixLossSettings, ours, published, transforms
from unpatch.mixing.loss_terms import LossTerms
from unpatch.mixing.mel import MelTransform
from unpatch.mixing.track_shares import TrackShares, mean_of, mean_shares, shares

__all__ = ["LossTerms", "MixLossSettings", "MixTarget", "ours", "presence", "published"]

_PAPER = published()


class MixTarget:
    """A segment of the target mix: its pictures are computed once.

    Args:
        audio: ``[2, T]``, float32 or float64.
        sample_rate: in Hz.
        settings: of the loss.
        tracks: ``[K, 2, T]``, the tracks of this segment, at their levels in the
            mix as far as they are known; needed if the loss is dealt out to them, and for errors by track.
        presence: of the tracks in the whole song, from :func:`presence`; without it, that in this segment.

    Raises:
        ValueError: if a shape does not fit, nothing is left after the warm-up, or tracks are missing.
    """

    def __init__(
        self,
        audio: Tensor,
        sample_rate: float,
        settings: MixLossSettings = _PAPER,
        *,
        tracks: Tensor | None = None,
        presence: Tensor | None = None,
    ) -> None:
        if audio.ndim != 2 or len(audio) != 2:
            raise ValueError(f"a mix has the shape [2, T], got {list(audio.shape)}")
        if tracks is None and settings.dealt:
            raise ValueError("a loss that is dealt out to tracks needs them, got none")
        self.settings = settings
        self._shape, self._dtype = audio.shape, audio.dtype
        self._scored = settings.scored(audio.shape[-1], sample_rate)
        scored = audio.detach()[:, self._scored]
        taken = transforms(settings, sample_rate, scored.shape[-1], audio.dtype)
        shares_of = self._shares(tracks, presence, taken)
        self._scales = [
            LossScale(transform, scored, share, settings, len(taken))
            for transform, share in zip(taken, shares_of, strict=True)
        ]

    def loss(self, found: Tensor) -> Tensor:
        """Loss of ``[2, T]``, a scalar, or of each of ``[B, 2, T]``, ``[B]``.

        The gradient is computed along with the value where it is needed, and nowhere else.
        """
        self._check(found)
        examples = found.reshape(-1, *self._shape).to(self._dtype)
        if examples.requires_grad and torch.is_grad_enabled():
            losses: Tensor = _Loss.apply(examples, self)  # type: ignore[no-untyped-call]
        else:
            losses = self.measured(examples).total.to(self._dtype)
        return losses.reshape(found.shape[:-2])

    def measure(self, found: Tensor) -> LossTerms:
        """All parts, by any normalisation and by track, of ``[2, T]`` or ``[B, 2, T]``; without gradient."""
        self._check(found)
        examples = found.detach().reshape(-1, *self._shape).to(self._dtype)
        return self.measured(examples, shape=found.shape[:-2], by_track=True)

    def measured(
        self,
        examples: Tensor,
        gradients: Tensor | None = None,
        *,
        shape: tuple[int, ...] = (-1,),
        by_track: bool = False,
    ) -> LossTerms:
        """Parts of ``[B, 2, T]``; the slopes of the loss are written to ``gradients``.

        One by one: pictures of one example stay in the cache, those of a batch do not.
        """
        found = [
            self._at_scales(example, None if gradients is None else gradients[i], by_track=by_track)
            for i, example in enumerate(examples.detach())
        ]
        terms = torch.stack([one[0] for one in found])
        plain, weighed, error, norm = terms.reshape(*shape, *terms.shape[1:]).unbind(-1)
        sought = torch.stack([scale.norms for scale in self._scales])
        guarded = torch.stack([scale.guarded for scale in self._scales])
        by_tracks = [one[1] for one in found if one[1] is not None]
        tracks = torch.stack(by_tracks).reshape(*shape, -1) if by_tracks else None
        dealt, normalisation = self.settings.dealt, self.settings.normalisation
        return LossTerms(plain, weighed, error, norm, sought, guarded, tracks, dealt, normalisation)

    def _at_scales(
        self, example: Tensor, gradient: Tensor | None, *, by_track: bool
    ) -> tuple[Tensor, Tensor | None]:
        """Terms ``[R, 4, 4]`` of ``[2, T]``, and errors ``[K]`` by track."""
        scored = example[:, self._scored]
        slopes = None if gradient is None else torch.zeros_like(scored, memory_format=torch.contiguous_format)
        parts = [scale.compare(scored, slopes, by_track=by_track) for scale in self._scales]
        if gradient is not None and slopes is not None:
            gradient[:, self._scored] = slopes
        track_terms = [tracks for _, tracks in parts if tracks is not None]
        return torch.stack([terms for terms, _ in parts]), torch.stack(track_terms).mean(
            0
        ) if track_terms else None

    def _check(self, found: Tensor) -> None:
        if found.ndim not in (2, 3) or found.shape[-2:] != self._shape or not found.numel():
            wanted = f"[2, {self._shape[1]}] or [B, 2, {self._shape[1]}]"
            raise ValueError(f"held against this segment is {wanted}, got {list(found.shape)}")

    def _shares(
        self, tracks: Tensor | None, presence: Tensor | None, taken: tuple[MelTransform, ...]
    ) -> list[TrackShares] | list[None]:
        """Of the tracks, at each resolution."""
        if tracks is None:
            return [None] * len(taken)
        if tracks.ndim != 3 or tracks.shape[1:] != self._shape:
            raise ValueError(f"tracks are [K, 2, {self._shape[1]}], got {list(tracks.shape)}")
        scored = tracks.detach()[..., self._scored].to(self._dtype)
        shares_of = [shares(scored, transform) for transform in taken]
        if presence is None:
            presence = torch.stack([share.mean((1, 2)) for share in shares_of])
        if presence.shape != (len(taken), len(tracks)):
            raise ValueError(
                f"the presence of tracks is {[len(taken), len(tracks)]}, got {list(presence.shape)}"
            )
        least = self.settings.least_presence
        return [TrackShares(share, row, least) for share, row in zip(shares_of, presence, strict=True)]


def presence(segments: Iterable[Tensor], sample_rate: float, settings: MixLossSettings = _PAPER) -> Tensor:
    """Share of a song that each track fills, ``[R, K]``: its mean share of a cell.

    Args:
        segments: the tracks in the song's segments, each ``[K, 2, T]`` as given to :class:`MixTarget`.
        sample_rate: in Hz.
        settings: of the loss.
    """
    return mean_of(_presence(tracks, sample_rate, settings) for tracks in segments)


def _presence(tracks: Tensor, sample_rate: float, settings: MixLossSettings) -> Tensor:
    scored = tracks[..., settings.scored(tracks.shape[-1], sample_rate)]
    return mean_shares(scored, transforms(settings, sample_rate, scored.shape[-1], scored.dtype))


class _Loss(torch.autograd.Function):
    """Losses ``[B]`` of ``[B, 2, T]``. Only the gradient is kept for the backward pass."""

    @staticmethod
    def forward(ctx: Any, examples: Tensor, target: MixTarget) -> Tensor:
        gradients = torch.zeros_like(examples, memory_format=torch.contiguous_format)
        losses = target.measured(examples, gradients).total
        ctx.save_for_backward(gradients)
        return losses.to(examples.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (gradients,) = ctx.saved_tensors
        return grads[0][:, None, None] * gradients, None
