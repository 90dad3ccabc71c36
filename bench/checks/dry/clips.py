"""Clips for the check with the dry signal: effects as engineers set them, alone and in chains.

Each effect is played by ``pedalboard`` or by our own processors, and has the kinds of ours that count as
found, and the knobs that a user needs. Both ways of playing have the same ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from bench.checks.outside.classic import pedalboard, play
from bench.checks.outside.families import FAMILIES, PLUMBING
from unpatch.audio import level_db
from unpatch.graph.build import chain
from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS
from unpatch.refining.proposals import Moving, Stage, planted
from unpatch.rendering import render
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener, distance_db
from unpatch.synth.sources import SAMPLE_RATE, Sources

LONGEST_CHAIN = 3
# Inaudible effects are drawn again: at least this much must change, as the generator measures it.
LEAST_DB = 1.0
ATTEMPTS = 60


@dataclass(frozen=True)
class Played:
    """One effect with its settings.

    Attributes:
        family: of our kinds; see ``families.FAMILIES``.
        stage: the effect as our processors play it, with the knobs that can be compared.
        plugins: the same by pedalboard; None where there is none.
        knobs: names of the settings that are held against what was found.
    """

    family: str
    stage: Stage
    plugins: Sequence[Any] | None = None
    knobs: Sequence[str] = ()


@dataclass(frozen=True)
class Clip:
    """A dry signal ``[2, T]``, its effects, and the result.

    Attributes:
        levels_db: of the signal that came in at each effect.
    """

    singer: str
    dry: Tensor
    wet: Tensor
    effects: Sequence[Played]
    theirs: bool
    levels_db: Sequence[float] = field(default=())

    @property
    def families(self) -> set[str]:
        return {effect.family for effect in self.effects}


Make = Callable[[Draw, Listener], Played]


def _log(draw: Draw, low: float, high: float) -> float:
    return float(low * (high / low) ** draw.number())


def _highpass(draw: Draw, analysis: Listener) -> Played:
    hertz = _log(draw, 120, 400)
    own = Stage("highpass2", {"frequency_hz": hertz, "q": 0.5})
    return Played("highpass", own, [pedalboard.HighpassFilter(hertz) for _ in range(2)])


def _lowpass(draw: Draw, analysis: Listener) -> Played:
    hertz = _log(draw, 2_000, 8_000)
    own = Stage("lowpass2", {"frequency_hz": hertz, "q": 0.5})
    return Played("lowpass", own, [pedalboard.LowpassFilter(hertz) for _ in range(2)])


def _band(kind: str, plugin: str, low_hz: float, high_hz: float) -> Make:
    def make(draw: Draw, analysis: Listener) -> Played:
        hertz, gain_db = _log(draw, low_hz, high_hz), draw.sign() * draw.number(3, 9)
        q = draw.number(0.7, 2) if kind == "bell" else 0.7071
        own = Stage(kind, {"frequency_hz": hertz, "gain_db": gain_db, "q": q})
        theirs = getattr(pedalboard, plugin)(hertz, gain_db, q)
        return Played(kind, own, [theirs], ("frequency_hz", "gain_db"))

    return make


def _compressor(draw: Draw, analysis: Listener) -> Played:
    settings = {
        "threshold_db": analysis.level_db(draw.number(0.15, 0.5)),
        "ratio": draw.number(2.5, 8),
        "attack_ms": _log(draw, 1, 20),
        "release_ms": _log(draw, 50, 300),
        "knee_db": 0.0,
    }
    names = ("threshold_db", "ratio")
    theirs = pedalboard.Compressor(*(settings[name] for name in (*names, "attack_ms", "release_ms")))
    return Played("compressor", Stage("compressor", settings), [theirs], names)


def _gate(draw: Draw, analysis: Listener) -> Played:
    settings = {
        "threshold_db": analysis.level_db(draw.number(0.3, 0.6)),
        "ratio": draw.number(3, 10),
        "attack_ms": _log(draw, 1, 10),
        "release_ms": _log(draw, 40, 200),
        "knee_db": 0.0,
    }
    names = ("threshold_db", "ratio")
    theirs = pedalboard.NoiseGate(*(settings[name] for name in (*names, "attack_ms", "release_ms")))
    return Played("gate", Stage("noisegate", settings), [theirs], ("threshold_db",))


def _distortion(draw: Draw, analysis: Listener) -> Played:
    gain_db = draw.number(6, 24) - analysis.level_db(1.0)
    own = Stage("distortion", {"gain_db": gain_db, "hardness": 0.0, "asymmetry": 0.0})
    return Played("distortion", own, [pedalboard.Distortion(gain_db)])


def _bitcrush(draw: Draw, analysis: Listener) -> Played:
    bits = round(1 + (draw.number(10, 28) - analysis.level_db(1.0)) / 6.02)
    return Played("bitcrush", Stage("bitcrush", {"bit": float(bits)}), [pedalboard.Bitcrush(bits)])


def _lfo(draw: Draw, inlet: str, depth: float, low_hz: float, high_hz: float) -> Moving:
    settings = {"frequency_hz": _log(draw, low_hz, high_hz), "phase": draw.number()}
    return Moving("mono_lfo", inlet, depth, settings)


def _chorus(draw: Draw, analysis: Listener) -> Played:
    moved = _lfo(draw, "mod", draw.number(0.1, 0.4), 0.5, 2)
    settings = {
        "delay_ms": draw.number(7, 18),
        "feedback": draw.number(0, 0.2),
        "mix": draw.number(0.4, 0.55),
    }
    theirs = pedalboard.Chorus(
        rate_hz=moved.settings["frequency_hz"],
        depth=moved.depth,
        centre_delay_ms=settings["delay_ms"],
        feedback=settings["feedback"],
        mix=settings["mix"],
    )
    return Played("chorus", Stage("chorus", settings, moved), [theirs])


def _flanger(draw: Draw, analysis: Listener) -> Played:
    moved = _lfo(draw, "mod", draw.number(0.3, 0.7), 0.2, 1)
    settings = {"delay_ms": draw.number(1.5, 4), "feedback": draw.number(0.2, 0.5), "mix": 0.5}
    return Played("chorus", Stage("flanger", settings, moved))


def _vibrato(draw: Draw, analysis: Listener) -> Played:
    moved = _lfo(draw, "mod", draw.number(0.1, 0.4), 3, 7)
    return Played(
        "chorus", Stage("vibrato", {"delay_ms": draw.number(3, 6), "feedback": 0.0, "mix": 1.0}, moved)
    )


def _phaser(draw: Draw, analysis: Listener) -> Played:
    moved = _lfo(draw, "mod", draw.number(0.15, 0.35), 0.3, 1.5)
    settings = {"frequency_hz": _log(draw, 600, 1_600), "feedback": draw.number(0, 0.4), "mix": 0.5}
    theirs = pedalboard.Phaser(
        rate_hz=moved.settings["frequency_hz"],
        depth=draw.number(0.4, 0.9),
        centre_frequency_hz=settings["frequency_hz"],
        feedback=settings["feedback"],
        mix=0.5,
    )
    return Played("phaser", Stage("phaser", settings, moved), [theirs])


def _delay(draw: Draw, analysis: Listener) -> Played:
    settings = {
        "delay_ms": draw.number(120, 500),
        "feedback": draw.number(0.1, 0.45),
        "mix": draw.number(0.2, 0.4),
        "frequency_hz": _log(draw, 3_000, 16_000),
        "stereo_offset": 0.0,
    }
    theirs = pedalboard.Delay(settings["delay_ms"] / 1000, settings["feedback"], settings["mix"])
    return Played("delay", Stage("mono_delay", settings), [theirs], ("delay_ms",))


def _pingpong(draw: Draw, analysis: Listener) -> Played:
    plain = _delay(draw, analysis)
    return Played("delay", Stage("pingpong_delay", plain.stage.settings), None, plain.knobs)


def _reverb(draw: Draw, analysis: Listener) -> Played:
    wet = draw.number(0.15, 0.4)
    settings = {"size": draw.number(0.3, 0.7), "damping": draw.number(0.2, 0.7), "mix": wet}
    theirs = pedalboard.Reverb(
        room_size=settings["size"], damping=settings["damping"], wet_level=wet, dry_level=1 - wet
    )
    return Played("reverb", Stage("stereo_reverb", settings), [theirs])


def _pitchshift(draw: Draw, analysis: Listener) -> Played:
    semitone = draw.sign() * float(draw.integer(1, 7))
    own = Stage("pitchshift", {"semitone": semitone})
    return Played("pitchshift", own, [pedalboard.PitchShift(semitone)], ("semitone",))


def _panning(draw: Draw, analysis: Listener) -> Played:
    return Played("panning", Stage("panning", {"pan": draw.sign() * draw.number(0.2, 0.8)}), None, ("pan",))


def _autopan(draw: Draw, analysis: Listener) -> Played:
    moved = _lfo(draw, "pan", draw.number(0.3, 0.8), 0.4, 4)
    return Played("panning", Stage("panning", {"pan": 0.0}, moved))


EFFECTS: Mapping[str, Make] = {
    "highpass": _highpass,
    "lowpass": _lowpass,
    "lowshelf": _band("lowshelf", "LowShelfFilter", 100, 350),
    "highshelf": _band("highshelf", "HighShelfFilter", 3_500, 9_000),
    "bell": _band("bell", "PeakFilter", 300, 5_000),
    "compressor": _compressor,
    "gate": _gate,
    "distortion": _distortion,
    "bitcrush": _bitcrush,
    "chorus": _chorus,
    "flanger": _flanger,
    "vibrato": _vibrato,
    "phaser": _phaser,
    "delay": _delay,
    "pingpong": _pingpong,
    "reverb": _reverb,
    "pitchshift": _pitchshift,
    "panning": _panning,
    "autopan": _autopan,
}


def clips(sources: Sources, chains: int, seed: int) -> Iterator[Clip]:
    """Every effect alone, by both ways of playing where there are two, and chains of two and three."""
    index = 0
    for name in EFFECTS:
        for theirs in (False, True):
            found = drawn(sources, Draw(seed, index), [name], theirs)
            index += 1
            if found is not None:
                yield found
    for i in range(chains):
        draw = Draw(seed, index + i)
        names = list(EFFECTS)
        picked = [names.pop(draw.integer(0, len(names) - 1)) for _ in range(2 + i % (LONGEST_CHAIN - 1))]
        found = drawn(sources, draw.child(0), picked, theirs=bool(i // 2 % 2))
        assert found is not None
        yield found


def drawn(sources: Sources, draw: Draw, names: Sequence[str], theirs: bool) -> Clip | None:
    """A clip with audible effects only; None where pedalboard shall play the only one and has none."""
    for attempt in range(ATTEMPTS):
        segment = sources.segment(draw.child(0, attempt))
        dry = segment.audio.expand(2, -1).contiguous()
        made = _through(dry, names, draw.child(1, attempt), theirs)
        if made is None:
            return None
        effects, wet, levels, changes = made
        if min(changes) > LEAST_DB:
            return Clip(segment.performer, dry, wet, effects, theirs, levels)
    raise RuntimeError(f"{ATTEMPTS} chains of {', '.join(names)} in a row had an inaudible effect")


def _through(
    dry: Tensor, names: Sequence[str], draw: Draw, theirs: bool
) -> tuple[list[Played], Tensor, list[float], list[float]] | None:
    """Effects, what comes out, and for each the level that came in and how much it changed."""
    audio, effects, levels, changes = dry, list[Played](), list[float](), list[float]()
    for i, name in enumerate(names):
        analysis = Listener(audio[None], SAMPLE_RATE)
        effect = EFFECTS[name](draw.child(i), analysis)
        if theirs and effect.plugins is None and len(names) == 1:
            return None
        effects.append(effect)
        levels.append(level_db(audio))
        audio = play(effect.plugins, audio, SAMPLE_RATE) if theirs and effect.plugins else ours(effect, audio)
        if not torch.isfinite(audio).all():
            changes.append(0.0)
            break
        changes.append(distance_db(analysis, Listener(audio[None], SAMPLE_RATE)))
    return effects, audio, levels, changes


def ours(effect: Played, audio: Tensor) -> Tensor:
    """Played by our processor ``[2, T]``."""
    graph, _ = planted(chain(PROCESSORS), 0, [effect.stage], PROCESSORS)
    return render(graph, audio, SAMPLE_RATE)


def families_of(graph: Graph) -> set[str]:
    """Families that a graph has; flangers and vibratos are choruses, see ``families.FAMILIES``."""
    family = {kind: name for name, kinds in FAMILIES.items() for kind in kinds}
    kinds = {node.kind for node in graph.nodes if node.is_processor and node.kind not in PLUMBING}
    return {family.get(kind, kind) for kind in kinds}
