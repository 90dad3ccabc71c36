"""How values and names are written on a picture, and how wide the writing is."""

from unpatch.graph.text import show_quantity
from unpatch.spec import Parameter

_NARROW, _SMALL, _WIDE = "ijl.,:'|I!()", "frt- /", "mwMW%@"
UNIT_SIGNS = {"semitone": "st", "octave": "oct", "cycle": "cyc"}
MINUS = "\N{MINUS SIGN}"


def text_width(text: str, size: float) -> float:
    """Width in pixels of a common sans-serif at ``size``; on the generous side."""
    return size * sum(map(_advance, text))


def _advance(sign: str) -> float:
    if sign in _NARROW:
        return 0.32
    if sign in _SMALL:
        return 0.40
    if sign in _WIDE:
        return 0.92
    return 0.70 if sign.isupper() else 0.60


def knob_label(parameter: Parameter) -> str:
    """``frequency_hz`` as ``frequency``: the unit stands with the value."""
    words = parameter.name.split("_")
    if len(words) > 1 and words[-1] == parameter.unit.lower():
        words.pop()
    return " ".join(words)


def knob_value(parameter: Parameter, value: float) -> str:
    """A value as an engineer would write it: ``1.25 kHz``, ``120 ms``, ``−6.0 dB``, ``7 st``."""
    return quantity(value, UNIT_SIGNS.get(parameter.unit, parameter.unit))


def quantity(value: float, unit: str = "") -> str:
    """A number with its unit and a real minus sign."""
    return show_quantity(value, unit).replace("-", MINUS)
