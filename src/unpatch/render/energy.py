"""The energy rule: a processor leaves the total energy of the audio it passes on unchanged.

What a processor passes on are its required audio inlets; a sidechain only steers and does not count.
All audio outlets of a node are scaled by one common gain, so that their balance stays. Control
signals are never scaled. Where input or output is silent the gain is 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp.compiled import kernel
from unpatch.spec import Processor

Scalar: TypeAlias = float | Tensor
"""A number, or a tensor without dimensions where gradients flow."""

SILENCE_POWER = 1e-12
"""Mean square of a sample below which a signal counts as silent: -120 dB."""


def energies(signal: Tensor) -> list[Scalar]:
    """Energy of each row of ``[B, C, T]``, summed over channels and time in float64."""
    if signal.requires_grad:
        return list(_Energy.apply(signal).unbind())  # type: ignore[no-untyped-call]
    return [_sum_of_squares(row) for row in signal]


def gain(passed_on: Scalar, made: Scalar, samples: int) -> Scalar:
    """What to scale a node's audio by.

    Args:
        passed_on: energy of its required audio inlets.
        made: energy of its audio outlets.
        samples: how many samples one signal has, to tell silence from low energy.
    """
    silence = SILENCE_POWER * samples
    if passed_on <= silence or made <= silence:
        return 1.0
    return (passed_on / made) ** 0.5


def counted(processor: Processor) -> list[str]:
    """Names of the inlets whose energy the node passes on."""
    return [port.name for port in processor.inlets if port.signal == "audio" and port.required]


def scaled(processor: Processor) -> list[str]:
    """Names of the outlets that the rule scales."""
    return [port.name for port in processor.outlets if port.signal == "audio"]


def total(parts: Sequence[Scalar]) -> Scalar:
    return sum(parts[1:], parts[0])


@kernel
def _squares(row: NDArray[Any]) -> float:
    total = 0.0
    for i in range(row.size):
        total += np.float64(row[i]) * np.float64(row[i])
    return total


def _sum_of_squares(signal: Tensor) -> float:
    return float(_squares(signal.detach().contiguous().view(-1).numpy()))


class _Energy(torch.autograd.Function):
    """``[B, C, T] -> [B]`` in float64."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor) -> Tensor:
        ctx.save_for_backward(signal)
        return torch.tensor([_sum_of_squares(row) for row in signal], dtype=torch.float64)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (signal,) = ctx.saved_tensors
        scaled: Tensor = (2.0 * grad).to(signal).reshape(-1, 1, 1) * signal
        return scaled
