"""SoundFont 2 files for tests, written record by record."""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from tests.toy_kits import SR
from unpatch.synth.drums.kit import Floats

Generators: TypeAlias = Sequence[tuple[int, int]]

KEY, VELOCITY, ATTENUATION, SAMPLE, LOOPS, ROOT, HOLD, DECAY, SUSTAIN = 43, 44, 48, 53, 54, 58, 35, 36, 37
INSTRUMENT, COARSE_TUNE = 41, 51
PLAIN: Sequence[Generators] = (((INSTRUMENT, 0),),)
"""Zones of a preset that is one instrument."""


def span(low: int, high: int) -> int:
    return low | high << 8


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def write_soundfont(
    path: Path,
    samples: Floats,
    zones: Sequence[Generators],
    *,
    preset: Sequence[Generators] = PLAIN,
    end: int | None = None,
    loop: tuple[int, int] = (100, 541),
    rate: int = SR,
    pitch: int = 60,
    kind: int = 1,
    bags: int | None = None,
) -> Path:
    """One preset 128:0 with one instrument whose zones all play one sample.

    Args:
        path: of the file.
        samples: in [-1, 1].
        zones: of the instrument.
        preset: zones of the preset.
        end: of the sample, if it is not that of the samples.
        loop: of the sample.
        rate: in Hz.
        pitch: key of the sample.
        kind: its type.
        bags: where the instrument's zones are said to end, if elsewhere.
    """
    header = struct.pack(
        "<20s5IBbHH", b"s", 0, len(samples) if end is None else end, *loop, rate, pitch, 0, 0, kind
    )
    count = len(zones) if bags is None else bags
    first, last = (
        struct.pack("<20sHHH12x", *row) for row in ((b"p", 0, 128, 0), (b"EOP", 0, 0, len(preset)))
    )
    tables = [
        chunk(b"phdr", first + last),
        *_zones(b"p", preset),
        chunk(b"inst", struct.pack("<20sH", b"i", 0) + struct.pack("<20sH", b"EOI", count)),
        *_zones(b"i", zones),
        chunk(b"shdr", header + struct.pack("<20s5IBbHH", b"EOS", *[0] * 9)),
    ]
    smpl = chunk(b"smpl", np.round(32767 * samples).astype("<i2").tobytes() + bytes(92))
    version = chunk(b"LIST", b"INFO" + chunk(b"ifil", struct.pack("<HH", 2, 4)))
    body = b"sfbk" + version + chunk(b"LIST", b"sdta" + smpl) + chunk(b"LIST", b"pdta" + b"".join(tables))
    path.write_bytes(chunk(b"RIFF", body))
    return path


def _zones(letter: bytes, zones: Sequence[Generators]) -> list[bytes]:
    places = np.cumsum([0, *map(len, zones)])
    rows = [(number, amount & 0xFFFF) for zone in zones for number, amount in zone] + [(0, 0)]
    return [
        chunk(letter + b"bag", b"".join(struct.pack("<HH", int(place), 0) for place in places)),
        chunk(letter + b"mod", bytes(10)),
        chunk(letter + b"gen", b"".join(struct.pack("<HH", *row) for row in rows)),
    ]
