"""Audio files as they come: every format, odd headers and contents, damage, odd names, no audio at all."""

import io
import os
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import soundfile

from bench.checks.robustness.seeds import RATE_HZ, tone

SECONDS = 1.0
SUBTYPES = (
    "PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW", "IMA_ADPCM", "MS_ADPCM",
    "GSM610", "G721_32", "NMS_ADPCM_16",
)  # fmt: skip
CONTAINERS = (
    ("RF64", "PCM_24", "wav"), ("W64", "PCM_24", "w64"), ("CAF", "PCM_24", "caf"), ("CAF", "ALAC_24", "caf"),
    ("AIFF", "PCM_16", "aiff"), ("AIFF", "FLOAT", "aifc"), ("AIFF", "ULAW", "aifc"), ("AU", "PCM_16", "au"),
    ("AU", "FLOAT", "au"), ("FLAC", "PCM_24", "flac"), ("FLAC", "PCM_S8", "flac"), ("OGG", "VORBIS", "ogg"),
    ("MP3", "MPEG_LAYER_III", "mp3"), ("MPC2K", "PCM_16", "mpc"), ("RAW", "PCM_16", "raw"),
    ("MAT5", "PCM_16", "mat"),
    ("VOC", "PCM_16", "voc"), ("PAF", "PCM_16", "paf"), ("SD2", "PCM_16", "sd2"), ("NIST", "PCM_16", "nist"),
    ("IRCAM", "PCM_16", "ircam"), ("AVR", "PCM_16", "avr"), ("PVF", "PCM_16", "pvf"),
    ("WAVEX", "PCM_24", "wav"),
)  # fmt: skip
RATES_HZ = (1, 4_000, 7_999, 8_000, 11_025, 22_050, 44_099, 48_000, 96_000, 192_000, 192_001, 384_000)
CHANNELS = (1, 3, 6, 32, 255)
DAMAGED = ("WAV PCM_16.wav", "FLAC PCM_24.flac", "OGG VORBIS.ogg", "MP3 MPEG_LAYER_III.mp3",
           "AIFF PCM_16.aiff",
           "CAF ALAC_24.caf", "W64 PCM_24.w64")  # fmt: skip
NAMES = (
    "sp ace.wav", "new\nline.wav", "quo'te\".wav", "emoji😀.wav", "<script>alert(1)<script>.wav", "-o.wav",
    "--help.wav", "a=b.wav", "[bold]x[-].wav", "[red].wav", "esc\x1b[31mred.wav", "bell\x07.wav",
    "%s{0}$HOME.wav",
    "x" * 250 + ".wav", "\u200bzero width.wav", "\u202egnp.wav", ".wav", "..wav", "bad\udcff\udcfename.wav",
    "*.wav", "~.wav", "kick.wav", "tab\t.wav",
)  # fmt: skip


def make(folder: Path) -> list[Path]:
    """Write the zoo; every file of it, in order."""
    folder.mkdir(parents=True)
    for part in (_formats, _contents, _headers, _damaged, _strange, _named, _special, _archives):
        for name, content in part(folder):
            (folder / name).write_bytes(content)
    return sorted(folder.iterdir())


Files = Iterator[tuple[str, bytes]]


def _encoded(samples: np.ndarray, rate_hz: int, format_: str, subtype: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format=format_, subtype=subtype)
    return file.getvalue()


def _formats(folder: Path) -> Files:
    """What the installed libsndfile can write; what it cannot is left out."""
    stereo = tone(SECONDS, 2)
    for format_, subtype, ending in (*(("WAV", subtype, "wav") for subtype in SUBTYPES), *CONTAINERS):
        few = subtype in ("GSM610", "G721_32", "NMS_ADPCM_16")
        try:
            samples = stereo[:, : 1 if few else 2]
            yield f"{format_} {subtype}.{ending}", _encoded(samples, RATE_HZ, format_, subtype)
        except soundfile.LibsndfileError:
            continue
    yield "OGG OPUS.opus", _encoded(tone(SECONDS, 2, 48_000), 48_000, "OGG", "OPUS")
    for rate_hz in RATES_HZ:
        yield f"rate {rate_hz}.wav", _encoded(tone(1.0, 1, max(rate_hz, 8000)), rate_hz, "WAV", "PCM_16")
    for channels in CHANNELS:
        yield f"channels {channels}.wav", _encoded(tone(0.2, channels), RATE_HZ, "WAV", "PCM_16")


