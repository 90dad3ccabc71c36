"""The everyday suite: dry sounds, chains as engineers set them, and the files that people have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from bench.checks.outside import players
from bench.checks.outside.audible import all_audible
from bench.checks.outside.clips import Clip, Played
from bench.checks.outside.dry_material import RATE, Material
from bench.checks.outside.everyday import Arriving, Everyday, Setting, drawn_effects, is_lossy, is_untouched
from bench.checks.outside.listened_files import drawn_format, written
from unpatch.synth.draw import Draw

RATES: Mapping[int, float] = {44_100: 0.65, 48_000: 0.15, 24_000: 0.1, 22_050: 0.1}
"""At which chains are played and files written."""
PEAK_DB = (-9.0, -0.5)
"""Of the file."""
SETTINGS_TRIED, CHAINS_TRIED = 12, 40
LEAST_LEFT = 0.03
"""Of the dry sound's peak: -30 dB."""


class EverydaySuite:
    """See :class:`outside_clips.Suite`."""

    name = "everyday"
    version = 2
    count = 180
    peers = players.VERSIONS

    def __init__(self, sources: Path, seed: int) -> None:
        self.material = Material(sources)
        self.seed = seed

    def make(self, number: int) -> tuple[Clip, bytes]:
        draw = Draw(self.seed, number)
        dry = self.material.drawn(draw.child(0))
        rate = draw.weighted(RATES)
        audio = _stereo(dry.audio, rate)
        played: tuple[Played, ...] = ()
        wet = audio
        if not is_untouched(number):
            played, wet = drawn_chain(draw.child(1), audio, rate, may_shift=dry.may_shift)
        peak = 10 ** (draw.number(*PEAK_DB) / 20)
        how = drawn_format(draw, rate, is_lossy(number))
        data = written(wet * (peak / wet.abs().amax()), rate, how, draw.child(2))
        return Clip(number, dry.performer, dry.category, played, how, rate, dry.band_hz), data


def drawn_chain(
    draw: Draw, dry: Tensor, sample_rate: int, *, may_shift: bool
) -> tuple[tuple[Played, ...], Tensor]:
    """Audible effects, and their output for ``dry [2, T]``.

    Settings are drawn again some times before other effects are: otherwise faint effects would be rare.
    """
    for attempt in range(CHAINS_TRIED):
        own = draw.child(attempt)
        effects = drawn_effects(own, may_shift=may_shift)
        for again in range(SETTINGS_TRIED):
            line = Line.drawn(own.child(again), effects, dry, sample_rate)
            if is_left(line.wet, dry) and all_audible(len(effects), line.without, line.wet, sample_rate):
                return line.told(), line.wet
    raise RuntimeError(f"{CHAINS_TRIED} chains in a row had an inaudible effect")


def is_left(wet: Tensor, dry: Tensor) -> bool:
    """Whether a recording is left: not behind a gate that never opened."""
    return float(wet.abs().amax()) > LEAST_LEFT * float(dry.abs().amax())


@dataclass(frozen=True)
class Line:
    """Effects in series, what arrives at each, and what comes out ``[2, T]``."""

    settings: Sequence[Setting]
    arriving: Sequence[Arriving]
    wet: Tensor

    @classmethod
    def drawn(
        cls, draw: Draw, effects: Sequence[tuple[Everyday, str]], dry: Tensor, sample_rate: int
    ) -> "Line":
        """With settings to suit what arrives."""
        settings, arriving, audio = list[Setting](), list[Arriving](), dry
        for place, (effect, make) in enumerate(effects):
            arriving.append(Arriving(audio, sample_rate))
            settings.append(Setting(effect.family, make, effect.knobs(draw.child(place), arriving[-1], make)))
            audio = players.play(settings[-1], audio, sample_rate)
        return cls(settings, arriving, audio)

    def without(self, place: int) -> Tensor:
        """What comes out when one effect is left out."""
        before = self.arriving[place]
        audio = before.audio
        for setting in self.settings[place + 1 :]:
            audio = players.play(setting, audio, before.sample_rate)
        return audio

    def told(self) -> tuple[Played, ...]:
        """What was played, with knobs that others can be held against."""
        both = zip(self.settings, self.arriving, strict=True)
        return tuple(Played(s.family, s.make, players.told(s, arriving)) for s, arriving in both)


def _stereo(mono: NDArray[np.float32], sample_rate: int) -> Tensor:
    """``[2, T]`` at another rate."""
    there = np.asarray(soxr.resample(mono, RATE, sample_rate), dtype=np.float32)
    return torch.from_numpy(there).expand(2, -1).contiguous()
