"""One recorded stroke, cut to its audible part."""

from pathlib import Path

import numpy as np
import soxr

from unpatch.audio import opened, read
from unpatch.synth.drums.kit import Floats
from unpatch.synth.sources import SAMPLE_RATE

ONSET_DB = -40.0
LEAD_MS = 1.0
# A stroke is over where it stays this far below its peak; a little longer than an example at most.
TAIL_DB = -62.0
LONGEST_S = 4.0
FADE_MS = 20.0


def read_sample(path: Path) -> Floats:
    """A file as mono ``[T]`` at 44.1 kHz."""
    with opened(path) as file:
        rate = int(file.samplerate)
        audio = read(path, file, int(file.frames), 0).mean(axis=1)
    return np.asarray(audio if rate == SAMPLE_RATE else soxr.resample(audio, rate, SAMPLE_RATE), np.float32)


def cut(audio: Floats) -> Floats:
    """From just before the stroke to where it has died away, with a faded end."""
    loud = np.abs(audio)
    peak = float(loud.max(initial=0.0))
    if peak == 0.0:
        return audio[:0]
    start = int(np.argmax(loud > peak * 10 ** (ONSET_DB / 20))) - round(LEAD_MS / 1000 * SAMPLE_RATE)
    stop = int(np.flatnonzero(loud > peak * 10 ** (TAIL_DB / 20))[-1]) + 1
    start = max(start, 0)
    return faded(audio[start : min(stop, start + round(LONGEST_S * SAMPLE_RATE))])


def faded(audio: Floats) -> Floats:
    """The same with its last 20 ms faded out."""
    count = min(round(FADE_MS / 1000 * SAMPLE_RATE), len(audio))
    audio = audio.copy()
    audio[len(audio) - count :] *= np.linspace(1, 0, count, dtype=np.float32)
    return audio
