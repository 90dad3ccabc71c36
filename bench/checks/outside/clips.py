"""Clips of third-party effects and their true chains; kept on disk, so that models use the same ones."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from torch import Tensor

from bench.checks.outside.listened_files import Format, read_back
from unpatch.storage.documents import read_json
from unpatch.storage.files import aside


@dataclass(frozen=True)
class Played:
    """An effect that was played: its family, who played it, and its knobs, see ``main_knobs``."""

    family: str
    make: str
    knobs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Clip:
    """What is known of a clip.

    Attributes:
        number: in its suite.
        performer: the singer or player.
        category: voice, speech or instrument.
        played: in series.
        coding: of its file.
        kbps: of its file; 0 where nothing is lost.
        sample_rate: at which it was played, in Hz.
        band_hz: what the dry sound was limited to, if it was.
    """

    number: int
    performer: str
    category: str
    played: tuple[Played, ...]
    format: Format
    sample_rate: int
    band_hz: float | None = None

    @property
    def families(self) -> set[str]:
        return {one.family for one in self.played}

    def to_dict(self) -> dict[str, object]:
        """Plain JSON data."""
        return asdict(self)

    @staticmethod
    def from_dict(data: Mapping[str, object]) -> "Clip":
        """The inverse of :meth:`to_dict`."""
        fields = dict(data)
        fields["played"] = tuple(Played(**one) for one in fields["played"])  # type: ignore[attr-defined]
        fields["format"] = Format(**fields["format"])  # type: ignore[arg-type]
        return Clip(**fields)  # type: ignore[arg-type]


class Suite(Protocol):
    """Numbered clips, each of which is always the same.

    Attributes:
        name: as files and folders are called.
        version: goes up when its clips change.
        seed: of what is drawn.
        count: default number of clips.
        peers: who plays, with versions.
    """

    name: str
    version: int
    seed: int
    count: int
    peers: str

    def make(self, number: int) -> tuple[Clip, bytes]:
        """A clip, and the bytes of its file."""


def clip_of(suite: Suite, number: int, folder: Path | None) -> tuple[Clip, Tensor, int]:
    """A clip, its audio ``[2, T]`` and sample rate in Hz; made where the folder does not have it yet.

    Args:
        folder: of all suites; None makes every clip again.
    """
    if folder is None:
        clip, data = suite.make(number)
        return clip, *read_back(data, clip.format)
    home = folder / f"{suite.name}-v{suite.version}-seed{suite.seed}"
    known = home / f"{number:04}.json"
    if not known.is_file():
        home.mkdir(parents=True, exist_ok=True)
        clip, data = suite.make(number)
        with aside(_sound(home, clip)) as draft:
            draft.write_bytes(data)
        with aside(known) as draft:
            draft.write_text(json.dumps(clip.to_dict(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    clip = Clip.from_dict(read_json(known))
    return clip, *read_back(_sound(home, clip).read_bytes(), clip.format)


def _sound(home: Path, clip: Clip) -> Path:
    ending = "wav" if clip.format.coding == "float" else clip.format.coding
    return home / f"{clip.number:04}.{ending}"
