"""One delay line with feedback, whose time may move: chorus, flanger, vibrato.

    v[n] = x[n] + feedback * w[n],   w[n] = v(n - delay[n]),   y[n] = x[n] + mix * (w[n] - x[n])

Between samples the line is read by third-order Lagrange interpolation; a delay of two samples or
more keeps to its central interval, where its gain is at most one, so the loop is stable for
|feedback| < 1 with any steady delay.

Sources: J. O. Smith, Physical Audio Signal Processing, "Delay-Line Interpolation", "Flanging",
"Vibrato Simulation"; J. Dattorro, Effect Design Part 2, JAES 1997.

Shapes: B batch, C channel, T time.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import modulated_delay_kernels as kernels
from unpatch.dsp.layout import arrays, as_rows, from_rows


def modulated_delay(x: Tensor, delay_ms: Tensor, feedback: Tensor, mix: Tensor, sample_rate: float) -> Tensor:
    """Delay a signal by a time that may change with every sample, with feedback.

    Args:
        x: signal ``[B, C, T]``.
        delay_ms: ``[B|1, 1|C, 1|T]``.
        feedback: ``[B|1, 1, 1]``.
        mix: ``[B|1, 1, 1]``; at 0 the output is the input, exactly.
        sample_rate: in Hz.

    Returns:
        ``[B, C, T]``.
    """
    channels = max(x.shape[1], delay_ms.shape[1])
    signal, knobs = as_rows(x, delay_ms * (sample_rate / 1000), feedback, mix)
    y: Tensor = _ModulatedDelayLine.apply(signal, *knobs)  # type: ignore[no-untyped-call]
    return from_rows(y, channels)


class _ModulatedDelayLine(torch.autograd.Function):
    """Signal ``[R, C, T]``, delay in samples ``[R, 1|T]``, feedback and mix ``[R, 1]``."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, delay: Tensor, feedback: Tensor, mix: Tensor) -> Tensor:
        ctx.save_for_backward(x, delay, feedback, mix)
        y = torch.empty_like(x)
        kernels.forward(_longest(delay), *arrays(x, delay, feedback, mix, y))
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, ...]:
        x, delay, feedback, mix = ctx.saved_tensors
        found = tuple(torch.zeros_like(a) for a in (x, delay, feedback, mix))
        kernels.backward(_longest(delay), *arrays(x, delay, feedback, mix, g.contiguous(), *found))
        return found


def _longest(delay: Tensor) -> float:
    """A bound on the delay, in samples; a delay that is no number bounds nothing."""
    longest = float(delay.amax()) if delay.numel() else 0.0
    if math.isnan(longest):
        longest = float(delay.nan_to_num(nan=0.0).amax())
    return max(longest, float(kernels.SHORTEST))
