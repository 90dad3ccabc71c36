"""From the tensors that processors hold to the arrays that kernels loop over.

Shapes: B batch, C channel, T time; R independent rows, N is 1 or T.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor


def arrays(*tensors: Tensor) -> list[NDArray[Any]]:
    """What kernels loop over; shares the tensors' memory."""
    return [tensor.detach().numpy() for tensor in tensors]


def as_rows(x: Tensor, *parameters: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Bring a signal and its parameters to rows with one set of parameters each.

    Args:
        x: signal ``[B|1, C, T]``.
        parameters: ``[B|1, 1|C, 1|T]`` each: per row, or moving in time, or both.

    Returns:
        The signal ``[R, C, T]`` and parameters ``[R, 1|T]``, contiguous. Where parameters differ
        between channels, the channels become rows: ``[B * C, 1, T]``.
    """
    # NumPy's takes 4 us, torch's 300.
    lead = np.broadcast_shapes(x.shape[:2], *(p.shape[:2] for p in parameters))
    split = lead[1] if any(p.shape[1] > 1 for p in parameters) else 1
    rows = lead[0] * split
    signal = x.expand(*lead, -1).reshape(rows, lead[1] // split, x.shape[-1])
    knobs = (p.to(x.dtype).expand(lead[0], split, -1).reshape(rows, p.shape[-1]) for p in parameters)
    return signal.contiguous(), tuple(p.contiguous() for p in knobs)


def from_rows(y: Tensor, channels: int) -> Tensor:
    """Rows ``[R, C, T]`` back to ``[B, channels, T]``."""
    return y.reshape(y.shape[0] * y.shape[1] // channels, channels, y.shape[-1])
