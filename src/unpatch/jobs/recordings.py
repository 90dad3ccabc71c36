"""Reading recordings for analysis, without hours of audio in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import torch
from torch import Tensor

from unpatch.audio import (
    LONGEST_S,
    AudioError,
    check_equally_long,
    check_lasts,
    check_sounds,
    load,
    loudest,
    opened,
    resample,
    stretches,
)
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.rendering.named import mixed

# Of a longer recording only the loudest stretch is kept, of the length of a report.
WHOLE_S = 120
# Windows all over a recording are cut from all of it.
LONGEST_ALL_S = 600


@dataclass(frozen=True)
class AnalysedRecording:
    """A recording, or the analysed part of it.

    Attributes:
        audio: ``[2, T]``.
        sample_rate: in Hz.
        starts_s: where ``audio`` starts in the file.
        lasts_s: the file's length.
    """

    audio: Tensor
    sample_rate: int
    starts_s: float
    lasts_s: float

    @property
    def is_whole(self) -> bool:
        return self.audio.shape[-1] >= round(self.lasts_s * self.sample_rate)


def read_recording(path: Path, windows: str) -> AnalysedRecording:
    """The audio to analyse; refuses what is too short, too long or silent."""
    lasts_s = _lasts_s(path)
    if windows == "all" and LONGEST_ALL_S < lasts_s <= LONGEST_S:
        raise AudioError(
            f"{path}: lasts {lasts_s / 60:.0f} min; --windows all analyses at most "
            f"{LONGEST_ALL_S // 60} min, --windows loudest to {LONGEST_S // 60}"
        )
    if windows == "loudest" and WHOLE_S < lasts_s <= LONGEST_S:
        part = loudest(path, EXCERPT_S)
        recording = AnalysedRecording(part.audio, part.sample_rate, part.start_s, lasts_s)
    else:
        audio, rate = load(path)
        recording = AnalysedRecording(audio, rate, 0.0, lasts_s)
    check_lasts(recording.audio, recording.sample_rate, str(path))
    check_sounds(recording.audio, str(path))
    return recording


def read_sources(files: Mapping[str, Path], recording: AnalysedRecording) -> dict[str, Tensor]:
    """The recording's own dry signals ``[2, T]`` by source kind; refuses silence."""
    sources = {name: read_dry(path, recording) for name, path in files.items()}
    if sources:
        check_sounds(mixed(sources), ", ".join(map(str, files.values())))
    return sources


def read_dry(path: Path, recording: AnalysedRecording) -> Tensor:
    """The recording's own dry signal ``[2, T]``, the same part of it, at the same sample rate."""
    if recording.is_whole:
        audio, rate = load(path)
        check_equally_long(audio.shape[-1] / rate, recording.lasts_s, str(path))
    else:
        check_equally_long(_lasts_s(path), recording.lasts_s, str(path))
        # The loudest stretch starts at a multiple of half its length.
        stop_s = recording.starts_s + EXCERPT_S
        before = takewhile(lambda part: part.start_s < stop_s, stretches(path, EXCERPT_S / 2))
        parts = [part for part in before if part.start_s >= recording.starts_s]
        audio, rate = torch.cat([part.audio for part in parts], dim=1), parts[0].sample_rate
    check_lasts(audio, rate, str(path))
    return resample(audio, rate, recording.sample_rate)


def _lasts_s(path: Path) -> float:
    """From the file's header."""
    with opened(path) as file:
        return int(file.frames) / int(file.samplerate)
