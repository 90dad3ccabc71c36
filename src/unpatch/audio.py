"""Audio files as tensors: whatever libsndfile reads, with every doubtful file refused in one line.

Shapes: C channel, T time. Audio is float32, full scale 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.files import aside

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
LONGEST_S = 3_600
# By so much a recording and its dry signal may differ in length.
SLACK_S = 0.5
SHORTEST_HEARD_S = 0.1
SILENCE_DB = -80.0
# Chunks of audio in libsndfile's log of a header (WAV, AIFF, AU) that are shorter than promised.
_SIZES = re.compile(r"^ *(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", re.MULTILINE)
_UNKNOWN_SIZE = 0x7FFF_0000
_FRAMES_AT_ONCE = 65_536
SUBTYPES = {".wav": "PCM_24", ".flac": "PCM_24", ".aiff": "PCM_24", ".ogg": "VORBIS"}


class AudioError(ValueError):
    """What is wrong with an audio file or signal, in one line."""


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
        _check_length(Path(path), file.frames, file.samplerate)
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
        raise AudioError(f"{path}: not readable as audio ({_reason(error)})") from None
    with file:
        _check_header(path, file.frames, file.samplerate, file.channels)
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
        raise AudioError(f"{path}: damaged or cut off ({_reason(error)})") from None
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


def _check_header(path: Path, frames: int, rate: int, channels: int) -> None:
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise AudioError(f"{path}: sample rate {rate} Hz; {LOWEST_RATE} to {HIGHEST_RATE} Hz is supported")
    if channels > 2:
        raise AudioError(f"{path}: has {channels} channels; mono and stereo are supported")
    if frames < 1:
        raise AudioError(f"{path}: holds no samples")


def _check_whole(path: Path, log: str) -> None:
    """Compare the length that the header promises with what libsndfile found.

    A program that writes into a pipe cannot know the length and promises (nearly) the most there is.
    """
    for promised, found in _SIZES.findall(log):
        if int(found) < int(promised) < _UNKNOWN_SIZE:
            raise AudioError(f"{path}: cut off: {found} of {promised} bytes of audio are there")


def _check_length(path: Path, frames: int, rate: int) -> None:
    if frames > LONGEST_S * rate:
        hours, most = frames / rate / 3600, LONGEST_S / 3600
        raise AudioError(f"{path}: lasts {hours:.1f} h; at most {most:g} h is supported")


def _reason(error: Any) -> str:
    return str(error.error_string).removeprefix("Error : ").rstrip(".")


def save(path: str | Path, audio: Tensor, sample_rate: int) -> None:
    """Write ``[C, T]`` as .wav, .flac, .aiff (24 bit) or .ogg; what exceeds full scale is lowered.

    The whole file is there in the end or none.
    """
    path = Path(path)
    subtype = SUBTYPES.get(path.suffix.lower())
    if subtype is None:
        raise AudioError(f"{path}: audio files end in {', '.join(SUBTYPES)}")
    if not audio.numel():
        raise AudioError(f"{path}: there are no samples to write")
    if not audio.isfinite().all():
        raise AudioError(f"{path}: the audio to write holds NaN or infinite samples")
    samples = fit_full_scale(audio.detach().cpu().float()).T.numpy()
    with aside(path) as draft:
        _write(path, draft, samples, sample_rate, subtype)


def _write(path: Path, draft: Path, samples: NDArray[np.float32], sample_rate: int, subtype: str) -> None:
    """Write ``[T, C]`` to ``draft`` in blocks: libsndfile's Vorbis encoder puts a whole call on the stack."""
    import soundfile

    try:
        with soundfile.SoundFile(draft, "w", sample_rate, samples.shape[1], subtype) as file:
            for start in range(0, len(samples), _FRAMES_AT_ONCE):
                file.write(samples[start : start + _FRAMES_AT_ONCE])
    except soundfile.LibsndfileError as error:
        raise AudioError(f"{path}: cannot be written ({_reason(error)})") from None


def fit_full_scale(audio: Tensor) -> Tensor:
    """Lower a signal whose peak exceeds 1 so that it does not clip."""
    return audio / audio.abs().amax().clamp_min(1.0)


def resample(audio: Tensor, from_hz: int, to_hz: int) -> Tensor:
    """``[C, T]`` at another sample rate (soxr, high quality)."""
    if from_hz == to_hz:
        return audio
    import soxr
    import torch

    return torch.from_numpy(soxr.resample(audio.T.numpy(), from_hz, to_hz).T.copy()).to(audio)


def as_stereo(audio: Tensor, name: str) -> Tensor:
    """``[T]``, ``[1, T]`` or ``[2, T]`` as ``[2, T]`` in single precision; refuses everything else."""
    import torch

    shown = audio.detach().float().cpu()
    shown = shown[None] if shown.ndim == 1 else shown
    if shown.ndim != 2 or not 1 <= len(shown) <= 2:
        raise AudioError(f"{name} has shape {tuple(audio.shape)}; [T], [1, T] and [2, T] are supported")
    if not torch.isfinite(shown).all():
        raise AudioError(f"{name} holds NaN or infinite samples")
    return shown.expand(2, -1)


def level_db(audio: Tensor) -> float:
    """Root mean square over all samples and channels, in dB relative to full scale; silence is -inf."""
    import math

    power = float(audio.double().square().mean())
    return 10 * math.log10(power) if power > 0 else -math.inf


def check_sounds(audio: Tensor, name: str) -> None:
    """Refuse silence, of which nothing can be said; direct current cannot be heard either."""
    moving = audio - audio.mean(dim=-1, keepdim=True)
    peak = float(moving.abs().amax()) if audio.numel() else 0.0
    if peak < 10 ** (SILENCE_DB / 20):
        raise AudioError(f"{name}: silence: there is nothing to estimate")


def check_lasts(audio: Tensor, sample_rate: int, name: str) -> None:
    """Refuse what is too short to show any processing."""
    seconds = audio.shape[-1] / sample_rate
    if seconds < SHORTEST_HEARD_S:
        raise AudioError(f"{name}: lasts {seconds:.2g} s; at least {SHORTEST_HEARD_S:g} s are needed")


def check_equally_long(dry_s: float, recording_s: float, name: str) -> None:
    """Refuse a dry signal that lasts longer or shorter than its recording: it is of another take."""
    if abs(dry_s - recording_s) > SLACK_S:
        raise AudioError(
            f"{name}: lasts {dry_s:.3g} s, the recording {recording_s:.3g} s; "
            "a recording and its dry signal are equally long"
        )
