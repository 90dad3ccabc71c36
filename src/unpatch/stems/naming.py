"""What a track is, by the name of its file.

Names are cut into words (``04_LeadVoxDT`` into lead, vox, dt), and the last word for an instrument
decides, as the noun does in English: a *synth bass* is a bass, a *bass drum* a drum. Words of lower
priority (*room*, *loop*) come last.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from unpatch.stems.instruments import BACKING, LAST, PHRASES, VOCALS, WORDS

OTHER = "other"


def _table(words: Mapping[str, str], between: str | None = None) -> dict[str, str]:
    return {" ".join(one.split()): group for group, text in words.items() for one in text.split(between)}


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BY_PHRASE, _BY_WORD, _BY_LAST = _table(PHRASES, "|"), _table(WORDS), _table(LAST)
# Pieces of words in which others hide (leadvox, kickin): long enough not to be there by chance.
_PIECES = sorted((word for word in _BY_WORD if len(word) >= 3), key=len, reverse=True)
_SHORTEST_COMPOUND = 5

# Voices behind others, and what is in front all the same.
_BEHIND = word_set("""
    backing background back bg bgv bk bck harmony harmonies harm harms choir group gang ooh oohs aah aahs bv
    bvs bvox support unison double doubles dbl stack stacks""")
_IN_FRONT = word_set("lead main ld solo")

_CUTS = re.compile(
    r"[\W_]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"
)
_PLURAL = re.compile(r"(?<=[A-Z]{2})s(?![a-z])")


def words(name: str) -> list[str]:
    """A name's words in lower case; figures are separate words."""
    return [word.lower() for word in _CUTS.split(_PLURAL.sub("S", name)) if word]


def instrument(name: str) -> str | None:
    """The group of a track by its name, None where no word is known."""
    parts = words(name)
    group = _by_phrase(parts) or _by_word(parts) or _rightmost(parts, _BY_LAST)
    return BACKING if group == VOCALS and _is_behind(parts) else group


def group_of(name: str) -> str:
    """The same; ``other`` where no word is known."""
    return instrument(name) or OTHER


def _by_phrase(parts: Sequence[str]) -> str | None:
    pairs = [" ".join(pair) for pair in pairwise(parts)]
    # A noun behind a phrase outweighs it.
    return _rightmost(pairs, _BY_PHRASE) if not _later_noun(parts, pairs) else None


def _later_noun(parts: Sequence[str], pairs: Sequence[str]) -> bool:
    last = max((i for i, pair in enumerate(pairs) if pair in _BY_PHRASE), default=None)
    return last is not None and any(word in _BY_WORD for word in parts[last + 2 :])


def _by_word(parts: Sequence[str]) -> str | None:
    return _rightmost(parts, _BY_WORD) or next(filter(None, map(_by_piece, reversed(parts))), None)


def _by_piece(word: str) -> str | None:
    """The group of a compound, by its end or else its start."""
    if len(word) < _SHORTEST_COMPOUND:
        return None
    ends = (piece for piece in _PIECES if word.endswith(piece))
    starts = (piece for piece in _PIECES if word.startswith(piece))
    piece = next(ends, None) or next(starts, None)
    return _BY_WORD[piece] if piece else None


def _rightmost(parts: Iterable[str], table: Mapping[str, str]) -> str | None:
    return next((table[word] for word in reversed(list(parts)) if word in table), None)


def _is_behind(parts: Sequence[str]) -> bool:
    return bool(_BEHIND & set(parts)) and not _IN_FRONT & set(parts)
