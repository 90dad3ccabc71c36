"""Adam over one flat tensor whose state can be cut with the graph.

Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015; decoupled decay after Loshchilov and
Hutter, ICLR 2019. PyTorch's own keeps its memory per parameter; here processors leave between two steps, and
those that stay must be unaffected. Numbers without a part in a step, as of a silent track, can be
left out of it: their state does not decay.

Shapes: N numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

BETAS = (0.9, 0.999)
TINY = 1e-8


@dataclass(frozen=True, eq=False)
class Adam:
    """Numbers, running means of their gradients and of the squares of these, and steps taken; all ``[N]``."""

    latent: Tensor
    mean: Tensor
    square: Tensor
    steps: Tensor

    @classmethod
    def of(cls, latent: Tensor) -> Adam:
        zeros = torch.zeros_like(latent)
        return cls(latent, zeros, zeros, zeros)

    def stepped(self, gradient: Tensor, concerned: Tensor, rate: float, decay: float = 0.0) -> Adam:
        """After a step down a gradient ``[N]`` with the numbers that are ``concerned``, booleans ``[N]``."""
        steps = self.steps + 1
        mean = torch.lerp(gradient, self.mean, BETAS[0])
        square = torch.lerp(gradient.square(), self.square, BETAS[1])
        whole_mean, whole_square = (1 - beta**steps for beta in BETAS)
        size = (square / whole_square).sqrt() + TINY
        latent = self.latent * (1 - rate * decay) - rate * (mean / whole_mean) / size
        after = zip((latent, mean, square, steps), self.tensors(), strict=True)
        return Adam(*(torch.where(concerned, new, old) for new, old in after))

    def kept(self, index: Tensor) -> Adam:
        """Only some of the numbers, ``index [M]``."""
        return Adam(*(tensor[index] for tensor in self.tensors()))

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        return self.latent, self.mean, self.square, self.steps
