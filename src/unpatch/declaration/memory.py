"""Memory of a processor, and its lookahead.

A declaration gives both in seconds, or as functions of the settings. Outside of them an input changes the
output by less than a millionth (-120 dB): so a long signal can be processed in blocks with the audio
around them, and transforms leave room for what rings.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from unpatch.declaration.parameter import Parameter

Settings: TypeAlias = Mapping[str, "NDArray[np.float64]"]
"""Knob name to its values ``[B]``."""
Duration: TypeAlias = "float | Callable[[Settings, float], float | NDArray[np.float64]]"
"""Seconds, or a function of settings and sample rate in Hz that gives them, one for each row."""


@dataclass(frozen=True)
class Memory:
    """Seconds for which a sample of the input acts on the output: ``tail_s`` later, ``lead_s`` earlier.

    An infinite tail marks kinds of unlimited memory.
    """

    tail_s: float = 0.0
    lead_s: float = 0.0

    def __add__(self, other: Memory) -> Memory:
        """Of two in series."""
        return Memory(self.tail_s + other.tail_s, self.lead_s + other.lead_s)

    @property
    def room_s(self) -> float:
        """By how much longer than the signal a transform must be."""
        return self.tail_s + self.lead_s

    @property
    def is_bounded(self) -> bool:
        return math.isfinite(self.room_s)


def seconds(
    duration: Duration,
    knobs: Mapping[str, Parameter],
    values: Mapping[str, Any],
    sample_rate: float,
    moved: frozenset[str],
) -> float:
    """The longest over all rows, and over the ends of the range of every knob that is ``moved``."""
    if not callable(duration):
        return duration
    given = {name: _row(values.get(name, knob.default)) for name, knob in knobs.items()}
    return max(float(duration(s, sample_rate).max()) for s in _settings(given, knobs, moved))  # type: ignore[union-attr]


def _settings(given: Settings, knobs: Mapping[str, Parameter], moved: frozenset[str]) -> Iterator[Settings]:
    names = sorted(moved & knobs.keys())
    for ends in itertools.product(*((knobs[name].low, knobs[name].high) for name in names)):
        yield {**given, **{name: _row(end) for name, end in zip(names, ends, strict=True)}}


def _row(value: Any) -> NDArray[np.float64]:
    import numpy as np

    plain = value.detach().cpu().numpy() if hasattr(value, "detach") else value
    return np.asarray(plain, dtype=np.float64).reshape(-1)
