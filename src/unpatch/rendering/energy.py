"""The energy rule: a processor leaves the total energy of the audio it passes on unchanged.

What a processor passes on are its required audio inlets; a sidechain only steers and does not count.
All audio outlets of a node are scaled by one common gain, so that their balance stays. Control
signals are never scaled. Where input or output is silent the gain is 1.

The rule belongs to the graphs of blind estimation. In a mixing console or a mastering chain processors change
levels on purpose, as they declare (``keeps_energy``): by default the rule applies to all graphs but those
with such processors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.declaration import Processor
from unpatch.dsp.compiled import kernel
from unpatch.graph.data import Graph
from unpatch.processors import KINDS

Scalar: TypeAlias = float | Tensor
"""A number, or a tensor without dimensions where gradients flow."""

_WITHOUT = frozenset(kind for kind, processor in KINDS.items() if not processor.keeps_energy)
SILENCE_POWER = 1e-12
"""Mean square of a sample below which a signal counts as silent: -120 dB."""


def holds(graphs: Sequence[Graph]) -> bool:
    """Whether the rule belongs to these graphs; ValueError if to some of them only."""
    found = {not any(node.kind in _WITHOUT for node in g.nodes) for g in graphs}
    if len(found) > 1:
        raise ValueError("the energy rule belongs to some of these graphs only; say energy=True or False")
    return found != {False}


def counted(processor: Processor) -> list[str]:
    """Names of the inlets whose energy the node passes on."""
    return [port.name for port in processor.inlets if port.signal == "audio" and port.required]


def scaled(processor: Processor) -> list[str]:
    """Names of the outlets that the rule scales."""
    return [port.name for port in processor.outlets if port.signal == "audio"]


def applies(processor: Processor) -> bool:
    """Whether audio comes in and goes out."""
    return bool(counted(processor) and scaled(processor))


def gain(passed_on: Sequence[Scalar], made: Sequence[Scalar], samples: int) -> Scalar:
    """What to scale a node's audio by.

    Args:
        passed_on: energies of its required audio inlets.
        made: energies of its audio outlets.
        samples: number of samples of one signal, to distinguish silence from low energy.
    """
    silence = SILENCE_POWER * samples
    came, went = _total(passed_on), _total(made)
    if came <= silence or went <= silence:
        return 1.0
    return (came / went) ** 0.5


def energies(signal: Tensor) -> list[Scalar]:
    """Energy of each row of ``[B, C, T]``, summed over channels and time in float64."""
    if not signal.requires_grad:
        plain: list[Scalar] = _energies(_rows(signal).numpy()).tolist()
        return plain
    found: Tensor = _Energy.apply(signal)  # type: ignore[no-untyped-call]
    return list(found.unbind())


def energy(signal: Tensor) -> float:
    """Energy of ``[C, T]``, summed in float64."""
    return float(energies(signal[None])[0])


def rescale(
    signal: Tensor, gains: Sequence[Scalar], *, in_place: bool = False
) -> tuple[Tensor, list[Scalar]]:
    """Each row of ``[B, C, T]`` times its gain, and the energies of the result, in one pass.

    ``in_place`` allows the signal's memory to be written to, where it has no other reader.
    """
    if all(isinstance(gain, float) and gain == 1.0 for gain in gains):
        return signal, energies(signal)
    if signal.requires_grad or any(isinstance(gain, Tensor) for gain in gains):
        column = torch.stack([torch.as_tensor(gain, dtype=torch.float64) for gain in gains])
        louder = signal * column.to(signal).reshape(-1, 1, 1)
        return louder, energies(louder)
    rows = _rows(signal if in_place else signal.clone())
    found = _amplify(rows.numpy(), np.array(gains, dtype=rows.numpy().dtype))
    return rows.view_as(signal), found.tolist()


def _total(parts: Sequence[Scalar]) -> Scalar:
    return sum(parts[1:], parts[0])


def _rows(signal: Tensor) -> Tensor:
    return signal.detach().contiguous().view(signal.shape[0], -1)


class _Energy(torch.autograd.Function):
    """``[B, C, T] -> [B]`` in float64."""

    @staticmethod
    def forward(ctx: Any, signal: Tensor) -> Tensor:
        ctx.save_for_backward(signal)
        return torch.from_numpy(_energies(_rows(signal).numpy()))

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (signal,) = ctx.saved_tensors
        result: Tensor = (2.0 * grad).to(signal).reshape(-1, 1, 1) * signal
        return result


# One row at a time as a flat array: that is the form in which the compiler vectorises the sums.
@kernel
def _row_energy(row: NDArray[Any]) -> float:
    total = 0.0
    for i in range(row.size):
        total += np.float64(row[i]) * np.float64(row[i])
    return total


@kernel
def _amplify_row(row: NDArray[Any], gain: float) -> float:
    total = 0.0
    for i in range(row.size):
        row[i] *= gain
        total += np.float64(row[i]) * np.float64(row[i])
    return total


@kernel
def _energies(rows: NDArray[Any]) -> NDArray[np.float64]:
    found = np.empty(rows.shape[0])
    for b in range(rows.shape[0]):
        found[b] = _row_energy(rows[b])
    return found


@kernel
def _amplify(rows: NDArray[Any], gains: NDArray[Any]) -> NDArray[np.float64]:
    found = np.empty(rows.shape[0])
    for b in range(rows.shape[0]):
        found[b] = _amplify_row(rows[b], gains[b])
    return found
