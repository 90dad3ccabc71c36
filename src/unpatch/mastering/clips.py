"""Clips of music, decoded once and kept as they are read: one array of 16 bit samples per split.

A clip is mono, lasts 10 s at 44.1 kHz and peaks at full scale; the gain that brings it to where its track
has -23 LUFS, and its other metadata are in a JSON file beside the array. Released music is mastered
already: of twice as many places in a track those with the highest crest factor are taken, as they do before
limiting.

Shapes: N clips, T samples.
"""

import json
import math
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.audio import AudioError, opened, read, resample
from unpatch.graph.data import shorten
from unpatch.mastering.sources import SPLITS, Split, Track
from unpatch.ranges import COUNT
from unpatch.storage.documents import read_json, reading
from unpatch.storage.files import write_array, write_aside
from unpatch.storage.outputs import check_outputs
from unpatch.storage.results import check_own, replacing

RATE_HZ = 44_100
SECONDS = 10
FRAMES = SECONDS * RATE_HZ
TARGET_LUFS = -23.0
FULL_SCALE = 32_767
# The best of this many places per clip is taken.
PLACES = 2
# Quieter clips are pauses, fades and endings.
QUIETEST_DB = -50.0
# Shares of a track at its ends where it fades.
MARGIN = 0.05

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Clip:
    """Metadata of a clip.

    Attributes:
        track: collection and name.
        start_s: position in the track.
        gain_db: of the stored samples for a track of -23 LUFS.
        crest_db: its peak over its root mean square.
    """

    track: str
    start_s: float
    gain_db: float
    crest_db: float


@dataclass(frozen=True, eq=False)
class Clips:
    """One split.

    Attributes:
        samples: ``[N, T]``, on disk until used.
    """

    about: tuple[Clip, ...]
    samples: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.about)

    @property
    def tracks(self) -> list[str]:
        """Of each clip."""
        return [clip.track for clip in self.about]

    def cut(self, index: int, start: int, frames: int) -> Tensor:
        """Part of a clip ``[frames]`` as floats, full scale 1."""
        part = self.samples[index, start : start + frames].astype(np.float32)
        return torch.from_numpy(part / FULL_SCALE)

    def checksum(self) -> int:
        """CRC-32 of all samples and metadata."""
        found = zlib.crc32(repr(self.about).encode())
        for clip in self.samples:
            found = zlib.crc32(np.ascontiguousarray(clip).data, found)
        return found

    @classmethod
    def load(cls, folder: Path, split: Split, limit: int | None = None) -> "Clips":
        """The first ``limit`` clips, or all; AudioError if ``folder`` has no such split."""
        samples, about = folder / f"{split}.npy", folder / f"{split}.json"
        if not (samples.is_file() and about.is_file()):
            raise AudioError(
                f"{folder}: holds no clips of split {split!r}; `unpatch data prepare` makes them"
            )
        described = read_json(about, AudioError)
        with reading(about, AudioError):
            clips = tuple(_checked(Clip(**one)) for one in described["clips"])
        with reading(samples, AudioError):
            audio = np.load(samples, mmap_mode="r")
            if audio.dtype != np.int16 or audio.ndim != 2 or len(audio) != len(clips):
                raise AudioError(f"holds {audio.dtype} {audio.shape}, needed are int16 ({len(clips)}, T)")
        return cls(clips[:limit], audio[:limit])


def _checked(clip: Clip) -> Clip:
    """The clip, if its figures are such."""
    if not isinstance(clip.track, str) or not np.isfinite([clip.start_s, clip.gain_db, clip.crest_db]).all():
        raise AudioError(f"clip {shorten(clip.track)} has figures that are not finite")
    return clip


