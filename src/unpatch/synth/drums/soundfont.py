"""Drum kits out of SoundFont 2 files: the part of the format that one-shot percussion uses.

A preset lists zones that point to instruments, an instrument lists zones that point to samples; a zone is a
list of numbered generators, and a zone without a pointer sets what its neighbours leave open. We read key and
velocity ranges, tuning, attenuation, loops and the volume envelope; filters and modulators are left alone.
(SoundFont Technical Specification 2.04, E-mu 2006, sections 7 and 8.)
"""

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from unpatch.synth.drums.kit import Floats, KitError, Take
from unpatch.synth.sources import SAMPLE_RATE

Zone: TypeAlias = dict[int, int]
"""Generator number to amount."""

START, END, LOOP_START, LOOP_END = 0, 1, 2, 3
HOLD, DECAY, SUSTAIN = 35, 36, 37
INSTRUMENT, KEY_RANGE, VELOCITY_RANGE = 41, 43, 44
ATTENUATION, COARSE_TUNE, FINE_TUNE, SAMPLE, LOOPS, SCALE, ROOT = 48, 51, 52, 53, 54, 56, 58
RANGES = (KEY_RANGE, VELOCITY_RANGE)
# What a preset's zone says is added to these; of the rest only the instrument's zone may speak.
ADDITIVE = (HOLD, DECAY, SUSTAIN, ATTENUATION, COARSE_TUNE, FINE_TUNE)
DEFAULTS: Mapping[int, int] = {HOLD: -12000, DECAY: -12000, SCALE: 100, ROOT: -1}
EVERYTHING = 127 << 8

LONGEST_S = 5.0
MOST_SUSTAIN_CB = 1000

_BAG = [("generators", "<u2"), ("modulators", "<u2")]
_GENERATOR = [("number", "<u2"), ("amount", "<i2")]
_PRESET = [("name", "S20"), ("preset", "<u2"), ("bank", "<u2"), ("bag", "<u2"), ("unused", "<u4", 3)]
_SAMPLE = [
    ("name", "S20"), ("start", "<u4"), ("end", "<u4"), ("loop_start", "<u4"), ("loop_end", "<u4"),
    ("rate", "<u4"), ("pitch", "u1"), ("correction", "i1"), ("link", "<u2"), ("type", "<u2"),
]  # fmt: skip
_TABLES: Mapping[str, Any] = {
    "phdr": _PRESET, "pbag": _BAG, "pgen": _GENERATOR,
    "inst": [("name", "S20"), ("bag", "<u2")], "ibag": _BAG, "igen": _GENERATOR, "shdr": _SAMPLE,
    "smpl": "<i2",
}  # fmt: skip


