"""The published encoders: a master in, a vector out that does not depend on time.

======  ==================================================================================================
MEE     twelve residual 1-D convolution blocks on samples (Koo et al., ICASSP 2022); 81 M parameters
TE      one 2-D convolution with filters of several shapes on a CQT (after Pons et al., EUSIPCO 2017)
TFE     two 2-D networks on a CQT, one along time, one along frequency (after Pons, 2019); 0.4 M
======  ==================================================================================================

Filters are followed by batch normalisation and PReLU, whose negative side is not flat: no feature is dead.

Shapes: B batch, T samples, K bins, F frames, D features.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor, nn

from unpatch.mastering.cqt import Cqt, CqtSettings

MEE_CHANNELS = (16, 32, 64, 128, 256, 256, 512, 512, 1024, 1024, 2048, 2048)
MEE_KERNELS = (25, 25, 15, 15, 10, 10, 10, 10, 5, 5, 5, 5)
MEE_STRIDES = (4, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2)

TE_FILTERS = 11
TE_HEIGHTS, TE_WIDTHS = (0.9, 0.6), (1, 3, 7)
"""Shapes of TE's filters: shares of the bins, and frames; 66 features in all, as published."""

TFE_CHANNELS = (16, 32, 64, 80)
TFE_LONG, TFE_SHORT = 9, 3


@dataclass(frozen=True)
class MasteringEncoderSettings:
    """What an encoder is made of.

    Attributes:
        name: mee, te, tfe or ours.
        samples: T, of all clips.
        width: share of the published channels.
    """

    name: str = "tfe"
    samples: int = 441_000
    width: float = 1.0
    cqt: CqtSettings = field(default_factory=CqtSettings)


class Mee(nn.Module):
    """Music effects encoder."""

    def __init__(self, settings: MasteringEncoderSettings) -> None:
        super().__init__()
        channels = (1, *_scaled(MEE_CHANNELS, settings.width))
        shapes = zip(pairwise(channels), MEE_KERNELS, MEE_STRIDES, strict=True)
        self.blocks = nn.Sequential(*(_Residual(a, b, kernel, stride) for (a, b), kernel, stride in shapes))
        self.features = channels[-1]

    def forward(self, audio: Tensor) -> Tensor:
        """``[B, D]`` of ``[B, T]``."""
        return self.blocks(audio[:, None]).mean(-1)  # type: ignore[no-any-return]


class _Residual(nn.Module):
    def __init__(self, before: int, after: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.inner = _Conv1d(before, before, kernel, 1)
        self.outer = _Conv1d(before, after, kernel, stride)

    def forward(self, signal: Tensor) -> Tensor:
        return self.outer(self.inner(signal) + signal)  # type: ignore[no-any-return]


class _Conv1d(nn.Module):
    """Convolution that keeps the length but for the stride; normalisation, PReLU."""

    def __init__(self, before: int, after: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.pad = ((kernel - 1) // 2, kernel // 2)
        self.conv = nn.Conv1d(before, after, kernel, stride)
        self.rest = nn.Sequential(nn.BatchNorm1d(after), nn.PReLU(after))

    def forward(self, signal: Tensor) -> Tensor:
        return self.rest(self.conv(nn.functional.pad(signal, self.pad)))  # type: ignore[no-any-return]


class Te(nn.Module):
    """Timbre encoder: the maximum along frequency, the mean along time."""

    def __init__(self, settings: MasteringEncoderSettings) -> None:
        super().__init__()
        self.cqt = Cqt(settings.cqt, settings.samples)
        self.norm = nn.BatchNorm2d(1)
        count = _scaled((TE_FILTERS,), settings.width)[0]
        shapes = [(round(share * settings.cqt.bins), width) for share in TE_HEIGHTS for width in TE_WIDTHS]
        self.filters = nn.ModuleList(_conv2d(1, count, shape, (0, shape[1] // 2)) for shape in shapes)
        self.features = count * len(shapes)

    def forward(self, audio: Tensor) -> Tensor:
        """``[B, D]`` of ``[B, T]``."""
        picture = self.norm(self.cqt.log(audio)[:, None])
        return torch.cat([own(picture).amax(2).mean(-1) for own in self.filters], dim=1)


class Tfe(nn.Module):
    """Time and frequency encoder."""

    def __init__(self, settings: MasteringEncoderSettings) -> None:
        super().__init__()
        self.cqt = Cqt(settings.cqt, settings.samples)
        self.norm = nn.BatchNorm2d(1)
        channels = (1, *_scaled(TFE_CHANNELS, settings.width))
        self.time = _branch(channels, (TFE_SHORT, TFE_LONG))
        self.frequency = _branch(channels, (TFE_LONG, TFE_SHORT))
        self.features = 2 * channels[-1]

    def forward(self, audio: Tensor) -> Tensor:
        """``[B, D]`` of ``[B, T]``."""
        picture = self.norm(self.cqt.log(audio)[:, None])
        return torch.cat([self.time(picture).mean((2, 3)), self.frequency(picture).mean((2, 3))], dim=1)


def _branch(channels: Sequence[int], shape: tuple[int, int]) -> nn.Sequential:
    """Convolutions that halve both axes."""
    pad = (shape[0] // 2, shape[1] // 2)
    return nn.Sequential(*(_conv2d(a, b, shape, pad, stride=2) for a, b in pairwise(channels)))


def _conv2d(
    before: int, after: int, shape: tuple[int, int], pad: tuple[int, int], stride: int = 1
) -> nn.Sequential:
    conv = nn.Conv2d(before, after, shape, stride, pad)
    return nn.Sequential(conv, nn.BatchNorm2d(after), nn.PReLU(after))


def _scaled(channels: Sequence[int], width: float) -> tuple[int, ...]:
    return tuple(max(2, round(count * width)) for count in channels)


ENCODERS: Mapping[str, type[Mee] | type[Te] | type[Tfe]] = {"mee": Mee, "te": Te, "tfe": Tfe}
"""The published ones by name."""


class Head(nn.Sequential):
    """MLP with batch normalisation and PReLU; numbers in [0, 1] out.

    Published widths are 2048, 1024 and 512.
    """

    def __init__(self, features: int, widths: Sequence[int], numbers: int) -> None:
        layers: list[nn.Module] = []
        for before, after in pairwise((features, *widths)):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.PReLU(after)]
        super().__init__(*layers, nn.Linear(widths[-1], numbers), nn.Sigmoid())
