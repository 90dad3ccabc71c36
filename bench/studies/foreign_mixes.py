"""Mixes of real stems by third-party effects: how a search explains them without a known graph.

    python -m bench.studies.foreign_mixes STEMS -o DIR [--seed 0]

``STEMS`` holds a folder of stems per song. Every effect is played by ``pedalboard`` (JUCE; none of our signal
processing): on a track cuts, shelves and bells, a compressor, a gate, a delay and a reverb as by chance, then
a gain and a place in the panorama; on a group of tracks the same more rarely; the sum is brought to a peak of
-1 dB. Nothing is drawn to suit our console: orders, curves, detectors and reverbs are JUCE's, a delay
feeds back, and two bells may stand in one strip. The same seed gives the same mixes.
"""

import argparse
import json
import math
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from bench.checks.outside.classic import play
from bench.shared.peers import installed
from unpatch.audio import save
from unpatch.stems import Stem, load_multitrack
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener

pedalboard: Any = installed("pedalboard")

PEAK = 10 ** (-1 / 20)
ON_A_GROUP = 0.5

Made: TypeAlias = tuple[str, Any]
"""Words, and the plugin."""


@dataclass(frozen=True)
class ForeignMix:
    """What comes out ``[2, T]``, and what was done: track or group to effects in words."""

    audio: Tensor
    done: Mapping[str, Sequence[str]]


def foreign_mix(stems: Sequence[Stem], sample_rate: int, draw: Draw) -> ForeignMix:
    """Mix tracks into groups and groups into one."""
    done: dict[str, Sequence[str]] = {}
    groups: dict[str, list[Tensor]] = {}
    for i, stem in enumerate(stems):
        played, done[stem.name] = strip(stem.audio, sample_rate, draw.child(0, i), 1.0)
        placed, words = place(played, draw.child(1, i))
        done[stem.name] = [*done[stem.name], words]
        groups.setdefault(stem.group, []).append(placed)
    buses = []
    for i, (group, members) in enumerate(groups.items()):
        bus, done[f"group {group}"] = strip(sum_of(members), sample_rate, draw.child(2, i), ON_A_GROUP)
        buses.append(bus)
    mix = sum_of(buses)
    return ForeignMix(mix * (PEAK / mix.abs().amax()), done)


def sum_of(signals: Iterable[Tensor]) -> Tensor:
    return torch.stack(list(signals)).sum(0)


def strip(audio: Tensor, sample_rate: int, draw: Draw, busy: float) -> tuple[Tensor, list[str]]:
    """Audio ``[2, T]`` through effects, each there with its own probability times ``busy``."""
    words = []
    for i, (chance, effect) in enumerate(EFFECTS):
        own = draw.child(i)
        if own.chance(chance * busy):
            told, plugin = effect(own, Listener(audio[None], sample_rate))
            audio = play([plugin], audio, sample_rate)
            words.append(told)
    return audio, words


def place(audio: Tensor, draw: Draw) -> tuple[Tensor, str]:
    """A gain and a balance of equal power."""
    gain_db, pan = draw.number(-9, 3), draw.chance(0.6) * draw.number(-0.8, 0.8)
    angle = (pan + 1) * math.pi / 4
    sides = math.sqrt(2) * 10 ** (gain_db / 20) * torch.tensor([[math.cos(angle)], [math.sin(angle)]])
    return audio * sides, f"gain {gain_db:+.1f} dB, pan {pan:+.2f}"


def _highpass(draw: Draw, analysis: Listener) -> Made:
    frequency_hz = analysis.frequency_hz(draw.number(0.05, 0.3))
    return f"highpass {frequency_hz:.0f} Hz", pedalboard.HighpassFilter(frequency_hz)


