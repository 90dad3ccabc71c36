"""Reverberation by a feedback-delay network.

Eight delay lines feed each other through a Hadamard matrix, which loses nothing; each line loses
exactly as much per pass as makes the whole decay by 60 dB in the wanted time, and a one-pole
low-pass does so sooner at high frequencies. All-pass filters before the network thicken it.

Every time is in seconds and the decay at a frequency in hertz, so all sample rates sound alike.

Sources: J.-M. Jot, A. Chaigne, Digital delay networks for designing artificial reverberators, AES
1991 (network, absorption by line length); J. O. Smith, Physical Audio Signal Processing (Hadamard
matrix); M. R. Schroeder, Natural sounding artificial reverberation, JAES 1962 (all-pass
diffusers); H. Lauridsen, 1954 (pseudo-stereo by a complementary pair of combs).

Shapes: B batch, C channel, K line (8), T time.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from unpatch.dsp import reverb_kernels as kernels

# Mutually uneven lengths, spaced by growing steps; the shortest sets the pre-delay.
LINES_MS = (19.31, 23.87, 29.23, 35.17, 41.53, 48.61, 56.39, 63.89)
DIFFUSERS_MS = (1.37, 2.83, 5.11, 8.77)
# The right channel's diffusers differ, so that equal channels do not stay equal.
RIGHT_STRETCH = 1.093
DIFFUSION = 0.6
# Reverberation times at size 0 and 1.
SHORTEST_S, LONGEST_S = 0.2, 8.0
# Reverberation time at this frequency, as a share of that at 0 Hz, at damping 1; geometric below.
DAMPING_HZ = 3_000.0
DAMPED_SHARE = 0.05
# Delay between the two combs that spread a mono reverberation.
SPREAD_MS = 12.0
SIGNS_IN = (1, 1, 1, 1, -1, 1, -1, 1)
SIGNS_OUT = (1, 1, -1, 1, 1, -1, -1, -1)


class Tank(NamedTuple):
    """The network's numbers: what each line loses per pass, and what makes its energy one."""

    gain: Tensor
    pole: Tensor
    level: Tensor


def mono(x: Tensor, size: Tensor, damping: Tensor, width: Tensor, mix: Tensor, sample_rate: float) -> Tensor:
    """Reverberate the mono sum. Signal ``[B, 2, T]``, parameters ``[B|1, 1, 1]``.

    At width 0 both channels of the reverberation are equal; above, a delayed copy is added at the
    left and subtracted at the right, so that their sum stays what it was.
    """
    tank = design(size, damping, sample_rate)
    wet = network(x.mean(1, keepdim=True), tank, sample_rate)
    late = width * torch.nn.functional.pad(wet, (frames(SPREAD_MS, sample_rate), 0))[..., : wet.shape[-1]]
    return torch.lerp(x, torch.cat([wet + late, wet - late], 1), mix)


def stereo(
    x: Tensor, size: Tensor, damping: Tensor, width: Tensor, mix: Tensor, sample_rate: float
) -> Tensor:
    """Reverberate both channels in one room; ``width`` scales the side signal of the reverberation.

    Shapes as in :func:`mono`.
    """
    wet = network(x, design(size, damping, sample_rate), sample_rate)
    side = (width - 1) / 2 * (wet[:, :1] - wet[:, 1:])
    return torch.lerp(x, torch.cat([wet[:, :1] + side, wet[:, 1:] - side], 1), mix)


def frames(milliseconds: float, sample_rate: float) -> int:
    """At least one."""
    return max(1, round(milliseconds * sample_rate / 1000))


def reverberation_time(size: Tensor) -> Tensor:
    """Seconds to a decay of 60 dB at 0 Hz."""
    return SHORTEST_S * (LONGEST_S / SHORTEST_S) ** size


def design(size: Tensor, damping: Tensor, sample_rate: float) -> Tank:
    """Gains and poles ``[B, K]`` and level ``[B, 1]``, float64, of ``size``, ``damping [B|1, 1, 1]``."""
    size, damping = size.double().flatten(1), damping.double().flatten(1)
    seconds = torch.tensor([[frames(ms, sample_rate) / sample_rate for ms in LINES_MS]]).double()
    slow = reverberation_time(size)
    low, mean = 10 ** (-3 * seconds / slow), 10 ** (-3 * seconds.mean() / slow)
    ratio = 10 ** (-3 * seconds / slow * (DAMPED_SHARE**-damping - 1))
    pole = one_pole(ratio, math.cos(2 * math.pi * min(DAMPING_HZ / sample_rate, 0.49)))
    gain, pole = torch.broadcast_tensors(low * (1 - pole), pole)
    return Tank(gain, pole, (1 - mean**2).sqrt() / mean)


def one_pole(ratio: Tensor, cosine: float) -> Tensor:
    """Pole p for which (1 - p) / (1 - p z^-1) has magnitude ``ratio`` at the angle of that cosine."""
    square = ratio**2
    return (1 - square) / (
        (1 - square * cosine) + ratio * ((1 - cosine) * (2 - square * (1 + cosine))).sqrt()
    )


def network(x: Tensor, tank: Tank, sample_rate: float) -> Tensor:
    """What the lines give back; energy about that of the input. ``[B, C, T]`` to ``[B, C, T]``."""
    channels = x.shape[1]
    into, out_of = routing(channels)
    diffused = diffuse(x, sample_rate)
    return _network(diffused, tank.gain, tank.pole, tank.level, into, out_of, sample_rate)


def routing(channels: int) -> tuple[Tensor, Tensor]:
    """Weights of channels into lines and of lines into channels, ``[C, K]``; rows of length 1 and √C."""
    mask = torch.tensor([[k % channels == c for k in range(len(LINES_MS))] for c in range(channels)])
    scale = math.sqrt(channels / len(LINES_MS))
    into, out_of = (mask * torch.tensor(signs) * scale for signs in (SIGNS_IN, SIGNS_OUT))
    return into, out_of * math.sqrt(len(LINES_MS))


def diffuse(x: Tensor, sample_rate: float) -> Tensor:
    """Schroeder all-passes in series, each channel with its own lengths."""
    stretches = (1.0, RIGHT_STRETCH)[: x.shape[1]]
    delays = torch.tensor([[frames(ms * s, sample_rate) for ms in DIFFUSERS_MS] for s in stretches])
    y = x.detach().clone(memory_format=torch.contiguous_format)
    kernels.diffuse(y.numpy(), delays.numpy(), DIFFUSION)
    return y


def _network(
    x: Tensor, gain: Tensor, pole: Tensor, level: Tensor, into: Tensor, out_of: Tensor, sample_rate: float
) -> Tensor:
    batch = x.shape[0]
    delays = torch.tensor([frames(ms, sample_rate) for ms in LINES_MS])
    knobs = [p.detach().to(x.dtype).expand(batch, -1).contiguous().numpy() for p in (gain, pole)]
    weights = (out_of * level.unsqueeze(-1)).to(x.dtype).expand(batch, -1, -1).contiguous()
    y = torch.empty_like(x)
    kernels.run(
        x.detach().numpy(),
        *knobs,
        delays.numpy(),
        into.to(x.dtype).numpy(),
        weights.detach().numpy(),
        y.numpy(),
    )
    return y
