"""A signal that grows at its end and is dropped at its start.

Shapes: C channel, n samples.
"""

from __future__ import annotations

import torch
from torch import Tensor


class GrowingSignal:
    """What is still needed of a signal ``[C, n]`` that grows: its samples from ``first`` on."""

    def __init__(self, samples: Tensor) -> None:
        self.samples, self.first = samples, 0

    @property
    def stop(self) -> int:
        return self.first + self.samples.shape[-1]

    def append(self, samples: Tensor) -> None:
        self.samples = torch.cat([self.samples, samples], dim=-1)

    def lengthen(self, stop: int) -> None:
        """Put silence behind it."""
        self.samples = torch.nn.functional.pad(self.samples, (0, max(0, stop - self.stop)))

    def part(self, begin: int, stop: int) -> Tensor:
        return self.samples[:, begin - self.first : stop - self.first]

    def forget(self, before: int) -> None:
        self.samples = self.samples[:, max(0, before - self.first) :]
        self.first = max(before, self.first)
