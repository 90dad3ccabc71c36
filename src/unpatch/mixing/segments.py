"""The passages of a song that the loss is measured on.

A passage starts with a warm-up that is not scored. The song's first second and its last are scored like
any other: there is silence before the start.

Shapes: K tracks, T samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

from unpatch.mixing.settings import SegmentSettings
from unpatch.synth.draw import Draw

SILENCE = 1e-5
"""A peak below it counts as silence."""
HOPS_PER_SECOND = 20
PIECE_HOPS = 400
"""Of a track, that are read at a time."""
_ATTEMPTS = 20


class StemReader(Protocol):
    """A stem: what a search reads of it."""

    def segment(self, start: int, frames: int) -> Tensor:
        """``[2, frames]`` from a sample on, silent outside."""


@dataclass(frozen=True, eq=False)
class StemsAndMix:
    """Dry tracks and their mix ``[2, T]``.

    Attributes:
        stems: ``[K, 2, T]``, or K stems of which segments can be read, such as those of a
            :class:`unpatch.stems.Multitrack`; those need not be in memory.
    """

    stems: Tensor | Sequence[StemReader]
    mix: Tensor
    sample_rate: int
    settings: SegmentSettings = field(default_factory=SegmentSettings)

    @property
    def frames(self) -> int:
        return self.mix.shape[-1]

    @cached_property
    def length(self) -> int:
        """Of a passage, in samples."""
        return round(self.settings.length_s * self.sample_rate)

    @cached_property
    def warmup(self) -> int:
        """Samples at its start that are not scored."""
        return round(self.settings.warmup_s * self.sample_rate)

    @property
    def scored(self) -> int:
        """Samples of it that are."""
        return self.length - self.warmup

    @cached_property
    def last(self) -> int:
        """Start of the last passage; the first is at ``-warmup``."""
        return max(self.frames - self.length, -self.warmup)

    def passage(self, start: int) -> Passage:
        peaks = self._peaks(self.levels, start, self.length)
        active = tuple(bool(peak > SILENCE) for peak in peaks)
        return Passage(self, start, cut(self.mix, start, self.length), active)

    def track(self, number: int, start: int, frames: int) -> Tensor:
        """``[2, frames]`` of a track, silent outside of the song."""
        if isinstance(self.stems, Tensor):
            return cut(self.stems[number], start, frames)
        return self.stems[number].segment(start, frames)

    def sounds(self, start: int) -> bool:
        """Whether the mix does, in the scored part."""
        return bool(self._peaks(self.mix_levels[None], start + self.warmup, self.scored)[0] > SILENCE)

    def track_peaks(self, start: int) -> Tensor:
        """Peak of each track in the scored part, ``[K]``."""
        return self._peaks(self.levels, start + self.warmup, self.scored)

    @cached_property
    def hop(self) -> int:
        return max(1, self.sample_rate // HOPS_PER_SECOND)

    @cached_property
    def levels(self) -> Tensor:
        """Peak of each track per hop, ``[K, hops]``."""
        return torch.stack([self._track_levels(number) for number in range(len(self.stems))])

    @cached_property
    def mix_levels(self) -> Tensor:
        return _levels(self.mix, self.hop)

    @cached_property
    def audible_hops(self) -> tuple[Tensor, ...]:
        """For each track that ever sounds the hops in which it does, within 60 dB of its peak."""
        found = [(row > max(SILENCE, 1e-3 * float(row.max()))).nonzero()[:, 0] for row in self.levels]
        return tuple(hops for hops in found if len(hops))

    def _track_levels(self, number: int) -> Tensor:
        """Of one track, a piece at a time."""
        piece = PIECE_HOPS * self.hop
        starts = range(0, self.frames, piece)
        parts = [self.track(number, start, min(piece, self.frames - start)) for start in starts]
        return torch.cat([_levels(part, self.hop) for part in parts])

    def _peaks(self, levels: Tensor, start: int, frames: int) -> Tensor:
        first, end = max(0, start // self.hop), math.ceil((start + frames) / self.hop)
        return levels[:, first:end].amax(-1) if end > first else levels.new_zeros(len(levels))


@dataclass(frozen=True, eq=False)
class Passage:
    """A stretch of a song, from a sample on.

    Attributes:
        mix: ``[2, T]``.
        active: which tracks are not silent.
    """

    song: StemsAndMix
    start: int
    mix: Tensor
    active: tuple[bool, ...]

    def stem(self, track: int) -> Tensor:
        """``[2, T]`` of one of the song's tracks; read on demand."""
        return self.song.track(track, self.start, self.song.length)

    @property
    def stems(self) -> Tensor:
        """``[K, 2, T]`` of all."""
        return torch.stack([self.stem(track) for track in range(len(self.active))])

    @property
    def sounding(self) -> Tensor:
        """``[K', 2, T]`` of those that are not silent."""
        return torch.stack([self.stem(track) for track, sounds in enumerate(self.active) if sounds])


