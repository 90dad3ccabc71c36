"""Low-frequency sine oscillator.

Shapes: knobs ``[B or 1, 1, 1]``; phases are in cycles.
"""

import math

import torch
from torch import Tensor

STEPS = 512
"""Fine steps in a coarse one."""


def sine(frequency_hz: Tensor, phase: Tensor, frames: range, sample_rate: float) -> Tensor:
    """sin 2 pi (f t + phase) ``[B, C, T]`` at T ``frames``, for a phase ``[B or 1, C, 1]``.

    Time is split into coarse and fine steps, ``t = (N i + j) / sample_rate``, and the sine of the sum
    taken from the sines and cosines of the two, so that only few of them are computed. Their angles are in
    double precision: single precision drifts within minutes. Wherever it starts, a frame's value is the same.
    """
    first, stop = frames.start // STEPS, -(-frames.stop // STEPS)
    fine = torch.arange(STEPS, dtype=torch.float64, device=phase.device)
    coarse = torch.arange(first, stop, dtype=torch.float64, device=phase.device) * STEPS
    step = frequency_hz.double() / sample_rate
    slow = 2 * math.pi * ((step * coarse + phase.double()) % 1.0)
    fast = 2 * math.pi * (step * fine)
    slow_sine, slow_cosine = (wave.to(phase.dtype)[..., None] for wave in (slow.sin(), slow.cos()))
    fast_sine, fast_cosine = (wave.to(phase.dtype)[..., None, :] for wave in (fast.sin(), fast.cos()))
    wave = (slow_sine * fast_cosine + slow_cosine * fast_sine).flatten(-2)
    begin = frames.start - first * STEPS
    return wave[..., begin : begin + len(frames)].clamp(-1, 1)


def stereo_sine(
    frequency_hz: Tensor, phase: Tensor, offset: Tensor, frames: range, sample_rate: float
) -> Tensor:
    """Two sines ``[B, 2, T]``, the right one ``offset`` cycles ahead."""
    both = torch.broadcast_tensors(phase, phase + offset)  # type: ignore[no-untyped-call]
    phases = torch.cat(both, dim=1)
    return sine(frequency_hz, phases, frames, sample_rate)
