"""The kits: path of each, its names of instruments, and its side of the split.

Kits that share recordings are one family, which is on one side as a whole.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from unpatch.storage.fetch import SETS
from unpatch.synth.drums.folder import read_folder
from unpatch.synth.drums.hydrogen import read_hydrogen
from unpatch.synth.drums.kit import KitError, Take
from unpatch.synth.drums.soundfont import read_soundfont

Side: TypeAlias = Literal["seen", "unseen"]
Reader: TypeAlias = Callable[[Path], dict[str, list[Take]]]
"""A kit's folder or file to the takes in it, as they were recorded."""

HYDROGEN = "hydrogen-drumkits/usr/share/hydrogen/data/drumkits"
FLUID = "fluid-soundfont-gm/usr/share/sounds/sf2/FluidR3_GM.sf2"
TIM = "timgm6mb-soundfont/usr/share/sounds/sf2/TimGM6mb.sf2"
AVL = "avldrums.lv2-soundfont/usr/share/sounds/sf2"

GENERAL_MIDI: Mapping[str, int] = {
    "kick": 36, "snare": 38, "rim": 37, "hat_closed": 42, "hat_pedal": 44, "hat_open": 46,
    "tom_high": 48, "tom_mid": 45, "tom_floor": 41, "ride": 51, "ride_bell": 53, "crash": 49, "crash_2": 57,
}  # fmt: skip
AVL_KEYS: Mapping[str, int] = {name: key for name, key in GENERAL_MIDI.items() if name != "tom_high"}
"""Four pieces: one rack tom; key 48 is a hat there."""

GENERAL_NAMES: Mapping[str, str] = {
    "kick": "Kick", "snare": "Snare Rock", "rim": "Stick", "hat_closed": "Closed HH", "hat_open": "Open HH",
    "hat_pedal": "Pedal HH", "tom_high": "Tom Hi", "tom_mid": "Tom Mid", "tom_floor": "Tom Low",
    "ride": "Ride Jazz", "crash": "Crash",
}  # fmt: skip
FORZEE: Mapping[str, str] = {
    "kick": "Kick", "snare": "Snare (", "rim": "Rim Click", "hat_closed": "Hi-Hat Closed",
    "hat_open": "Hi-Hat Open", "hat_pedal": "Hi-Hat Pedal", "tom_high": "Tom High", "tom_mid": "Tom Mid",
    "tom_floor": "Tom Low", "ride": "Ride Bow", "ride_bell": "Ride Bell", "crash": "Crash (",
    "crash_2": "Crash/Ride (",
}  # fmt: skip
COLOMBO: Mapping[str, str] = {
    **GENERAL_NAMES, "kick": "BassDrum", "snare": "Snare1", "ride": "ride-crash20inch",
    "ride_bell": "ride-cup", "crash": "crash16inch", "crash_2": "crash20inch--2",
}  # fmt: skip
RUMPF: Mapping[str, str] = {
    "kick": "c3 -", "snare": "d3 -", "rim": "c#3 -", "hat_closed": "f#3 -", "hat_open": "a#3 -",
    "hat_pedal": "g#3 -", "tom_high": "d4 -", "tom_mid": "c4 -", "tom_floor": "b3 -", "ride": "d#4 -",
    "ride_bell": "f4 -", "crash": "c#4 -",
}  # fmt: skip
PACIFIC: Mapping[str, str] = {
    "kick": "BassDrum", "snare": "Snare", "hat_closed": "Hi Hat Closed", "hat_open": "Hi Hat Opened",
    "tom_high": "Tom", "tom_floor": "Floor Tom", "ride": "Ride", "ride_bell": "Ride Bell",
    "crash": "Crash Left", "crash_2": "Crash Right",
}  # fmt: skip
CLASSES: Mapping[str, str] = {
    "kick": "kick", "snare": "snare", "rim": "rimshot", "hat_closed": "hihat_closed",
    "hat_open": "hihat_open", "hat_pedal": "hihat_pedal", "tom_high": "tom_high", "tom_mid": "tom_low",
    "tom_floor": "tom_floor", "ride": "ride", "ride_bell": "ride_bell", "crash": "crash1",
    "crash_2": "crash2",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A kit of the catalogue.

    Attributes:
        name: ours.
        side: whether training may use it.
        place: its file or folder, below one of the folders that hold kits.
        read: how.
        family: kits of one family share recordings.
    """

    name: str
    side: Side
    place: str
    read: Reader
    family: str

    @property
    def licence(self) -> str:
        """That of the package that it comes in; empty where it comes in none."""
        package = next((p for p in SETS["drums"] if self.place.startswith(f"{p.name}/")), None)
        return package.licence if package else ""

    def find(self, roots: Sequence[Path]) -> Path:
        """Its file or folder below the first of some folders that has it."""
        for root in roots:
            if (root / self.place).exists():
                return root / self.place
        looked = ", ".join(map(str, roots))
        raise KitError(f"kit {self.name}: {self.place} is not in {looked}; try `unpatch data fetch drums`")


def _hydrogen(name: str, folder: str, side: Side, names: Mapping[str, str], family: str = "") -> Entry:
    read = partial(read_hydrogen, instruments=names)
    return Entry(name, side, f"{HYDROGEN}/{folder}", read, family or name)


def _soundfont(name: str, place: str, at: tuple[int, int], keys: Mapping[str, int], family: str) -> Entry:
    read = partial(read_soundfont, bank=at[0], preset=at[1], keys=keys)
    return Entry(name, "seen", place, read, family)


def _folder(name: str) -> Entry:
    def read(path: Path) -> dict[str, list[Take]]:
        return read_folder(path.parent, name, CLASSES)

    return Entry(name, "unseen", name, read, name)


KITS: tuple[Entry, ...] = (
    _hydrogen("forzee", "ForzeeStereo", "seen", FORZEE),
    _soundfont("red_zeppelin", f"{AVL}/Red_Zeppelin_4_LV2.sf2", (0, 0), AVL_KEYS, "avl"),
    _soundfont("black_pearl", f"{AVL}/Black_Pearl_4_LV2.sf2", (0, 0), AVL_KEYS, "avl"),
    _hydrogen("colombo", "ColomboAcousticDrumkit", "seen", COLOMBO),
    _hydrogen("millo_1", "Millo-Drums_v.1", "seen", GENERAL_NAMES, "millo"),
    _hydrogen("millo_2", "Millo_MultiLayered2", "seen", GENERAL_NAMES, "millo"),
    _hydrogen("millo_3", "Millo_MultiLayered3", "seen", GENERAL_NAMES, "millo"),
    _soundfont("fluid_standard", FLUID, (128, 0), GENERAL_MIDI, "fluid"),
    _soundfont("fluid_power", FLUID, (128, 16), GENERAL_MIDI, "fluid"),
    _hydrogen("rumpf", "rumpf_kit_z01_h2", "seen", RUMPF),
    _soundfont("tim", TIM, (128, 0), GENERAL_MIDI, "tim"),
    _folder("muldjord"),
    _folder("smdrums"),
    _hydrogen("pacific", "BJA_Pacific", "unseen", PACIFIC),
)


def on_side(side: Side) -> tuple[Entry, ...]:
    """The kits of one side of the split."""
    return tuple(entry for entry in KITS if entry.side == side)