def all_starts(song: StemsAndMix) -> list[int]:
    """Starts of passages that score every sample of a song, as few as possible."""
    return _spread(song, math.ceil(song.frames / song.scored))


def scored_starts(song: StemsAndMix) -> tuple[int, ...]:
    """Starts of the passages whose mean loss is a graph's: spread evenly, every track in at least one.

    Of a song that is short enough they cover everything. Passages in which the mix is silent are left out.
    """
    whole = all_starts(song)
    count = min(song.settings.judged, len(whole))
    chosen = {start for start in _spread(song, count) if song.sounds(start)}
    missing = [k for k in range(len(song.stems)) if not _is_audible(song, chosen, k)]
    for k in missing:
        if not _is_audible(song, chosen, k):
            chosen |= _best_for(song, whole, k)
    return tuple(sorted(chosen))


def drawn_start(song: StemsAndMix, draw: Draw) -> int:
    """Random start of a passage for a fit: anywhere, or where a randomly drawn track sounds."""
    for _ in range(_ATTEMPTS):
        start = _for_a_track(song, draw) if draw.chance(song.settings.balanced) else _anywhere(song, draw)
        if song.sounds(start):
            return start
    raise ValueError("the mix is silent nearly everywhere: there is nothing to fit")


def cut(audio: Tensor, start: int, frames: int) -> Tensor:
    """``frames`` samples of ``[..., T]``; silence outside. A view where nothing is outside."""
    inside = audio[..., max(0, start) : max(0, start + frames)]
    missing = frames - inside.shape[-1]
    before = min(max(0, -start), missing)
    return torch.nn.functional.pad(inside, (before, missing - before)) if missing else inside


def _spread(song: StemsAndMix, count: int) -> list[int]:
    first, last = -song.warmup, song.last
    return [first + round(i * (last - first) / max(1, count - 1)) for i in range(max(1, count))]


def _is_audible(song: StemsAndMix, starts: set[int], track: int) -> bool:
    """Whether a track is audible in a passage; always true for a silent track."""
    enough = max(SILENCE, 0.1 * float(song.levels[track].max()))
    return float(song.levels[track].max()) <= SILENCE or any(
        float(song.track_peaks(start)[track]) >= enough for start in starts
    )


def _best_for(song: StemsAndMix, starts: list[int], track: int) -> set[int]:
    """The passage in which a track is loudest, if the mix sounds there."""
    best = max(starts, key=lambda start: (float(song.track_peaks(start)[track]), -start))
    return {best} if song.sounds(best) else set()


def _anywhere(song: StemsAndMix, draw: Draw) -> int:
    return draw.integer(-song.warmup, song.last)


def _for_a_track(song: StemsAndMix, draw: Draw) -> int:
    """A hop in which a track sounds, somewhere in the scored part of the passage."""
    if not song.audible_hops:
        return _anywhere(song, draw)
    hops = draw.choice(song.audible_hops)
    at = int(hops[draw.integer(0, len(hops) - 1)]) * song.hop
    start = at - song.warmup - draw.integer(0, song.scored - 1)
    return min(max(start, -song.warmup), song.last)


def _levels(audio: Tensor, hop: int) -> Tensor:
    """Peak per hop of ``[2, T]``."""
    peaks = audio.abs().amax(0)
    padded = torch.nn.functional.pad(peaks, (0, -len(peaks) % hop))
    return padded.view(-1, hop).amax(-1)
