"""The dry/wet mix of samples, in one pass.

Shapes: audio ``[B, 2, T]``, knobs ``[B or 1, 1, 1]``.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import dry_wet_kernels as kernels
from unpatch.dsp.layout import arrays
from unpatch.dsp.phasors import rows


def blend(dry: Tensor, wet: Tensor, weight: Tensor, gain: Tensor | float = 1.0) -> Tensor:
    """``weight`` times ``gain`` times wet, and the rest of the weight times dry."""
    weight = weight.double().flatten()
    loud = weight * torch.as_tensor(gain).double().flatten()
    numbers = torch.stack(rows(1 - weight, loud), dim=1)
    mixed: Tensor = _Blend.apply(*rows(dry, wet, numbers))  # type: ignore[no-untyped-call]
    return mixed


class _Blend(torch.autograd.Function):
    """Signals ``[B, 2, T]``, factors ``[B, 2]``."""

    @staticmethod
    def forward(ctx: Any, *given: Tensor) -> Tensor:
        given = tuple(tensor.contiguous() for tensor in given)
        y = torch.empty_like(given[0])
        kernels.run(*arrays(*given, y))
        ctx.save_for_backward(*given)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, ...]:
        saved: tuple[Tensor, ...] = ctx.saved_tensors
        results = tuple(torch.empty_like(tensor) for tensor in saved)
        kernels.run_adjoint(*arrays(*saved, g.contiguous(), *results))
        return results
