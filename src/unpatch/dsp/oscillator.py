"""Low-frequency sine oscillator. Shapes: knobs ``[B or 1, 1, 1]``."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def sine(frequency_hz: Tensor, phase: Tensor, frames: int, sample_rate: float) -> Tensor:
    """sin 2 pi (f t + phase), ``[B, C, T]``; ``phase`` is in cycles, ``[B, C, 1]``.

    The angle is kept in double precision: single precision drifts audibly within minutes.
    """
    seconds = torch.arange(frames, dtype=torch.float64, device=phase.device) / sample_rate
    cycles = frequency_hz.double() * seconds + phase.double()
    return torch.sin(2 * math.pi * cycles).to(phase.dtype)


def stereo_sine(
    frequency_hz: Tensor, phase: Tensor, offset: Tensor, frames: int, sample_rate: float
) -> Tensor:
    """Two sines ``[B, 2, T]``, the right one ``offset`` cycles ahead."""
    phases = torch.cat(torch.broadcast_tensors(phase, phase + offset), dim=1)
    return sine(frequency_hz, phases, frames, sample_rate)
