"""Settings within the ranges that their processors declare."""

from __future__ import annotations

from unpatch.declaration import Parameter
from unpatch.processors import KINDS


def declared(kind: str, name: str) -> Parameter:
    return KINDS[kind].parameters[name]


def within(kind: str, name: str, value: float) -> float:
    """The nearest value that the processor takes."""
    knob = declared(kind, name)
    return min(max(value, knob.low), knob.high)
