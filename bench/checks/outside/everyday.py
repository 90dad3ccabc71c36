"""Chains of nought to three effects as engineers set them: what is drawn, and how often.

The distributions below are this suite's own: nothing is taken from our generator. They are judgement, held
against what mixing engineers set in public sessions (MixologyDB, DiffVox: high-pass filters around
110-150 Hz, compressors around 3:1, attacks of milliseconds, releases around 100-260 ms, delays of
270-400 ms). Knobs that follow the level are drawn for the sound that arrives. Who plays them is in
``players.py``.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from unpatch.audio import level_db
from unpatch.synth.draw import Draw

LENGTHS: Mapping[int, float] = {1: 0.4, 2: 0.35, 3: 0.25}
IN_ORDER = 0.75
"""Share of the chains in the usual order, filters first and rooms last; the others are in any order."""

BLOCK_MS = 20.0
SOUNDING_DB = 45.0
NOTES = (1 / 4, 3 / 8, 1 / 2, 3 / 4, 1.0)
"""Delays in beats."""


@dataclass(frozen=True)
class Arriving:
    """What arrives at an effect: ``[2, T]`` and its rate."""

    audio: Tensor
    sample_rate: int

    @property
    def level_db(self) -> float:
        """Root mean square."""
        return level_db(self.audio)

    @property
    def peak_db(self) -> float:
        return 20 * math.log10(float(self.audio.abs().amax()) + 1e-9)

    def peaks_db(self, share: float) -> float:
        """Below which the peaks of blocks of 20 ms are for this share of the sounding time."""
        block = round(self.sample_rate * BLOCK_MS / 1000)
        loudest = self.audio.abs().amax(0).numpy()
        peaks = loudest[: len(loudest) // block * block].reshape(-1, block).max(axis=1)
        levels = 20 * np.log10(peaks + 1e-9)
        return float(np.quantile(levels[levels > levels.max() - SOUNDING_DB], share))


Knobs = Mapping[str, float]


@dataclass(frozen=True)
class Setting:
    """An effect of a chain: its family, who plays it, and how its knobs are set."""

    family: str
    make: str
    knobs: Knobs


@dataclass(frozen=True)
class Everyday:
    """How one family is drawn.

    Attributes:
        weight: how often, beside the others.
        place: in the usual order.
        makes: who plays it to weight.
        knobs: draws the settings for an input, for any player.
        needs_stereo: whether it does nothing to a sound in the middle.
    """

    family: str
    weight: float
    place: float
    makes: Mapping[str, float]
    knobs: Callable[[Draw, Arriving, str], Knobs]
    needs_stereo: bool = False


def _log(draw: Draw, low: float, high: float) -> float:
    """Uniform in the logarithm."""
    return math.exp(draw.number(math.log(low), math.log(high)))


def _gain_db(draw: Draw, low: float, high: float) -> float:
    return draw.sign() * draw.number(low, high)


def _highpass(draw: Draw, _: Arriving, make: str) -> Knobs:
    steep = make == "Faust highpass" and draw.chance(0.5)
    return {"frequency_hz": _log(draw, 60, 300), "order": 4.0 if steep else 2.0}


def _lowpass(draw: Draw, arriving: Arriving, make: str) -> Knobs:
    steep = make == "Faust lowpass" and draw.chance(0.5)
    highest = min(14_000.0, 0.38 * arriving.sample_rate)
    return {"frequency_hz": _log(draw, 3_000, highest), "order": 4.0 if steep else 2.0}


def _lowshelf(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {"frequency_hz": _log(draw, 80, 400), "gain_db": _gain_db(draw, 3, 9)}


def _highshelf(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {"frequency_hz": _log(draw, 2_500, 9_000), "gain_db": _gain_db(draw, 3, 9)}


def _bell(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {
        "frequency_hz": _log(draw, 150, 6_000),
        "gain_db": _gain_db(draw, 4, 10),
        "q": _log(draw, 0.7, 3),
    }


def _compressor(draw: Draw, arriving: Arriving, _: str) -> Knobs:
    """The loudest tenth is lowered by 4 to 12 dB once the detector has settled."""
    ratio = draw.choice((2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0))
    over_db = draw.number(4, 12) / (1 - 1 / ratio)
    return {
        "ratio": ratio,
        "threshold_db": arriving.peaks_db(0.9) - over_db,
        "attack_ms": _log(draw, 1, 40),
        "release_ms": _log(draw, 50, 400),
    }


def _gate(draw: Draw, arriving: Arriving, make: str) -> Knobs:
    steepness = {"hold_ms": draw.number(10, 60)} if make == "Faust gate" else {"ratio": draw.number(4, 10)}
    return steepness | {
        "threshold_db": arriving.peaks_db(draw.number(0.2, 0.5)),
        "attack_ms": _log(draw, 0.5, 5),
        "release_ms": _log(draw, 30, 200),
    }


def _distortion(draw: Draw, arriving: Arriving, _: str) -> Knobs:
    """Peaks are driven 6 to 24 dB over full scale."""
    return {"drive_db": draw.number(6, 24) - arriving.peak_db}


def _bitcrush(draw: Draw, arriving: Arriving, _: str) -> Knobs:
    """Of the highest peak 3.5 to 7 bits are left."""
    return {"bit": max(1.0, draw.number(3.5, 7) - arriving.peak_db / 6.02)}


def _chorus(draw: Draw, _: Arriving, make: str) -> Knobs:
    if make == "Faust flanger":
        return {
            "rate_hz": _log(draw, 0.2, 1.2),
            "delay_ms": draw.number(1, 5),
            "depth": draw.number(0.5, 0.9),
            "feedback": draw.number(0, 0.5),
            "mix": draw.number(0.35, 0.5),
        }
    feedback = {"feedback": draw.number(0, 0.2)} if make == "pedalboard Chorus" else {}
    return feedback | {
        "rate_hz": _log(draw, 0.4, 3),
        "delay_ms": draw.number(7, 20),
        "depth": draw.number(0.15, 0.5),
        "mix": draw.number(0.35, 0.6),
    }


def _phaser(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {
        "rate_hz": _log(draw, 0.2, 2),
        "depth": draw.number(0.4, 0.9),
        "frequency_hz": _log(draw, 400, 1_800),
        "feedback": draw.number(0, 0.6),
        "mix": draw.number(0.4, 0.55),
    }


def _delay(draw: Draw, _: Arriving, make: str) -> Knobs:
    """80 to 600 ms, half of them in time with 80 to 140 beats per minute."""
    darker = {} if make == "pedalboard Delay" else {"frequency_hz": _log(draw, 2_500, 9_000)}
    in_time = draw.chance(0.5)
    beats_ms = 60_000 / draw.number(80, 140) * draw.choice(NOTES)
    free_ms = _log(draw, 80, 600)
    return darker | {
        "delay_ms": beats_ms if in_time and 80 <= beats_ms <= 600 else free_ms,
        "feedback": draw.number(0, 0.5),
        "mix": draw.number(0.2, 0.5),
    }


def _reverb(draw: Draw, _: Arriving, make: str) -> Knobs:
    later = {"predelay_ms": draw.number(0, 40)} if make in ("Faust zita", "Faust dattorro") else {}
    return later | {
        "size": draw.number(0.25, 0.9),
        "damping": draw.number(0.2, 0.8),
        "mix": draw.number(0.15, 0.5),
    }


def _pitchshift(draw: Draw, _: Arriving, __: str) -> Knobs:
    whole = float(draw.integer(1, 12))
    return {"semitone": draw.sign() * (whole if draw.chance(0.85) else draw.number(1, 12))}


def _tremolo(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {"rate_hz": _log(draw, 2, 8), "depth": draw.number(0.4, 0.9), "phase": draw.number()}


def _autopan(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {"rate_hz": _log(draw, 0.4, 2.5), "depth": draw.number(0.6, 1), "phase": draw.number()}


def _panning(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {"pan": draw.sign() * draw.number(0.25, 0.9)}


def _imager(draw: Draw, _: Arriving, __: str) -> Knobs:
    return {"width": draw.number(0.1, 0.5) if draw.chance(0.5) else draw.number(1.5, 3)}


STEREO = ("reverb", "Faust ping-pong", "Faust chorus", "Faust flanger", "Faust phaser", "autopan")
"""Families, or who plays them, that make a sound in the middle wide."""

EFFECTS: tuple[Everyday, ...] = (
    Everyday("gate", 0.7, 0, {"pedalboard NoiseGate": 1, "Faust gate": 1}, _gate),
    Everyday("highpass", 1.2, 1, {"pedalboard HighpassFilter": 1, "Faust highpass": 1}, _highpass),
    Everyday("lowpass", 0.9, 2, {"pedalboard LowpassFilter": 1, "Faust lowpass": 1}, _lowpass),
    Everyday("lowshelf", 0.9, 2, {"pedalboard LowShelfFilter": 1, "Faust low_shelf": 1}, _lowshelf),
    Everyday("highshelf", 1.1, 2, {"pedalboard HighShelfFilter": 1, "Faust high_shelf": 1}, _highshelf),
    Everyday("bell", 1.2, 2, {"pedalboard PeakFilter": 1, "Faust peak_eq": 1}, _bell),
    Everyday("compressor", 1.3, 3, {"pedalboard Compressor": 1, "Faust compressor": 1}, _compressor),
    Everyday("pitchshift", 0.9, 3.5, {"pedalboard PitchShift": 1, "Faust transpose": 1}, _pitchshift),
    Everyday("distortion", 0.9, 4, {"pedalboard Distortion": 1, "Faust cubicnl": 1}, _distortion),
    Everyday("bitcrush", 0.6, 4, {"pedalboard Bitcrush": 1, "Faust bitcrusher": 1}, _bitcrush),
    Everyday("chorus", 1.0, 5, {"pedalboard Chorus": 1, "Faust chorus": 1, "Faust flanger": 1}, _chorus),
    Everyday("phaser", 0.7, 5, {"pedalboard Phaser": 1, "Faust phaser": 1}, _phaser),
    Everyday("tremolo", 0.6, 5, {"Faust tremolo": 1}, _tremolo),
    Everyday("delay", 1.4, 6, {"pedalboard Delay": 2, "Faust echo": 2, "Faust ping-pong": 1.5}, _delay),
    Everyday(
        "reverb",
        1.4,
        7,
        {"pedalboard Reverb": 2, "Faust freeverb": 1, "Faust zita": 1, "Faust dattorro": 1},
        _reverb,
    ),
    Everyday("autopan", 0.6, 8, {"Faust auto-pan": 1}, _autopan),
    Everyday("panning", 0.4, 8, {"Faust pan": 1}, _panning),
    Everyday("imager", 1.0, 9, {"Faust width": 1}, _imager, needs_stereo=True),
)


def is_untouched(number: int) -> bool:
    """Every sixth clip."""
    return number % 6 == 5


def is_lossy(number: int) -> bool:
    """A third of the files, of the untouched clips as of the others."""
    return (number // 6 + number) % 3 == 0


def drawn_effects(draw: Draw, *, may_shift: bool = True) -> list[tuple[Everyday, str]]:
    """One to three different families, and who plays each.

    Args:
        may_shift: whether the recording's terms allow another pitch.
    """
    left = [effect for effect in EFFECTS if may_shift or effect.family != "pitchshift"]
    some: list[tuple[Everyday, str]] = []
    for _ in range(draw.weighted(LENGTHS)):
        wide = any(effect.family in STEREO or make in STEREO for effect, make in some)
        weights = {i: e.weight for i, e in enumerate(left) if wide or not e.needs_stereo}
        effect = left.pop(draw.weighted(weights))
        some.append((effect, draw.weighted(effect.makes)))
    some.sort(key=lambda one: one[0].place)
    if draw.chance(IN_ORDER):
        return some
    widest = [one for one in some if one[0].needs_stereo]  # behind what makes it wide, whatever the order
    return [*_shuffled(draw, [one for one in some if one not in widest]), *widest]


def _shuffled(draw: Draw, some: Sequence[tuple[Everyday, str]]) -> list[tuple[Everyday, str]]:
    left = list(some)
    return [left.pop(draw.integer(0, len(left) - 1)) for _ in some]
