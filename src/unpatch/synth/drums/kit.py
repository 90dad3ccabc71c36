"""A drum kit: for each way of striking an instrument, recordings from soft to hard.

A kit on disk is a file of 16-bit samples, mapped into memory so that all processes share them, and a JSON
file with the position of each recording in it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from unpatch.graph.data import shorten
from unpatch.storage.documents import read_json, reading
from unpatch.storage.files import write_array, write_aside

Floats: TypeAlias = NDArray[np.float32]

FORMAT_VERSION = 2
FULL_SCALE = 32767

ARTICULATIONS: Mapping[str, str] = {
    "kick": "kick", "snare": "snare", "rim": "snare",
    "hat_closed": "hat", "hat_open": "hat", "hat_pedal": "hat",
    "tom_high": "tom", "tom_mid": "tom", "tom_floor": "tom",
    "ride": "ride", "ride_bell": "ride", "crash": "crash", "crash_2": "crash",
}  # fmt: skip
"""Articulation to its track (a source of the graph)."""

STAND_INS: Mapping[str, Sequence[str]] = {
    "rim": ("snare",), "hat_pedal": ("hat_closed",),
    "tom_high": ("tom_mid", "tom_floor"), "tom_mid": ("tom_floor", "tom_high"),
    "tom_floor": ("tom_mid", "tom_high"), "ride_bell": ("ride",), "crash_2": ("crash",),
}  # fmt: skip
"""What is struck where a kit lacks something, the nearest first."""


class KitError(ValueError):
    """What is wrong with a kit or where it was looked for, in one line."""


@dataclass(frozen=True)
class Take:
    """One recording.

    Attributes:
        top: the hardest stroke that it represents, in (0, 1].
        audio: mono ``[T]`` at 44.1 kHz, float32 or 16-bit samples; the stroke falls on its first ones.
    """

    top: float
    audio: Floats | NDArray[np.int16]

    def sound(self) -> Floats:
        """Its audio as float32."""
        if self.audio.dtype == np.int16:
            return np.asarray(self.audio * np.float32(1 / FULL_SCALE), dtype=np.float32)
        return np.asarray(self.audio, dtype=np.float32)


Takes: TypeAlias = Mapping[str, Sequence[Take]]
"""Articulation to takes, the softest first."""


@dataclass(frozen=True)
class Kit:
    """Takes of every articulation that was recorded."""

    name: str
    takes: Takes

    def __post_init__(self) -> None:
        missing = [name for name in ARTICULATIONS if name not in STAND_INS and name not in self.takes]
        toms = any(ARTICULATIONS[name] == "tom" for name in self.takes)
        missing += [] if toms else ["tom"]
        if missing:
            raise KitError(f"kit {self.name} has no {', '.join(missing)}")

    def struck(self, articulation: str, velocity: float) -> Floats:
        """A stroke of this velocity in (0, 1] ``[T]``, of the most similar articulation if need be."""
        names = (articulation, *STAND_INS.get(articulation, ()))
        takes = next(self.takes[name] for name in names if name in self.takes)
        return next((take for take in takes if velocity <= take.top), takes[-1]).sound()

    def save(self, folder: Path) -> None:
        """Write NAME.npy and NAME.json."""
        places, start = [], 0
        for articulation, takes in self.takes.items():
            for take in takes:
                places.append([articulation, take.top, start, start + len(take.audio)])
                start += len(take.audio)
        samples = np.concatenate([take.sound() for takes in self.takes.values() for take in takes])
        write_array(folder / f"{self.name}.npy", np.round(FULL_SCALE * samples.clip(-1, 1)).astype(np.int16))
        index = {"version": FORMAT_VERSION, "takes": places}
        write_aside(folder / f"{self.name}.json", json.dumps(index).encode())

    @classmethod
    def load(cls, folder: Path, name: str) -> "Kit":
        """Read what :meth:`save` wrote; samples stay on disk until they are played."""
        path = folder / f"{name}.npy"
        with reading(path, KitError):
            samples = np.load(path, mmap_mode="r")
            if samples.dtype != np.int16 or samples.ndim != 1:
                raise KitError(f"holds {samples.dtype} {samples.shape}, needed are int16 (T,)")
        takes: dict[str, list[Take]] = {}
        with reading(folder / f"{name}.json", KitError):
            for articulation, top, start, stop in _index(folder, name)["takes"]:
                if not (0 < top <= 1 and 0 <= start < stop <= len(samples)):
                    raise KitError(
                        f"take {shorten((articulation, top, start, stop))} lies outside the samples"
                    )
                takes.setdefault(articulation, []).append(Take(top, samples[start:stop]))
            return cls(name, takes)

    @staticmethod
    def is_saved(folder: Path, name: str) -> bool:
        """Whether :meth:`load` would find a kit of the format of today."""
        is_there = (folder / f"{name}.json").is_file()
        return is_there and bool(_index(folder, name).get("version") == FORMAT_VERSION)


def _index(folder: Path, name: str) -> dict[str, Any]:
    path = folder / f"{name}.json"
    found = read_json(path, KitError)
    if not isinstance(found, dict):
        raise KitError(f"{path}: holds no index of a kit; remove it, so that the kit is prepared anew")
    return found
