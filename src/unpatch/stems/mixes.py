"""Which of a folder's files is the mix, by their names."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from unpatch.stems.multitrack import StemsError
from unpatch.stems.naming import instrument, word_set, words

_MIX = word_set("mix mixture mixdown mixed fullmix stereomix twomix finalmix mixmaster")
_MASTER = word_set("master mastered bounce bounced preview full")
_ROUGH = word_set("rough demo draft monitor ref reference old unmastered")
_NEUTRAL = word_set("a final stereo main the v ver version orig original song track print bit k khz hz hq l")
_NOT_ALL = word_set("instrumental karaoke acapella acappella minus without no bus stem stems")


def is_mix(path: Path) -> bool:
    """Whether a name consists of words for a mix only (``mix``, ``Song_MIX`` in a folder ``Song``)."""
    return _rank(path) in (0, 1, 2)


def mix_among(paths: Iterable[Path]) -> Path | None:
    """The likeliest mix: one called a mix before one called a master, a rough one last; None without any.

    Raises:
        StemsError: where two are equally likely.
    """
    ranked = sorted((rank, path) for path in paths if (rank := _rank(path)) is not None)
    best = [path for rank, path in ranked if rank == ranked[0][0]]
    if len(best) > 1:
        raise StemsError(f"{best[0].parent}: {_names(best)} may each be the mix; give one")
    return best[0] if best else None


def _names(paths: Sequence[Path]) -> str:
    return " and ".join(path.name for path in paths)


def _rank(path: Path) -> int | None:
    """0 for a mix, 1 for a master, 2 for a rough mix, 3 for a mix with further words; else None."""
    context = {word for parent in path.parents[:2] for word in words(parent.name)} - _MIX
    parts = [word for word in words(path.stem) if word not in context and not word.isdigit()]
    mix, master = _MIX & set(parts), _MASTER & set(parts)
    if not mix | master or _NOT_ALL & set(parts) or instrument(" ".join(parts)) is not None:
        return None
    rest = set(parts) - _MIX - _MASTER - _NEUTRAL
    if rest - _ROUGH:
        return 3 if mix else None
    return 2 if rest else (0 if mix else 1)
