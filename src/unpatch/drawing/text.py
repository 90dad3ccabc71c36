"""How wide the writing on a picture is."""

_NARROW, _SMALL, _WIDE = "ijl.,:'|I!()", "frt- /", "mwMW%@"


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
