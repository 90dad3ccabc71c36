"""What a kind is used for, declared beside it: its places in motifs, and as an effect on its own.

A generator of random graphs has a place for a role ("an echo") and takes one of the kinds that declare it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unpatch.declaration.declaration import Processor


@dataclass(frozen=True)
class Role:
    """One of several kinds that can take a place in a motif.

    Attributes:
        name: of the place.
        weight: how often this kind takes it, beside the others.
        place: its position among them. Random numbers are mapped to kinds in this order, so that a seed keeps
            its graph.
    """

    name: str
    weight: float
    place: int = 0


@dataclass(frozen=True)
class Tool:
    """A kind as engineers use it on its own; several may share one tool, and are then taken equally often.

    Attributes:
        name: everyday name of the effect.
        weight: how often it is taken.
        rank: its usual place in a chain; lower ones come first.
        place: its position among all tools, for the same reason as a role's.
        like: tools with one name here do something alike: where one was taken, the others become rarer.
        again: how much less likely it becomes once it was taken.
        needs_stereo: whether left and right must differ already.
        spreads: whether left and right mostly differ behind it.
        moved: the knob that an oscillator moves, if one does.
        stereo: how often that is a stereo pair of oscillators.
    """

    name: str
    weight: float
    rank: float
    place: int
    like: str = ""
    again: float = 0.1
    needs_stereo: bool = False
    spreads: bool = False
    moved: str = ""
    stereo: float = 0.0


def pool(registry: Mapping[str, Processor], role: str) -> dict[str, float]:
    """The kinds that declare a role, in their order, with their weights.

    Raises:
        ValueError: no kind of the registry has it.
    """
    found = sorted(
        (own.place, kind, own.weight)
        for kind, processor in registry.items()
        for own in processor.roles
        if own.name == role
    )
    if not found:
        raise ValueError(f"no processor has the role {role!r}")
    return {kind: weight for _, kind, weight in found}
