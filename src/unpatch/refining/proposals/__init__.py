"""Analyses of the wet signal, given the dry one: one file per method.

Each analyses a :class:`~unpatch.refining.proposals.pair.Pair` and proposes stages with settings. A proposal
may be wrong: every one is rendered and ranked by the same distance, and the search continues from the best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from unpatch.declaration import Processor
from unpatch.refining.proposals.echoes import echoes
from unpatch.refining.proposals.gains import gains
from unpatch.refining.proposals.image import image, tremolo
from unpatch.refining.proposals.moving_delays import moving_delay, phaser
from unpatch.refining.proposals.pair import Pair
from unpatch.refining.proposals.pitch import pitch
from unpatch.refining.proposals.plain import plain
from unpatch.refining.proposals.rooms import rooms
from unpatch.refining.proposals.shapes import shapes
from unpatch.refining.proposals.stage import Moving, Proposal, Stage, planted
from unpatch.refining.proposals.tone import tone

# Shorter signals are not analysed.
LEAST_S = 0.05

__all__ = ["IDEAS", "QUICK", "SLOW", "Idea", "Moving", "Pair", "Proposal", "Stage", "planted", "proposals"]

Analysis: TypeAlias = Callable[[Pair], list[Proposal]]

QUICK: tuple[Analysis, ...] = (tone, pitch, gains, shapes, echoes, rooms, image, tremolo)
"""Analyses of static processors, and of moving balance and level."""

SLOW: tuple[Analysis, ...] = (moving_delay, phaser)
"""Analyses of delays and notches that move; they take as long as all others together."""

ANALYSES = QUICK + SLOW
"""All of them; see their modules."""


def proposals(
    pair: Pair,
    registry: Mapping[str, Processor],
    *,
    analyses: Iterable[Analysis] = ANALYSES,
    every_kind: bool = False,
) -> list[Proposal]:
    """Possible processings, in no order.

    Args:
        pair: the signal before and after.
        registry: kinds that may be proposed.
        analyses: to run.
        every_kind: also each kind that no analysis proposed, at its defaults.
    """
    if pair.is_silent or pair.dry.shape[-1] < LEAST_S * pair.sample_rate:
        return []
    found = [proposal for analysis in analyses for proposal in analysis(pair)]
    if every_kind:
        proposed = {stage.kind for proposal in found for stage in proposal}
        found += plain(registry, proposed)
    return [proposal for proposal in found if all(stage.kinds <= registry.keys() for stage in proposal)]
