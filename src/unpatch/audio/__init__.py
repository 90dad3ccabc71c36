"""Audio in and out: files as tensors, tensors as files, and the checks that every signal goes through.

Shapes: C channel, T time. Audio is float32, full scale 1.
"""

from unpatch.audio.accepted import (
    AudioLike,
    as_audio,
    as_channels,
    as_rate,
    as_stereo,
    transposed,
)
from unpatch.audio.limits import (
    HIGHEST_RATE,
    LONGEST_S,
    LOWEST_RATE,
    SILENCE_DB,
    SUBTYPES,
    AudioError,
)
from unpatch.audio.reading import RecordingPart, load, loudest, opened, read, stretches
from unpatch.audio.signals import (
    check_equally_long,
    check_lasts,
    check_sounds,
    fit_full_scale,
    level_db,
    resample,
)
from unpatch.audio.writing import save, writing

__all__ = [
    "HIGHEST_RATE",
    "LONGEST_S",
    "LOWEST_RATE",
    "SILENCE_DB",
    "SUBTYPES",
    "AudioError",
    "AudioLike",
    "RecordingPart",
    "as_audio",
    "as_channels",
    "as_rate",
    "as_stereo",
    "check_equally_long",
    "check_lasts",
    "check_sounds",
    "fit_full_scale",
    "level_db",
    "load",
    "loudest",
    "opened",
    "read",
    "resample",
    "save",
    "stretches",
    "transposed",
    "writing",
]
