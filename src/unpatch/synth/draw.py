"""Random choices that come out the same everywhere.

Only the bit stream of PCG64 and its conversion to a double in [0, 1) are used: NumPy does not
promise that its other distributions stay the same between versions (NEP 19).
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Draw:
    """A stream of choices identified by integers, such as (seed, index).

    >>> Draw(1, 2).number() == Draw(1, 2).number()
    True
    """

    def __init__(self, *name: int) -> None:
        self.name = name
        first, *rest = name
        sequence = np.random.SeedSequence(first, spawn_key=rest)
        # A bare PCG64(name) would fill short names up with zeros: (1, 2) and (1, 2, 0) would be one stream.
        self._uniform = np.random.Generator(np.random.PCG64(sequence)).random

    def child(self, *name: int) -> "Draw":
        """An independent stream, independent of earlier draws from this one."""
        return Draw(*self.name, *name)

    def number(self, low: float = 0.0, high: float = 1.0) -> float:
        """Uniform in [low, high)."""
        return low + (high - low) * float(self._uniform())

    def noise(self, count: int) -> NDArray[np.float64]:
        """White noise ``[count]``, uniform in [-1, 1): as many numbers as :meth:`number` would give."""
        return 2 * np.asarray(self._uniform(count)) - 1

    def integer(self, low: int, high: int) -> int:
        """Uniform in low, ..., high, both included."""
        return low + int(self.number() * (high - low + 1))

    def chance(self, probability: float) -> bool:
        return self.number() < probability

    def sign(self) -> int:
        return 1 if self.chance(0.5) else -1

    def choice(self, items: Sequence[T]) -> T:
        return items[self.integer(0, len(items) - 1)]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, with probability in proportion to its weight."""
        level = self.number(0.0, sum(weights.values()))
        for item, weight in weights.items():
            level -= weight
            if level < 0:
                return item
        return item  # rounding at the very end of the range

    def subset(self, items: Sequence[T], count: int) -> list[T]:
        """``count`` different items, in their given order."""
        left = sorted(range(len(items)), key=lambda _: self.number())[:count]
        return [items[i] for i in sorted(left)]
