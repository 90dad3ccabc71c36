"""Chains of tools: how many, which, in what order; tracks and their bus."""

from collections.abc import Mapping, Sequence

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.synth.draw import Draw
from unpatch.synth.engineer.tools import TOOLS, Usage
from unpatch.synth.sketch import Sketch, Tap

SIZES: Mapping[int, float] = {0: 0.12, 1: 0.25, 2: 0.22, 3: 0.18, 4: 0.10, 5: 0.06, 6: 0.04, 7: 0.02, 8: 0.01}
"""Numbers of effects in a chain, and their frequencies."""
TRACK_SIZES: Mapping[int, float] = {0: 0.6, 1: 0.25, 2: 0.15}
"""Likewise of each of several tracks that are mixed."""
MOST_ON_TRACKS = 8
# Tools are sorted by their rank, with this deviation; one chain in ten has a random order.
SLACK = 0.6
ANYHOW_PROBABILITY = 0.1
# What does something alike is rarely wanted as well.
ALIKE_FACTOR = 0.3


def effects(graph: Graph, registry: Mapping[str, Processor]) -> int:
    """Processors but for mixes, splits, merges, oscillators and followers."""
    return sum(node.is_processor and registry[node.kind].is_effect for node in graph.nodes)


def prototype(
    registry: Mapping[str, Processor], draw: Draw, sources: Sequence[str] = ("in",), most: int | None = None
) -> Graph:
    """A chain of kinds and wires, with few parameters yet; of several sources one for each, and a bus.

    Args:
        registry: kind to declaration, of everyday effects at least.
        draw: random choices.
        sources: names of the sources.
        most: effects that it has at most.
    """
    sketch = Sketch(registry, draw, sources)
    size = draw.weighted(_within(SIZES, most))
    if len(sources) == 1:
        return sketch.graph(chain(sketch, Tap(0), size))
    left = MOST_ON_TRACKS if most is None else most - size
    taps = []
    for source in range(len(sources)):
        own = draw.weighted(_within(TRACK_SIZES, left))
        left -= own
        taps.append(chain(sketch, Tap(source), own))
    return sketch.graph(chain(sketch, sketch.add("mix", *taps), size))


def _within(sizes: Mapping[int, float], most: int | None) -> Mapping[int, float]:
    return sizes if most is None else {size: weight for size, weight in sizes.items() if size <= most}


def chain(sketch: Sketch, tap: Tap, size: int) -> Tap:
    """Tools with this number of effects in all behind ``tap``."""
    for name in ordered(drawn(sketch.draw, size, stereo=sketch.is_stereo(tap)), sketch.draw):
        usage = TOOLS[name]
        if not usage.tool.needs_stereo or sketch.is_stereo(tap):
            tap = usage.build(sketch, tap)
    return tap


def drawn(draw: Draw, size: int, *, stereo: bool = False) -> list[str]:
    """Names of tools with this number of effects together, in the order in which they were drawn."""
    weights = {name: usage.tool.weight for name, usage in TOOLS.items()}
    names: list[str] = []
    while size:
        usable = {
            n: w
            for n, w in weights.items()
            if TOOLS[n].effects <= size and _fits(TOOLS[n], names, stereo=stereo)
        }
        name = draw.weighted(usable)
        names.append(name)
        for other in weights:
            weights[other] *= _after(name, other)
        size -= TOOLS[name].effects
    return names


def _after(taken: str, name: str) -> float:
    """How much less likely a tool becomes once another, or itself, was taken."""
    one, other = TOOLS[name].tool, TOOLS[taken].tool
    if name == taken:
        return one.again
    return ALIKE_FACTOR if one.like and one.like == other.like else 1.0


def _fits(usage: Usage, names: Sequence[str], *, stereo: bool) -> bool:
    return not usage.tool.needs_stereo or stereo or any(TOOLS[name].tool.spreads for name in names)


def ordered(names: Sequence[str], draw: Draw) -> list[str]:
    """As engineers mostly wire: gate, equaliser, compressor, drive, modulation, echo, room, place."""
    slack = 10.0 if draw.chance(ANYHOW_PROBABILITY) else SLACK
    places = {i: TOOLS[name].tool.rank + draw.number(-slack, slack) for i, name in enumerate(names)}
    return [names[i] for i in sorted(places, key=lambda i: places[i])]
