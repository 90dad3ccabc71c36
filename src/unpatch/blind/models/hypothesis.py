"""How a prototype is chosen, and figures of a chosen one.

Shapes: W windows of one recording.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from unpatch.blind.grammar import BoolArray
from unpatch.blind.tokens import IntArray
from unpatch.ranges import BEAMS, SEED, TEMPERATURE

Row = NDArray[np.float64]


@dataclass(frozen=True)
class Decoding:
    """How tokens are chosen.

    Attributes:
        beams: hypotheses kept per example, or draws made, of which those that come out alike count once.
        temperature: 0 takes the most probable tokens; above, tokens are drawn.
        seed: of the draws.
        enforced: whether a system that decodes node by node obeys the grammar, too; it was published
            without one. Those that decode token by token always obey.
    """

    beams: int = 1
    temperature: float = 0.0
    seed: int = 0
    enforced: bool = False

    def __post_init__(self) -> None:
        BEAMS.check("beams", self.beams)
        TEMPERATURE.check("temperature", self.temperature)
        SEED.check("seed", self.seed)


@dataclass(frozen=True)
class Hypothesis:
    """A sequence and its probabilities under the model.

    Attributes:
        rows: its tokens, from START to END.
        log_probability: of the whole sequence under the grammar.
        confidences: probability of each token after START.
        stray_mass: per token, the probability that the model gave to invalid continuations: a sign of
            trouble that the finished graph no longer shows. NaN where nothing was forbidden.
    """

    rows: tuple[tuple[int, ...], ...]
    log_probability: float = 0.0
    confidences: tuple[float, ...] = ()
    stray_mass: tuple[float, ...] = ()

    @property
    def tokens(self) -> IntArray:
        """``[L, 5]``."""
        return np.array(self.rows, dtype=np.int64)


def best_first(hypotheses: Iterable[Hypothesis]) -> list[Hypothesis]:
    """By probability, each sequence once."""
    different = {hypothesis.rows: hypothesis for hypothesis in hypotheses}
    return sorted(different.values(), key=lambda hypothesis: -hypothesis.log_probability)


def over_windows(values: Tensor, windows: int) -> Tensor:
    """Mean of each run of this many rows."""
    return values.reshape(-1, windows, *values.shape[1:]).mean(1)


def masked(logs: Row, legal: BoolArray) -> tuple[Row, float]:
    """Log probabilities under the grammar ``[A]``, and the probability that it took away."""
    kept = np.logaddexp.reduce(logs[legal])
    return np.where(legal, logs - kept, -np.inf), float(max(0.0, 1.0 - np.exp(kept)))


def drawn(logs: Row, temperature: float, random: np.random.Generator) -> Row:
    """Scores whose largest is a draw from these log probabilities (Gumbel noise); themselves at 0."""
    return logs / temperature + random.gumbel(size=logs.shape) if temperature > 0 else logs


def with_windows(parents: Sequence[int], windows: int) -> list[int]:
    """Rows of the cache: every window of each parent."""
    return [parent * windows + window for parent in parents for window in range(windows)]
