"""Labels and ticks of the pages' diagrams."""

from itertools import takewhile

MOST_TICKS = 6


def hz_label(value: float) -> str:
    """``300 Hz``, ``3 kHz``."""
    return f"{value / 1000:g} kHz" if value >= 1000 else f"{value:g} Hz"


def round_ticks(end: float) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten from 0 to ``end``, as many as fit well."""
    steps = (digit * 10.0**power for power in range(-3, 6) for digit in (1, 2, 5))
    step = next(step for step in steps if end / step < MOST_TICKS)
    return list(takewhile(lambda tick: tick <= end, (i * step for i in range(MOST_TICKS + 1))))
