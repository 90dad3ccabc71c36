"""Audio files that are whole and have been read back, or are not there.

Shapes: C channel, T time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.audio.accepted import as_channels, as_rate
from unpatch.audio.limits import SUBTYPES, AudioError, check_length
from unpatch.audio.reading import native, reason
from unpatch.audio.signals import fit_full_scale
from unpatch.storage.files import aside

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.audio.accepted import AudioLike

_FRAMES_AT_ONCE = 65_536


def save(path: str | Path, audio: AudioLike, sample_rate: float) -> None:
    """Write ``[C, T]`` or ``[T]`` as .wav, .flac, .aiff (24 bit) or .ogg; what exceeds full scale is lowered.

    The whole file is there in the end or none.

    Args:
        path: the file; its ending chooses the format.
        audio: in floating point, full scale 1, mono or stereo.
        sample_rate: in Hz.

    Returns:
        Nothing.

    Raises:
        AudioError: for audio that :func:`load` would refuse, or that the format cannot hold.
        TypeError: for what is not audio.
        OSError: where the file cannot be written.

    Example:
        >>> import torch, unpatch
        >>> unpatch.save("second.flac", torch.zeros(2, 44_100), 44_100)
        >>> unpatch.load("second.flac")[1]
        44100
    """
    path = Path(path)
    _subtype_of(path)
    rate = as_rate(sample_rate, f"{path}: the sample rate")
    rows = fit_full_scale(as_channels(audio, f"{path}: the audio"))
    save_blocks(path, [rows], (rows.shape[0], rows.shape[1]), rate)


def save_blocks(path: Path, blocks: Iterable[Tensor], shape: tuple[int, int], sample_rate: int) -> None:
    """The same of blocks ``[C, n]``, float32, that are ``shape [C, T]`` together; levels stay."""
    check_length(path, shape[1], sample_rate)
    with writing(path, sample_rate, shape[0], _subtype_of(path)) as file:
        for block in blocks:
            if not block.isfinite().all():
                raise AudioError(f"{path}: the audio to write holds NaN or infinite samples")
            # libsndfile's Vorbis encoder puts a whole call on the stack.
            samples = block.T.contiguous().numpy()
            for start in range(0, len(samples), _FRAMES_AT_ONCE):
                file.write(samples[start : start + _FRAMES_AT_ONCE])


def _subtype_of(path: Path) -> str:
    subtype = SUBTYPES.get(path.suffix.lower())
    if subtype is None:
        raise AudioError(f"{path}: audio files end in {', '.join(SUBTYPES)}")
    return subtype


@contextmanager
def writing(
    path: Path, sample_rate: int, channels: int, subtype: str, audio_format: str | None = None
) -> Iterator[Any]:
    """A new file (``soundfile.SoundFile``) to write to; it is read back before it takes its place.

    Args:
        path: its ending gives the format, unless ``audio_format`` does.
        sample_rate: in Hz.
        channels: how many.
        subtype: how samples are stored, as libsndfile calls it.
        audio_format: as libsndfile calls it.
    """
    import soundfile

    with aside(path) as draft:
        try:
            with soundfile.SoundFile(
                native(draft), "w", sample_rate, channels, subtype, format=audio_format
            ) as file:
                yield file
                frames = file.frames
            _check_written(draft, frames)
        except soundfile.LibsndfileError as error:
            raise AudioError(f"{path}: cannot be written ({reason(error)})") from None


def _check_written(draft: Path, frames: int) -> None:
    """Read the last sample: libsndfile does not report that the end of a FLAC or Ogg file was refused.

    Raises:
        LibsndfileError: where it cannot be decoded.
        AudioError: where it is not there.
    """
    import soundfile

    with soundfile.SoundFile(native(draft)) as file:
        file.seek(frames - 1)
        if file.frames != frames or len(file.read(2)) != 1:
            raise AudioError(f"{draft}: only {file.frames} of {frames} frames could be written")