def _shelf(draw: Draw, analysis: Listener) -> Made:
    high, gain_db = draw.chance(0.5), draw.sign() * draw.number(3, 9)
    share = draw.number(0.6, 0.9) if high else draw.number(0.1, 0.4)
    frequency_hz = analysis.frequency_hz(share, tilt=float(high))
    plugin = pedalboard.HighShelfFilter if high else pedalboard.LowShelfFilter
    name = "high shelf" if high else "low shelf"
    return f"{name} {frequency_hz:.0f} Hz {gain_db:+.1f} dB", plugin(frequency_hz, gain_db)


def _bell(draw: Draw, analysis: Listener) -> Made:
    frequency_hz, q = analysis.frequency_hz(draw.number(0.2, 0.8), tilt=0.5), draw.number(0.5, 2)
    gain_db = draw.sign() * draw.number(3, 9)
    words = f"bell {frequency_hz:.0f} Hz {gain_db:+.1f} dB Q {q:.1f}"
    return words, pedalboard.PeakFilter(frequency_hz, gain_db, q)


def _compressor(draw: Draw, analysis: Listener) -> Made:
    threshold_db, ratio = analysis.level_db(draw.number(0.3, 0.7)), draw.number(2, 6)
    attack_ms, release_ms = draw.number(1, 30), draw.number(50, 300)
    words = f"compressor {threshold_db:.0f} dB {ratio:.1f}:1 {attack_ms:.0f}/{release_ms:.0f} ms"
    return words, pedalboard.Compressor(threshold_db, ratio, attack_ms, release_ms)


def _gate(draw: Draw, analysis: Listener) -> Made:
    threshold_db, ratio = analysis.level_db(draw.number(0.1, 0.4)), draw.number(2, 8)
    release_ms = draw.number(30, 200)
    words = f"gate {threshold_db:.0f} dB {ratio:.1f}:1 2/{release_ms:.0f} ms"
    return words, pedalboard.NoiseGate(threshold_db, ratio, 2.0, release_ms)


def _delay(draw: Draw, analysis: Listener) -> Made:
    delay_s, feedback, mix = draw.number(0.1, 0.5), draw.number(0, 0.4), draw.number(0.15, 0.4)
    return f"delay {1e3 * delay_s:.0f} ms, feedback {feedback:.2f}, mix {mix:.2f}", pedalboard.Delay(
        delay_s, feedback, mix
    )


def _reverb(draw: Draw, analysis: Listener) -> Made:
    size, damping, wet = draw.number(0.3, 0.9), draw.number(0, 1), draw.number(0.1, 0.35)
    words = f"reverb of size {size:.2f}, damping {damping:.2f}, wet {wet:.2f}"
    return words, pedalboard.Reverb(
        room_size=size, damping=damping, wet_level=wet, dry_level=1 - wet, width=draw.number(0.5, 1)
    )


EFFECTS: Sequence[tuple[float, Callable[[Draw, Listener], Made]]] = (
    (0.4, _highpass),
    (0.4, _shelf),
    (0.5, _bell),
    (0.3, _bell),
    (0.4, _compressor),
    (0.1, _gate),
    (0.15, _delay),
    (0.3, _reverb),
)
"""How likely, and what, in the order in which they are played."""


def song_draw(song: str, seed: int) -> Draw:
    """Of one song, whatever others are there."""
    return Draw(seed, zlib.crc32(song.encode()))


def songs(root: Path) -> list[Path]:
    """The folders that hold stems, by name."""
    found = sorted(folder for folder in root.iterdir() if folder.is_dir())
    if not found:
        raise ValueError(f"{root}: holds no folders of stems, one for each song")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("stems", type=Path, help="folder with a folder of stems for each song")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for folder in songs(options.stems):
        song = load_multitrack(folder, None)
        made = foreign_mix(song.stems, song.sample_rate, song_draw(folder.name, options.seed))
        save(options.out / f"{folder.name}.flac", made.audio, song.sample_rate)
        (options.out / f"{folder.name}.json").write_text(json.dumps(made.done, indent=1), encoding="utf-8")
        print(folder.name, json.dumps(made.done, indent=1))


if __name__ == "__main__":
    main()