def _contents(folder: Path) -> Files:
    for name, samples in _signals().items():
        subtype = "DOUBLE" if samples.dtype == np.float64 else "FLOAT"
        yield f"holds {name}.wav", _encoded(samples, RATE_HZ, "WAV", subtype)


def _signals() -> Mapping[str, np.ndarray]:
    voice = tone(SECONDS, 2)
    click, nan, infinite = np.zeros_like(voice), voice.copy(), voice.copy()
    click[len(click) // 2] = 1
    nan[1000], infinite[1000] = np.nan, np.inf
    return {
        "one sample": np.full((1, 1), 0.5, np.float32), "two samples": np.full((2, 2), 0.5, np.float32),
        "no samples": voice[:0], "silence": np.zeros_like(voice), "direct current": np.full_like(voice, 0.5),
        "a click": click, "NaN": nan, "infinity": infinite, "denormals": voice * np.float32(1e-40),
        "8 times full scale": voice * 40, "1e30": voice * np.float32(1e30), "3e38": voice * np.float32(3e38),
        "1e300": voice.astype(float) * 1e300, "-100 dB": voice * np.float32(1e-5),
        "-78 dB": voice * np.float32(1.6e-4),
        "left only": voice * np.array([1, 0], np.float32), "opposite polarity": voice * np.array([1, -1],
        np.float32),
        "square waves": np.sign(voice), "90 ms": voice[: int(0.09 * RATE_HZ)],
        "110 ms": voice[: int(0.11 * RATE_HZ)],
    }  # fmt: skip


def _headers(folder: Path) -> Files:
    """WAV files with odd headers."""
    whole = (folder / "WAV PCM_16.wav").read_bytes()
    data = whole.index(b"data")
    form, samples = whole[12:data], whole[data + 8 :]
    for size in (
        0,
        0xFFFFFFFF,
        0x7FFFFFFF,
        0x7FFFFFF0,
        len(samples) * 3,
        len(samples) // 8 * 4,
        len(samples) - 1,
    ):
        yield f"data size {size:x}.wav", _patched(whole, {data + 4: struct.pack("<I", size)})
        sizes = {data + 4: struct.pack("<I", size), 4: struct.pack("<I", size)}
        yield f"both sizes {size:x}.wav", _patched(whole, sizes)
    fields = {
        "channels": (22, "<H"),
        "rate": (24, "<I"),
        "bits": (34, "<H"),
        "align": (32, "<H"),
        "code": (20, "<H"),
    }
    for name, (place, kind) in fields.items():
        for value in (0, 1, 2 ** (8 * struct.calcsize(kind)) - 1):
            yield f"{name} {value}.wav", _patched(whole, {place: struct.pack(kind, value)})
    info = _chunk(b"LIST", b"INFO" + _chunk(b"INAM", b"<script>alert(1)</script>"))
    junk = _chunk(b"JUNK", bytes(1001)) + _chunk(b"bext", bytes(602))
    yield "chunks first.wav", _riff(junk, info, form, info, _chunk(b"data", samples))
    yield "data before format.wav", _riff(_chunk(b"data", samples), form)
    yield "two of data.wav", _riff(form, *(_chunk(b"data", samples[part::2]) for part in (0, 1)))
    yield "no data.wav", _riff(form)
    yield "no format.wav", _riff(_chunk(b"data", samples))
    yield "header alone.wav", whole[: data + 8]
    yield "half a header.wav", whole[:30]
    flac = (folder / "FLAC PCM_24.flac").read_bytes()
    yield "unknown length.flac", _patched(flac, {21: bytes([flac[21] & 0xF0]), 22: bytes(4)})
    yield "wrong checksum.flac", _patched(flac, {26: b"\xaa" * 16})


def _patched(data: bytes, changes: Mapping[int, bytes]) -> bytes:
    found = bytearray(data)
    for place, content in changes.items():
        found[place : place + len(content)] = content
    return bytes(found)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _riff(*chunks: bytes) -> bytes:
    return _chunk(b"RIFF", b"WAVE" + b"".join(chunks))


def _damaged(folder: Path) -> Files:
    rng = random.Random(0)
    for name in DAMAGED:
        whole, stem, ending = (folder / name).read_bytes(), Path(name).stem, Path(name).suffix
        yield f"{stem} cut early{ending}", whole[:100]
        yield f"{stem} cut half way{ending}", whole[: len(whole) // 2 + 13]
        yield f"{stem} with a tail{ending}", whole + rng.randbytes(5000)
        middle = len(whole) // 2
        yield (
            f"{stem} damaged{ending}",
            _patched(whole, {middle: bytes(b ^ 0xFF for b in whole[middle : middle + 40])}),
        )


def _strange(folder: Path) -> Files:
    whole = (folder / "WAV PCM_16.wav").read_bytes()
    rng = random.Random(0)
    yield from (("empty.wav", b""), ("text.wav", b"hello"), ("zeros.wav", bytes(100_000)))
    yield from (("noise.wav", rng.randbytes(100_000)), ("noise.mp3", rng.randbytes(100_000)))
    yield from (
        ("noise.raw", rng.randbytes(40_000)),
        ("picture.wav", b"\x89PNG\r\n\x1a\n" + rng.randbytes(1000)),
    )
    yield from (
        ("no ending", whole),
        ("really a wav.mp3", whole),
        ("graph.wav", b'{"schema": "unpatch.graph"}'),
    )


def _named(folder: Path) -> Files:
    whole = (folder / "WAV PCM_16.wav").read_bytes()
    yield from ((name, whole) for name in NAMES)


def _special(folder: Path) -> Files:
    """Links, pipes, folders and files of gigabytes that take no room."""
    (folder / "folder.wav").mkdir()
    links = {"loop.wav": "loop.wav", "nowhere.wav": "gone.wav", "link.wav": "WAV PCM_16.wav",
             "zero.wav": "/dev/zero", "null.wav": "/dev/null", "random.wav": "/dev/urandom",
             "memory.wav": "/proc/self/mem"}  # fmt: skip
    for name, target in links.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.wav")
    whole = (folder / "WAV PCM_16.wav").read_bytes()
    head = whole[: whole.index(b"data") + 4]
    for name, start in (
        ("huge silence.wav", head + struct.pack("<I", 2_000_000_000)),
        ("huge nothing.wav", b""),
    ):
        with (folder / name).open("wb") as file:
            file.write(start)
            file.truncate(len(start) + 2_000_000_000)
    yield from ()


def _archives(folder: Path) -> Files:
    whole = (folder / "WAV PCM_16.wav").read_bytes()
    plain = _zipped(lambda archive: archive.writestr("song.wav", whole))
    yield "good.zip", plain
    yield "cut off.zip", plain[: len(plain) // 2]
    yield "text.zip", b"hello"
    yield (
        "encrypted.zip",
        plain.replace(b"PK\3\4\x14\0\0\0", b"PK\3\4\x14\0\1\0").replace(
            b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0"
        ),
    )
    yield "climbs out.zip", _zipped(lambda archive: archive.writestr("../../climbed.wav", whole))
    yield "bomb.zip", _zipped(lambda archive: archive.writestr("bomb.wav", bytes(2**28)))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.add(folder / "WAV PCM_16.wav", "../climbed.wav")
    yield "climbs out.tar", tar.getvalue()


def _zipped(fill: Callable[[zipfile.ZipFile], None]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        fill(archive)
    return file.getvalue()
