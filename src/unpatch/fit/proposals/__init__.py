"""What the wet signal says about its processing, the dry one given: one file per idea.

Each looks at a :class:`~unpatch.fit.proposals.pair.Pair` and proposes stages with settings. None of them has
to be right: every proposal is played and judged by the same distance, and the search goes on from the best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from unpatch.fit.proposals.echoes import echoes
from unpatch.fit.proposals.gains import gains
from unpatch.fit.proposals.image import image, tremolo
from unpatch.fit.proposals.pair import Pair
from unpatch.fit.proposals.pitch import pitch
from unpatch.fit.proposals.plain import plain
from unpatch.fit.proposals.rooms import rooms
from unpatch.fit.proposals.shapes import shapes
from unpatch.fit.proposals.stage import Moving, Proposal, Stage, planted
from unpatch.fit.proposals.tone import tone
from unpatch.fit.proposals.wander import phaser, wander
from unpatch.spec import Processor

# Shorter signals say nothing that could be analysed.
LEAST_S = 0.05

__all__ = ["IDEAS", "QUICK", "SLOW", "Idea", "Moving", "Pair", "Proposal", "Stage", "planted", "proposals"]

Idea: TypeAlias = Callable[[Pair], list[Proposal]]

QUICK: tuple[Idea, ...] = (tone, pitch, gains, shapes, echoes, rooms, image, tremolo)
"""Analyses of what stands still, and of balance and level that move."""

SLOW: tuple[Idea, ...] = (wander, phaser)
"""Analyses of delays and notches that move; they take as long as all others together."""

IDEAS = QUICK + SLOW
"""All of them; see their modules."""


def proposals(
    pair: Pair,
    registry: Mapping[str, Processor],
    *,
    ideas: Iterable[Idea] = IDEAS,
    every_kind: bool = False,
) -> list[Proposal]:
    """What may have been done, in no order.

    Args:
        pair: the signal before and after.
        registry: kinds that may be proposed.
        ideas: the analyses that are made.
        every_kind: also each kind that nothing has proposed, at its defaults.
    """
    if pair.is_silent or pair.dry.shape[-1] < LEAST_S * pair.sample_rate:
        return []
    found = [proposal for idea in ideas for proposal in idea(pair)]
    if every_kind:
        named = {stage.kind for proposal in found for stage in proposal}
        found += plain(registry, named)
    return [proposal for proposal in found if all(stage.kinds <= registry.keys() for stage in proposal)]
