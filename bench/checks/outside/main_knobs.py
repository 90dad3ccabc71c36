"""The main knobs of each family in units that any make can be read in, and how far an estimate is off.

Thresholds, drives and quantisation steps are given relative to the level (root mean square) of what arrives
at the effect: our graphs are played at one level throughout, theirs are not. Reverbs are compared by what
they do to an impulse: reverberation time, and energy of the reverberation relative to the direct sound.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from bench.checks.outside.families import AUTOPAN, TREMOLO, lfo_of
from unpatch.graph.build import chain
from unpatch.graph.data import Graph, Node
from unpatch.processors import KINDS
from unpatch.rendering import render

Scale = Literal["factor", "difference", "part"]
"""Errors are factors (2 and 1/2 are alike), differences, or parts of the true value."""

Settings = dict[str, float]


@dataclass(frozen=True)
class Knob:
    """A main knob.

    Attributes:
        unit: of the value, in words; empty for a plain number.
        scale: in what its errors are counted.
        within: an error up to here leaves the setting of use.
    """

    name: str
    unit: str
    scale: Scale
    within: float

    def error(self, found: float, true: float) -> float:
        """At least 0, or at least 1 where it is a factor; infinite where no factor leads there."""
        if self.scale == "difference":
            return abs(found - true)
        if self.scale == "part":
            return abs(found - true) / abs(true)
        if found * true <= 0:
            return math.inf
        return math.exp(abs(math.log(found / true)))


_FREQUENCY = Knob("frequency_hz", "Hz", "factor", 2 ** (1 / 3))
_GAIN = Knob("gain_db", "dB", "difference", 3.0)
_THRESHOLD = Knob("threshold_db", "dB over the level that arrives", "difference", 6.0)
_RATE = Knob("rate_hz", "Hz", "factor", 1.1)

MAIN: Mapping[str, tuple[Knob, ...]] = {
    "highpass": (_FREQUENCY,),
    "lowpass": (_FREQUENCY,),
    "lowshelf": (_FREQUENCY, _GAIN),
    "highshelf": (_FREQUENCY, _GAIN),
    "bell": (_FREQUENCY, _GAIN),
    "compressor": (Knob("ratio", "", "factor", 1.5), _THRESHOLD),
    "gate": (_THRESHOLD,),
    "distortion": (Knob("drive_db", "dB, with the level that arrives", "difference", 6.0),),
    "bitcrush": (Knob("step_bit", "bits from the level that arrives down to a step", "difference", 1.0),),
    "chorus": (_RATE,),
    "phaser": (_RATE,),
    TREMOLO: (_RATE,),
    AUTOPAN: (_RATE,),
    "delay": (Knob("delay_ms", "ms", "part", 0.05), Knob("feedback", "", "difference", 0.2)),
    "reverb": (
        Knob("rt60_s", "s", "factor", 1.5),
        Knob("wet_db", "dB over the direct sound", "difference", 4.0),
    ),
    "pitchshift": (Knob("semitone", "semitones", "difference", 0.5),),
    "panning": (Knob("pan", "", "difference", 0.2),),
    "imager": (Knob("width", "", "factor", 1.5),),
}

DIRECT_MS = 5.0
"""What comes back from a reverb sooner counts as direct sound."""
IMPULSE_S = 3.0
BEFORE_S = 0.1
"""The impulse comes so late: some reverbs fade their gains in."""
REVERB_RATE = 44_100


def ours(graph: Graph, place: int, family: str, level_db: float) -> Settings:
    """The main knobs of a processor of our graph.

    Args:
        level_db: of the recording, to which the graph's levels belong.
    """
    node = graph.nodes[place]
    knobs = _complete(node)
    if family in (TREMOLO, AUTOPAN, "chorus", "phaser"):
        lfo = lfo_of(graph, place)
        return {} if lfo is None else {"rate_hz": _complete(lfo)["frequency_hz"]}
    match family:
        case "compressor" | "gate":
            return knobs | {"threshold_db": knobs["threshold_db"] - level_db}
        case "distortion":
            return {"drive_db": knobs["gain_db"] + level_db}
        case "bitcrush":
            return {"step_bit": step_bit(2 ** (1 - knobs["bit"]), level_db)}
        case "reverb":
            return room(lambda impulse: _alone(node, impulse), REVERB_RATE)
    return knobs


def _complete(node: Node) -> Settings:
    return {name: knob.default for name, knob in KINDS[node.kind].parameters.items()} | dict(node.parameters)


def _alone(node: Node, audio: Tensor) -> Tensor:
    """What a processor makes of ``[2, T]``, at its own level."""
    return render(chain(KINDS, (node.kind, node.parameters)), audio, REVERB_RATE, energy=False)


def step_bit(step: float, level_db: float) -> float:
    """How many bits a quantisation step lies below a level."""
    return (level_db - 20 * math.log10(step)) / (20 * math.log10(2))


def room(play: Callable[[Tensor], Tensor], sample_rate: int) -> Settings:
    """Reverberation time and energy relative to the direct sound, of what an impulse becomes.

    The time is that of the decay from -5 to -25 dB of the energy still to come (Schroeder, JASA 37, 1965;
    T20 of ISO 3382), times three; left out where it does not decay so far, as are both where there is no
    direct sound or nothing behind it. Both channels count together.
    """
    before = round(BEFORE_S * sample_rate)
    impulse = torch.zeros(2, before + round(IMPULSE_S * sample_rate))
    impulse[:, before] = 0.5
    energy = play(impulse).double().square().sum(0).numpy()[before:]
    split = round(DIRECT_MS / 1000 * sample_rate)
    direct, tail = energy[:split].sum(), energy[split:]
    left = np.cumsum(tail[::-1])[::-1]
    if left[0] <= 0 or direct <= 0:
        return {}
    decay_db = 10 * np.log10(np.maximum(left / left[0], 1e-12))
    start, stop = (int(np.argmax(decay_db <= level)) for level in (-5, -25))
    time = {"rt60_s": 3 * (stop - start) / sample_rate} if decay_db[-1] <= -25 else {}
    return {"wet_db": 10 * math.log10(left[0] / direct), **time}


def errors(family: str, found: Mapping[str, float], true: Mapping[str, float]) -> dict[str, float]:
    """Of each main knob that both sides have, as :class:`Knob` counts them."""
    return {
        knob.name: knob.error(found[knob.name], true[knob.name])
        for knob in MAIN.get(family, ())
        if knob.name in found and knob.name in true
    }
