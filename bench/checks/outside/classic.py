"""The classic suite: chains of third-party effects, drawn as our generator draws.

Every effect is played by ``pedalboard``. Its knobs are drawn so that it does something to the sound that
arrives; :func:`drawn_chain` makes each audible.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bench.checks.outside.audible import all_audible
from bench.checks.outside.clips import Clip, Played
from bench.checks.outside.listened_files import Format, written
from bench.checks.outside.main_knobs import room, step_bit
from bench.shared.peers import installed
from unpatch.audio import level_db
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener
from unpatch.synth.sources import SAMPLE_RATE, Sources

pedalboard: Any = installed("pedalboard")

SPLIT = "val_unseen"
MOST_EFFECTS = 4
ATTEMPTS = 200

Plugins = Sequence[Any]


@dataclass(frozen=True)
class Effect:
    """One effect of theirs.

    Attributes:
        family: of ours that it belongs to.
        plugins: draws the effect to suit the sound that arrives.
    """

    family: str
    plugins: Callable[[Draw, Listener], Plugins]


def _hz(draw: Draw, analysis: Listener) -> float:
    """Where the energy is; half of the time of the spectrum raised by 6 dB per octave."""
    return analysis.frequency_hz(draw.number(0.2, 0.8), tilt=float(draw.chance(0.5)))


def _gain_db(draw: Draw) -> float:
    return draw.sign() * draw.number(6, 15)


def _highpass(draw: Draw, analysis: Listener) -> Plugins:
    """Two in a row: one alone falls by 6 dB per octave only."""
    frequency_hz = _hz(draw, analysis)
    return [pedalboard.HighpassFilter(frequency_hz) for _ in range(2)]


def _lowpass(draw: Draw, analysis: Listener) -> Plugins:
    frequency_hz = _hz(draw, analysis)
    return [pedalboard.LowpassFilter(frequency_hz) for _ in range(2)]


def _lowshelf(draw: Draw, analysis: Listener) -> Plugins:
    return [pedalboard.LowShelfFilter(_hz(draw, analysis), _gain_db(draw))]


def _highshelf(draw: Draw, analysis: Listener) -> Plugins:
    return [pedalboard.HighShelfFilter(_hz(draw, analysis), _gain_db(draw))]


def _bell(draw: Draw, analysis: Listener) -> Plugins:
    return [pedalboard.PeakFilter(_hz(draw, analysis), _gain_db(draw), draw.number(0.5, 4))]


def _compressor(draw: Draw, analysis: Listener) -> Plugins:
    threshold_db = analysis.level_db(draw.number(0.1, 0.5))
    return [
        pedalboard.Compressor(threshold_db, draw.number(3, 12), draw.number(0.5, 20), draw.number(20, 300))
    ]


def _gate(draw: Draw, analysis: Listener) -> Plugins:
    threshold_db = analysis.level_db(draw.number(0.3, 0.7))
    return [
        pedalboard.NoiseGate(threshold_db, draw.number(3, 10), draw.number(0.5, 10), draw.number(20, 200))
    ]


def _distortion(draw: Draw, analysis: Listener) -> Plugins:
    """A drive that brings the peaks to between full scale and 30 dB above."""
    return [pedalboard.Distortion(draw.number(0, 30) - analysis.level_db(1.0))]


def _bitcrush(draw: Draw, analysis: Listener) -> Plugins:
    """Steps that are 3 to 30 dB below the peaks."""
    return [pedalboard.Bitcrush(max(1.0, 1 + (draw.number(3, 30) - analysis.level_db(1.0)) / 6.02))]


def _chorus(draw: Draw, analysis: Listener) -> Plugins:
    return [
        pedalboard.Chorus(
            rate_hz=draw.number(0.3, 4),
            depth=draw.number(0.2, 0.8),
            centre_delay_ms=draw.number(3, 20),
            feedback=draw.number(0, 0.5),
            mix=draw.number(0.4, 0.7),
        )
    ]


def _phaser(draw: Draw, analysis: Listener) -> Plugins:
    return [
        pedalboard.Phaser(
            rate_hz=draw.number(0.2, 4),
            depth=draw.number(0.4, 1),
            centre_frequency_hz=_hz(draw, analysis),
            feedback=draw.number(0, 0.7),
            mix=draw.number(0.4, 0.7),
        )
    ]


def _delay(draw: Draw, analysis: Listener) -> Plugins:
    return [pedalboard.Delay(draw.number(0.08, 0.6), draw.number(0, 0.6), draw.number(0.2, 0.6))]


def _reverb(draw: Draw, analysis: Listener) -> Plugins:
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


def _pitchshift(draw: Draw, analysis: Listener) -> Plugins:
    return [pedalboard.PitchShift(draw.sign() * draw.number(1, 12))]


EFFECTS: tuple[Effect, ...] = (
    Effect("highpass", _highpass),
    Effect("lowpass", _lowpass),
    Effect("lowshelf", _lowshelf),
    Effect("highshelf", _highshelf),
    Effect("bell", _bell),
    Effect("compressor", _compressor),
    Effect("gate", _gate),
    Effect("distortion", _distortion),
    Effect("bitcrush", _bitcrush),
    Effect("chorus", _chorus),
    Effect("phaser", _phaser),
    Effect("delay", _delay),
    Effect("reverb", _reverb),
    Effect("pitchshift", _pitchshift),
)


def play(plugins: Plugins, audio: Tensor, sample_rate: int) -> Tensor:
    """``[2, T]`` through effects in series."""
    played = pedalboard.Pedalboard(list(plugins))(audio.numpy(), sample_rate, reset=True)
    return torch.from_numpy(np.ascontiguousarray(played))


@dataclass(frozen=True)
class Line:
    """Effects in series, their plugins, what arrives at each, and what comes out ``[2, T]``."""

    effects: Sequence[Effect]
    stages: Sequence[Plugins]
    arriving: Sequence[Tensor]
    wet: Tensor


def drawn_chain(draw: Draw, dry: Tensor, sample_rate: int) -> Line:
    """One to four different effects in any order, and what they make of ``dry [2, T]``.

    A chain in which an effect can be left out unheard (by the generator's own measure and threshold) is
    drawn again.
    """
    for attempt in range(ATTEMPTS):
        own = draw.child(attempt)
        effects = _some(own)
        stages, arriving, audio = list[Plugins](), list[Tensor](), dry
        for i, effect in enumerate(effects):
            arriving.append(audio)
            stages.append(effect.plugins(own.child(i), Listener(audio[None], sample_rate)))
            audio = play(stages[-1], audio, sample_rate)
        if _all_heard(stages, dry, audio, sample_rate):
            return Line(effects, stages, arriving, audio)
    raise RuntimeError(f"{ATTEMPTS} chains in a row had an inaudible effect")


def _some(draw: Draw) -> list[Effect]:
    left = list(EFFECTS)
    return [left.pop(draw.integer(0, len(left) - 1)) for _ in range(draw.integer(1, MOST_EFFECTS))]


def _all_heard(stages: Sequence[Plugins], dry: Tensor, wet: Tensor, sample_rate: int) -> bool:
    def without(place: int) -> Tensor:
        rest = [plugin for j, stage in enumerate(stages) if j != place for plugin in stage]
        return play(rest, dry, sample_rate) if rest else dry

    return all_audible(len(stages), without, wet, sample_rate)


READ: Mapping[str, Callable[[Any, float], dict[str, float]]] = {
    "highpass": lambda effect, _: {"frequency_hz": effect.cutoff_frequency_hz},
    "lowpass": lambda effect, _: {"frequency_hz": effect.cutoff_frequency_hz},
    "lowshelf": lambda effect, _: _equalizer(effect),
    "highshelf": lambda effect, _: _equalizer(effect),
    "bell": lambda effect, _: _equalizer(effect),
    "compressor": lambda effect, level: {"ratio": effect.ratio, "threshold_db": effect.threshold_db - level},
    "gate": lambda effect, level: {"threshold_db": effect.threshold_db - level},
    "distortion": lambda effect, level: {"drive_db": effect.drive_db + level},
    "bitcrush": lambda effect, level: {"step_bit": step_bit(2**-effect.bit_depth, level)},
    "chorus": lambda effect, _: {"rate_hz": effect.rate_hz},
    "phaser": lambda effect, _: {"rate_hz": effect.rate_hz},
    "delay": lambda effect, _: {"delay_ms": 1000 * effect.delay_seconds, "feedback": effect.feedback},
    "reverb": lambda effect, _: room(lambda impulse: play([effect], impulse, SAMPLE_RATE), SAMPLE_RATE),
    "pitchshift": lambda effect, _: {"semitone": effect.semitones},
}
"""Family to its main knobs, see ``main_knobs``, read off the effect and the level in dB that arrives."""


def _equalizer(effect: Any) -> dict[str, float]:
    return {"frequency_hz": effect.cutoff_frequency_hz, "gain_db": effect.gain_db}


class ClassicSuite:
    """Chains of one to four effects; see :class:`outside_clips.Suite`."""

    name = "classic"
    version = 1
    count = 200
    peers = f"pedalboard {pedalboard.__version__}"

    def __init__(self, sources: Path, seed: int) -> None:
        self.sources = Sources.open(sources, SPLIT)
        self.seed = seed

    def make(self, number: int) -> tuple[Clip, bytes]:
        draw = Draw(self.seed, number)
        segment = self.sources.segment(draw.child(0))
        line = drawn_chain(draw.child(1), segment.audio.expand(2, -1), SAMPLE_RATE)
        played = tuple(
            Played(
                effect.family,
                f"pedalboard {type(stage[0]).__name__}",
                READ[effect.family](stage[0], level_db(arriving)),
            )
            for effect, stage, arriving in zip(line.effects, line.stages, line.arriving, strict=True)
        )
        how = Format("float")
        clip = Clip(number, segment.performer, "voice", played, how, SAMPLE_RATE)
        return clip, written(line.wet, SAMPLE_RATE, how, draw)
