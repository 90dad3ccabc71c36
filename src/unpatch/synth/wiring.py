"""From motifs to a whole prototype graph: stacks of them, bands, shared signals, tracks and a bus."""

from collections.abc import Collection, Mapping, Sequence

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.synth.draw import Draw
from unpatch.synth.motifs import MOTIFS, Motif
from unpatch.synth.sketch import Sketch, Tap

STAGE_COUNTS: Mapping[int, float] = {1: 0.10, 2: 0.18, 3: 0.24, 4: 0.22, 5: 0.14, 6: 0.08, 7: 0.04}
# Of several tracks each gets less, and what they are mixed to gets the rest.
TRACK_STAGE_COUNTS: Mapping[int, float] = {0: 0.25, 1: 0.42, 2: 0.25, 3: 0.08}
BUS_STAGE_COUNTS: Mapping[int, float] = {0: 0.10, 1: 0.30, 2: 0.35, 3: 0.25}
# What is kept free for the bus while tracks are wired: a mix and some stages.
BUS_ROOM = 9
# A whole drum kit is never transposed; and a node before a vocoder is the most expensive to measure.
NOT_ON_BUS = ("pitch_bank",)
MULTIBAND_PROBABILITY = 0.06
THREE_BANDS_PROBABILITY = 0.15
MOVING_CROSSOVER_PROBABILITY = 0.25
# A motif that was taken becomes this much less likely to be taken again.
REPEAT_FACTOR = 0.3
# What a multiband stage needs: two crossovers, what moves them, the mix, and a node for each of three bands.
MULTIBAND_ROOM = 8


def prototype(registry: Mapping[str, Processor], draw: Draw, sources: Sequence[str] = ("in",)) -> Graph:
    """A random graph of kinds and wires, without parameters: one sink, no cycle.

    One source goes through a stack of motifs. Several go through one each, are mixed, and continue as one.
    """
    sketch = Sketch(registry, draw, sources)
    if len(sources) == 1:
        return sketch.graph(Stack(sketch).stack(Tap(0), draw.weighted(STAGE_COUNTS)))
    mixed = sketch.add("mix", *_tracks(sketch))
    sketch.audio.append(mixed)
    return sketch.graph(Stack(sketch, without=NOT_ON_BUS).stack(mixed, draw.weighted(BUS_STAGE_COUNTS)))


def _tracks(sketch: Sketch) -> list[Tap]:
    """Each source behind its own motifs, which may use tracks wired before them as sidechains."""
    draw = sketch.draw
    taps = [Tap(source) for source in range(sketch.sources)]
    for source in sorted(range(sketch.sources), key=lambda _: draw.number()):
        stack = Stack(sketch, reserved=BUS_ROOM)
        taps[source] = stack.stack(taps[source], draw.weighted(TRACK_STAGE_COUNTS))
    return taps


class Stack:
    """Motifs one after another on a sketch, and which have been taken.

    Attributes:
        reserved: room that is kept free for what follows.
    """

    def __init__(self, sketch: Sketch, reserved: int = 0, without: Collection[str] = ()) -> None:
        self.sketch = sketch
        self.draw = sketch.draw
        self.weights = {name: motif.weight for name, motif in MOTIFS.items() if name not in without}
        self.multiband_left = 1
        self.reserved = reserved

    def stack(self, tap: Tap, stages: int) -> Tap:
        """``stages`` motifs or multiband blocks in series behind ``tap``."""
        for _ in range(stages):
            tap = self._stage(tap)
            self.sketch.audio.append(tap)
        return tap

    @property
    def room(self) -> int:
        """How many processors may still be added here."""
        return self.sketch.room - self.reserved

    def _stage(self, tap: Tap) -> Tap:
        wanted = self.multiband_left > 0 and self.draw.chance(MULTIBAND_PROBABILITY)
        if wanted and self.room >= MULTIBAND_ROOM:
            self.multiband_left -= 1
            return self._multiband(tap)
        return self._motif(tap)

    def _motif(self, tap: Tap) -> Tap:
        usable = {name: weight for name, weight in self.weights.items() if self._fits(MOTIFS[name], tap)}
        if not usable:
            return tap
        name = self.draw.weighted(usable)
        self.weights[name] *= REPEAT_FACTOR
        return MOTIFS[name].build(self.sketch, tap)

    def _fits(self, motif: Motif, tap: Tap) -> bool:
        return motif.most <= self.room and (self.sketch.is_stereo(tap) or not motif.needs_stereo)

    def _multiband(self, tap: Tap) -> Tap:
        bands = self._bands(tap)
        processed = self.draw.integer(len(bands) - 1, len(bands))
        self.reserved += 1  # the mix
        for band in self.draw.subset(range(len(bands)), processed):
            bands[band] = self._motif(bands[band])
        self.reserved -= 1
        return self.sketch.add("mix", *bands)

    def _bands(self, tap: Tap) -> list[Tap]:
        low, high = self._crossover(tap)
        if self.draw.chance(THREE_BANDS_PROBABILITY):
            return [low, *self._crossover(high)]
        return [low, high]

    def _crossover(self, tap: Tap) -> tuple[Tap, Tap]:
        taps = self.sketch.split("crossover", tap)
        if self.draw.chance(MOVING_CROSSOVER_PROBABILITY):
            self.sketch.modulate(taps[0], "frequency", incoming=tap)
        return taps
