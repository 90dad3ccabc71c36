"""How close a mixing graph that was found is to the one that was played.

A place is a track or group and a type of processor, such as (``vox``, ``g``): a strip of a console has each
type once at most. Both graphs are first brought into the form that a search ends with: gains that can be
worked into others are, as a group's into its tracks'.
"""

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from unpatch.graph.check import complete_node
from unpatch.graph.data import Graph, Node
from unpatch.mixing.console import letter_of, prunable
from unpatch.mixing.gain_merging import simpler
from unpatch.mixing.tree import Tree
from unpatch.processors import KINDS

Place: TypeAlias = tuple[str, str]
POINTS_HZ = (40.0, 16_000.0, 128)
"""From, to, and how many, evenly over octaves: where equalizers are compared."""


@dataclass(frozen=True)
class Score:
    """Of one mix.

    Attributes:
        true: places that were played, kept ones that were found, and how many are both.
        parameter_error: mean distance of knobs in unit range over the processors that are in both, those
            of equalizers left out; NaN where there are none.
        equalizer_db: root mean square distance of their curves over octaves from 40 Hz to 16 kHz.
        by_letter: type to the same three counts.
    """

    true: int
    found: int
    both: int
    parameter_error: float
    equalizer_db: float
    by_letter: Mapping[str, tuple[int, int, int]]

    @property
    def precision(self) -> float:
        return self.both / self.found if self.found else math.nan

    @property
    def recall(self) -> float:
        return self.both / self.true if self.true else math.nan

    @property
    def f1(self) -> float:
        return f1(self.true, self.found, self.both)


def f1(true: int, found: int, both: int) -> float:
    return 2 * both / (true + found) if true + found else math.nan


def scored(true: Graph, found: Graph) -> Score:
    """A graph that was found against the one that was played."""
    wanted, kept = places(simpler(true)), places(simpler(found))
    both = wanted.keys() & kept.keys()
    pairs = [(wanted[place], kept[place]) for place in both]
    knobs = [
        apart for one, other in pairs if "equalizer" not in one.kind for apart in _knobs_apart(one, other)
    ]
    curves = [_curve_apart(one, other) for one, other in pairs if "equalizer" in one.kind]
    return Score(
        len(wanted),
        len(kept),
        len(both),
        statistics.fmean(knobs) if knobs else math.nan,
        statistics.fmean(curves) if curves else math.nan,
        _by_letter(*(Counter(letter for _, letter in some) for some in (wanted, kept, both))),
    )


def places(graph: Graph) -> dict[Place, Node]:
    """Track or group and type to the processor there."""
    tree = Tree.of(graph)

    def name(node: int) -> str:
        return str(graph.nodes[tree.branches[tree.home[node]].head].name)

    nodes = {node: complete_node(graph.nodes[node], KINDS) for node in prunable(graph)}
    return {(name(i), letter_of(node.kind)): node for i, node in nodes.items()}


def _by_letter(*counted: Counter[str]) -> dict[str, tuple[int, int, int]]:
    true, found, both = counted
    return {letter: (true[letter], found[letter], both[letter]) for letter in true | found}


def _knobs_apart(one: Node, other: Node) -> Iterator[float]:
    for name, knob in KINDS[one.kind].parameters.items():
        yield abs(knob.to_unit(one.parameters[name]) - knob.to_unit(other.parameters[name]))


def _curve_apart(one: Node, other: Node) -> float:
    """Root mean square distance of two equalizers in dB."""
    return float((_curve_db(one) - _curve_db(other)).square().mean().sqrt())


def _curve_db(node: Node, sample_rate: int = 44_100, frames: int = 16_384) -> Tensor:
    impulse = torch.zeros(1, 2, frames)
    impulse[..., 0] = 1
    (made,) = KINDS[node.kind](
        {"input": impulse}, sample_rate=sample_rate, frames=None, **node.parameters
    ).values()
    low, high, count = POINTS_HZ
    wanted = torch.logspace(math.log10(low), math.log10(high), count)
    bins = (wanted * frames / sample_rate).round().long()
    curve: Tensor = 20 * torch.fft.rfft(made[0, 0])[bins].abs().clamp_min(1e-4).log10()
    return curve
