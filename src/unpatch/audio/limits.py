"""What audio is accepted, in files and in memory."""

import math

LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
LONGEST_S = 3_600
# A recording and its dry signal may differ in length by this much.
SLACK_S = 0.5
SHORTEST_HEARD_S = 0.1
SILENCE_DB = -80.0
LARGEST = 2.0**31
"""Of a sample: some files hold whole numbers of 32 bits as floating point; the square of 1e30 is infinite."""
SUBTYPES = {".wav": "PCM_24", ".flac": "PCM_24", ".aiff": "PCM_24", ".ogg": "VORBIS"}


class AudioError(ValueError):
    """What is wrong with an audio file or signal, in one line."""


def check_layout(name: object, channels: int, frames: int, sample_rate: float) -> None:
    """Refuse more than stereo, odd sample rates, and audio without samples; ``name`` starts the message."""
    check_rate(f"{name}: sample rate", sample_rate)
    if channels > 2:
        raise AudioError(f"{name}: has {channels} channels; mono and stereo are supported")
    if frames < 1:
        raise AudioError(f"{name}: holds no samples")


def check_rate(name: str, sample_rate: float) -> None:
    """Refuse sample rates at which nothing has been tested, and those that are not numbers."""
    if not LOWEST_RATE <= sample_rate <= HIGHEST_RATE:
        raise AudioError(f"{name} {sample_rate:g} Hz; {LOWEST_RATE} to {HIGHEST_RATE} Hz is supported")


def check_length(name: object, frames: int, sample_rate: float) -> None:
    """Refuse what does not fit into memory."""
    if frames > LONGEST_S * sample_rate:
        hours, most = frames / sample_rate / 3600, LONGEST_S / 3600
        raise AudioError(f"{name}: lasts {hours:.1f} h; at most {most:g} h is supported")


def check_range(subject: str, low: float, high: float) -> None:
    """Refuse samples that are no numbers, or so large that computing with them gives none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise AudioError(f"{subject} holds NaN or infinite samples")
    if (peak := max(-low, high)) > LARGEST:
        raise AudioError(
            f"{subject} holds samples of {peak:.2g}; full scale is 1, {LARGEST:.2g} is supported"
        )
