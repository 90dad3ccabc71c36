"""Means of losses over several steps."""

from collections.abc import Mapping


class Means:
    """Of losses since the last time that they were taken."""

    def __init__(self) -> None:
        self._count, self._sums = 0, dict[str, float]()

    def add(self, losses: Mapping[str, float]) -> None:
        self._count += 1
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + value

    def taken(self) -> dict[str, float]:
        found = {name: total / self._count for name, total in self._sums.items()}
        self._count, self._sums = 0, {}
        return found
