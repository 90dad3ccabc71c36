"""Drum kits out of SoundFont 2 files: the part of the format that one-shot percussion uses.

We read key and velocity ranges, tuning, attenuation, loops and hold, decay and sustain of the volume envelope
of what :mod:`~unpatch.synth.soundfonts.tables` finds; its delay and attack, filters and modulators are left
alone. (SoundFont Technical Specification 2.04, E-mu 2006, sections 7 and 8.)
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from unpatch.synth.drums.kit import Floats, Take
from unpatch.synth.soundfonts import font
from unpatch.synth.soundfonts.tables import (
    ATTENUATION,
    DECAY,
    HOLD,
    SAMPLE,
    SUSTAIN,
    VELOCITY_RANGE,
    Zone,
)
from unpatch.synth.sources import SAMPLE_RATE

LONGEST_S = 5.0
MOST_SUSTAIN_CB = 1000


class DrumSoundFont(font.SoundFont):
    """A file whose keys are struck once."""

    def takes(self, bank: int, preset: int, key: int) -> list[Take]:
        """The sounds of a key of a preset, from soft to hard; none where no zone holds the key.

        Raises:
            SoundFontError: where the preset does not exist, or a zone or sample of it is damaged.
        """
        layers: dict[int, list[Zone]] = defaultdict(list)
        for zone in self.zones(bank, preset, key):
            layers[zone[VELOCITY_RANGE]].append(zone)
        found: dict[frozenset[int], Take] = {}
        for velocities, layer in sorted(layers.items(), key=lambda item: item[0] >> 8):
            together = np.zeros(round(LONGEST_S * SAMPLE_RATE), dtype=np.float32)
            for audio in (self._struck(zone, key) for zone in layer):
                together[: len(audio)] += audio[: len(together)]
            # Layers of the same samples differ in what we do not read: the loudest represents all.
            found[frozenset(zone[SAMPLE] for zone in layer)] = Take((velocities >> 8) / 127, together)
        return list(found.values())

    def _struck(self, zone: Zone, key: int) -> Floats:
        """One zone's sample at its pitch, through its volume envelope."""
        audio = self.pitched(zone, key, LONGEST_S)
        gain = 10 ** (-zone[ATTENUATION] / 200)
        return np.asarray(audio * _envelope(zone, len(audio)) * gain, dtype=np.float32)


def _envelope(zone: Zone, frames: int) -> Floats:
    """Hold, then a straight fall in decibels to the sustained level."""
    hold_s, decay_s = (2 ** (zone[number] / 1200) for number in (HOLD, DECAY))
    sustain_db = min(zone[SUSTAIN], MOST_SUSTAIN_CB) / 10
    seconds = np.arange(frames) / SAMPLE_RATE
    # The decay time is that of a fall by 100 dB, at any sustained level.
    fallen_db = np.clip((seconds - hold_s) / decay_s * 100, 0, sustain_db)
    return np.asarray(10 ** (-fallen_db / 20), dtype=np.float32)


@lru_cache(maxsize=4)
def _opened(path: Path) -> DrumSoundFont:
    """The file, read once for all the kits that are made of it in a row."""
    return DrumSoundFont(path)


def read_soundfont(path: Path, bank: int, preset: int, keys: Mapping[str, int]) -> dict[str, list[Take]]:
    """Takes of the articulations on these keys."""
    opened = _opened(path)
    found = {articulation: opened.takes(bank, preset, key) for articulation, key in keys.items()}
    return {articulation: layers for articulation, layers in found.items() if layers}
