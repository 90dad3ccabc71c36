"""One recording read from end to end: its measurements, and how it is read again.

A song is worked on at one loudness, :data:`WORKING_LUFS`, and without direct current, so that nothing
depends on the level at which it was delivered.

Shapes: B excerpts, T time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from unpatch.audio import SILENCE_DB, AudioError
from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.faults import Faults, Inspector
from unpatch.mastering.matching.meter import Meter, decibels
from unpatch.mastering.matching.profile import LOUD_SHARE, PASSAGE_S, Profile, averaged, profile_of
from unpatch.mastering.matching.source import BLOCK, FramesDone, Source, check_length
from unpatch.mastering.matching.spectrum import Spectra

WORKING_LUFS = -23.0
"""Programme level of EBU R 128: peaks of a song stay below full scale."""
EXCERPTS = 12


@dataclass(frozen=True)
class Centred:
    """A source without its direct current."""

    source: Source
    offset: tuple[float, float]

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def sample_rate(self) -> int:
        return self.source.sample_rate

    @property
    def frames(self) -> int:
        return self.source.frames

    @property
    def mono(self) -> bool:
        return self.source.mono

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        offset = np.array(self.offset, np.float32)[:, None]
        for block in self.source.blocks(size):
            yield block - offset


@dataclass(frozen=True, eq=False)
class Analysis:
    """The measurements of a recording, and its loud excerpts.

    Attributes:
        profile: of the recording, without direct current.
        excerpts: ``[B, 2, T]`` from all over it, at the working level.
        source: the recording, without direct current.
        input_db: gain that brings it to the working level.
    """

    profile: Profile
    excerpts: Array
    source: Source
    input_db: float


def analysed(source: Source, report: FramesDone | None = None) -> Analysis:
    """Read all of a recording; once more where it has direct current."""
    check_length(source)
    profile, excerpts, input_db, faults = _read(source, report)
    if any(faults.offset):
        source = Centred(source, faults.offset)
        profile, excerpts, input_db, _ = _read(source, report)
    profile = replace(
        profile,
        mono=profile.mono or faults.has_silent_channel,
        warnings=tuple(faults.sentences(source.name)),
    )
    return Analysis(profile, excerpts * np.float32(10 ** (input_db / 20)), source, input_db)


def averaged_references(references: Iterable[Source], report: Callable[[str], FramesDone | None]) -> Profile:
    """The mean of several references, each with what is wrong with it."""
    return averaged([_as_reference(source, report(source.name)) for source in references])


def _as_reference(source: Source, report: FramesDone | None) -> Profile:
    profile = analysed(source, report).profile
    if not profile.mono:
        return profile
    return replace(
        profile,
        warnings=(*profile.warnings, f"{source.name}: has no stereo image; the width is not matched to it"),
    )


def _read(source: Source, report: FramesDone | None) -> tuple[Profile, Array, float, Faults]:
    meter, spectra, inspector = Meter(source.sample_rate), Spectra(source.sample_rate), Inspector()
    size = min(round(PASSAGE_S * source.sample_rate), source.frames)
    count = max(1, min(EXCERPTS, source.frames // size))
    starts = np.linspace(0, source.frames - size, count + 2)[1:-1].astype(int)
    excerpts, done = np.zeros((count, 2, size), np.float32), 0
    for block in source.blocks():
        meter.push(block)
        spectra.push(block)
        inspector.push(block)
        _cut(block, done, starts, excerpts)
        done += block.shape[1]
        if report:
            report(done, source.frames)
    levels, band_end = meter.levels(), spectra.band_end_hz()
    input_db = levels.gain_to(WORKING_LUFS)
    if decibels(levels.peak) < SILENCE_DB or not np.isfinite(input_db):
        raise AudioError(f"{source.name}: silence: there is nothing to match")
    powers = np.square(excerpts, dtype=np.float64).mean((1, 2))
    kept = excerpts[powers >= LOUD_SHARE * powers.max()]
    profile = profile_of(levels, spectra.levels_db(), source.sample_rate, band_end)
    return profile, kept, input_db, inspector.faults(spectra.dc(), band_end)


def _cut(block: Array, begins: int, starts: Array, excerpts: Array) -> None:
    """Copy the part of the block that is in the excerpts into them."""
    for start, excerpt in zip(starts, excerpts, strict=True):
        low, high = max(start, begins), min(start + excerpt.shape[1], begins + block.shape[1])
        if low < high:
            excerpt[:, low - start : high - start] = block[:, low - begins : high - begins]
