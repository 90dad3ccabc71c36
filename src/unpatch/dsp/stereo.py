"""Gain, panning, width, and mid/side.

Shapes: audio ``[B, 2, T]``; gain and pan ``[B or 1, 1, 1]`` or ``[B, 1 or 2, T]``, width ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def amplify(input: Tensor, gain_db: Tensor) -> Tensor:
    """``10^(gain_db / 20)`` times the input, frame by frame; 0 dB leaves it untouched.

    A two-channel gain moves each channel by its own.
    """
    return input * torch.exp(gain_db * (math.log(10) / 20))


def pan(input: Tensor, position: Tensor) -> Tensor:
    """Equal-power balance: gains sqrt(2) (cos, sin) of (position + 1) pi/4; unity at the centre.

    A two-channel position moves each channel by its own.
    """
    angle = (position + 1) * (math.pi / 4)
    left, right = angle[:, :1].cos(), angle[:, -1:].sin()
    return input * torch.cat([left, right], dim=1) * math.sqrt(2)


def widen(input: Tensor, width: Tensor) -> Tensor:
    """Scale the side signal by ``width``; 1 leaves the input untouched, 0 is mono."""
    left, right = input[:, :1], input[:, 1:]
    added = (width - 1) / 2 * (left - right)
    return torch.cat([left + added, right - added], dim=1)


def split(input: Tensor) -> tuple[Tensor, Tensor]:
    """Left/right to mid = (L + R)/2 and side = (L - R)/2, each on both channels."""
    left, right = input[:, :1], input[:, 1:]
    mid, side = (left + right) / 2, (left - right) / 2
    return mid.repeat(1, 2, 1), side.repeat(1, 2, 1)


def merge(mid: Tensor, side: Tensor) -> Tensor:
    """Inverse of :func:`split`: L = M + S, R = M - S, channel by channel."""
    return torch.cat([mid[:, :1] + side[:, :1], mid[:, 1:] - side[:, 1:]], dim=1)
