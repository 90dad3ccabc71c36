"""Samples out of a SoundFont 2 file, at the pitch of a key.

(SoundFont Technical Specification 2.04, E-mu 2006, sections 7 and 8.)
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from unpatch.synth.soundfonts.tables import (
    COARSE_TUNE,
    FINE_TUNE,
    LOOPS,
    ROOT,
    SAMPLE,
    SCALE,
    SoundFontError,
    Zone,
    tables_of,
    zones,
)
from unpatch.synth.sources import SAMPLE_RATE

Floats: TypeAlias = NDArray[np.float32]

# Offsets of a sample's places, and the same in steps of 32,768 samples (sections 8.1.2, 4, 12, 45 and 50).
START, END, LOOP_START, LOOP_END = (0, 4), (1, 12), (2, 45), (3, 50)
COARSE_STEP = 32_768

RATES_HZ = (400, 192_000)
"""Sample rates that are read: 400 Hz is the specification's lowest, its 50 kHz is no longer the highest."""
MOST_SEMITONES = 60
"""A sample is played at most so far from its own pitch."""
UNPITCHED, HIGHEST_PITCH = 60, 127
"""Root key where a sample names none, or one above the highest (section 7.10)."""
ROM, COMPRESSED = 0x8000, 0x10
"""Bits of a sample's type: it is in the memory of a sound card, or Ogg Vorbis (SoundFont 3)."""


class SoundFont:
    """One file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tables = tables_of(path)

    def zones(self, bank: int, preset: int, key: int) -> list[Zone]:
        """Zones of a preset that a key plays, at any velocity; none where none holds the key.

        Raises:
            SoundFontError: where the preset does not exist, or a zone of it is damaged.
        """
        return list(zones(self.path, self.tables, bank, preset, key))

    def pitched(self, zone: Zone, key: int, seconds: float) -> Floats:
        """A zone's sample at the pitch of a key, for so long, or as long as it lasts without a loop."""
        header = self.header(zone[SAMPLE])
        cents = (key - _root(zone, header)) * zone[SCALE] + 100 * zone[COARSE_TUNE]
        cents += zone[FINE_TUNE] + int(header["correction"])
        if abs(cents) > 100 * MOST_SEMITONES:
            raise self._fault(
                header,
                f"is played {cents / 100:+g} semitones from its pitch; at most {MOST_SEMITONES} are read",
            )
        rate = int(header["rate"]) * 2 ** (cents / 1200)
        looped = self._looped(zone, header, round(seconds * rate))
        return np.asarray(soxr.resample(looped, rate, SAMPLE_RATE), dtype=np.float32)

    def header(self, number: int) -> Any:
        """The record of a sample that can be read."""
        headers = self.tables["shdr"]
        if number >= len(headers) - 1:
            raise SoundFontError(f"{self.path}: points to sample {number}; the last is {len(headers) - 2}")
        header = headers[number]
        lowest, highest = RATES_HZ
        if header["type"] & (ROM | COMPRESSED):
            raise self._fault(header, "is not in the file as 16-bit samples (ROM or SoundFont 3)")
        if not lowest <= header["rate"] <= highest:
            raise self._fault(header, f"has a rate of {header['rate']} Hz; allowed are {lowest} to {highest}")
        return header

    def _looped(self, zone: Zone, header: Any, frames: int) -> Floats:
        """Samples of a zone, gone round its loop until there are enough."""
        start, stop = _place(zone, header, "start", START), _place(zone, header, "end", END)
        available = len(self.tables["smpl"])
        if not 0 <= start < stop <= available:
            raise self._fault(header, f"spans samples {start} to {stop}; the file holds {available}")
        audio = self.tables["smpl"][start:stop].astype(np.float32) / 32768
        if zone.get(LOOPS, 0) & 1:
            begin = _place(zone, header, "loop_start", LOOP_START) - start
            end = _place(zone, header, "loop_end", LOOP_END) - start
            if not 0 <= begin < end <= len(audio):
                raise self._fault(header, f"loops from {begin} to {end} of its {len(audio)} samples")
            rounds = max(-(-(frames - end) // (end - begin)), 0)
            audio = np.concatenate([audio[:end], np.tile(audio[begin:end], rounds)])
        return np.asarray(audio[:frames], dtype=np.float32)

    def _fault(self, header: Any, what: str) -> SoundFontError:
        name = header["name"].decode("latin-1")
        return SoundFontError(f"{self.path}: sample {name!r} {what}")


def _root(zone: Zone, header: Any) -> int:
    """The key at which a sample has its own pitch."""
    if 0 <= (root := zone.get(ROOT, -1)) <= HIGHEST_PITCH:
        return root
    return int(header["pitch"]) if header["pitch"] <= HIGHEST_PITCH else UNPITCHED


def _place(zone: Zone, header: Any, name: str, offsets: tuple[int, int]) -> int:
    fine, coarse = (zone.get(number, 0) for number in offsets)
    return int(header[name]) + fine + COARSE_STEP * coarse


@lru_cache(maxsize=4)
def soundfont(path: Path) -> SoundFont:
    """The file, read once for consecutive keys."""
    return SoundFont(path)
