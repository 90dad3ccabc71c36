"""Reference encoder: log-mel pictures to a few latent vectors.

A system with dry input takes the pictures of the dry sources as further channels. Cepstra, if
enabled, are further frames.

Convolutions after the paper: VGG-like, depthwise separable, the channels of a layer in four groups
dilated by 1, 2, 4 and 8, layer normalisation, ReLU. The first layer has so few channels that there is
nothing to separate: it is a plain convolution, with a stride where a preset trades resolution for speed.
Activations are channels-last, which is several times faster on a CPU and the layout of LayerNorm.

Shapes: B batch, C input channels, M mel bands, F frames, D model width, Q queries; h, w, c are a
layer's bands, frames and channels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu

from unpatch.blind.corpus import Batch
from unpatch.blind.models.echo_frames import EchoFrames
from unpatch.blind.models.pooling import Pooled
from unpatch.blind.models.queries import QueryLayer
from unpatch.blind.models.sinusoids import sinusoids

KERNEL = 3
# Examples that run together while a fresh encoder is calibrated.
TOGETHER = 32


@dataclass(frozen=True)
class EncoderSettings:
    """Sizes; ``channels`` and ``pools`` have one entry per layer.

    Attributes:
        channels: of each layer's output.
        pools: (bands, frames) by which each layer's output is max-pooled.
        stem_stride: (bands, frames) of the first layer.
        dilations: of the equal groups that a layer's channels are split into. (Dilated depthwise
            convolutions have no fast backward pass on a CPU: a small preset may do without.)
        queries: latent vectors per example, beside those of a system that has one per kind.
        heads: of the attentive pooling.
    """

    channels: tuple[int, ...] = (64, 128, 256, 256, 512, 512, 512)
    pools: tuple[tuple[int, int], ...] = ((2, 2), (2, 2), (1, 1), (2, 2), (1, 1), (2, 2), (1, 1))
    stem_stride: tuple[int, int] = (1, 1)
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    queries: int = 1
    heads: int = 16
    dropout: float = 0.1


class Encoder(Pooled):
    """Pictures ``[B, C, M, F]`` to latents ``[B, Q, D]``.

    Args:
        fields: fields of a batch whose pictures are the channels, in this order.
        shape: C, M and F of them together.
        echoes: shape of the cepstra, if any are taken.
        kinds: number of kinds with a query of their own; they come before the others.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        settings: EncoderSettings,
        shape: tuple[int, int, int],
        width: int,
        fields: Sequence[str],
        echoes: tuple[int, int] = (0, 0),
        kinds: int = 0,
    ) -> None:
        own = QueryLayer(width, settings.heads) if kinds else None
        super().__init__(kinds + settings.queries, settings.heads, width, settings.dropout, own)
        self.fields = tuple(fields)
        channels, bands, frames = shape
        self.register_buffer("mean", torch.zeros(channels, bands, 1))
        self.register_buffer("deviation", torch.ones(channels, bands, 1))
        self.stem = _stem(channels, settings.channels[0], settings.stem_stride)
        pairs = zip(settings.channels, settings.channels[1:], strict=False)
        self.layers = nn.ModuleList(SeparableConvolution(a, b, settings.dilations) for a, b in pairs)
        self.norms = nn.ModuleList(nn.LayerNorm(c) for c in settings.channels)
        self.pools = settings.pools
        left_bands, left_frames = self._left(bands, frames, settings)
        self.project = nn.Linear(settings.channels[-1] * left_bands, width)
        self.register_buffer("place", sinusoids(left_frames, width), persistent=False)
        self.echoes = EchoFrames(echoes, width) if echoes[0] else None

    @staticmethod
    def _left(bands: int, frames: int, settings: EncoderSettings) -> tuple[int, int]:
        """Bands and frames after all strides and pools."""
        size = [-(-n // stride) for n, stride in zip((bands, frames), settings.stem_stride, strict=True)]
        for pool in settings.pools:
            size = [n // p for n, p in zip(size, pool, strict=True)]
        return size[0], size[1]

    def adapt(self, mean: Tensor, deviation: Tensor, batch: Batch) -> None:
        """Scale a fresh encoder to its data (initialisation only; not in the paper).

        Args:
            mean: ``[C or more, M]`` over many examples and frames, of which the first are this encoder's.
            deviation: likewise.
            batch: some examples.
        """
        own = len(self.mean)
        self.whiten(mean[:own], deviation[:own])
        self.calibrate(self.pictures(batch))
        if self.echoes is not None:
            self.echoes.adapt(batch.echoes)

    def whiten(self, mean: Tensor, deviation: Tensor) -> None:
        """Set the average picture ``[C, M]`` that is subtracted, and the deviation that is divided by."""
        self.mean.copy_(mean[..., None])
        self.deviation.copy_(deviation[..., None])

    @torch.no_grad()
    def calibrate(self, pictures: Tensor) -> None:
        """Start with frames ``[B, w, D]`` that differ between these pictures: zero mean and unit deviation.

        With random weights, the convolutions respond almost equally to all inputs: of the latents' variance
        0.3 % is between examples; after this 30 % is, and training need not learn that first.
        """
        parts = [self.project(self.columns(some)) for some in torch.split(pictures, TOGETHER)]
        found = torch.cat(parts).flatten(0, 1)
        mean, deviation = found.mean(0), found.std(0).clamp_min(1e-6)
        self.project.weight /= deviation[:, None]
        self.project.bias.copy_((self.project.bias - mean) / deviation)

    def forward(self, batch: Batch) -> Tensor:
        frames = self.frames(self.pictures(batch))
        if self.echoes is not None:
            frames = torch.cat([frames, self.echoes(batch.echoes)], dim=1)
        return self.pool(frames)

    def pictures(self, batch: Batch) -> Tensor:
        """The encoder's input from a batch."""
        return torch.cat([getattr(batch, name) for name in self.fields], dim=1)

    def frames(self, pictures: Tensor) -> Tensor:
        """The pictures frame by frame ``[B, w, D]``."""
        return cast(Tensor, self.project(self.columns(pictures)) + self.place)

    def columns(self, pictures: Tensor) -> Tensor:
        """Convolutions over the pictures: channels and bands of each frame ``[B, w, c h]``."""
        x = (pictures - self.mean) / self.deviation
        x = self.stem(x.contiguous(memory_format=torch.channels_last)).permute(0, 2, 3, 1)
        x = _finish(x, self.norms[0], self.pools[0])
        for layer, norm, pool in zip(self.layers, self.norms[1:], self.pools[1:], strict=True):
            x = _finish(layer(x), norm, pool)
        return x.transpose(1, 2).flatten(2)


def _stem(channels: int, width: int, stride: tuple[int, int]) -> nn.Conv2d:
    """A plain convolution of odd size, at least as wide as its stride."""
    kernel = (max(KERNEL, stride[0] | 1), max(KERNEL, stride[1] | 1))
    return nn.Conv2d(channels, width, kernel, stride, padding=(kernel[0] // 2, kernel[1] // 2))


def _finish(x: Tensor, norm: nn.Module, pool: tuple[int, int]) -> Tensor:
    """Normalise, pool and rectify ``[B, h, w, c]``: in this order, which is equivalent and cheaper."""
    x = norm(x)
    if pool != (1, 1):
        x = max_pool2d(x.permute(0, 3, 1, 2), pool).permute(0, 2, 3, 1)
    return relu(x)


class SeparableConvolution(nn.Module):
    """Depthwise 3 x 3, one dilation per group of channels, then pointwise. ``[B, h, w, c]``."""

    def __init__(self, channels: int, width: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        share = channels // len(dilations)
        self.depthwise = nn.ModuleList(
            nn.Conv2d(share, share, KERNEL, padding=dilation, dilation=dilation, groups=share)
            for dilation in dilations
        )
        self.pointwise = nn.Linear(channels, width)

    def forward(self, x: Tensor) -> Tensor:
        parts = x.permute(0, 3, 1, 2).chunk(len(self.depthwise), dim=1)
        mixed = [
            conv(part.contiguous(memory_format=torch.channels_last)).permute(0, 2, 3, 1)
            for conv, part in zip(self.depthwise, parts, strict=True)
        ]
        return cast(Tensor, self.pointwise(mixed[0] if len(mixed) == 1 else torch.cat(mixed, dim=-1)))
