"""Reverberation by a feedback-delay network.

Eight delay lines feed each other through a Hadamard matrix, which loses nothing; each line loses
exactly as much per pass as makes the whole decay by 60 dB in the wanted time, and a one-pole
low-pass does so sooner at high frequencies. All-pass filters before the network thicken it.

Every time is in seconds and the decay at a frequency in hertz, so all sample rates sound alike.

The gradient at the input is the same network run against the time with inlet and outlet exchanged,
because the Hadamard matrix is symmetric.

Sources: J.-M. Jot, A. Chaigne, Digital delay networks for designing artificial reverberators, AES
1991 (network, absorption by line length); J. O. Smith, Physical Audio Signal Processing (Hadamard
matrix); M. R. Schroeder, Natural sounding artificial reverberation, JAES 1962 (all-pass
diffusers); U. Zölzer (ed.), DAFX, ch. 5 (pseudo-stereo by complementary combs, after Lauridsen).

Shapes: B batch, C channel, K line (8), T time. Parameters are ``[B|1, 1, 1]``.
"""

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import reverb_kernels as kernels
from unpatch.dsp.layout import arrays

# Uneven lengths, spaced by growing steps; the shortest sets the pre-delay.
LINES_MS = (19.31, 23.87, 29.23, 35.17, 41.53, 48.61, 56.39, 63.89)
DIFFUSERS_MS = (1.37, 2.83, 5.11, 8.77)
# The right channel's diffusers differ, so that equal channels do not stay equal.
RIGHT_STRETCH = 1.093
DIFFUSION = 0.6
# Reverberation times at size 0 and 1.
SHORTEST_S, LONGEST_S = 0.2, 8.0
# At damping 1 the time at this frequency is this share of that at 0 Hz; geometric in between.
DAMPING_HZ = 3_000.0
DAMPED_SHARE = 0.1
# More than this a line's low-pass never takes away at that frequency in one pass.
MOST_DAMPING_DB = 18.0
# Delay between the two combs that spread a mono reverberation.
SPREAD_MS = 12.0
SIGNS_IN = (1, 1, 1, 1, -1, 1, -1, 1)
SIGNS_OUT = (1, 1, -1, 1, 1, -1, -1, -1)


class ReverbKnobs(NamedTuple):
    """Parameters of both kinds."""

    size: Tensor
    damping: Tensor
    width: Tensor
    mix: Tensor


class Tank(NamedTuple):
    """Gain and pole of every line ``[B, K]``, and the level ``[B, 1]`` that makes their energy one."""

    gain: Tensor
    pole: Tensor
    level: Tensor


def mono(x: Tensor, knobs: ReverbKnobs, sample_rate: float) -> Tensor:
    """Reverberate the mono sum of ``x [B, 2, T]``.

    At width 0 both channels of the reverberation are equal; above, a delayed copy is added at the
    left and subtracted at the right, so that their sum stays what it was.
    """
    wet = network(x.mean(1, keepdim=True), design(knobs.size, knobs.damping, sample_rate), sample_rate)
    late = torch.nn.functional.pad(wet, (frames(SPREAD_MS, sample_rate), 0))[..., : wet.shape[-1]]
    side = knobs.width * late
    return torch.lerp(x, torch.cat([wet + side, wet - side], 1), knobs.mix)


def stereo(x: Tensor, knobs: ReverbKnobs, sample_rate: float) -> Tensor:
    """Put ``x [B, 2, T]`` into one room; ``width`` scales the side signal of the reverberation."""
    wet = network(x, design(knobs.size, knobs.damping, sample_rate), sample_rate)
    narrowed = torch.lerp(wet.mean(1, keepdim=True), wet, knobs.width)
    return torch.lerp(x, narrowed, knobs.mix)


def frames(milliseconds: float, sample_rate: float) -> int:
    """At least one."""
    return max(1, round(milliseconds * sample_rate / 1000))


def reverberation_time(size: Tensor) -> Tensor:
    """Seconds to a decay of 60 dB at 0 Hz."""
    return SHORTEST_S * (LONGEST_S / SHORTEST_S) ** size


