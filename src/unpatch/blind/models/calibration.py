"""Calibrated probabilities, fitted on recordings kept out of training.

Platt scaling (Platt, "Probabilistic outputs for support vector machines", 1999): one line for all kinds, and
one for each kind, regularised towards it, as a model may be underconfident about reverbs and overconfident
about filters.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

# Strength of the regularisation of a kind's own line: a quadratic penalty on its distance from that of all.
KINSHIP = 4.0
# Probabilities are kept this far from 0 and 1 before their log odds are taken.
LEAST = 1e-4


@dataclass(frozen=True)
class Scale:
    """A straight line on log odds; the default is the identity."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, probability: float) -> float:
        """Calibrated, in (0, 1).

        >>> round(Scale(2.0, 0.0)(0.8), 3)
        0.941
        """
        return 1 / (1 + math.exp(-(self.slope * log_odds(probability) + self.offset)))


@dataclass(frozen=True)
class Repeats:
    """How the height of a recording's clearest repetition moves the log odds of a delay.

    As it stands it changes nothing.

    Attributes:
        trust: factor on the log odds of the model.
        slope: per dB of height.
        offset: of the log odds.
    """

    trust: float = 1.0
    slope: float = 0.0
    offset: float = 0.0

    def __call__(self, probability: float, height_db: float) -> float:
        """The probability of a delay, in (0, 1)."""
        odds = self.trust * log_odds(probability) + self.slope * height_db + self.offset
        return 1 / (1 + math.exp(-min(max(odds, -30.0), 30.0)))


@dataclass(frozen=True)
class Calibration:
    """Of one model.

    Attributes:
        kinds: for the probability that a recording went through a processor of some kind.
        untouched: for the probability that it went through none, of independent calibrated kinds.
        each: for that of single kinds; others have the one of all.
        repeats: for that of delays, given the clearest repetition.
    """

    kinds: Scale = Scale()
    untouched: Scale = Scale()
    each: Mapping[str, Scale] = field(default_factory=dict)
    repeats: Repeats = Repeats()

    @property
    def uses_repetitions(self) -> bool:
        """Whether a recording's clearest repetition changes anything."""
        return self.repeats.slope != 0

    def presence(self, kind: str, probability: float) -> float:
        """Probability of the presence of a processor of a kind, calibrated."""
        return self.each.get(kind, self.kinds)(probability)


def log_odds(probability: float) -> float:
    """``ln(p / (1 - p))``, finite at both ends."""
    kept = min(max(probability, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))


def fitted(
    probabilities: Sequence[float],
    truths: Sequence[bool],
    around: Scale | None = None,
    strength: float = 1.0,
) -> Scale:
    """The scale of maximum likelihood of the truths.

    Args:
        probabilities: as a model gives them, one per choice.
        truths: the targets; where all are equal and there is no ``around``, the scale is identity.
        around: centre of the regularisation: identity if left out.
        strength: of that, in examples. It keeps the slope finite where the classes can be parted.

    Raises:
        ValueError: there is not one truth for each probability.
    """
    if len(probabilities) != len(truths):
        raise ValueError(f"{len(probabilities)} probabilities have {len(truths)} truths")
    centre = around or Scale()
    if not len(truths) or (around is None and len(set(truths)) < 2):
        return centre
    odds = np.array([log_odds(p) for p in probabilities])
    sign = np.where(np.array(truths), 1.0, -1.0)
    begin = np.array([centre.slope, centre.offset])

    from scipy.optimize import minimize  # an estimate loads a calibration and fits none

    def cost(line: np.ndarray) -> float:
        surprise = np.logaddexp(0, -sign * (line[0] * odds + line[1])).sum()
        return float(surprise + 0.5 * strength * ((line - begin) ** 2).sum())

    slope, offset = minimize(cost, begin, method="BFGS").x
    return Scale(float(slope), float(offset))


def fitted_to(answers: Mapping[str, tuple[Sequence[float], Sequence[bool]]]) -> Calibration:
    """The calibration of kinds, given probabilities and truths of each."""
    asked = [
        (p, truth)
        for probabilities, truths in answers.values()
        for p, truth in zip(probabilities, truths, strict=True)
    ]
    shared = fitted([p for p, _ in asked], [truth for _, truth in asked])
    own = {kind: fitted(*both, around=shared, strength=KINSHIP) for kind, both in answers.items()}
    return Calibration(shared, each={kind: scale for kind, scale in own.items() if scale != shared})


def fitted_repeats(
    probabilities: Sequence[float], heights_db: Sequence[float], truths: Sequence[bool]
) -> Repeats:
    """The line under which delays are most likely where they are.

    Args:
        probabilities: calibrated, that there is any delay.
        heights_db: of the clearest repetitions.
        truths: whether there is a delay.
    """
    if len(set(truths)) < 2:
        return Repeats()
    odds, heights = np.array([log_odds(p) for p in probabilities]), np.array(heights_db)
    sign = np.where(np.array(truths), 1.0, -1.0)

    from scipy.optimize import minimize

    def cost(line: np.ndarray) -> float:
        surprise = np.logaddexp(0, -sign * (line[0] * odds + line[1] * heights + line[2])).sum()
        return float(surprise + 0.5 * (line[0] - 1) ** 2)

    return Repeats(*map(float, minimize(cost, np.array([1.0, 0.0, 0.0]), method="BFGS").x))
