"""How values and names are written on a picture, and how wide the writing is."""

from unpatch.spec import Parameter

_NARROW, _SMALL, _WIDE = "ijl.,:'|I!()", "frt- /", "mwMW%@"
_UNIT_SIGN = {"semitone": "st", "octave": "oct", "cycle": "cyc"}
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
    """A value as an engineer would write it: ``1.25 kHz``, ``120 ms``, ``−6.0 dB``, ``+7.0 st``."""
    if parameter.unit == "Hz":
        return f"{three_digits(value / 1000)} kHz" if abs(value) >= 1000 else f"{three_digits(value)} Hz"
    if parameter.unit == "ms":
        return f"{three_digits(value / 1000)} s" if abs(value) >= 1000 else f"{three_digits(value)} ms"
    if parameter.unit == "dB":
        return f"{signed(value, 1)} dB"
    if parameter.unit == "semitone":
        return f"{signed(value, 1)} st"
    sign = _UNIT_SIGN.get(parameter.unit, parameter.unit)
    return f"{three_digits(value)} {sign}".rstrip()


def three_digits(value: float) -> str:
    """About three significant digits without an exponent: 0.051, 0.25, 1.25, 48.0, 1250."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or size < 0.0005 else 3
    return f"{value:.{digits}f}".replace("-", MINUS)


def signed(value: float, digits: int) -> str:
    """With a plus or a real minus sign; zero has none."""
    rounded = round(value, digits)
    text = f"{rounded:+.{digits}f}" if rounded else f"{0:.{digits}f}"
    return text.replace("-", MINUS)
