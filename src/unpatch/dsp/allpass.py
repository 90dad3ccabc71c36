"""Chain of first-order all-pass stages with feedback: the core of a phaser.

Steady, a stage is the bilinear (topology-preserving) one-pole all-pass (Zavalishin, The Art of VA
Filter Design, ch. 3 and 10). It is built as a normalised lattice (Gray and Markel, 1975): a rotation of
input and state, so that it keeps energy however fast its pole moves, and feedback below 1 is safe. The
feedback loop holds no delay: it is solved at every frame.

Shapes: B batch, C channel, T time. Parameters are ``[B|1, 1|C, 1|T]``.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import allpass_adjoint, allpass_kernels
from unpatch.dsp.layout import as_rows, from_rows
from unpatch.dsp.warp import out_of_reach


def allpass_chain(x: Tensor, frequency_hz: Tensor, feedback: Tensor, sample_rate: float) -> Tensor:
    """Output of six equal stages, each turning the phase by 90° at the frequency.

    Far below its frequency a stage turns nothing: that is what a frequency above half the sample rate does,
    see :mod:`unpatch.dsp.warp`.

    Args:
        x: signal ``[B, C, T]``.
        frequency_hz: of all stages.
        feedback: share of the output added to the input, -1 < feedback < 1.
        sample_rate: in Hz.
    """
    channels = max(x.shape[1], frequency_hz.shape[1], feedback.shape[1])
    signal, knobs = as_rows(x, frequency_hz, feedback)
    y: Tensor = _Chain.apply(signal, *knobs, sample_rate)  # type: ignore[no-untyped-call]
    chain = from_rows(y, channels)
    share = out_of_reach(frequency_hz, sample_rate)
    return torch.lerp(chain, x / (1 - feedback), share) if share.any() else chain


class _Chain(torch.autograd.Function):
    """Rows ``[R, C, T]``, knobs ``[R, 1|T]``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, frequency_hz: Tensor, feedback: Tensor, sample_rate: float) -> Tensor:
        ctx.save_for_backward(x, frequency_hz, feedback)
        ctx.sample_rate = sample_rate
        y = torch.empty_like(x)
        allpass_kernels.run(x.numpy(), frequency_hz.numpy(), feedback.numpy(), sample_rate, y.numpy())
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, by_y: Tensor) -> tuple[Tensor | None, ...]:
        saved = [tensor.detach().double() for tensor in ctx.saved_tensors]
        by_x = by_y.to(torch.float64, copy=True, memory_format=torch.contiguous_format)
        by_knobs = [torch.zeros_like(knob) for knob in saved[1:]]
        arrays = [tensor.numpy() for tensor in (*saved, by_x, *by_knobs)]
        x, frequency_hz, feedback, *derivatives = arrays
        allpass_adjoint.pull(x, frequency_hz, feedback, ctx.sample_rate, *derivatives)
        return (*(d.to(by_y.dtype) for d in (by_x, *by_knobs)), None)
