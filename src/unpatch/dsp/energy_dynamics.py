"""Compressor and gate of the published mixing console: one time constant, energy detector.

The energy of both channels (their mean square) runs through a one-pole, here the exact recursion; its
level plus 1e-5 meets a static curve with a quadratic knee, and what the curve takes off the *energy* in
decibels is taken off the *amplitude*: where a compressor's ratio is R, its output rises by 2/R - 1 dB per
dB above the threshold, and a gate's falls by 2R - 1 dB per dB below.

Source: Lee et al., Searching for Music Mixing Graphs: A Pruning Approach (DAFx 2024), and ``grafx`` 0.6
by its authors, whose one-pole is cut off after 16 384 samples.

Shapes: audio ``[B, 2, T]``, knobs ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import energy_dynamics_kernels as kernels
from unpatch.dsp.phasors import rows

_DB_PER_OCTAVE = 10 * math.log10(2)
# Bounded only to keep the gain a normal number.
_MOST_OCTAVES = 99.0
_ABOVE, _BELOW = 1.0, -1.0


class EnergyDynamicsKnobs(NamedTuple):
    """``smoothing_ms`` is the detector's time constant (63 %); threshold and knee are dB of energy."""

    threshold_db: Tensor
    ratio: Tensor
    knee_db: Tensor
    smoothing_ms: Tensor


def compress(input: Tensor, knobs: EnergyDynamicsKnobs, weight: Tensor, sample_rate: float) -> Tensor:
    """The input mixed by ``weight`` with itself turned down above the threshold."""
    return _control(input, knobs, 1 - 1 / knobs.ratio, _ABOVE, weight, sample_rate)


def gate(input: Tensor, knobs: EnergyDynamicsKnobs, weight: Tensor, sample_rate: float) -> Tensor:
    """The input mixed by ``weight`` with itself turned down below the threshold (up for ratios under 1)."""
    return _control(input, knobs, knobs.ratio - 1, _BELOW, weight, sample_rate)


def _control(
    input: Tensor,
    knobs: EnergyDynamicsKnobs,
    slope: Tensor,
    direction: float,
    weight: Tensor,
    sample_rate: float,
) -> Tensor:
    threshold, knee = knobs.threshold_db / _DB_PER_OCTAVE, knobs.knee_db / _DB_PER_OCTAVE
    fixed = threshold.new_tensor([direction, _MOST_OCTAVES])
    law = torch.cat(rows(*(k.reshape(-1, 1) for k in (threshold, slope, knee, *fixed))), dim=1)
    pole = torch.exp(-1000 / (knobs.smoothing_ms.double().reshape(-1, 1) * sample_rate))
    given = rows(input, law.to(input.dtype), pole.expand(-1, 2), weight.double().flatten())
    output: Tensor = _EnergyControl.apply(*given)  # type: ignore[no-untyped-call]
    return output


class _EnergyControl(torch.autograd.Function):
    """Signal ``[B, 2, T]``, law ``[B, 5]``, speed ``[B, 2]``, weights ``[B]``."""

    @staticmethod
    def forward(ctx: Any, *given: Tensor) -> Tensor:
        given = tuple(tensor.contiguous() for tensor in given)
        x = given[0]
        output = torch.empty_like(x)
        kept = len(x) if any(ctx.needs_input_grad) else 0
        states = torch.empty(kept, x.shape[-1], dtype=torch.float64)
        kernels.control(*(a.numpy() for a in (*given, output, states)))
        ctx.save_for_backward(*given, states)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, ...]:
        saved: tuple[Tensor, ...] = ctx.saved_tensors
        results = tuple(torch.empty_like(a) for a in saved[:4])
        kernels.control_adjoint(*(a.numpy() for a in (*saved, g.contiguous(), *results)))
        return results
