"""What is to be loaded."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrackFile:
    """A file, what it will be called, and its group."""

    path: Path
    name: str
    group: str


@dataclass(frozen=True)
class MultitrackFiles:
    """Stems, mix, and notes on the choice."""

    tracks: tuple[TrackFile, ...]
    mix: Path | None
    notices: tuple[str, ...] = ()
