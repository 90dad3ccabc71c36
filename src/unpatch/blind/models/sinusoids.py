"""Position vectors."""

import math

import torch
from torch import Tensor


def sinusoids(count: int, width: int) -> Tensor:
    """Position vectors ``[count, width]`` after Vaswani et al. 2017: sines, then cosines."""
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    angle = torch.arange(count)[:, None] * rate
    return torch.cat([angle.sin(), angle.cos()], dim=-1)[:, :width]
