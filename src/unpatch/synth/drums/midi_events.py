"""What matters of a plain MIDI file: notes pressed and changes of tempo, at their ticks.

A drum module sends thousands of control changes a minute; a library that makes an object of each spends
most of its time on them. Here they are stepped over. Whatever is not plain is left to that library: system
events, rare meta events, other chunks and everything damaged.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

META, TEMPO, OFFSET, KEY_SIGNATURE = 0xFF, 0x51, 0x54, 0x59
NOTE_ON = 0x90
PLAIN_META = {
    **dict.fromkeys(range(0x01, 0x0A), None), 0x20: 1, 0x21: 1, 0x2F: 0, TEMPO: 3, OFFSET: 5, 0x58: 4,
    KEY_SIGNATURE: 2,
}  # fmt: skip
"""Kinds of meta events to the bytes that each has; None is any number."""
MOST_SHARPS = 7
ONE_BYTE = (0xC0, 0xD0)
"""Channel events (program, pressure) with one byte of data; the others have two."""
MOST_DIGITS = 4


class Event(NamedTuple):
    """A note pressed, or released by velocity 0; or a tempo from here on, in microseconds per beat."""

    tick: int
    key: int = 0
    velocity: int = 0
    channel: int = 0
    tempo: int | None = None


class Song(NamedTuple):
    """A file: its format, its division as a signed number, and the events of each track."""

    kind: int
    division: int
    tracks: Sequence[Sequence[Event]]


class _NotPlainError(Exception):
    """The file has something that is not read here."""


def plain_song(data: bytes) -> Song | None:
    """A plain file; None for any other."""
    try:
        return _song(data)
    except (_NotPlainError, IndexError, struct.error):
        return None


def _song(data: bytes) -> Song:
    name, size, kind, count, division = struct.unpack_from(">4sIhhh", data)
    if (name, size) != (b"MThd", 6):
        raise _NotPlainError
    tracks, start = [], 14
    for _ in range(count):
        name, size = struct.unpack_from(">4sI", data, start)
        start += 8
        if name != b"MTrk" or start + size > len(data):
            raise _NotPlainError
        tracks.append(_track(data, start, start + size))
        start += size
    return Song(kind, division, tracks)


def _track(data: bytes, at: int, stop: int) -> list[Event]:
    events, tick, status = [], 0, 0
    while at < stop:
        delta, at = _number(data, at)
        tick += delta
        if data[at] == META:
            tempo, at = _meta(data, at)
            events += [] if tempo is None else [Event(tick, tempo=tempo)]
            continue
        if data[at] & 0x80:
            status, at = data[at], at + 1
        event = status & 0xF0
        first, last = data[at], data[at] if event in ONE_BYTE else data[at + 1]
        at += 1 if event in ONE_BYTE else 2
        if not 0x80 <= event < 0xF0 or (first | last) & 0x80:
            raise _NotPlainError
        if event == NOTE_ON:
            events.append(Event(tick, first, last, status & 0x0F))
    if at != stop:
        raise _NotPlainError
    return events


def _meta(data: bytes, at: int) -> tuple[int | None, int]:
    """The tempo that a meta event sets, if it does, and where the next event begins."""
    kind = data[at + 1]
    length, start = _number(data, at + 2)
    body = data[start : start + length]
    if kind not in PLAIN_META or PLAIN_META[kind] not in (None, length) or len(body) < length:
        raise _NotPlainError
    if (kind == KEY_SIGNATURE and not _is_key(body)) or (kind == OFFSET and not _is_offset(body)):
        raise _NotPlainError
    return int.from_bytes(body, "big") if kind == TEMPO else None, start + length


def _is_key(body: bytes) -> bool:
    sharps = int.from_bytes(body[:1], "big", signed=True)
    return abs(sharps) <= MOST_SHARPS and body[1] <= 1


def _is_offset(body: bytes) -> bool:
    """Frame rate with hours, minutes, seconds, frames, hundredths of them."""
    rate, minutes, seconds, _, hundredths = body
    return rate < 0x80 and minutes < 60 and seconds < 60 and hundredths < 100


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = 0
    for digit in data[at : at + MOST_DIGITS]:
        at += 1
        value = value << 7 | digit & 0x7F
        if digit < 0x80:
            return value, at
    raise _NotPlainError
