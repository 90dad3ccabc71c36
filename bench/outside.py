"""Chains of somebody else's effects: what the outside check plays, and how our kinds answer to them.

Every effect is played by ``pedalboard``. Its knobs are drawn so that it does something to the sound that
arrives; :func:`drawn_chain` sees to it that each can be heard. Each has one family of our kinds that an
engineer would accept as the same effect.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from peers import installed
from unpatch.graph.build import Step, chain
from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS
from unpatch.synth.draw import Draw
from unpatch.synth.ghosts import GHOST_DB
from unpatch.synth.listen import Listener, distance_db

pedalboard: Any = installed("pedalboard")

MOST_EFFECTS = 4
ATTEMPTS = 200

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "highpass": ("highpass2", "highpass4"),
    "lowpass": ("lowpass2", "lowpass4"),
    "bandpass": ("bandpass2", "bandpass4"),
    "chorus": ("chorus", "flanger", "vibrato"),
    "gate": ("noisegate", "expander"),
    "delay": ("mono_delay", "pingpong_delay"),
    "reverb": ("mono_reverb", "stereo_reverb"),
}
"""Kinds that count as one effect, the one that stands for them first; every other effect is by itself."""

PLUMBING = (
    "mix",
    "crossover",
    "midside_split",
    "midside_merge",
    "mono_lfo",
    "stereo_lfo",
    "envelope_follower",
)
"""Kinds that are no effects but serve them; they count neither for nor against."""

Plugins = Sequence[Any]


@dataclass(frozen=True)
class Effect:
    """One effect of theirs.

    Attributes:
        family: of ours that it belongs to.
        step: how the family is written as a step of a chain.
        plugins: draws the effect to suit the sound that arrives.
    """

    family: str
    step: Step
    plugins: Callable[[Draw, Listener], Plugins]


def _hz(draw: Draw, heard: Listener) -> float:
    """Where the energy is; half of the time of the spectrum raised by 6 dB per octave."""
    return heard.frequency_hz(draw.number(0.2, 0.8), tilt=float(draw.chance(0.5)))


def _gain_db(draw: Draw) -> float:
    return draw.sign() * draw.number(6, 15)


def _highpass(draw: Draw, heard: Listener) -> Plugins:
    """Two in a row: one alone falls by 6 dB per octave only."""
    frequency_hz = _hz(draw, heard)
    return [pedalboard.HighpassFilter(frequency_hz) for _ in range(2)]


def _lowpass(draw: Draw, heard: Listener) -> Plugins:
    frequency_hz = _hz(draw, heard)
    return [pedalboard.LowpassFilter(frequency_hz) for _ in range(2)]


def _lowshelf(draw: Draw, heard: Listener) -> Plugins:
    return [pedalboard.LowShelfFilter(_hz(draw, heard), _gain_db(draw))]


def _highshelf(draw: Draw, heard: Listener) -> Plugins:
    return [pedalboard.HighShelfFilter(_hz(draw, heard), _gain_db(draw))]


def _bell(draw: Draw, heard: Listener) -> Plugins:
    return [pedalboard.PeakFilter(_hz(draw, heard), _gain_db(draw), draw.number(0.5, 4))]


def _compressor(draw: Draw, heard: Listener) -> Plugins:
    threshold_db = heard.level_db(draw.number(0.1, 0.5))
    return [
        pedalboard.Compressor(threshold_db, draw.number(3, 12), draw.number(0.5, 20), draw.number(20, 300))
    ]


def _gate(draw: Draw, heard: Listener) -> Plugins:
    threshold_db = heard.level_db(draw.number(0.3, 0.7))
    return [
        pedalboard.NoiseGate(threshold_db, draw.number(3, 10), draw.number(0.5, 10), draw.number(20, 200))
    ]


def _distortion(draw: Draw, heard: Listener) -> Plugins:
    """A drive that brings the peaks to between full scale and 30 dB above."""
    return [pedalboard.Distortion(draw.number(0, 30) - heard.level_db(1.0))]


def _bitcrush(draw: Draw, heard: Listener) -> Plugins:
    """Steps that are 3 to 30 dB below the peaks."""
    return [pedalboard.Bitcrush(max(1.0, 1 + (draw.number(3, 30) - heard.level_db(1.0)) / 6.02))]


def _chorus(draw: Draw, heard: Listener) -> Plugins:
    return [
        pedalboard.Chorus(
            rate_hz=draw.number(0.3, 4),
            depth=draw.number(0.2, 0.8),
            centre_delay_ms=draw.number(3, 20),
            feedback=draw.number(0, 0.5),
            mix=draw.number(0.4, 0.7),
        )
    ]


def _phaser(draw: Draw, heard: Listener) -> Plugins:
    return [
        pedalboard.Phaser(
            rate_hz=draw.number(0.2, 4),
            depth=draw.number(0.4, 1),
            centre_frequency_hz=_hz(draw, heard),
            feedback=draw.number(0, 0.7),
            mix=draw.number(0.4, 0.7),
        )
    ]


def _delay(draw: Draw, heard: Listener) -> Plugins:
    return [pedalboard.Delay(draw.number(0.08, 0.6), draw.number(0, 0.6), draw.number(0.2, 0.6))]


def _reverb(draw: Draw, heard: Listener) -> Plugins:
    wet = draw.number(0.2, 0.7)
    return [
        pedalboard.Reverb(
            room_size=draw.number(0.3, 0.95),
            damping=draw.number(0, 1),
            wet_level=wet,
            dry_level=1 - wet,
            width=draw.number(0, 1),
        )
    ]


def _pitchshift(draw: Draw, heard: Listener) -> Plugins:
    return [pedalboard.PitchShift(draw.sign() * draw.number(1, 12))]


EFFECTS: tuple[Effect, ...] = (
    Effect("highpass", "highpass2", _highpass),
    Effect("lowpass", "lowpass2", _lowpass),
    Effect("lowshelf", "lowshelf", _lowshelf),
    Effect("highshelf", "highshelf", _highshelf),
    Effect("bell", "bell", _bell),
    Effect("compressor", "compressor", _compressor),
    Effect("gate", "noisegate", _gate),
    Effect("distortion", "distortion", _distortion),
    Effect("bitcrush", "bitcrush", _bitcrush),
    Effect("chorus", ("chorus", {"mod": "mono_lfo"}), _chorus),
    Effect("phaser", ("phaser", {"mod": "mono_lfo"}), _phaser),
    Effect("delay", "mono_delay", _delay),
    Effect("reverb", "mono_reverb", _reverb),
    Effect("pitchshift", "pitchshift", _pitchshift),
)


def play(plugins: Plugins, audio: Tensor, sample_rate: int) -> Tensor:
    """``[2, T]`` through effects in series."""
    played = pedalboard.Pedalboard(list(plugins))(audio.numpy(), sample_rate, reset=True)
    return torch.from_numpy(np.ascontiguousarray(played))


def drawn_chain(draw: Draw, dry: Tensor, sample_rate: int) -> tuple[list[Effect], Tensor]:
    """One to four different effects in any order, and what they make of ``dry [2, T]``.

    A chain in which an effect can be left out unheard (by the generator's own measure and threshold) is
    drawn anew.
    """
    for attempt in range(ATTEMPTS):
        own = draw.child(attempt)
        effects = _some(own)
        stages, audio = list[Plugins](), dry
        for i, effect in enumerate(effects):
            stages.append(effect.plugins(own.child(i), Listener(audio[None], sample_rate)))
            audio = play(stages[-1], audio, sample_rate)
        if _all_heard(stages, dry, audio, sample_rate):
            return effects, audio
    raise RuntimeError(f"{ATTEMPTS} chains in a row had an effect that nobody hears")


def _some(draw: Draw) -> list[Effect]:
    left = list(EFFECTS)
    return [left.pop(draw.integer(0, len(left) - 1)) for _ in range(draw.integer(1, MOST_EFFECTS))]


def _all_heard(stages: Sequence[Plugins], dry: Tensor, wet: Tensor, sample_rate: int) -> bool:
    if not torch.isfinite(wet).all():
        return False
    whole = Listener(wet[None], sample_rate)
    for i in range(len(stages)):
        rest = [plugin for j, stage in enumerate(stages) if j != i for plugin in stage]
        without = play(rest, dry, sample_rate) if rest else dry
        if distance_db(whole, Listener(without[None], sample_rate)) < GHOST_DB:
            return False
    return True


def as_graph(effects: Sequence[Effect]) -> Graph:
    """The chain in our kinds."""
    return chain(PROCESSORS, *(effect.step for effect in effects))


def by_family(graph: Graph) -> Graph:
    """The graph with one kind standing for each family; only kinds and wires matter afterwards."""
    stands_for = {kind: kinds[0] for kinds in FAMILIES.values() for kind in kinds}
    nodes = []
    for node in graph.nodes:
        kind = stands_for.get(node.kind, node.kind)
        version = PROCESSORS[kind].version if node.is_processor else node.version
        nodes.append(replace(node, kind=kind, parameters={}, version=version))
    return replace(graph, nodes=tuple(nodes))


def effects_of(graph: Graph) -> set[str]:
    """Families that a graph has."""
    family = {kind: name for name, kinds in FAMILIES.items() for kind in kinds}
    kinds = {node.kind for node in graph.nodes if node.is_processor and node.kind not in PLUMBING}
    return {family.get(kind, kind) for kind in kinds}
