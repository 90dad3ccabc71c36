"""The instruments: which presets of which SoundFonts sound dry and pitched, how each is played, its split.

Left out are presets with an effect in the recording (rotary organs, overdriven guitars, detuned and swept
pads), ensembles, and what has no pitch. The SoundFonts share recordings, so an instrument is on one side
of the split in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from unpatch.storage.fetch import SETS
from unpatch.synth.instruments.phrases import Player, Style

Family: TypeAlias = Literal["guitar", "bass", "keys", "plucked", "mallets", "bowed", "wind", "synth"]
Side: TypeAlias = Literal["train", "dev", "val_unseen"]

SET = "instruments"

FAMILIES: Mapping[Family, float] = {
    "guitar": 3.0, "bass": 2.0, "keys": 3.0, "plucked": 1.0, "mallets": 0.7, "bowed": 1.3, "wind": 1.5,
    "synth": 1.3,
}  # fmt: skip
"""How often each is drawn."""

STYLES: Mapping[Family, Mapping[Style, float]] = {
    "guitar": {"chords": 3, "riff": 3, "melody": 2, "arpeggio": 2},
    "bass": {"bass": 4, "riff": 2},
    "keys": {"chords": 4, "arpeggio": 2, "melody": 2, "riff": 1},
    "plucked": {"melody": 3, "arpeggio": 3, "riff": 1, "chords": 1},
    "mallets": {"melody": 3, "riff": 2, "arpeggio": 2},
    "bowed": {"melody": 4, "long": 3, "riff": 1},
    "wind": {"melody": 4, "long": 2, "riff": 2},
    "synth": {"riff": 3, "arpeggio": 2, "melody": 2, "long": 1},
}
VOICES: Mapping[Family, int] = {"guitar": 6, "keys": 5}
STRUM_S: Mapping[Family, float] = {"guitar": 0.03, "keys": 0.008, "plucked": 0.03}
RINGS: frozenset[Family] = frozenset({"guitar", "keys", "plucked", "mallets"})


@dataclass(frozen=True)
class Font:
    """A SoundFont of a package."""

    name: str
    package: str
    file: str

    @property
    def place(self) -> str:
        """Below the folder that `unpatch data fetch instruments` has filled."""
        return f"{self.package}/usr/share/sounds/sf2/{self.file}"

    @property
    def licence(self) -> str:
        return next(p.licence for p in SETS[SET] if p.name == self.package)


@dataclass(frozen=True)
class Program:
    """An instrument, by its number in General MIDI (from 0).

    Attributes:
        low: MIDI key of its lowest note.
        high: of its highest.
        bank: where its number is, in both fonts.
    """

    name: str
    number: int
    family: Family
    low: int
    high: int
    side: Side = "train"
    bank: int = 0

    @property
    def player(self) -> Player:
        family = self.family
        return Player(
            self.low,
            self.high,
            STYLES[family],
            VOICES.get(family, 4),
            STRUM_S.get(family, 0.0),
            family in RINGS,
        )


FONTS: tuple[Font, ...] = (
    Font("fluid", "fluid-soundfont-gm", "FluidR3_GM.sf2"),
    Font("musescore", "musescore-general-soundfont-lossless", "MuseScore_General_Full.sf2"),
)

PROGRAMS: tuple[Program, ...] = (
    Program("grand piano", 0, "keys", 33, 96),
    Program("bright piano", 1, "keys", 33, 96),
    Program("electric grand", 2, "keys", 33, 96, "val_unseen"),
    Program("tine electric piano", 4, "keys", 33, 91),
    Program("FM electric piano", 5, "keys", 33, 91, "dev"),
    Program("harpsichord", 6, "keys", 36, 84),
    Program("clavinet", 7, "keys", 36, 84),
    Program("reed organ", 20, "keys", 41, 84),
    Program("celesta", 8, "mallets", 60, 96),
    Program("glockenspiel", 9, "mallets", 72, 103),
    Program("music box", 10, "mallets", 60, 96),
    Program("marimba", 12, "mallets", 48, 88),
    Program("xylophone", 13, "mallets", 60, 96, "dev"),
    Program("kalimba", 108, "mallets", 53, 86, "val_unseen"),
    Program("steel drums", 114, "mallets", 52, 81),
    Program("dulcimer", 15, "plucked", 48, 84),
    Program("pizzicato strings", 45, "plucked", 40, 84),
    Program("harp", 46, "plucked", 36, 96),
    Program("sitar", 104, "plucked", 48, 77),
    Program("banjo", 105, "plucked", 50, 84),
    Program("shamisen", 106, "plucked", 50, 79, "val_unseen"),
    Program("koto", 107, "plucked", 48, 84, "dev"),
    Program("mandolin", 25, "plucked", 55, 88, bank=16),
    Program("ukulele", 24, "plucked", 60, 84, bank=8),
    Program("nylon guitar", 24, "guitar", 40, 79),
    Program("steel guitar", 25, "guitar", 40, 83, "dev"),
    Program("jazz guitar", 26, "guitar", 40, 83, "val_unseen"),
    Program("clean guitar", 27, "guitar", 40, 86),
    Program("muted guitar", 28, "guitar", 40, 79),
    Program("funk guitar", 28, "guitar", 40, 83, bank=8),
    Program("acoustic bass", 32, "bass", 28, 55),
    Program("fingered bass", 33, "bass", 28, 55),
    Program("picked bass", 34, "bass", 28, 55, "dev"),
    Program("fretless bass", 35, "bass", 28, 55),
    Program("slap bass", 36, "bass", 28, 55),
    Program("pop bass", 37, "bass", 28, 55, "val_unseen"),
    Program("synth bass 1", 38, "bass", 28, 55),
    Program("synth bass 2", 39, "bass", 28, 55),
    Program("violin", 40, "bowed", 55, 93),
    Program("viola", 41, "bowed", 48, 84, "val_unseen"),
    Program("cello", 42, "bowed", 36, 74, "dev"),
    Program("contrabass", 43, "bowed", 28, 55),
    Program("fiddle", 110, "bowed", 55, 88),
    Program("harmonica", 22, "wind", 55, 86),
    Program("trumpet", 56, "wind", 54, 82),
    Program("trombone", 57, "wind", 40, 72),
    Program("tuba", 58, "wind", 28, 58),
    Program("muted trumpet", 59, "wind", 54, 82),
    Program("soprano sax", 64, "wind", 56, 87),
    Program("alto sax", 65, "wind", 49, 80),
    Program("tenor sax", 66, "wind", 44, 75, "val_unseen"),
    Program("baritone sax", 67, "wind", 37, 68),
    Program("oboe", 68, "wind", 58, 91),
    Program("english horn", 69, "wind", 52, 81),
    Program("bassoon", 70, "wind", 34, 72),
    Program("clarinet", 71, "wind", 50, 89, "dev"),
    Program("flute", 73, "wind", 60, 96),
    Program("recorder", 74, "wind", 60, 96),
    Program("pan flute", 75, "wind", 60, 91),
    Program("ocarina", 79, "wind", 60, 84),
    Program("square lead", 80, "synth", 36, 84),
    Program("saw lead", 81, "synth", 36, 84),
    Program("calliope lead", 82, "synth", 48, 88, "dev"),
    Program("synth brass", 62, "synth", 40, 79, "val_unseen"),
)


def fonts_in(root: Path) -> list[Font]:
    """Those in a folder."""
    return [font for font in FONTS if (root / font.place).is_file()]


def programs_of(split: str) -> Sequence[Program]:
    """Instruments of a split. All that training has are in "val_seen" too, which plays other phrases."""
    side = "train" if split == "val_seen" else split
    return tuple(program for program in PROGRAMS if side in (program.side, "all"))
