"""Drum kits out of SoundFont 2 files: the part of the format that one-shot percussion uses.

We read key and velocity ranges, tuning, attenuation, loops and hold, decay and sustain of the volume envelope
of what :mod:`~unpatch.synth.drums.soundfont_zones` finds; its delay and attack, filters and modulators are
left alone. (SoundFont Technical Specification 2.04, E-mu 2006, sections 7 and 8.)
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from unpatch.synth.drums.kit import Floats, KitError, Take
from unpatch.synth.drums.soundfont_zones import (
    ATTENUATION,
    COARSE_TUNE,
    DECAY,
    FINE_TUNE,
    HOLD,
    LOOPS,
    ROOT,
    SAMPLE,
    SCALE,
    SUSTAIN,
    VELOCITY_RANGE,
    Zone,
    tables_of,
    zones,
)
from unpatch.synth.sources import SAMPLE_RATE

# Offsets of a sample's places, and the same in steps of 32,768 samples (sections 8.1.2, 4, 12, 45 and 50).
START, END, LOOP_START, LOOP_END = (0, 4), (1, 12), (2, 45), (3, 50)
COARSE_STEP = 32_768

LONGEST_S = 5.0
MOST_SUSTAIN_CB = 1000
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

    def takes(self, bank: int, preset: int, key: int) -> list[Take]:
        """What a key of a preset sounds like, from soft to hard; nothing where no zone holds the key.

        Raises:
            KitError: where there is no such preset, or a zone or sample of it is damaged.
        """
        layers: dict[int, list[Zone]] = defaultdict(list)
        for zone in zones(self.path, self.tables, bank, preset, key):
            layers[zone[VELOCITY_RANGE]].append(zone)
        found: dict[frozenset[int], Take] = {}
        for velocities, layer in sorted(layers.items(), key=lambda item: item[0] >> 8):
            together = np.zeros(round(LONGEST_S * SAMPLE_RATE), dtype=np.float32)
            for audio in (self._played(zone, key) for zone in layer):
                together[: len(audio)] += audio[: len(together)]
            # Layers of the same samples differ in what we do not read: the loudest stands for all.
            found[frozenset(zone[SAMPLE] for zone in layer)] = Take((velocities >> 8) / 127, together)
        return list(found.values())

    def _played(self, zone: Zone, key: int) -> Floats:
        """One zone's sample at its pitch, through its volume envelope."""
        header = self._header(zone[SAMPLE])
        cents = (key - _root(zone, header)) * zone[SCALE] + 100 * zone[COARSE_TUNE]
        cents += zone[FINE_TUNE] + int(header["correction"])
        if abs(cents) > 100 * MOST_SEMITONES:
            raise self._fault(
                header,
                f"is played {cents / 100:+g} semitones from its pitch; at most {MOST_SEMITONES} are read",
            )
        rate = int(header["rate"]) * 2 ** (cents / 1200)
        audio = soxr.resample(self._looped(zone, header, round(LONGEST_S * rate)), rate, SAMPLE_RATE)
        gain = 10 ** (-zone[ATTENUATION] / 200)
        return np.asarray(audio * _envelope(zone, len(audio)) * gain, dtype=np.float32)

    def _header(self, number: int) -> Any:
        headers = self.tables["shdr"]
        if number >= len(headers) - 1:
            raise KitError(f"{self.path}: points to sample {number}; the last is {len(headers) - 2}")
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

    def _fault(self, header: Any, what: str) -> KitError:
        name = header["name"].decode("latin-1")
        return KitError(f"{self.path}: sample {name!r} {what}")


def _root(zone: Zone, header: Any) -> int:
    """The key at which a sample has its own pitch."""
    if 0 <= (root := zone.get(ROOT, -1)) <= HIGHEST_PITCH:
        return root
    return int(header["pitch"]) if header["pitch"] <= HIGHEST_PITCH else UNPITCHED


def _place(zone: Zone, header: Any, name: str, offsets: tuple[int, int]) -> int:
    fine, coarse = (zone.get(number, 0) for number in offsets)
    return int(header[name]) + fine + COARSE_STEP * coarse


def _envelope(zone: Zone, frames: int) -> Floats:
    """Hold, then a straight fall in decibels to the sustained level."""
    hold_s, decay_s = (2 ** (zone[number] / 1200) for number in (HOLD, DECAY))
    sustain_db = min(zone[SUSTAIN], MOST_SUSTAIN_CB) / 10
    seconds = np.arange(frames) / SAMPLE_RATE
    # The decay time is that of a fall by 100 dB, whatever the sustained level.
    fallen_db = np.clip((seconds - hold_s) / decay_s * 100, 0, sustain_db)
    return np.asarray(10 ** (-fallen_db / 20), dtype=np.float32)


@lru_cache(maxsize=2)
def soundfont(path: Path) -> SoundFont:
    """The file, read once for all the keys that are asked for in a row."""
    return SoundFont(path)


def read_soundfont(path: Path, bank: int, preset: int, keys: Mapping[str, int]) -> dict[str, list[Take]]:
    """Takes of the articulations that stand on these keys."""
    font = soundfont(path)
    found = {articulation: font.takes(bank, preset, key) for articulation, key in keys.items()}
    return {articulation: takes for articulation, takes in found.items() if takes}
