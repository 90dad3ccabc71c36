"""Learning rates in the course of a run, as shares of the highest; steps count from 0."""

import math


def rise(step: int, warmup: int) -> float:
    """Linear from 1 / ``warmup`` to 1, which is the share of the last step of the warm-up."""
    return min(1.0, (step + 1) / warmup)


def linear(step: int, first: int, last: int) -> float:
    """Linear from 1 at ``first`` to 0 at ``last``."""
    return max(0.0, (last - step) / max(1, last - first))


def cosine(step: int, first: int, last: int) -> float:
    """Half a cosine from 1 at ``first`` to 0 at ``last``."""
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - first) / max(1, last - first))))