class SoundFont:
    """The tables of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        data = np.memmap(path, dtype=np.uint8, mode="r")
        self.tables: dict[str, NDArray[Any]] = {}
        for name, start, stop in _sections(data):
            if name in _TABLES:
                self.tables[name] = data[start:stop].view(np.dtype(_TABLES[name]))
        if self.tables.keys() != _TABLES.keys():
            raise KitError(f"{path}: not a SoundFont 2 file")

    def takes(self, bank: int, preset: int, key: int) -> list[Take]:
        """What a key of a preset sounds like, from soft to hard."""
        layers: dict[int, list[Zone]] = defaultdict(list)
        for zone in self._zones(bank, preset, key):
            layers[zone.get(VELOCITY_RANGE, EVERYTHING)].append(zone)
        heard: dict[frozenset[int], Take] = {}
        for velocities, zones in sorted(layers.items(), key=lambda item: item[0] >> 8):
            together = np.zeros(round(LONGEST_S * SAMPLE_RATE), dtype=np.float32)
            for audio in (self._played(zone, key) for zone in zones):
                together[: len(audio)] += audio[: len(together)]
            # Layers of the same samples differ in what we do not read: the loudest stands for all.
            heard[frozenset(zone[SAMPLE] for zone in zones)] = Take((velocities >> 8) / 127, together)
        return list(heard.values())

    def _zones(self, bank: int, preset: int, key: int) -> Iterator[Zone]:
        """Instrument zones of a key, with what the preset adds to them."""
        header = self.tables["phdr"]
        found = np.flatnonzero((header["bank"][:-1] == bank) & (header["preset"][:-1] == preset))
        if not len(found):
            raise KitError(f"{self.path}: has no preset {bank}:{preset}")
        for outer in self._listed("p", "phdr", int(found[0]), key, INSTRUMENT):
            for inner in self._listed("i", "inst", outer[INSTRUMENT], key, SAMPLE):
                added = {n: inner.get(n, DEFAULTS.get(n, 0)) + outer[n] for n in ADDITIVE if n in outer}
                yield inner | added

    def _listed(self, letter: str, table: str, row: int, key: int, pointer: int) -> Iterator[Zone]:
        """Zones of a preset or an instrument that hold a key and point to something."""
        bags = self.tables[f"{letter}bag"]["generators"]
        first, last = self.tables[table]["bag"][row : row + 2]
        common: Zone = {}
        for bag in range(first, last):
            rows = self.tables[f"{letter}gen"][bags[bag] : bags[bag + 1]]
            zone = {int(n): int(a) & 0xFFFF if n in RANGES else int(a) for n, a in rows}
            if pointer not in zone:
                common = zone
                continue
            zone = common | zone
            keys = zone.get(KEY_RANGE, EVERYTHING)
            if keys & 0xFF <= key <= keys >> 8:
                yield zone

    def _played(self, zone: Zone, key: int) -> Floats:
        """One zone's sample at its pitch, through its volume envelope."""
        header = self.tables["shdr"][zone[SAMPLE]]
        root = int(header["pitch"]) if zone.get(ROOT, -1) < 0 else zone[ROOT]
        cents = (key - root) * zone.get(SCALE, DEFAULTS[SCALE]) + 100 * zone.get(COARSE_TUNE, 0)
        cents += zone.get(FINE_TUNE, 0) + int(header["correction"])
        rate = int(header["rate"]) * 2 ** (cents / 1200)
        audio = soxr.resample(self._looped(zone, header, round(LONGEST_S * rate)), rate, SAMPLE_RATE)
        gain = 10 ** (-zone.get(ATTENUATION, 0) / 200)
        return np.asarray(audio * _envelope(zone, len(audio)) * gain, dtype=np.float32)

    def _looped(self, zone: Zone, header: Any, frames: int) -> Floats:
        """Samples of a zone, gone round its loop until there are enough."""
        start, stop = int(header["start"]) + zone.get(START, 0), int(header["end"]) + zone.get(END, 0)
        audio = self.tables["smpl"][start:stop].astype(np.float32) / 32768
        begin = int(header["loop_start"]) + zone.get(LOOP_START, 0) - start
        end = int(header["loop_end"]) + zone.get(LOOP_END, 0) - start
        if zone.get(LOOPS, 0) & 1 and 0 <= begin < end <= len(audio) < frames:
            rounds = -(-(frames - end) // (end - begin))
            audio = np.concatenate([audio[:end], np.tile(audio[begin:end], rounds)])
        return np.asarray(audio[:frames], dtype=np.float32)


def _envelope(zone: Zone, frames: int) -> Floats:
    """Hold, then a straight fall in decibels to the sustained level."""
    hold_s, decay_s = (2 ** (zone.get(number, DEFAULTS[number]) / 1200) for number in (HOLD, DECAY))
    sustain_db = min(zone.get(SUSTAIN, 0), MOST_SUSTAIN_CB) / 10
    seconds = np.arange(frames) / SAMPLE_RATE
    # The decay time is that of a fall by 100 dB, whatever the sustained level.
    fallen_db = np.clip((seconds - hold_s) / decay_s * 100, 0, sustain_db)
    return np.asarray(10 ** (-fallen_db / 20), dtype=np.float32)


def _sections(data: NDArray[np.uint8]) -> Iterator[tuple[str, int, int]]:
    """Name and place of each chunk in the lists of a RIFF file."""
    for name, start, stop in _chunks(data, 12, len(data)):
        if name == "LIST":
            yield from _chunks(data, start + 4, stop)


def _chunks(data: NDArray[np.uint8], start: int, stop: int) -> Iterator[tuple[str, int, int]]:
    while start + 8 <= stop:
        name, size = struct.unpack("<4sI", data[start : start + 8].tobytes())
        yield name.decode("latin-1"), start + 8, min(start + 8 + size, stop)
        start += 8 + size + size % 2


@lru_cache(maxsize=2)
def soundfont(path: Path) -> SoundFont:
    """The file, read once for all the keys that are asked for in a row."""
    return SoundFont(path)


def read_soundfont(path: Path, bank: int, preset: int, keys: Mapping[str, int]) -> dict[str, list[Take]]:
    """Takes of the articulations that stand on these keys."""
    font = soundfont(path)
    found = {articulation: font.takes(bank, preset, key) for articulation, key in keys.items()}
    return {articulation: takes for articulation, takes in found.items() if takes}
