"""Numbers for a node, drawn to suit the signal that arrives there.

A filter set where there is nothing to filter, or a gate whose threshold is never crossed, is no
training example. So frequencies are drawn within the incoming energy and thresholds within the incoming
level moves; other knobs keep away from their neutral positions.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from unpatch.declaration import Parameter, Processor
from unpatch.graph.data import Edge
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener

Rule: TypeAlias = Callable[[Draw, Parameter, Listener | None], float]

ENERGY_SHARES = (0.2, 0.8)
# Singing has so little energy in its upper octaves that bands there would never be drawn. Half of
# the equaliser bands therefore see the spectrum raised by 6 dB per octave.
TILTED_PROBABILITY = 0.5
SIGNAL_TO_STEPS_DB = (3.0, 30.0)
DRIVE_DB = (0.0, 30.0)


def between(low: float, high: float) -> Rule:
    """Uniform on the parameter's own scale from ``low`` to ``high``."""

    def rule(draw: Draw, parameter: Parameter, _: Listener | None) -> float:
        return parameter.from_unit(draw.number(parameter.to_unit(low), parameter.to_unit(high)))

    return rule


def away(centre: float, least: float, most: float) -> Rule:
    """``least`` to ``most`` above or below ``centre``."""

    def rule(draw: Draw, parameter: Parameter, _: Listener | None) -> float:
        value = centre + draw.sign() * draw.number(least, most)
        return min(max(value, parameter.low), parameter.high)

    return rule


def anywhere(draw: Draw, parameter: Parameter, _: Listener | None) -> float:
    return parameter.from_unit(draw.number())


def where_energy_is(tilted_probability: float) -> Rule:
    """A frequency that has between 20 % and 80 % of the incoming energy below it."""

    def rule(draw: Draw, parameter: Parameter, heard: Listener | None) -> float:
        share, tilt = draw.number(*ENERGY_SHARES), draw.chance(tilted_probability)
        if heard is None:
            return parameter.from_unit(share)
        return _clamped(parameter, heard.frequency_hz(share, tilt))

    return rule


def where_level_moves(low: float, high: float) -> Rule:
    """A threshold that the incoming level is below for this share of its sounding time."""

    def rule(draw: Draw, parameter: Parameter, heard: Listener | None) -> float:
        quantile = draw.number(low, high)
        return parameter.default if heard is None else _clamped(parameter, heard.level_db(quantile))

    return rule


def drive(draw: Draw, parameter: Parameter, heard: Listener | None) -> float:
    """A gain that lifts the loud parts to the ceiling and up to 30 dB above it."""
    above = draw.number(*DRIVE_DB)
    return _clamped(parameter, above - (0.0 if heard is None else heard.level_db(0.9)))


def coarseness(draw: Draw, parameter: Parameter, heard: Listener | None) -> float:
    """A word length with steps 3 to 30 dB below the loud parts."""
    distance = draw.number(*SIGNAL_TO_STEPS_DB)
    level = 0.0 if heard is None else heard.level_db(0.9)
    return _clamped(parameter, 1 + (level - distance) * parameter.follows_level)


def envelope_gain(draw: Draw, parameter: Parameter, heard: Listener | None) -> float:
    """A gain that brings the loud parts of the envelope to between -6 and 0 dB."""
    return _clamped(parameter, draw.number(-6.0, 0.0) - (0.0 if heard is None else heard.level_db(0.9)))


def _clamped(parameter: Parameter, value: float) -> float:
    return min(max(value, parameter.low), parameter.high)


COMMON: Mapping[str, Rule] = {
    "frequency_hz": where_energy_is(0.0),
    "q": between(0.5, 5),
    "feedback": between(0.0, 0.8),
    "mix": between(0.3, 1.0),
    "attack_ms": between(0.5, 50),
    "release_ms": between(20, 500),
    "knee_db": between(0, 15),
    "ratio": between(2, 20),
}
"""Rules by parameter; those left out are drawn from the whole declared range."""

_BAND = {"frequency_hz": where_energy_is(TILTED_PROBABILITY), "gain_db": away(0, 5, 24), "q": between(0.4, 4)}
_ECHO = {"delay_ms": between(60, 900), "mix": between(0.2, 0.7)}
_ROOM = {"size": between(0.2, 1), "mix": between(0.15, 0.7)}
_FOLLOWER = {"gain_db": envelope_gain, "attack_ms": between(1, 50), "release_ms": between(20, 300)}
_LFO = {"frequency_hz": between(0.4, 10)}

RULES: Mapping[str, Mapping[str, Rule]] = {
    "bell": _BAND,
    "lowshelf": _BAND,
    "highshelf": _BAND,
    "bandreject2": {"q": between(0.5, 2)},
    "compressor": {"threshold_db": where_level_moves(0.02, 0.35), "ratio": between(2.5, 20)},
    "noisegate": {"threshold_db": where_level_moves(0.25, 0.8), "ratio": between(5, 50)},
    "expander": {"threshold_db": where_level_moves(0.35, 0.9), "ratio": between(1.7, 8)},
    "distortion": {"gain_db": drive},
    "bitcrush": {"bit": coarseness},
    "pitchshift": {"semitone": away(0, 1, 24)},
    "panning": {"pan": away(0, 0.2, 1)},
    "imager": {"width": away(1, 0.4, 1)},
    "mono_delay": _ECHO,
    "pingpong_delay": _ECHO,
    "mono_reverb": _ROOM,
    "stereo_reverb": _ROOM,
    "mono_lfo": _LFO,
    "stereo_lfo": {**_LFO, "stereo_offset": between(0.1, 0.9)},
    "envelope_follower": _FOLLOWER,
}
"""Rules by kind, before those of :data:`COMMON`."""


def parameters(processor: Processor, heard: Listener | None, draw: Draw) -> dict[str, float]:
    """Values for one node.

    Args:
        processor: its declaration.
        heard: its input; where a sidechain is connected, the sidechain, by which thresholds are set.
        draw: random choices of this node.
    """
    own = RULES.get(processor.kind, {})
    return {
        name: own.get(name, COMMON.get(name, anywhere))(draw, parameter, heard)
        for name, parameter in processor.parameters.items()
    }


BRANCH_GAIN = (0.3, 1.0)
FREQUENCY_DEPTH = (0.1, 0.5)
DEPTH = (0.3, 1.0)


def edge_gain(edge: Edge, draw: Draw, *, modulates: bool) -> float:
    """Depth of a modulation, or the gain of a branch before it is set against the loudest beside it.

    Only the balance of branches is audible, hence the loudest gets 1, and so does an edge that is alone
    at its inlet. An oscillator turned round is the same with another phase, so only envelopes get a sign.
    """
    if not modulates:
        return draw.number(*BRANCH_GAIN)
    low, high = FREQUENCY_DEPTH if edge.inlet == "frequency" else DEPTH
    return draw.number(low, high) * (draw.sign() if edge.outlet == "env" else 1)
