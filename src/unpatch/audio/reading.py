"""Audio files as tensors: whatever libsndfile reads, with every doubtful file refused in one line.

Shapes: C channel, T time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.audio.limits import AudioError, check_layout, check_length

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

# Chunks of audio in libsndfile's log of a header (WAV, AIFF, AU) that are shorter than promised.
_SIZES = re.compile(r"^ *(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
_UNKNOWN_SIZE = 0x7FFF_0000


@dataclass(frozen=True)
class Stretch:
    """A part of a recording: stereo ``[2, T]``, where it starts, and its sample rate in Hz."""

    audio: Tensor
    start_s: float
    sample_rate: int


def load(path: str | Path) -> tuple[Tensor, int]:
    """Read a file as stereo ``[2, T]`` and its sample rate in Hz; mono is put on both channels.

    For what lasts longer than an hour there are :func:`stretches` and :func:`loudest`.
    """
    with opened(Path(path)) as file:
        check_length(Path(path), file.frames, file.samplerate)
        return _stereo(read(Path(path), file, file.frames)), int(file.samplerate)


def stretches(path: str | Path, seconds: float) -> Iterator[Stretch]:
    """All of a recording of any length, one stretch after another; only one is held at a time."""
    path = Path(path)
    with opened(path) as file:
        rate, total = int(file.samplerate), int(file.frames)
        frames = max(1, round(seconds * rate))
        for start in range(0, total, frames):
            samples = read(path, file, min(frames, total - start))
            yield Stretch(_stereo(samples), start / rate, rate)


def loudest(path: str | Path, seconds: float) -> Stretch:
    """The stretch of a recording with the most energy, at a resolution of half its length."""
    import torch

    best, most = None, -1.0
    before: Stretch | None = None
    for place, half in enumerate(stretches(path, seconds / 2)):
        pair = [part.audio for part in (before, half) if part is not None]
        energy = sum(float(audio.double().square().sum()) for audio in pair)
        # The first half alone is no match for the first whole stretch.
        if place == 1 or energy > most:
            best, most = Stretch(torch.cat(pair, dim=1), (before or half).start_s, half.sample_rate), energy
        before = half
    if best is None:
        raise AudioError(f"{path}: holds no samples")
    return best


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A file (``soundfile.SoundFile``) that is there, can be read, and has a header that makes sense."""
    import soundfile

    _check_is_file(path)
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path}: not readable as audio ({reason(error)})") from None
    with file:
        check_layout(path, file.channels, file.frames, file.samplerate)
        _check_whole(path, file.extra_info)
        yield file


def read(path: Path, file: Any, frames: int, start: int | None = None) -> NDArray[np.float32]:
    """Frames of an open file ``[T, C]``, the next ones or those from ``start`` on."""
    import numpy as np
    import soundfile

    try:
        if start is not None:
            file.seek(start)
        samples: NDArray[np.float32] = file.read(frames, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path}: damaged or cut off ({reason(error)})") from None
    if len(samples) < frames:
        raise AudioError(f"{path}: cut off: {file.tell()} of {file.frames} frames could be read")
    if not np.isfinite(samples).all():
        raise AudioError(f"{path}: holds NaN or infinite samples")
    return samples


def _stereo(samples: NDArray[np.float32]) -> Tensor:
    """``[T, C]`` to ``[2, T]``."""
    import torch

    audio = torch.from_numpy(samples.T.copy())
    return audio.expand(2, -1).clone() if len(audio) == 1 else audio


def _check_is_file(path: Path) -> None:
    if path.is_dir():
        raise AudioError(f"{path}: is a directory, not an audio file")
    if not path.exists():
        raise AudioError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise AudioError(f"{path}: is empty")


def _check_whole(path: Path, log: str) -> None:
    """Compare the length that the header promises with what libsndfile found.

    A program that writes into a pipe cannot know the length and promises (nearly) the most there is.
    """
    for promised, found in _SIZES.findall(log):
        if int(found) < int(promised) < _UNKNOWN_SIZE:
            raise AudioError(f"{path}: cut off: {found} of {promised} bytes of audio are there")


def reason(error: Any) -> str:
    """What libsndfile says, as a part of a line."""
    return str(error.error_string).removeprefix("Error : ").rstrip(".")
