"""Text of unknown origin, as it can be shown to people: names of files and tracks, values from files.

Control characters would move a terminal's cursor or end a line; characters that set the direction of writing
would make a name resemble another; XML 1.0 allows neither most control characters nor half surrogate pairs.
All of these are shown by their escapes, as Python writes them: ``\\x1b``, ``\\u202e``.
"""

import html
import re

_ILLEGIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "\U000e0000-\U000e007f]"
)
LONGEST_LABEL = 80


def legible(text: str) -> str:
    """Text on one line with nothing in it that is not seen."""
    return _ILLEGIBLE.sub(_escaped, text)


def legible_lines(text: str) -> str:
    """The same of text with line breaks that are meant."""
    return "\n".join(map(legible, text.split("\n")))


def label(text: str) -> str:
    """A name for a box or a column: legible, and cut off where it is very long."""
    shown = legible(text)
    return shown if len(shown) <= LONGEST_LABEL else f"{shown[: LONGEST_LABEL - 1]}…"


def escape(text: str) -> str:
    """Text for HTML and SVG."""
    return html.escape(legible_lines(text))


def one_line(error: Exception) -> str:
    """The error's message on one line; the system's starts with the file."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split()) or type(error).__name__


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8 (PEP 383)
        return f"\\x{code - 0xDC00:02x}"
    return ascii(found[0])[1:-1]
