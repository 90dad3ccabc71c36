"""The ten motifs: combinations of processors that occur again and again in real processing.

Each is a function that wires a few nodes behind an outlet of the sketch and returns the new last
outlet. A place that several kinds can take goes to one that declares the role. Only kinds and edges are
chosen here; the numbers follow in :mod:`unpatch.synth.randomise`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from unpatch.synth.sketch import Sketch, Tap

Build = Callable[[Sketch, Tap], Tap]

VOICES: Mapping[int, float] = {1: 0.6, 2: 0.4}


def equaliser(sketch: Sketch, tap: Tap) -> Tap:
    """Parametric EQ: one to five static filters in series."""
    draw = sketch.draw
    for cut in ("low cut", "high cut"):
        if draw.chance(0.25):
            tap = sketch.add(sketch.any_of(cut), tap)
    if draw.chance(0.06):
        tap = sketch.add(sketch.any_of("band cut"), tap)
    for _ in range(draw.integer(1, 2)):
        tap = sketch.add(sketch.any_of("equaliser band"), tap)
    return tap


def moving_filter(sketch: Sketch, tap: Tap) -> Tap:
    """A filter whose frequency or gain follows an oscillator or an envelope."""
    kind = sketch.any_of("moving filter")
    moved = [port.name for port in sketch.registry[kind].inlets if port.modulates]
    out = sketch.add(kind, tap)
    sketch.modulate(out, sketch.draw.choice(moved), incoming=tap)
    return out


def dynamics(sketch: Sketch, tap: Tap) -> Tap:
    """Compressor, gate or expander, now and then keyed by another motif's signal."""
    out = sketch.add(sketch.any_of("dynamics"), tap)
    key = sketch.elsewhere(tap)
    if key and sketch.draw.chance(0.35):
        sketch.wire(key, out.node, "sidechain")
    return out


def drive(sketch: Sketch, tap: Tap) -> Tap:
    """Distortion or bit reduction, now and then with the clean signal beside it."""
    driven = sketch.add(sketch.any_of("drive"), tap)
    return sketch.add("mix", tap, driven) if sketch.draw.chance(0.3) else driven


def modulation_effect(sketch: Sketch, tap: Tap) -> Tap:
    """Chorus, flanger, phaser or vibrato with what moves it."""
    out = sketch.add(sketch.any_of("modulation effect"), tap)
    sketch.modulate(out, "mod", incoming=tap)
    return out


def delay(sketch: Sketch, tap: Tap) -> Tap:
    """An echo."""
    return sketch.add(sketch.any_of("delay"), tap)


def reverb(sketch: Sketch, tap: Tap) -> Tap:
    """A room; gated reverb cuts its tail by a gate keyed with the signal before it."""
    out = sketch.add(sketch.any_of("reverb"), tap)
    if sketch.draw.chance(0.3):
        out = sketch.add("noisegate", out)
        if sketch.draw.chance(0.7):
            sketch.wire(tap, out.node, "sidechain")
    return out


def mid_side(sketch: Sketch, tap: Tap) -> Tap:
    """Different processing of the middle and the sides. Needs a stereo signal."""
    taps = list(sketch.split("midside_split", tap))
    both = sketch.draw.chance(0.4)
    for i in (0, 1) if both else (sketch.draw.integer(0, 1),):
        taps[i] = sketch.draw.choice((_one_band, dynamics, drive))(sketch, taps[i])
    merge = sketch.add("midside_merge", taps[0])
    sketch.wire(taps[1], merge.node, "side")
    return merge


def pitch_bank(sketch: Sketch, tap: Tap) -> Tap:
    """Transposed voices beside the signal, often spread over the stereo field."""
    draw = sketch.draw
    spread = draw.chance(0.6)
    voices = [tap] if draw.chance(0.6) else []
    for _ in range(draw.weighted(VOICES) + (not voices)):
        voice = sketch.add("pitchshift", tap)
        voices.append(_panned(sketch, voice) if spread else voice)
    return sketch.add("mix", *voices)


def placement(sketch: Sketch, tap: Tap) -> Tap:
    """Position in the stereo field: panning, fixed or moving, or the width of a stereo signal."""
    if sketch.is_stereo(tap) and sketch.draw.chance(0.6):
        return sketch.add("imager", tap)
    return _panned(sketch, tap)


def _one_band(sketch: Sketch, tap: Tap) -> Tap:
    return sketch.add(sketch.any_of("equaliser band"), tap)


def _panned(sketch: Sketch, tap: Tap) -> Tap:
    out = sketch.add("panning", tap)
    if sketch.draw.chance(0.35):
        sketch.modulate(out, "pan", incoming=tap, stereo=False)
    return out


@dataclass(frozen=True)
class Motif:
    """The frequency of a motif, the most nodes it adds, and its requirements on its input."""

    build: Build
    weight: float
    most: int
    needs_stereo: bool = False


MOTIFS: Mapping[str, Motif] = MappingProxyType(
    {
        "equaliser": Motif(equaliser, 0.18, most=5),
        "moving_filter": Motif(moving_filter, 0.10, most=2),
        "dynamics": Motif(dynamics, 0.14, most=1),
        "drive": Motif(drive, 0.12, most=2),
        "modulation_effect": Motif(modulation_effect, 0.12, most=2),
        "delay": Motif(delay, 0.08, most=1),
        "reverb": Motif(reverb, 0.10, most=2),
        "mid_side": Motif(mid_side, 0.10, most=6, needs_stereo=True),
        "pitch_bank": Motif(pitch_bank, 0.045, most=10),
        "placement": Motif(placement, 0.08, most=2),
    }
)
"""Name to motif. Our choice: the paper names ten motifs but publishes no list and no weights."""
