"""The real Fourier transform with an adjoint that costs what it does itself.

The derivative that comes with ``torch.fft.rfft`` runs a complex transform of full length, of which it
drops half (measured on one core, 32 of 88 k samples padded to 300 k: 46 ms instead of 18 ms).
"""

from typing import Any

import torch
from torch import Tensor


def rfft(x: Tensor, size: int) -> Tensor:
    """Bins ``[..., size // 2 + 1]`` of real samples ``[..., T]``, T up to ``size``, which is even."""
    bins: Tensor = _RealTransform.apply(x, size)  # type: ignore[no-untyped-call]
    return bins


class _RealTransform(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, size: int) -> Tensor:
        ctx.frames, ctx.size = x.shape[-1], size
        bins: Tensor = torch.fft.rfft(x, size)
        return bins

    @staticmethod
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, None]:
        """An inverse transform counts all bins but the first and the last twice: here each counts once."""
        doubled = torch.fft.irfft(g, ctx.size, norm="forward")[..., : ctx.frames]
        signs = 1 - 2 * (torch.arange(ctx.frames, device=g.device) % 2).to(g.real.dtype)
        return (doubled + g[..., :1].real + g[..., -1:].real * signs) / 2, None
