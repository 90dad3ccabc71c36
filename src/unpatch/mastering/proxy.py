"""A neural network that plays the compressor: the neural proxy of Peladeau and Peeters.

A causal temporal convolutional network (Steinmetz and Reiss, Efficient neural networks for real-time
modeling of analog dynamic range compression, AES 2022), conditioned by FiLM layers (Perez et al., AAAI
2018), whose output is a gain between 0 and 1 (Peladeau and Peeters, Blind Estimation of Audio Effects, ICASSP
2024). The threshold scales its input; the other knobs condition it. One gain serves all channels.

The exact compressor has exact gradients, so that nothing needs a proxy but the study that compares them.

Shapes: B batch, C channel (1 or 2), T time, N frames of ``hop`` samples, H channels of the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, pad

from unpatch.declaration import Parameter
from unpatch.processors import MASTERING

KIND = "mastering_compressor"
KNOBS: Mapping[str, Parameter] = MASTERING[KIND].parameters
STEERING = tuple(name for name in KNOBS if name != "threshold_db")
"""Knobs that condition the network."""
# Levels count from this far below the threshold on: half of the widest knee, and a margin.
_BELOW_DB = 12.0
_DB_PER_UNIT = 12.0
# Initial gain, before any training: 0.95.
_OPEN = 3.0


@dataclass(frozen=True)
class ProxySettings:
    """Of the network.

    Attributes:
        sample_rate: at which it was trained; it plays at no other.
        channels: of each block.
        blocks: how many; the dilation of each is ``growth`` times that of the one before.
        kernel: taps of each convolution.
        condition: numbers that the knobs become for the FiLM layers.
        hop: samples per gain; between them it is interpolated. The samples ahead within a hop are input, too.
        levels: whether its input is the level over the threshold in decibels, per frame the highest and the
            mean; else the samples, relative to the threshold.
    """

    sample_rate: int = 44_100
    channels: int = 12
    blocks: int = 4
    kernel: int = 13
    growth: int = 10
    condition: int = 32
    hop: int = 8
    levels: bool = True

    def __post_init__(self) -> None:
        if self.hop > 1 and not self.levels:
            raise ValueError("a proxy with samples as input has a hop of 1")


def published() -> ProxySettings:
    """That of the paper: 8 channels, a receptive field of 3 s, sample by sample."""
    return ProxySettings(channels=8, blocks=5, hop=1, levels=False)


def debug() -> ProxySettings:
    """Small enough for a test."""
    return ProxySettings(channels=4, blocks=2, kernel=5, condition=8)


class NeuralCompressor(nn.Module):
    """Plays the mastering compressor."""

    def __init__(self, settings: ProxySettings | None = None) -> None:
        super().__init__()
        self.settings = settings = settings or ProxySettings()
        self.steering = _steering(settings.condition)
        channels_in = 2 if settings.hop > 1 else 1
        widths = (channels_in, *[settings.channels] * settings.blocks)
        self.blocks = nn.ModuleList(
            _Block(before, after, settings, settings.growth**i)
            for i, (before, after) in enumerate(pairwise(widths))
        )
        self.gain = nn.Conv1d(settings.channels, 1, 1)
        nn.init.constant_(self.gain.bias, _OPEN)  # type: ignore[arg-type]

    @property
    def receptive_s(self) -> float:
        """Seconds that an output depends on."""
        s = self.settings
        frames = 1 + (s.kernel - 1) * sum(s.growth**i for i in range(s.blocks))
        return float(frames * s.hop / s.sample_rate)

    def forward(self, audio: Tensor, knobs: Mapping[str, Tensor], sample_rate: float) -> Tensor:
        """Audio ``[B, C, T]``, compressed with the knobs.

        Args:
            audio: ``[B, C, T]``.
            knobs: values of all knobs of the mastering compressor, ``[B]``.
            sample_rate: in Hz.

        Raises:
            ValueError: for another sample rate than the network was trained at.
        """
        return audio * self.gains(audio, knobs, sample_rate)

    def gains(self, audio: Tensor, knobs: Mapping[str, Tensor], sample_rate: float) -> Tensor:
        """The gain of every sample, ``[B, 1, T]``; arguments as of a call."""
        if sample_rate != self.settings.sample_rate:
            wanted = self.settings.sample_rate
            raise ValueError(f"the proxy plays at {wanted} Hz, got {sample_rate:g} Hz: resample first")
        relative = _louder(audio) / 10 ** (knobs["threshold_db"].reshape(-1, 1, 1) / 20)
        state = self._input(relative)
        steer = self.steering(torch.stack([KNOBS[n].to_unit(knobs[n].flatten()) for n in STEERING], dim=1))
        for block in self.blocks:
            state = block(state, steer)
        return _stretched(torch.sigmoid(self.gain(state)), self.settings.hop, audio.shape[-1])

    def _input(self, relative: Tensor) -> Tensor:
        """Input of the network for ``[B, 1, T]``: ``[B, 1, T]``, or ``[B, 2, N]`` of longer frames."""
        if not self.settings.levels:
            return relative
        least = 10 ** (-_BELOW_DB / 20)
        levels = (20 * torch.log10(relative.abs().clamp(min=least)) + _BELOW_DB) / _DB_PER_UNIT
        hop = self.settings.hop
        if hop == 1:
            return levels
        whole = pad(levels, (0, -levels.shape[-1] % hop))
        frames = whole.reshape(*whole.shape[:2], -1, hop)
        return torch.cat([frames.amax(-1), frames.mean(-1)], dim=1)


class _Block(nn.Module):
    """Causal dilated convolution, FiLM, PReLU and a residual."""

    def __init__(self, before: int, after: int, settings: ProxySettings, dilation: int) -> None:
        super().__init__()
        self.reach = (settings.kernel - 1) * dilation
        self.convolution = nn.Conv1d(before, after, settings.kernel, dilation=dilation, bias=False)
        self.film = nn.Linear(settings.condition, 2 * after)
        with torch.no_grad():
            self.film.bias[:after] += 1  # scales start at 1
        self.bend = nn.PReLU(after)
        self.residual = nn.Conv1d(before, after, 1, bias=False)

    def forward(self, state: Tensor, steer: Tensor) -> Tensor:
        """``[B, H, N]`` to the same, steered by ``[B, condition]``."""
        scale, shift = self.film(steer)[..., None].chunk(2, dim=1)
        made = self.convolution(pad(state, (self.reach, 0)))
        bent: Tensor = self.bend(scale * made + shift) + self.residual(state)
        return bent


def _steering(width: int) -> nn.Sequential:
    """From knobs in [0, 1] to the condition."""
    sizes = (len(STEERING), 16, width, width)
    layers = [layer for a, b in pairwise(sizes) for layer in (nn.Linear(a, b), nn.PReLU())]
    return nn.Sequential(*layers)


def _louder(audio: Tensor) -> Tensor:
    """Samples of the louder channel, ``[B, 1, T]``."""
    if audio.shape[1] == 1:
        return audio
    left, right = audio.unbind(1)
    return torch.where(left.abs() >= right.abs(), left, right)[:, None]


def _stretched(gains: Tensor, hop: int, frames: int) -> Tensor:
    """Gains ``[B, 1, N]`` at the ends of their frames, straight in between, ``[B, 1, T]``."""
    if hop == 1:
        return gains
    led = torch.cat([gains[..., :1], gains], dim=-1)
    size = (led.shape[-1] - 1) * hop + 1
    return interpolate(led, size=size, mode="linear", align_corners=True)[..., 1 : frames + 1]
