"""The function :func:`unpatch.match`, its result, and its steps, which songs in files share.

Shapes: C channels, T time, P points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from unpatch.dsp.compiled import Array
from unpatch.mastering.matching.analysis import WORKING_LUFS, analysed, averaged_references
from unpatch.mastering.matching.clipping import clip_gain_db
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.matching import AS_REFERENCE, WHOLLY, Amounts, Targets, find_master
from unpatch.mastering.matching.meter import Meter, MeterLevels
from unpatch.mastering.matching.processing import (
    ProcessedSong,
    gain_for,
    last_stage,
    needs_limiter,
    processed,
)
from unpatch.mastering.matching.profile import Profile, profile_of
from unpatch.mastering.matching.source import BLOCK, AudioInMemory, Source
from unpatch.mastering.matching.spectrum import Spectra

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.audio import AudioLike

# Less is inaudible.
_SHORT_LU = 0.3
Report = Callable[[str, int, int], None]
"""What is being done, frames done, frames in all."""


@dataclass(frozen=True, eq=False)
class Mastered:
    """What was done to a song.

    Attributes:
        master: the settings; ``master.save`` writes a preset.
        before, after: the song's profiles.
        goal: the mean of the references; None with a preset.
        gain_db: of the whole chain, from the song's file to the limiter.
        limited: whether the limiter has worked.
        warnings: what is wrong with song and references, and limits that were reached; one sentence each.
    """

    master: Master
    before: Profile
    after: Profile
    goal: Profile | None
    gain_db: float
    limited: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Matched:
    """Audio ``[2, T]`` and what was done to it."""

    audio: Tensor
    done: Mastered

    @property
    def master(self) -> Master:
        return self.done.master


def match(
    target: AudioLike,
    references: AudioLike | Sequence[AudioLike],
    sample_rate: float,
    *,
    reference_rate: float | None = None,
    amounts: Amounts = WHOLLY,
    lufs: float | None = None,
    true_peak_db: float | None = None,
) -> Matched:
    """Master a song to match one or more references.

    Args:
        target: ``[C, T]``, mono or stereo, of any length from half a second on.
        references: the same, one or several.
        sample_rate: of the target, in Hz; it is never resampled.
        reference_rate: of the references, if it is another.
        amounts: how far each aspect goes.
        lufs: loudness to reach instead of the references'.
        true_peak_db: true peak in dBTP not to exceed instead of the references'.

    Returns:
        The master ``[2, T]`` at the target's sample rate, and what was done.

    Raises:
        ValueError: amounts or targets out of range, no reference, or audio that is silent or too short.

    Example:
        >>> import torch, unpatch
        >>> noise = torch.randn(2, 44_100)
        >>> matched = unpatch.match(0.02 * noise, 0.1 * noise, 44_100)
        >>> matched.audio.shape
        torch.Size([2, 44100])
        >>> round(matched.done.after.lufs - matched.done.goal.lufs)
        0
    """
    import torch

    from unpatch.audio import as_rate

    rate = as_rate(sample_rate)
    their_rate = rate if reference_rate is None else as_rate(reference_rate, "the references' sample rate")
    goal = average_profile([_memory(audio, their_rate, name) for name, audio in _numbered(references)])
    song = _memory(target, rate, "the target")
    targets = Targets(lufs, true_peak_db)
    with processed_to_match(song, goal, amounts, targets) as (master, before, played):
        blocks, done = final_stage(master, before, played, goal)
        audio = np.concatenate(list(blocks), axis=1)
    return Matched(torch.from_numpy(audio), done())


def _numbered(references: AudioLike | Sequence[AudioLike]) -> list[tuple[str, AudioLike]]:
    """One signal, or several in a row, with what messages call them."""
    is_one = hasattr(references, "ndim") or all(isinstance(item, Real) for item in references)
    given = [references] if is_one and len(references) else list(references)
    if not given:
        raise ValueError("at least one reference is needed")
    return [(f"reference {i}", audio) for i, audio in enumerate(given, 1)]


def _memory(audio: AudioLike, sample_rate: int, name: str) -> AudioInMemory:
    from unpatch.audio import as_stereo

    return AudioInMemory(as_stereo(audio, name).numpy(), sample_rate, name)


def average_profile(references: Iterable[Source], report: Report | None = None) -> Profile:
    """The mean of the profiles of several references."""
    return averaged_references(references, lambda name: _titled(report, name))


@contextmanager
def processed_to_match(
    song: Source,
    goal: Profile,
    amounts: Amounts,
    targets: Targets = AS_REFERENCE,
    folder: Path | None = None,
    report: Report | None = None,
) -> Iterator[tuple[Master, Profile, ProcessedSong]]:
    """Find the master that matches a song to ``goal``, and play the song through its chain.

    The context gives the master, the song's profile, and the output of the chain before the last stage.
    """
    own = analysed(song, _titled(report, "analysing"))
    before, song = own.profile, own.source
    master = find_master(own, goal, amounts, targets)
    with processed(master, song, folder, report=_titled(report, "processing")) as played:
        yield replace(master, clip_db=_clip_db(played, master, amounts.clip)), before, played


def _clip_db(played: ProcessedSong, master: Master, amount: float) -> float | None:
    levels = played.levels
    return clip_gain_db(levels.true_peak_db, levels.gain_to(master.lufs), master.ceiling_db, amount)


@contextmanager
def processed_with_preset(
    master: Master, song: Source, folder: Path | None = None, report: Report | None = None
) -> Iterator[tuple[Master, Profile, ProcessedSong]]:
    """As :func:`processed_to_match`, with a master that was found for another song."""
    own = analysed(song, _titled(report, "analysing"))
    moved = replace(master, input_db=own.input_db + master.made_for_lufs - WORKING_LUFS)
    with processed(moved, own.source, folder, report=_titled(report, "processing")) as played:
        needed = _clip_db(played, moved, 1.0)
        # As far as the song that the preset was made for, but no further than this one needs.
        clip_db = None if moved.clip_db is None or needed is None else min(moved.clip_db, needed)
        yield replace(moved, clip_db=clip_db), own.profile, played


def final_stage(
    master: Master, before: Profile, played: ProcessedSong, goal: Profile | None, size: int = BLOCK
) -> tuple[Iterator[Array], Callable[[], Mastered]]:
    """Blocks ``[2, T]`` of the master, and a function that gives its report once all blocks are read."""
    gain = gain_for(played, master)
    if not master.input_db and abs(gain) < 1e-3:
        gain = 0.0
    meter, spectra = Meter(played.sample_rate), Spectra(played.sample_rate)

    def blocks() -> Iterator[Array]:
        for block in last_stage(played, master, gain, size):
            meter.push(np.ascontiguousarray(block))
            spectra.push(block)
            yield block

    def done() -> Mastered:
        levels: MeterLevels = meter.levels()
        after = profile_of(levels, spectra.levels_db(), played.sample_rate)
        limited = needs_limiter(played, master, gain)
        warnings = (*before.warnings, *(goal.warnings if goal else ()), *master.limits)
        if master.lufs - after.lufs > _SHORT_LU:
            warnings += (_short(master, after),)
        return Mastered(master, before, after, goal, master.input_db + gain, limited, warnings)

    return blocks(), done


def _short(master: Master, after: Profile) -> str:
    return (
        f"loudness {master.lufs:.1f} LUFS was not reached, {after.lufs:.1f} LUFS was: "
        f"the true peak is held at {master.ceiling_db:.1f} dBTP"
    )


def _titled(report: Report | None, what: str) -> Callable[[int, int], None] | None:
    return None if report is None else lambda done, total: report(what, done, total)