def prepare(
    tracks: Sequence[Track],
    folder: Path,
    *,
    per_track: int = 10,
    report: Report = lambda done, total: None,
) -> dict[Split, int]:
    """Cut clips out of tracks and write them to a folder; how many there are of each split.

    Args:
        tracks: where from.
        folder: gets SPLIT.npy and SPLIT.json.
        per_track: clips of a track at most.
        report: called with the number of tracks done.
    """
    COUNT.check("per_track", per_track)
    written = [folder / f"{split}.{ending}" for split in SPLITS for ending in ("npy", "json")]
    check_outputs({"tracks": [track.path for track in tracks]}, {"--output": written})
    check_own(written)
    found: dict[Split, list[tuple[Clip, NDArray[np.int16]]]] = {}
    for done, track in enumerate(tracks):
        found.setdefault(track.split, []).extend(clips_of(track, per_track))
        report(done + 1, len(tracks))
    for split, clips in found.items():
        if clips:
            _write(folder, split, clips)
    return {split: len(clips) for split, clips in found.items() if clips}


def _write(folder: Path, split: Split, clips: Sequence[tuple[Clip, NDArray[np.int16]]]) -> None:
    array, index = folder / f"{split}.npy", folder / f"{split}.json"
    index_json: Mapping[str, Any] = {"rate_hz": RATE_HZ, "clips": [asdict(clip) for clip, _ in clips]}
    with replacing([array, index]):
        write_array(array, np.stack([samples for _, samples in clips]))
        write_aside(index, json.dumps(index_json, indent=1).encode())


def clips_of(track: Track, count: int) -> list[tuple[Clip, NDArray[np.int16]]]:
    """The clips of a track with the highest crest factors, in order of time."""
    places = _places(track.path, count * PLACES)
    if not places:
        return []
    gain_db = TARGET_LUFS - _lufs(torch.cat([audio for _, audio in places]))
    audible = [(start_s, audio) for start_s, audio in places if _level_db(audio) > QUIETEST_DB]
    best = sorted(audible, key=lambda place: -_crest_db(place[1]))[:count]
    return [_clip(track, start_s, audio, gain_db) for start_s, audio in sorted(best, key=lambda p: p[0])]


def _clip(track: Track, start_s: float, audio: Tensor, gain_db: float) -> tuple[Clip, NDArray[np.int16]]:
    peak = float(audio.abs().amax())
    samples = (audio / peak * FULL_SCALE).round().to(torch.int16).numpy()
    gain_db += 20 * math.log10(peak)
    return Clip(track.name, round(start_s, 3), round(gain_db, 2), round(_crest_db(audio), 2)), samples


def _places(path: Path, count: int) -> list[tuple[float, Tensor]]:
    """Start and mono sound of stretches spread over a file; fewer if they would overlap."""
    with opened(path) as file:
        rate, total = int(file.samplerate), int(file.frames)
        long = math.ceil(SECONDS * rate)
        margin = int(MARGIN * total)
        room = total - 2 * margin - long
        count = min(count, 1 + room // long) if room >= 0 else 0
        starts = np.linspace(margin, margin + max(0, room), count).astype(int)
        parts = [(int(start), read(path, file, long, int(start))) for start in starts]
    return [(start / rate, _mono(samples, rate)) for start, samples in parts]


def _mono(samples: NDArray[np.float32], rate: int) -> Tensor:
    """``[T, C]`` to ``[FRAMES]``."""
    audio = resample(torch.from_numpy(samples.mean(1, keepdims=True).T.copy()), rate, RATE_HZ)[0]
    return torch.nn.functional.pad(audio, (0, max(0, FRAMES - len(audio))))[:FRAMES]


def _lufs(audio: Tensor) -> float:
    from pyloudnorm import Meter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the logarithm of silence
        found = float(Meter(RATE_HZ).integrated_loudness(audio.double().numpy()))
    return found if math.isfinite(found) else TARGET_LUFS


def _level_db(audio: Tensor) -> float:
    return 10 * math.log10(float(audio.square().mean()) + 1e-12)


def _crest_db(audio: Tensor) -> float:
    return 20 * math.log10(float(audio.abs().amax()) + 1e-12) - _level_db(audio)
