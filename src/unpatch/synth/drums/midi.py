"""Notes of standard MIDI files with their times in seconds.

Plain files are read quickly (:mod:`unpatch.synth.drums.midi_events`), others by mido. What the times mean
follows here from the Standard MIDI File specification 1.0 (MIDI Manufacturers Association, RP-001): beats and
tempo, or frames of SMPTE time code.
"""

import re
import struct
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from unpatch.execution.extras import require
from unpatch.synth.drums.midi_events import Event, Song, plain_song
from unpatch.synth.sources import SourceError

PERCUSSION = 9
"""Channel 10, counted from 0: percussion in General MIDI."""
DEFAULT_TEMPO = 500_000
"""Microseconds per beat where a file sets no tempo: 120 beats per minute."""
SMPTE_FRAMES_HZ = {24: 24.0, 25: 25.0, 29: 30_000 / 1_001, 30: 30.0}
"""Frame rates that a division in time code may name; 29 is 30 drop frame."""
LARGEST_DELTA = 0x0FFF_FFFF
"""Four bytes of seven bits."""
MOST_BYTES = 4 << 20

# A number of variable length ends at the first byte whose top bit is clear. mido sets no limit to its length,
# and its time to read one grows with the square of that.
_ENDLESS = re.compile(rb"[\x80-\xff]{512}")


class KeyPress(NamedTuple):
    """A key pressed at ``time_s`` with a velocity from 1 to 127 on a channel counted from 0."""

    time_s: float
    key: int
    velocity: int
    channel: int


def notes(path: Path) -> tuple[KeyPress, ...]:
    """All notes of a file in order.

    Raises:
        SourceError: where the file is missing, damaged, of format 2, or its times are not defined.
    """
    try:
        return tuple(_notes(_read(path)))
    except _reading_faults() as fault:
        raise SourceError(f"{path}: not readable as MIDI ({_reason(fault)})") from None


def percussion(played: tuple[KeyPress, ...]) -> tuple[KeyPress, ...]:
    """Those on channel 10; all of them where a file uses one channel only."""
    if len({note.channel for note in played}) <= 1:
        return played
    return tuple(note for note in played if note.channel == PERCUSSION)


def _reading_faults() -> tuple[type[Exception], ...]:
    """What mido raises over damaged files."""
    require("synth")
    from mido.midifiles.meta import KeySignatureError

    return (OSError, EOFError, ValueError, LookupError, TypeError, struct.error, KeySignatureError)


def _reason(fault: Exception) -> str:
    if isinstance(fault, EOFError):
        return "it ends too early"
    return str(fault) or type(fault).__name__


def _read(path: Path) -> Song:
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"{size:,} bytes; at most {MOST_BYTES:,} are read")
    data = path.read_bytes()
    return plain_song(data) or any_song(data)


def any_song(data: bytes) -> Song:
    """Any file that mido can read."""
    import mido

    if _ENDLESS.search(data):
        raise ValueError("a number of variable length does not end")
    file = mido.MidiFile(file=BytesIO(data))
    return Song(file.type, file.ticks_per_beat, [_events(track) for track in file.tracks])


def _events(track: Any) -> list[Event]:
    """mido's own iteration copies every message, which takes longer than reading the file."""
    ticks = accumulate(_delta(message) for message in track)
    events = []
    for tick, message in zip(ticks, track, strict=True):
        if message.type == "set_tempo":
            events.append(Event(tick, tempo=message.tempo))
        elif message.type == "note_on":
            events.append(Event(tick, message.note, message.velocity, message.channel))
    return events


def _notes(song: Song) -> Iterator[KeyPress]:
    _check(song)
    seconds_per_tick = _clock(song.division)
    time_s, last, tempo = 0.0, 0, DEFAULT_TEMPO
    events = (event for track in song.tracks for event in track)
    for event in sorted(events, key=lambda event: event.tick):
        time_s, last = time_s + (event.tick - last) * seconds_per_tick(tempo), event.tick
        if event.tempo is not None:
            tempo = _tempo(event.tempo)
        elif event.velocity:  # a velocity of 0 releases the key
            yield KeyPress(time_s, event.key, event.velocity, event.channel)


def _check(song: Song) -> None:
    if song.kind == 2:
        raise ValueError("format 2, patterns that no file order joins; formats 0 and 1 are read")
    if song.kind not in (0, 1):
        raise ValueError(f"format {song.kind}; formats 0 and 1 are read")
    if not song.tracks:
        raise ValueError("it has no tracks")


def _delta(message: Any) -> int:
    if message.time > LARGEST_DELTA:
        raise ValueError(f"a delta time of {message.time:,} ticks; at most {LARGEST_DELTA:,} are allowed")
    return int(message.time)


def _tempo(microseconds: int) -> int:
    if not microseconds:
        raise ValueError("a tempo of 0 microseconds per beat; 1 or more are allowed")
    return microseconds


def _clock(division: int) -> Callable[[int], float]:
    """Tempo in microseconds per beat to seconds per tick; with time code the tempo has no effect."""
    if division > 0:
        return lambda tempo: tempo * 1e-6 / division
    frames, ticks = -(division >> 8), division & 0xFF
    if frames not in SMPTE_FRAMES_HZ or not ticks:
        allowed = ", ".join(map(str, SMPTE_FRAMES_HZ))
        raise ValueError(
            f"its division is 0x{division & 0xFFFF:04X}; allowed are 1 to 32767 ticks per beat, "
            f"or 1 to 255 ticks per frame at {allowed} frames per second"
        )
    seconds = 1 / (SMPTE_FRAMES_HZ[frames] * ticks)
    return lambda tempo: seconds
