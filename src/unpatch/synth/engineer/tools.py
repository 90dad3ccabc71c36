"""Effects as engineers reach for them: one processor with what moves it, or a small combination.

Each is a function that wires a few nodes behind an outlet of the sketch and returns the new last outlet.
Which kinds are used on their own, and how often, they declare; depths and rates of what moves a knob, too.
Combinations, and the levels of their branches, are here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, mode
from types import MappingProxyType

from unpatch.declaration import Movement, Port, Processor, Tool, steps
from unpatch.processors import EVERYDAY
from unpatch.synth.sketch import Sketch, Tap

Build = Callable[[Sketch, Tap], Tap]

OSCILLATOR, STEREO_OSCILLATOR = "mono_lfo", "stereo_lfo"

# Levels beside the loudest branch, in dB.
RETURN_DB = (-14.0, -2.0)
BESIDE_DB = (-9.0, 0.0)
BAND_DB = (-6.0, 0.0)
DETUNE_SEMITONES = (0.06, 0.3)
DUCKING = (0.3, 0.85)
WAH = (0.2, 0.6)


def of_kinds(kinds: Sequence[str], tool: Tool) -> Build:
    """One of a few kinds, with an oscillator at what must be moved, or at the knob that the tool moves.

    The tool declares how often the oscillator is a stereo pair.
    """

    def build(sketch: Sketch, tap: Tap) -> Tap:
        out = sketch.add(sketch.draw.weighted(dict.fromkeys(kinds, 1.0)), tap)
        for port in _moved(sketch.registry[sketch.kinds[out.node]], tool.moved):
            kind = STEREO_OSCILLATOR if sketch.draw.chance(tool.stereo) else OSCILLATOR
            oscillate(sketch, out, port, kind)
        return out

    return build


def _moved(processor: Processor, knob: str) -> list[Port]:
    """The inlet of a knob; of none, the control inlets without which the processor does nothing."""
    if knob:
        return [port for port in processor.inlets if port.modulates == knob]
    return [p for p in processor.inlets if p.signal == "control" and (p.required or p.expected)]


def oscillate(sketch: Sketch, tap: Tap, port: Port, kind: str) -> None:
    """Connect an oscillator to an inlet, with rate and depth as the knob behind it declares.

    An inlet without a knob, or whose knob declares no movement, gets the whole range of an oscillator at its
    usual rate.
    """
    knobs = sketch.registry[sketch.kinds[tap.node]].parameters
    movement = knobs[port.modulates].movement if port.modulates else None
    movement = movement or _usual_movement(sketch.registry[kind])
    rate_hz = movement.rate_hz.draw(sketch.draw.number)
    lfo = sketch.add(kind, frequency_hz=rate_hz)
    sketch.wire(lfo, tap.node, port.name, movement.depth_at(rate_hz, sketch.draw.number))


def _usual_movement(oscillator: Processor) -> Movement:
    rate_hz = oscillator.parameters["frequency_hz"].typical
    assert rate_hz is not None
    return Movement(rate_hz=rate_hz, depth=steps(1))


def follow(sketch: Sketch, tap: Tap, inlet: str, incoming: Tap, depth: float) -> None:
    """Connect a follower of ``incoming``."""
    sketch.wire(sketch.add("envelope_follower", incoming), tap.node, inlet, depth)


def sweep(sketch: Sketch, tap: Tap) -> Tap:
    """A filter that an oscillator sweeps, or the level (auto-wah)."""
    kind = sketch.any_of("swept filter")
    out = sketch.add(kind, tap)
    if sketch.draw.chance(0.5):
        (port,) = _moved(sketch.registry[kind], "frequency_hz")
        oscillate(sketch, out, port, STEREO_OSCILLATOR if sketch.draw.chance(0.2) else OSCILLATOR)
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
    return blend(sketch, tap, sketch.add(sketch.any_of("parallel effect"), tap), BESIDE_DB)


def send(sketch: Sketch, tap: Tap) -> Tap:
    """A room or an echo beside the sound, with something in its way that a plain dry/wet knob has not."""
    draw = sketch.draw
    before = draw.chance(0.5)
    fed = sketch.add(sketch.any_of("send filter"), tap) if before else tap
    wet = sketch.add(sketch.any_of("send"), fed, mix=1.0)
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
    return sketch.add(sketch.any_of("return filter"), wet)


def multiband(sketch: Sketch, tap: Tap) -> Tap:
    """Two bands of which one or both are processed."""
    bands = list(sketch.split("crossover", tap))
    for band in sketch.draw.subset((0, 1), sketch.draw.integer(1, 2)):
        bands[band] = sketch.add(sketch.any_of("effect in a band"), bands[band])
    if sketch.draw.chance(0.5):
        bands.reverse()
    return blend(sketch, bands[0], bands[1], BAND_DB)


def mid_side(sketch: Sketch, tap: Tap) -> Tap:
    """Middle and sides processed separately."""
    taps = list(sketch.split("midside_split", tap))
    for i in sketch.draw.subset((0, 1), 2 if sketch.draw.chance(0.3) else 1):
        taps[i] = sketch.add(sketch.any_of("mid or side"), taps[i])
    merge = sketch.add("midside_merge", taps[0])
    sketch.wire(taps[1], merge.node, "side")
    return merge


def blend(sketch: Sketch, main: Tap, other: Tap, level_db: tuple[float, float]) -> Tap:
    """The sum of two branches, the second this many dB below the first."""
    out = sketch.add("mix", main)
    sketch.wire(other, out.node, "input", 10 ** (sketch.draw.number(*level_db) / 20))
    return out


@dataclass(frozen=True)
class Usage:
    """A tool, what wires it, and how many effects it adds at most: modulators, mixes and splits are none."""

    build: Build
    tool: Tool
    effects: int = 1


COMBINATIONS = (
    Usage(parallel, Tool("parallel", 0.4, rank=3, place=13, like="drive")),
    Usage(sweep, Tool("sweep", 0.7, rank=4, place=19, like="modulation")),
    Usage(double, Tool("double", 0.3, rank=4, place=20, like="pitch"), effects=2),
    Usage(harmony, Tool("harmony", 0.3, rank=4, place=21, like="pitch")),
    Usage(send, Tool("send", 0.6, rank=6, place=26, like="room", spreads=True), effects=2),
    Usage(multiband, Tool("multiband", 0.35, rank=2, place=30), effects=2),
    Usage(mid_side, Tool("mid/side", 0.8, rank=8, place=31, needs_stereo=True), effects=2),
)


def tools_of(registry: Mapping[str, Processor]) -> dict[str, Usage]:
    """Name to tool: those that kinds declare, combinations, and effects that declare none, in this order."""
    shared: dict[Tool, list[str]] = {}
    for kind, processor in registry.items():
        for tool in processor.tools or _assumed(processor, registry):
            shared.setdefault(tool, []).append(kind)
    found = [*COMBINATIONS, *(Usage(of_kinds(kinds, tool), tool) for tool, kinds in shared.items())]
    named = {usage.tool.name: usage for usage in sorted(found, key=lambda usage: usage.tool.place)}
    if len(named) < len(found):
        raise ValueError("two different tools have one name")
    return named


def _assumed(processor: Processor, registry: Mapping[str, Processor]) -> Iterator[Tool]:
    """How an effect without a tool is used: like those of its family; if it has none, like all effects."""
    if not processor.is_effect:
        return
    known = [(other.family, tool) for other in registry.values() for tool in other.tools]
    family = [tool for name, tool in known if name == processor.family] or [tool for _, tool in known]
    last = max(tool.place for tool in (*(tool for _, tool in known), *(own.tool for own in COMBINATIONS)))
    yield Tool(
        processor.kind,
        weight=median(tool.weight for tool in family),
        rank=median(tool.rank for tool in family),
        place=last + 1,
        like=mode(tool.like for tool in family),
        spreads=processor.spreads,
    )


TOOLS: Mapping[str, Usage] = MappingProxyType(tools_of(EVERYDAY))
"""Name to tool, of everyday kinds."""
