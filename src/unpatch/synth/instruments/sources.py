"""Dry instrument tracks to draw from: phrases played on the presets of SoundFonts."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from unpatch.synth.credits import Credit, gathered
from unpatch.synth.draw import Draw
from unpatch.synth.instruments.catalogue import FAMILIES, Family, Font, Program, fonts_in, programs_of
from unpatch.synth.instruments.phrases import phrase
from unpatch.synth.instruments.player import Instrument
from unpatch.synth.soundfonts.font import Floats, soundfont
from unpatch.synth.sources import (
    ATTEMPTS,
    FRAMES,
    LEVEL_DB,
    MIN_SOUNDING,
    SAMPLE_RATE,
    Segment,
    SourceError,
    sounding,
)


class InstrumentSources:
    """Instruments of one split. Families are drawn by weight; instruments and fonts are equally likely."""

    def __init__(self, fonts: Sequence[tuple[Font, Path]], programs: Sequence[Program], split: str) -> None:
        if not fonts or not programs:
            raise SourceError(f"no instruments of split {split!r}")
        self.fonts = tuple(fonts)
        self.split = split
        self.by_family: dict[Family, list[Program]] = {}
        for program in programs:
            self.by_family.setdefault(program.family, []).append(program)
        self._weights = {family: FAMILIES[family] for family in sorted(self.by_family)}

    @classmethod
    def open(cls, roots: Sequence[str | Path], split: str) -> "InstrumentSources":
        """Instruments of a split, of the SoundFonts in some folders; the first one that has a font counts."""
        found = {font: root for root in map(Path, reversed(roots)) for font in fonts_in(root)}
        return cls(sorted(found.items(), key=lambda item: item[0].name), programs_of(split), split)

    def files(self) -> list[Path]:
        """The SoundFonts."""
        return [root / font.place for font, root in self.fonts]

    def check(self) -> None:
        """Refuse a font that lacks an instrument, or is damaged."""
        for path in self.files():
            for program in (p for programs in self.by_family.values() for p in programs):
                instrument(path, program.bank, program.number).zones(program.low, 100)

    def credits(self) -> list[Credit]:
        """The instruments, with the licences of their fonts."""
        names = tuple(program.name for programs in self.by_family.values() for program in programs)
        return gathered(Credit("instrument", names, font.licence, font.package) for font, _ in self.fonts)

    def segment(self, draw: Draw, frames: int = FRAMES) -> Segment:
        """A phrase on a drawn instrument, of which enough sounds, at a drawn level."""
        for attempt in range(ATTEMPTS):
            own = draw.child(attempt)
            program = own.choice(self.by_family[own.weighted(self._weights)])
            font, root = own.choice(self.fonts)
            _, notes = phrase(program.player, own.child(0), frames / SAMPLE_RATE)
            played = instrument(root / font.place, program.bank, program.number).play(notes, frames)
            if sounding(played) >= MIN_SOUNDING:
                audio = torch.from_numpy(_levelled(played, own))[None]
                name = f"{font.name} {program.name}"
                return Segment(audio, ("in",), name, (font.file,), "instrument", font.licence)
        raise SourceError(f"{ATTEMPTS} phrases in a row were nearly silent")


@lru_cache(maxsize=256)
def instrument(path: Path, bank: int, number: int) -> Instrument:
    """A preset of a font, read once."""
    return Instrument(soundfont(path), bank, number)


def _levelled(audio: Floats, draw: Draw) -> Floats:
    """At a drawn level, nothing beyond full scale."""
    level = float(np.sqrt(np.dot(audio, audio) / len(audio)))
    gain = 10 ** (draw.number(*LEVEL_DB) / 20) / level
    return np.asarray(audio * np.float32(min(gain, 1 / float(np.abs(audio).max()))))