def design(size: Tensor, damping: Tensor, sample_rate: float) -> Tank:
    """The network's numbers, float64, so that it decays in the wanted time."""
    size, damping = size.double().flatten(1), damping.double().flatten(1)
    lengths = [frames(ms, sample_rate) / sample_rate for ms in LINES_MS]
    decay_db = 60 * size.new_tensor([lengths]) / reverberation_time(size)
    wanted_db = decay_db * (DAMPED_SHARE**-damping - 1)
    pole = one_pole(decibels(-wanted_db / (1 + wanted_db / MOST_DAMPING_DB)), sample_rate)
    typical = decibels(-decay_db.mean(1, keepdim=True))
    return Tank(decibels(-decay_db) * (1 - pole), pole, (1 - typical**2).sqrt() / typical)


def decibels(level: Tensor) -> Tensor:
    """As a factor on the amplitude."""
    return torch.exp(level * (math.log(10) / 20))


def one_pole(ratio: Tensor, sample_rate: float) -> Tensor:
    """Pole p for which (1 - p) / (1 - p z^-1) has magnitude ``ratio`` at :data:`DAMPING_HZ`."""
    cosine = math.cos(2 * math.pi * min(DAMPING_HZ / sample_rate, 0.5))
    square = ratio**2
    root = ratio * ((1 - cosine) * (2 - square * (1 + cosine))).sqrt()
    return (1 - square) / (1 - square * cosine + root)


def network(x: Tensor, tank: Tank, sample_rate: float) -> Tensor:
    """What the lines give back, with about the energy of the input; ``[B, C, T]`` to ``[B, C, T]``."""
    delays = torch.tensor([frames(ms, sample_rate) for ms in LINES_MS])
    into, out_of = routing(x.shape[1])
    numbers = (n.to(x.dtype) for n in (tank.gain, tank.pole, into, out_of * tank.level))
    gain, pole, into, out_of = (n.expand(x.shape[0], -1).contiguous() for n in numbers)
    arguments = (diffuse(x, sample_rate), gain, pole, into, out_of, delays)
    wet: Tensor = _Network.apply(*arguments)  # type: ignore[no-untyped-call]
    return wet


def routing(channels: int) -> tuple[Tensor, Tensor]:
    """Weights of the channels into their lines and back, ``[1, K]``; the former keep the energy."""
    into, out_of = (torch.tensor([signs]).double() for signs in (SIGNS_IN, SIGNS_OUT))
    return into * math.sqrt(channels / len(LINES_MS)), out_of


def diffuse(x: Tensor, sample_rate: float) -> Tensor:
    """Schroeder all-passes in series, each channel with its own lengths."""
    stretches = (1.0, RIGHT_STRETCH)[: x.shape[1]]
    delays = torch.tensor([[frames(ms * s, sample_rate) for ms in DIFFUSERS_MS] for s in stretches])
    diffused: Tensor = _Diffusers.apply(x, delays)  # type: ignore[no-untyped-call]
    return diffused


def _diffuse(x: Tensor, delays: Tensor) -> Tensor:
    y = x.detach().clone(memory_format=torch.contiguous_format)
    kernels.diffuse(y.numpy(), delays.numpy(), DIFFUSION)
    return y


class _Diffusers(torch.autograd.Function):
    """The way back is the way forward against the time."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, delays: Tensor) -> Tensor:
        ctx.delays = delays
        return _diffuse(x, delays)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        return _diffuse(g.flip(-1), ctx.delays).flip(-1), None


class _Network(torch.autograd.Function):
    """Signal ``[B, C, T]``; gain, pole, weights into and out of the lines ``[B, K]``; delays ``[K]``."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, gain: Tensor, pole: Tensor, into: Tensor, out_of: Tensor, delays: Tensor
    ) -> Tensor:
        learning = any(ctx.needs_input_grad)
        history = x.new_empty(x.shape[0], len(LINES_MS) if learning else 0, x.shape[-1])
        ctx.save_for_backward(gain, pole, into, out_of, delays, history)
        return _run(x, gain, pole, delays, into, out_of, history)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        gain, pole, into, out_of, delays, history = ctx.saved_tensors
        back = torch.empty_like(history)
        gx = _run(g.flip(-1), gain, pole, delays, out_of, into, back)
        found = [torch.empty_like(gain) for _ in range(3)]
        kernels.gradients(*arrays(gain, pole, out_of, history, back.flip(-1), g.contiguous(), *found))
        g_gain, g_pole, g_out_of = found
        return gx.flip(-1), g_gain, g_pole, None, g_out_of, None


def _run(x: Tensor, *numbers: Tensor) -> Tensor:
    y = torch.empty_like(x, memory_format=torch.contiguous_format)
    kernels.run(*arrays(x.contiguous(), *numbers, y))
    return y
