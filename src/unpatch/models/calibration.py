"""Probabilities that mean what they say: two numbers per model, fitted on recordings kept out of training.

Platt scaling: Platt, "Probabilistic outputs for support vector machines", 1999.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

# Probabilities are kept this far from 0 and 1 before their log odds are taken.
LEAST = 1e-4


@dataclass(frozen=True)
class Scale:
    """A straight line on log odds; as it stands it changes nothing."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, probability: float) -> float:
        """Calibrated, in (0, 1).

        >>> round(Scale(2.0, 0.0)(0.8), 3)
        0.941
        """
        return 1 / (1 + math.exp(-(self.slope * log_odds(probability) + self.offset)))


@dataclass(frozen=True)
class Calibration:
    """Of one model.

    Attributes:
        kinds: for the probability that a recording went through a processor of some kind.
        untouched: for the probability that it went through none.
    """

    kinds: Scale = Scale()
    untouched: Scale = Scale()


def log_odds(probability: float) -> float:
    """``ln(p / (1 - p))``, finite at both ends."""
    kept = min(max(probability, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))


def fitted(probabilities: Sequence[float], truths: Sequence[bool]) -> Scale:
    """The scale under which truths are most likely; identity where all truths are equal.

    Args:
        probabilities: as a model gives them, one per question.
        truths: the answers.

    Raises:
        ValueError: there is not one truth for each probability.
    """
    if len(probabilities) != len(truths):
        raise ValueError(f"{len(probabilities)} probabilities have {len(truths)} truths")
    if len(set(truths)) < 2:
        return Scale()
    odds = np.array([log_odds(p) for p in probabilities])
    sign = np.where(np.array(truths), 1.0, -1.0)

    def cost(line: np.ndarray) -> float:
        # The prior of the size of one example keeps the slope finite where the classes can be parted.
        surprise = np.logaddexp(0, -sign * (line[0] * odds + line[1])).sum()
        return float(surprise + 0.5 * ((line[0] - 1) ** 2 + line[1] ** 2))

    slope, offset = minimize(cost, np.array([1.0, 0.0]), method="BFGS").x
    return Scale(float(slope), float(offset))
