"""Audio files as tensors: all formats of libsndfile, with every doubtful file refused in one line.

Shapes: C channel, T time.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.audio.headers import Corrected, corrections
from unpatch.audio.limits import AudioError, check_layout, check_length, check_range

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

# Chunks of audio in libsndfile's log of a header (WAV, AIFF, AU) that are shorter than promised.
_SIZES = re.compile(r"^ *(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
_UNKNOWN_SIZE, _UNKNOWN_FRAMES = 0x7FFF_0000, 2**48


@dataclass(frozen=True)
class RecordingPart:
    """A part of a recording: stereo ``[2, T]``, where it starts, and its sample rate in Hz."""

    audio: Tensor
    start_s: float
    sample_rate: int


def load(path: str | Path) -> tuple[Tensor, int]:
    """Read a file as stereo ``[2, T]`` and its sample rate in Hz; mono is put on both channels.

    For what lasts longer than an hour there are :func:`stretches` and :func:`loudest`.

    Args:
        path: a WAV, FLAC, AIFF, Ogg or MP3 file, 8 to 192 kHz, mono or stereo.

    Returns:
        Audio in float32, full scale 1, and the sample rate in Hz.

    Raises:
        AudioError: the file is not there, is not audio that can be read, or lasts longer than an hour.

    Example:
        >>> import torch, unpatch
        >>> unpatch.save("silence.wav", torch.zeros(1, 48_000), 48_000)
        >>> audio, sample_rate = unpatch.load("silence.wav")
        >>> audio.shape, sample_rate
        (torch.Size([2, 48000]), 48000)
    """
    with opened(Path(path)) as file:
        check_length(Path(path), file.frames, file.samplerate)
        return _stereo(read(Path(path), file, file.frames)), int(file.samplerate)


def stretches(path: str | Path, seconds: float) -> Iterator[RecordingPart]:
    """All of a recording of any length, one stretch after another; only one is held at a time."""
    path = Path(path)
    with opened(path) as file:
        rate, total = int(file.samplerate), int(file.frames)
        frames = max(1, round(seconds * rate))
        for start in range(0, total, frames):
            samples = read(path, file, min(frames, total - start))
            yield RecordingPart(_stereo(samples), start / rate, rate)


def loudest(path: str | Path, seconds: float) -> RecordingPart:
    """The stretch of a recording with the most energy, at a resolution of half its length."""
    import torch

    best, most = None, -1.0
    before: RecordingPart | None = None
    for place, half in enumerate(stretches(path, seconds / 2)):
        pair = [part.audio for part in (before, half) if part is not None]
        energy = sum(float(audio.double().square().sum()) for audio in pair)
        # The first half alone is no match for the first whole stretch.
        if place == 1 or energy > most:
            best, most = (
                RecordingPart(torch.cat(pair, dim=1), (before or half).start_s, half.sample_rate),
                energy,
            )
        before = half
    if best is None:
        raise AudioError(f"{path}: holds no samples")
    return best


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A file (``soundfile.SoundFile``) that is there, can be read, and has a header that makes sense."""
    import soundfile

    _check_is_file(path)
    with ExitStack() as stack:
        try:
            wanted = corrections(path)
            given = stack.enter_context(Corrected(path, wanted)) if wanted else native(path)
            file = stack.enter_context(soundfile.SoundFile(given))
        except soundfile.LibsndfileError as error:
            raise AudioError(f"{path}: not readable as audio ({reason(error)})") from None
        check_layout(path, file.channels, file.frames, file.samplerate)
        _check_whole(path, file)
        yield file


def native(path: Path) -> bytes | str:
    """A name as libsndfile takes it: not every name is UTF-8, and ``-`` would be the standard input."""
    return os.fsencode(path.absolute()) if os.name == "posix" else str(path.absolute())


def read(path: Path, file: Any, frames: int, start: int | None = None) -> NDArray[np.float32]:
    """Frames of an open file ``[T, C]``, the next ones or those from ``start`` on."""
    import soundfile

    try:
        if start is not None:
            file.seek(start)
        samples: NDArray[np.float32] = file.read(frames, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path}: damaged or cut off ({reason(error)})") from None
    if len(samples) < frames:
        raise AudioError(f"{path}: cut off: {file.tell()} of {file.frames} frames could be read")
    if frames:
        check_range(f"{path}:", float(samples.min()), float(samples.max()))
    return samples


def _stereo(samples: NDArray[np.float32]) -> Tensor:
    """``[T, C]`` to ``[2, T]``."""
    import torch

    audio = torch.from_numpy(samples.T.copy())
    return audio.expand(2, -1).clone() if len(audio) == 1 else audio


def _check_is_file(path: Path) -> None:
    """Refuse what is no file, before a pipe or a device could keep us waiting."""
    status = _status(path)
    if stat.S_ISDIR(status.st_mode):
        raise AudioError(f"{path}: is a directory, not an audio file")
    if not stat.S_ISREG(status.st_mode):
        raise AudioError(f"{path}: is a pipe or a device; write the audio to a file first")
    if status.st_size == 0:
        raise AudioError(f"{path}: is empty")
    if not os.access(path, os.R_OK):
        raise AudioError(f"{path}: cannot be read ({os.strerror(errno.EACCES)})")
    if path.suffix.lower() == ".raw":
        raise AudioError(
            f"{path}: raw samples do not say their sample rate, channels and type; convert them first, "
            "for example with `ffmpeg -f s16le -ar 44100 -ac 2 -i take.raw take.wav`"
        )


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # no name holds a zero byte
        raise AudioError(f"{path}: no such file") from None
    except OSError as fault:
        raise AudioError(f"{path}: cannot be read ({fault.strerror})") from None


def _check_whole(path: Path, file: Any) -> None:
    """Compare the length that the header promises with what libsndfile found.

    A program that writes into a pipe cannot know the length and declares (nearly) the maximum.
    """
    if file.frames >= _UNKNOWN_FRAMES:
        raise AudioError(f"{path}: does not say how long it is")
    for promised, found in _SIZES.findall(file.extra_info):
        if int(found) < int(promised) < _UNKNOWN_SIZE:
            raise AudioError(f"{path}: cut off: {found} of {promised} bytes of audio are there")


def reason(error: Any) -> str:
    """The message of libsndfile, as a part of a line."""
    return str(error.error_string).removeprefix("Error : ").rstrip(".")
