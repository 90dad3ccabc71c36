"""A format that the program reads."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Format:
    """A format that is read.

    Attributes:
        file: name of the file that is damaged, in a folder of its own.
        prepare: writes that folder.
        read: reads the folder as the program does.
        is_text: whether the file is damaged as text.
        share: of all the cases, relative to the others.
    """

    file: str
    prepare: Callable[[Path], None]
    read: Callable[[Path], Any]
    is_text: bool = False
    share: int = 1
