"""The tables of a SoundFont 2 file, and which zones of a preset a key plays.

A preset lists zones that point to instruments, an instrument lists zones that point to samples; a zone is a
list of numbered generators. Section numbers are those of the SoundFont Technical Specification 2.04 (E-mu,
2006).

Why not a library: sf2utils (1.0) parses the tables, but takes zones without a pointer at any place as
they come, follows pointers unchecked and renders nothing; tinysoundfont and FluidSynth render a key at one
velocity, but do not report the velocity layers of a kit. tinysoundfont
served as an independent reference for the output of this player.
"""

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray


class SoundFontError(ValueError):
    """What is wrong with a SoundFont, in one line."""


Zone: TypeAlias = dict[int, int]
"""Generator number to amount."""
Tables: TypeAlias = Mapping[str, NDArray[Any]]

DELAY, ATTACK, HOLD, DECAY, SUSTAIN, RELEASE = range(33, 39)
INSTRUMENT, KEY_RANGE, VELOCITY_RANGE = 41, 43, 44
ATTENUATION, COARSE_TUNE, FINE_TUNE, SAMPLE, LOOPS, SCALE, ROOT = 48, 51, 52, 53, 54, 56, 58
LIMITS: Mapping[int, tuple[int, int]] = {
    DELAY: (-12_000, 5_000), ATTACK: (-12_000, 8_000), RELEASE: (-12_000, 8_000),
    HOLD: (-12_000, 5_000), DECAY: (-12_000, 8_000), SUSTAIN: (0, 1_440), ATTENUATION: (0, 1_440),
    COARSE_TUNE: (-120, 120), FINE_TUNE: (-99, 99), SCALE: (0, 1_200),
}  # fmt: skip
"""Smallest and largest amounts of the generators that a preset adds to (section 8.1.3)."""
DEFAULTS: Mapping[int, int] = {
    DELAY: -12_000, ATTACK: -12_000, HOLD: -12_000, DECAY: -12_000, RELEASE: -12_000,
    SCALE: 100,
}  # fmt: skip
EVERYTHING = 127 << 8
"""The range from 0 to 127: lowest in the low byte, highest in the high one."""

_UNSIGNED = (INSTRUMENT, KEY_RANGE, VELOCITY_RANGE, SAMPLE)
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


def tables_of(path: Path) -> Tables:
    """All that is read of a file, mapped into memory.

    Raises:
        SoundFontError: where it is no SoundFont 2 file, or a table is missing or ends within a record.
    """
    if not path.stat().st_size:
        raise SoundFontError(f"{path}: empty, not a SoundFont 2 file")
    data = np.memmap(path, dtype=np.uint8, mode="r")
    found = {name: data[start:stop] for name, start, stop in _sections(data) if name in _TABLES}
    missing = [name for name in _TABLES if name not in found]
    if data[:4].tobytes() != b"RIFF" or data[8:12].tobytes() != b"sfbk" or missing:
        without = f" (without {', '.join(missing)})" if missing else ""
        raise SoundFontError(f"{path}: not a SoundFont 2 file{without}")
    return {name: _records(path, name, part) for name, part in found.items()}


def zones(path: Path, tables: Tables, bank: int, preset: int, key: int) -> Iterator[Zone]:
    """Instrument zones of a key, with what the preset adds to them, within the limits of the format."""
    header = tables["phdr"]
    found = np.flatnonzero((header["bank"][:-1] == bank) & (header["preset"][:-1] == preset))
    if not len(found):
        raise SoundFontError(f"{path}: has no preset {bank}:{preset}")
    for outer in _playing(path, tables, "preset", int(found[0]), key):
        for inner in _playing(path, tables, "instrument", outer[INSTRUMENT], key):
            if (both := _common_range(outer, inner)) is not None:
                summed = {n: inner.get(n, DEFAULTS.get(n, 0)) + outer.get(n, 0) for n in LIMITS}
                yield inner | {n: _limited(n, a) for n, a in summed.items()} | {VELOCITY_RANGE: both}


def _common_range(outer: Zone, inner: Zone) -> int | None:
    """Velocities that a zone of a preset and one of its instrument share."""
    ranges = [zone.get(VELOCITY_RANGE, EVERYTHING) for zone in (outer, inner)]
    low, high = max(both & 0xFF for both in ranges), min(both >> 8 for both in ranges)
    return low | high << 8 if low <= high else None


def _limited(number: int, amount: int) -> int:
    low, high = LIMITS[number]
    return min(max(amount, low), high)


# A table of headers, of zones and of generators, and the generator that ends a zone by pointing onwards.
_LEVELS: Mapping[str, tuple[str, str, str, int]] = {
    "preset": ("phdr", "pbag", "pgen", INSTRUMENT),
    "instrument": ("inst", "ibag", "igen", SAMPLE),
}


def _playing(path: Path, tables: Tables, level: str, row: int, key: int) -> Iterator[Zone]:
    """Zones of a preset or an instrument that hold a key and point to something.

    Only the first zone may do without a pointer: it sets what the others leave open. Any later one that does
    is ignored (sections 7.3 and 7.7).
    """
    headers, bags, generators, pointer = _LEVELS[level]
    common: Zone = {}
    first, last = _span(path, f"{level} {row}", tables[headers]["bag"], row, len(tables[bags]) - 1)
    for bag in range(first, last):
        rows = _span(path, f"zone {bag}", tables[bags]["generators"], bag, len(tables[generators]))
        zone = _zone(tables[generators][slice(*rows)], pointer)
        if pointer not in zone:
            common = zone if bag == first else common
            continue
        zone = common | zone
        keys = zone.get(KEY_RANGE, EVERYTHING)
        if keys & 0xFF <= key <= keys >> 8:
            yield zone


def _zone(rows: NDArray[Any], pointer: int) -> Zone:
    """Generators up to the pointer; a range that does not come first is ignored, as by FluidSynth."""
    zone: Zone = {}
    for number, amount in rows.tolist():
        misplaced = (number == KEY_RANGE and zone) or (number == VELOCITY_RANGE and zone.keys() - {KEY_RANGE})
        if not misplaced:
            zone[number] = amount & 0xFFFF if number in _UNSIGNED else amount
        if number == pointer:
            break
    return zone


def _span(path: Path, what: str, places: NDArray[Any], row: int, end: int) -> tuple[int, int]:
    """From the place of a row to that of the next; the last row only marks the end."""
    if row + 1 >= len(places):
        raise SoundFontError(f"{path}: points to {what}; the last is {len(places) - 2}")
    first, last = (int(place) for place in places[row : row + 2])
    if not first <= last <= end:
        raise SoundFontError(f"{path}: {what} spans records {first} to {last}; there are {end}")
    return first, last


def _records(path: Path, name: str, data: NDArray[np.uint8]) -> NDArray[Any]:
    kind = np.dtype(_TABLES[name])
    if len(data) % kind.itemsize:
        raise SoundFontError(f"{path}: {name} has {len(data)} bytes; records have {kind.itemsize}")
    return data.view(kind)


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
