"""From motifs to a whole prototype graph: serial stacking, multiband wrapping, shared signals."""

from collections.abc import Mapping

from unpatch.graph.data import Graph
from unpatch.spec import Processor
from unpatch.synth.draw import Draw
from unpatch.synth.motifs import MOTIFS, Motif
from unpatch.synth.sketch import Sketch, Tap

STAGE_COUNTS: Mapping[int, float] = {1: 0.10, 2: 0.18, 3: 0.24, 4: 0.22, 5: 0.14, 6: 0.08, 7: 0.04}
MULTIBAND_PROBABILITY = 0.06
THREE_BANDS_PROBABILITY = 0.15
MOVING_CROSSOVER_PROBABILITY = 0.25
# A motif that was taken becomes this much less likely to be taken again.
REPEAT_FACTOR = 0.3
# What a multiband stage needs: two crossovers, what moves them, the mix, and a node for each of three bands.
MULTIBAND_ROOM = 8


def prototype(registry: Mapping[str, Processor], draw: Draw) -> Graph:
    """A random graph of kinds and wires, without parameters: one source, one sink, no cycle."""
    return Stack(Sketch(registry, draw)).stack(draw.weighted(STAGE_COUNTS))


class Stack:
    """Motifs one after another on a sketch, and which have been taken."""

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        self.draw = sketch.draw
        self.weights = {name: motif.weight for name, motif in MOTIFS.items()}
        self.multiband_left = 1
        self.reserved = 0

    def stack(self, stages: int) -> Graph:
        """``stages`` motifs or multiband blocks in series."""
        tap = Tap(0)
        for _ in range(stages):
            tap = self._stage(tap)
            self.sketch.audio.append(tap)
        return self.sketch.graph(tap)

    def _stage(self, tap: Tap) -> Tap:
        wanted = self.multiband_left > 0 and self.draw.chance(MULTIBAND_PROBABILITY)
        if wanted and self.sketch.room >= MULTIBAND_ROOM:
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
        room = self.sketch.room - self.reserved
        return motif.most <= room and (self.sketch.is_stereo(tap) or not motif.needs_stereo)

    def _multiband(self, tap: Tap) -> Tap:
        bands = self._bands(tap)
        processed = self.draw.integer(len(bands) - 1, len(bands))
        self.reserved = 1  # the mix
        for band in self.draw.subset(range(len(bands)), processed):
            bands[band] = self._motif(bands[band])
        self.reserved = 0
        return self.sketch.add("mix", *bands)

    def _bands(self, tap: Tap) -> list[Tap]:
        low, high = self._crossover(tap)
        if self.draw.chance(THREE_BANDS_PROBABILITY):
            return [low, *self._crossover(high)]
        return [low, high]

    def _crossover(self, tap: Tap) -> tuple[Tap, Tap]:
        taps = self.sketch.split("crossover", tap)
        if self.draw.chance(MOVING_CROSSOVER_PROBABILITY):
            self.sketch.modulate(taps[0], "frequency", heard=tap)
        return taps
