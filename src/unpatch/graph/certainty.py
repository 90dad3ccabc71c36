"""Words for probabilities: what an estimate calls sure, likely or perhaps.

The bounds hold for calibrated probabilities: of a hundred processors marked sure at least ninety should be
there (``bench/checks/outside`` counts them).
"""

from collections.abc import Mapping
from typing import Literal

Certainty = Literal["sure", "likely", "perhaps"]

LEAST: Mapping[Certainty, float] = {"sure": 0.85, "likely": 0.5, "perhaps": 0.2}
"""The lowest probability that each word is used for, the highest first."""


def certainty(probability: float) -> Certainty:
    """The word for a probability; below all bounds it is "perhaps" as well.

    >>> certainty(0.9), certainty(0.6), certainty(0.1)
    ('sure', 'likely', 'perhaps')
    """
    return next((word for word, least in LEAST.items() if probability >= least), "perhaps")
