"""Cepstra as further frames of the encoder.

Shapes: B batch, E signals, N lags, w frames, D width.
"""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from unpatch.blind.models.sinusoids import sinusoids

WIDTHS = (24, 48)
KERNELS = (9, 5)
STRIDE = 2
# Lags in one frame.
LAGS_PER_FRAME = 32


class EchoFrames(nn.Module):
    """Cepstra ``[B, E, N]`` to frames ``[B, w, D]``, each of :data:`LAGS_PER_FRAME` lags."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, shape: tuple[int, int], width: int) -> None:
        super().__init__()
        signals, lags = shape
        self.register_buffer("mean", torch.zeros(signals, 1))
        self.register_buffer("deviation", torch.ones(signals, 1))
        sizes = (signals, *WIDTHS)
        self.layers = nn.ModuleList(
            nn.Conv1d(a, b, kernel, STRIDE, padding=kernel // 2)
            for a, b, kernel in zip(sizes, WIDTHS, KERNELS, strict=False)
        )
        self.together = LAGS_PER_FRAME // STRIDE ** len(WIDTHS)
        frames = -(-lags // LAGS_PER_FRAME)
        self.missing = frames * LAGS_PER_FRAME - lags
        self.project = nn.Linear(WIDTHS[-1] * self.together, width)
        self.register_buffer("place", sinusoids(frames, width), persistent=False)

    @torch.no_grad()
    def adapt(self, echoes: Tensor) -> None:
        """Scale a fresh layer to its data, so that its frames are as large as those of pictures."""
        self.mean.copy_(echoes.mean((0, 2))[:, None])
        self.deviation.copy_(echoes.std((0, 2)).clamp_min(1e-3)[:, None])
        found = self._columns(echoes) @ self.project.weight.T
        mean, deviation = found.mean((0, 1)), found.std((0, 1)).clamp_min(1e-6)
        self.project.weight /= deviation[:, None]
        self.project.bias.copy_(-mean / deviation)

    def forward(self, echoes: Tensor) -> Tensor:
        return cast(Tensor, self.project(self._columns(echoes)) + self.place)

    def _columns(self, echoes: Tensor) -> Tensor:
        """Convolutions over neighbouring lags ``[B, w, channels lags]``."""
        x = nn.functional.pad((echoes - self.mean) / self.deviation, (0, self.missing))
        for layer in self.layers:
            x = relu(layer(x))
        apart = x.view(*x.shape[:2], x.shape[2] // self.together, self.together)
        return apart.permute(0, 2, 1, 3).flatten(2)
