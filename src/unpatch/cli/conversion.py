"""Conversion of command-line words to values: an empty one is not a path.

Python takes an empty path for the working directory, so ``-o ''``, which is what a shell
makes of a variable without a value, would write there.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from cyclopts import Token, convert


def value_of(hint: Any, words: Sequence[Token] | Mapping[str, Any]) -> Any:
    """The value of some words.

    Raises:
        ValueError: one of them is empty where a path is expected; cyclopts adds the argument.
    """
    if not isinstance(words, Mapping) and takes_files(hint) and any(not word.value for word in words):
        raise ValueError("a path is needed, given is an empty word")
    return convert(hint, words)  # type: ignore[arg-type]


def takes_files(hint: Any) -> bool:
    """Whether values of this type are paths, or lists of paths or of words for files."""
    parts = get_args(hint)
    if get_origin(hint) in (list, tuple) and str in parts:
        return True
    return hint is Path or any(map(takes_files, parts))
