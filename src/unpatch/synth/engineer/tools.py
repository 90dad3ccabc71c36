"""Effects as engineers reach for them: one processor with what moves it, or a small combination.

Each is a function that wires a few nodes behind an outlet of the sketch and returns the new last outlet.
Depths and rates of what moves a knob come from the knob's declaration, levels of branches from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from unpatch.synth.sketch import Sketch, Tap

Build = Callable[[Sketch, Tap], Tap]

LOW_CUTS: Mapping[str, float] = {"highpass2": 0.5, "highpass4": 0.5}
HIGH_CUTS: Mapping[str, float] = {"lowpass2": 0.5, "lowpass4": 0.5}
BANDS: Mapping[str, float] = {"bandpass2": 0.5, "bandpass4": 0.5}
EQ_BANDS: Mapping[str, float] = {
    "bell": 0.3, "lowshelf": 0.2, "highshelf": 0.25, "highpass2": 0.15, "lowpass2": 0.1,
}  # fmt: skip
SWEPT: Mapping[str, float] = {
    "lowpass2": 0.3, "lowpass4": 0.2, "bandpass2": 0.2, "bandpass4": 0.05, "highpass2": 0.08,
    "highpass4": 0.05, "bandreject2": 0.06, "bell": 0.06,
}  # fmt: skip
REVERBS: Mapping[str, float] = {"mono_reverb": 0.35, "stereo_reverb": 0.65}
SENT: Mapping[str, float] = {
    "mono_delay": 0.3,
    "pingpong_delay": 0.2,
    "mono_reverb": 0.15,
    "stereo_reverb": 0.35,
}
DRIVEN: Mapping[str, float] = {"distortion": 0.5, "bitcrush": 0.2, "compressor": 0.3}
IN_A_BAND: Mapping[str, float] = {
    "compressor": 0.5, "distortion": 0.2, "expander": 0.1, "bitcrush": 0.1, "noisegate": 0.1,
}  # fmt: skip

# Levels beside the loudest branch, in dB.
RETURN_DB = (-14.0, -2.0)
BESIDE_DB = (-9.0, 0.0)
BAND_DB = (-6.0, 0.0)
DETUNE_SEMITONES = (0.06, 0.3)
DUCKING = (0.3, 0.85)
WAH = (0.2, 0.6)


def insert(kinds: Mapping[str, float]) -> Build:
    """One processor of a few kinds."""

    def build(sketch: Sketch, tap: Tap) -> Tap:
        return sketch.add(sketch.draw.weighted(kinds), tap)

    return build


def moved(kinds: Mapping[str, float], parameter: str, stereo: float = 0.0) -> Build:
    """One processor, a knob of which is moved by an oscillator, which is so often a stereo pair."""

    def build(sketch: Sketch, tap: Tap) -> Tap:
        out = sketch.add(sketch.draw.weighted(kinds), tap)
        oscillate(sketch, out, parameter, "stereo_lfo" if sketch.draw.chance(stereo) else "mono_lfo")
        return out

    return build


def oscillate(sketch: Sketch, tap: Tap, parameter: str, kind: str) -> None:
    """Connect an oscillator to the inlet of a knob, with rate and depth as the knob declares."""
    knob = sketch.registry[sketch.kinds[tap.node]].parameters[parameter]
    movement = knob.movement
    if movement is None or knob.inlet is None:
        raise ValueError(f"{parameter} declares no movement")
    rate_hz = movement.rate_hz.draw(sketch.draw.number)
    lfo = sketch.add(kind, frequency_hz=rate_hz)
    sketch.wire(lfo, tap.node, knob.inlet, movement.depth_at(rate_hz, sketch.draw.number))


def follow(sketch: Sketch, tap: Tap, inlet: str, heard: Tap, depth: float) -> None:
    """Connect a follower of ``heard``."""
    sketch.wire(sketch.add("envelope_follower", heard), tap.node, inlet, depth)


def sweep(sketch: Sketch, tap: Tap) -> Tap:
    """A filter that an oscillator sweeps, or the level (auto-wah)."""
    out = sketch.add(sketch.draw.weighted(SWEPT), tap)
    if sketch.draw.chance(0.5):
        oscillate(sketch, out, "frequency_hz", "stereo_lfo" if sketch.draw.chance(0.2) else "mono_lfo")
    else:
        sign = 1 if sketch.draw.chance(0.8) else -1
        follow(sketch, out, "frequency", tap, sign * sketch.draw.number(*WAH))
    return out


def double(sketch: Sketch, tap: Tap) -> Tap:
    """The sound with a slightly detuned copy beside it, or one on each side."""
    draw = sketch.draw
    cents = draw.sign() * draw.number(*DETUNE_SEMITONES)
    copy = sketch.add("pitchshift", tap, semitone=cents)
    if draw.chance(0.5):
        return blend(sketch, tap, copy, BESIDE_DB)
    place = draw.sign() * draw.number(0.5, 1.0)
    copy = sketch.add("panning", copy, pan=place)
    return blend(sketch, tap, copy, BESIDE_DB)


def harmony(sketch: Sketch, tap: Tap) -> Tap:
    """A transposed voice beside the sound."""
    return blend(sketch, tap, sketch.add("pitchshift", tap), BESIDE_DB)


def parallel(sketch: Sketch, tap: Tap) -> Tap:
    """Compressed or driven sound beside the clean one."""
    return blend(sketch, tap, sketch.add(sketch.draw.weighted(DRIVEN), tap), BESIDE_DB)


def send(sketch: Sketch, tap: Tap) -> Tap:
    """A room or an echo beside the sound, with something in its way that a plain dry/wet knob has not."""
    draw = sketch.draw
    before = draw.chance(0.5)
    fed = sketch.add(draw.weighted({**LOW_CUTS, **HIGH_CUTS}), tap) if before else tap
    wet = sketch.add(draw.weighted(SENT), fed, mix=1.0)
    if not before:
        wet = draw.choice((_ducked, _keyed, _gated, _filtered))(sketch, wet, tap)
    return blend(sketch, tap, wet, RETURN_DB)


def _ducked(sketch: Sketch, wet: Tap, dry: Tap) -> Tap:
    """Quieter while the dry sound is loud."""
    out = sketch.add("gain", wet)
    follow(sketch, out, "gain", dry, -sketch.draw.number(*DUCKING))
    return out


def _keyed(sketch: Sketch, wet: Tap, dry: Tap) -> Tap:
    """The same by a compressor."""
    return _with_key(sketch, sketch.add("compressor", wet), dry)


def _gated(sketch: Sketch, wet: Tap, dry: Tap) -> Tap:
    """Cut off when the dry sound ends."""
    return _with_key(sketch, sketch.add("noisegate", wet), dry)


def _with_key(sketch: Sketch, tap: Tap, key: Tap) -> Tap:
    sketch.wire(key, tap.node, "sidechain")
    return tap


def _filtered(sketch: Sketch, wet: Tap, dry: Tap) -> Tap:
    return sketch.add(sketch.draw.weighted(EQ_BANDS), wet)


def multiband(sketch: Sketch, tap: Tap) -> Tap:
    """Two bands of which one or both are processed."""
    bands = list(sketch.split("crossover", tap))
    for band in sketch.draw.subset((0, 1), sketch.draw.integer(1, 2)):
        bands[band] = sketch.add(sketch.draw.weighted(IN_A_BAND), bands[band])
    if sketch.draw.chance(0.5):
        bands.reverse()
    return blend(sketch, bands[0], bands[1], BAND_DB)


def mid_side(sketch: Sketch, tap: Tap) -> Tap:
    """Middle and sides processed separately."""
    taps = list(sketch.split("midside_split", tap))
    for i in sketch.draw.subset((0, 1), 2 if sketch.draw.chance(0.3) else 1):
        taps[i] = sketch.add(sketch.draw.weighted({**EQ_BANDS, "compressor": 0.3}), taps[i])
    merge = sketch.add("midside_merge", taps[0])
    sketch.wire(taps[1], merge.node, "side")
    return merge


def blend(sketch: Sketch, main: Tap, other: Tap, level_db: tuple[float, float]) -> Tap:
    """The sum of two branches, the second this many dB below the first."""
    out = sketch.add("mix", main)
    sketch.wire(other, out.node, "input", 10 ** (sketch.draw.number(*level_db) / 20))
    return out


@dataclass(frozen=True)
class Tool:
    """One way to process.

    Attributes:
        build: wires it.
        weight: how often it is taken.
        rank: its usual place in a chain; lower ones come first.
        effects: processors that it adds at most, not counting modulators, mixes and splits.
        needs_stereo: whether left and right must differ already.
        again: how much less likely it becomes once it was taken.
        like: tools with one name here do something alike: where one was taken, the others become rarer.
    """

    build: Build
    weight: float
    rank: float
    effects: int = 1
    needs_stereo: bool = False
    again: float = 0.1
    like: str = ""


def _only(kind: str) -> Mapping[str, float]:
    return {kind: 1.0}


TOOLS: Mapping[str, Tool] = MappingProxyType(
    {
        "gate": Tool(insert(_only("noisegate")), 0.9, rank=0, like="gate"),
        "expander": Tool(insert(_only("expander")), 0.7, rank=0, like="gate"),
        "low cut": Tool(insert(LOW_CUTS), 1.3, rank=1),
        "high cut": Tool(insert(HIGH_CUTS), 1.2, rank=1.5),
        "low shelf": Tool(insert(_only("lowshelf")), 1.2, rank=1.5, again=0.2),
        "high shelf": Tool(insert(_only("highshelf")), 1.5, rank=1.5, again=0.2),
        "bell": Tool(insert(_only("bell")), 1.7, rank=1.5, again=0.4),
        "notch": Tool(insert(_only("bandreject2")), 0.5, rank=1.5, again=0.3),
        "band": Tool(insert(BANDS), 0.8, rank=1.5),
        "compressor": Tool(insert(_only("compressor")), 1.4, rank=2),
        "transposition": Tool(insert(_only("pitchshift")), 1.1, rank=2.5, like="pitch"),
        "distortion": Tool(insert(_only("distortion")), 1.1, rank=3, like="drive"),
        "bit crusher": Tool(insert(_only("bitcrush")), 0.8, rank=3, like="drive"),
        "parallel": Tool(parallel, 0.4, rank=3, like="drive"),
        "chorus": Tool(moved(_only("chorus"), "delay_ms", stereo=0.4), 0.9, rank=4, like="modulation"),
        "flanger": Tool(moved(_only("flanger"), "delay_ms", stereo=0.3), 0.8, rank=4, like="modulation"),
        "phaser": Tool(moved(_only("phaser"), "frequency_hz", stereo=0.3), 0.9, rank=4, like="modulation"),
        "vibrato": Tool(moved(_only("vibrato"), "delay_ms", stereo=0.1), 0.6, rank=4, like="modulation"),
        "tremolo": Tool(moved(_only("gain"), "gain_db", stereo=0.15), 0.8, rank=4, like="place"),
        "sweep": Tool(sweep, 0.7, rank=4, like="modulation"),
        "double": Tool(double, 0.3, rank=4, effects=2, like="pitch"),
        "harmony": Tool(harmony, 0.3, rank=4, like="pitch"),
        "delay": Tool(insert(_only("mono_delay")), 1.2, rank=5, like="echo"),
        "ping-pong": Tool(insert(_only("pingpong_delay")), 0.8, rank=5, like="echo"),
        "mono room": Tool(insert(_only("mono_reverb")), 0.7, rank=6, like="room"),
        "stereo room": Tool(insert(_only("stereo_reverb")), 1.0, rank=6, like="room"),
        "send": Tool(send, 0.6, rank=6, effects=2, like="room"),
        "pan": Tool(insert(_only("panning")), 0.6, rank=7, like="place"),
        "auto-pan": Tool(moved(_only("panning"), "pan"), 0.7, rank=7, like="place"),
        "width": Tool(insert(_only("imager")), 1.5, rank=8, needs_stereo=True),
        "multiband": Tool(multiband, 0.35, rank=2, effects=2),
        "mid/side": Tool(mid_side, 0.8, rank=8, effects=2, needs_stereo=True),
    }
)
"""Name to tool."""
