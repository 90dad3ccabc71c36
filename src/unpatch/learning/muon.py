"""Muon: hidden matrices take steps whose singular values are all about one (Jordan et al. 2024).

A gradient is mostly a few large directions; made orthogonal, the rare ones count as much. Here a model of
the singing task is after 1,000 such steps where AdamW takes it in several thousand
(``bench/studies/ablation.py``).
PyTorch's own Muon works in bfloat16 for weights of any precision, which takes a CPU without it 80 times as
long; this one works in the precision of the weights.

Jordan, Jin, Boza, You, Cesista, Newhouse and Bernstein, "Muon: an optimizer for hidden layers in neural
networks", 2024. Liu et al., "Muon is scalable for LLM training", 2025, for the size of the steps.
"""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

# Of the quintic x -> a x + b x^3 + c x^5, which five times over brings (0, 1] to about 1 fastest.
QUINTIC = (3.4445, -4.7750, 2.0315)
TIMES = 5
TINY = 1e-7
# A matrix that is longer by this factor is cheaper by way of its Gram matrix.
GRAM_FROM = 1.5
# Root mean square of AdamW's steps in units of its rate, so that one rate serves both.
LIKE_ADAMW = 0.2


class Muon(Optimizer):
    """Stochastic gradient descent with Nesterov momentum and orthogonal steps.

    Args:
        matrices: parameters ``[M, N]``.
        rate: as large as AdamW's would be.
        weight_decay: decoupled, per unit of rate.
    """

    def __init__(
        self, matrices: Iterable[Tensor], rate: float, weight_decay: float = 0.0, momentum: float = 0.95
    ) -> None:
        kept = list(matrices)
        odd = [tuple(matrix.shape) for matrix in kept if matrix.ndim != 2]
        if odd:
            raise ValueError(f"only matrices can take orthogonal steps, not shapes {odd}")
        super().__init__(kept, {"lr": rate, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for matrix in group["params"]:
                if matrix.grad is not None:
                    direction = self._direction(matrix, matrix.grad, group["momentum"])
                    matrix.mul_(1 - group["lr"] * group["weight_decay"])
                    matrix.add_(direction, alpha=-group["lr"] * LIKE_ADAMW * math.sqrt(max(matrix.shape)))
        return loss

    def _direction(self, matrix: Tensor, gradient: Tensor, momentum: float) -> Tensor:
        """Where a matrix goes next."""
        state = self.state[matrix]
        if not state:
            state["velocity"] = torch.zeros_like(matrix)
        velocity: Tensor = state["velocity"]
        velocity.lerp_(gradient, 1 - momentum)
        return orthogonal(torch.lerp(gradient, velocity, momentum))


def orthogonal(matrix: Tensor) -> Tensor:
    """The nearest matrix ``[M, N]`` with singular values of about one (0.7 to 1.2), by Newton-Schulz."""
    is_tall = len(matrix) > matrix.shape[1]
    x = matrix.T if is_tall else matrix
    x = x / x.norm().clamp_min(TINY)
    wide = by_gram if x.shape[1] > GRAM_FROM * len(x) else by_steps
    return wide(x).T if is_tall else wide(x)


def by_steps(x: Tensor) -> Tensor:
    """The quintic as it is written, of a wide or square matrix: 10 M^2 N + 5 M^3 multiplications."""
    a, b, c = QUINTIC
    for _ in range(TIMES):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x


def by_gram(x: Tensor) -> Tensor:
    """The same by way of the smaller Gram matrix: 2 M^2 N + 17 M^3 multiplications.

    Every step multiplies x from the left by a polynomial q of its Gram matrix G, and turns G into q G q; all
    of these commute. So only their product need meet the long side.
    """
    a, b, c = QUINTIC
    gram = x @ x.T
    product = None
    for left in reversed(range(TIMES)):
        factor = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        factor.diagonal().add_(a)
        product = factor if product is None else factor @ product
        if left:
            gram = factor @ gram @ factor
    return x if product is None else product @ x
