"""One delay line with feedback, whose time may move: chorus, flanger, vibrato.

    v[n] = x[n] + feedback * w[n],   w[n] = v(n - delay[n]),   y[n] = x[n] + mix * (w[n] - x[n])

Between samples the line is read by third-order Lagrange interpolation; a delay of two samples or
more keeps to its central interval, where its gain is at most one, so the loop is stable for
|feedback| < 1 however the delay moves.

Sources: J. O. Smith, Physical Audio Signal Processing, "Delay-Line Interpolation", "Flanging",
"Vibrato Simulation"; J. Dattorro, Effect Design Part 2, JAES 1997.

Shapes: B batch, C channel, T time.
"""

import numpy as np
import torch
from torch import Tensor

from unpatch.dsp import modulated_delay_kernels as kernels
from unpatch.dsp.layout import as_rows, from_rows


def modulated_delay(x: Tensor, delay_ms: Tensor, feedback: Tensor, mix: Tensor, sample_rate: float) -> Tensor:
    """Run the line.

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
    return from_rows(_run(signal, *knobs), channels)


def _run(x: Tensor, delay: Tensor, feedback: Tensor, mix: Tensor) -> Tensor:
    y = torch.empty_like(x)
    arrays = [a.detach().numpy() for a in (x, delay, feedback, mix)]
    longest = float(np.fmax.reduce(arrays[1], axis=None, initial=kernels.SHORTEST))
    kernels.run(*arrays, longest, y.numpy())
    return y
