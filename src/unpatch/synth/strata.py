"""The strata of a data set: the paper's large random graphs, or what engineers do to a sound.

=========  ===========================================================================================
stratum
=========  ===========================================================================================
paper      ten motifs in a row, after Lee et al., Blind Estimation of Audio Processing Graph (ICASSP 2023)
engineer   none to a few everyday effects, set as engineers set them; nothing at all in every eighth
both       the one or the other, drawn for each example
=========  ===========================================================================================
"""

from typing import Literal

from torch import Tensor

from unpatch.graph.canonical import canonical
from unpatch.graph.data import Graph
from unpatch.processors import EVERYDAY, PROCESSORS, Registry
from unpatch.synth import engineer
from unpatch.synth.draw import Draw
from unpatch.synth.ghosts import GHOST_DB, without_ghosts
from unpatch.synth.perform import Performance, perform
from unpatch.synth.rendered import Rendered
from unpatch.synth.sources import SAMPLE_RATE, Segment
from unpatch.synth.wiring import prototype

Stratum = Literal["paper", "engineer", "both"]
"""What a data set is drawn from."""
OwnStratum = Literal["paper", "engineer"]
"""What an example is drawn from."""

PAPER_ATTEMPTS = 10
# A chain is set and, if inaudible, drawn again up to this many times before it counts as untouched.
ENGINEER_ATTEMPTS = 4
# An engineer turns a knob until it is audible.
TURNS = 6


def registry_of(stratum: Stratum) -> Registry:
    """The kinds that may occur."""
    return PROCESSORS if stratum == "paper" else EVERYDAY


def own_stratum(stratum: Stratum, draw: Draw) -> OwnStratum:
    """That of one example."""
    if stratum == "both":
        return "paper" if draw.chance(0.5) else "engineer"
    return stratum


def paper(segment: Segment, draw: Draw) -> Rendered:
    """A graph of the paper's sort with only audible parts, and all signals in it."""
    for attempt in range(PAPER_ATTEMPTS):
        own = draw.child(attempt)
        sketched = canonical(prototype(PROCESSORS, own.child(0), segment.names), PROCESSORS)
        played = perform(sketched, widened(segment.audio), SAMPLE_RATE, PROCESSORS, own.child(1))
        rendered = without_ghosts(played.rendered())
        if rendered.graph.processor_count:
            return rendered
    raise RuntimeError(f"{PAPER_ATTEMPTS} graphs in a row had no audible processor")


def everyday(segment: Segment, draw: Draw, most: int | None = None) -> Rendered:
    """Likewise a chain of everyday effects, at most this many, maybe none."""
    for attempt in range(ENGINEER_ATTEMPTS):
        own = draw.child(attempt)
        sketched = canonical(engineer.prototype(EVERYDAY, own.child(0), segment.names, most), EVERYDAY)
        rendered = without_ghosts(played_by_engineer(sketched, segment, own.child(1)).rendered())
        if engineer.effects(rendered.graph, EVERYDAY) or not engineer.effects(sketched, EVERYDAY):
            break
    return rendered


def played_by_engineer(sketched: Graph, segment: Segment, draw: Draw) -> Performance:
    """A prototype whose knobs are set as engineers do, until each is audible."""
    dry, rule = widened(segment.audio), engineer.Settings(EVERYDAY)
    performance = Performance(sketched, dry, SAMPLE_RATE, EVERYDAY, rule, least_db=GHOST_DB, attempts=TURNS)
    return performance.play_all(draw)


def widened(tracks: Tensor) -> Tensor:
    """Mono tracks ``[S, T]`` as stereo ``[S, 2, T]``."""
    return tracks[:, None].repeat(1, 2, 1)
