"""Are stems found where they are, and is what no stem explains named?

    python -m bench.checks.stems STEMS [--songs NAME ...] [--rate 22050] -o runs/stems

``STEMS`` holds a folder of stems per song. Each is mixed by drawn gains and pans; then one thing is done to
one stem (a vocal, or else the loudest) or to the mix, and the comparison of stems and mix reports what it
was. Counted are what is named as it was, and what is named though nothing of the kind was done. Every cell is
kept: a stopped check continues. The table goes to ``bench/results/stems.md``.
"""

import argparse
import math
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from bench.shared.folders import RESULTS
from bench.shared.kept import Kept
from unpatch.dsp.cpu import configure_cpu
from unpatch.dsp.limiter import Limiter
from unpatch.stems import Alignments, Multitrack, Stem, align, load_multitrack
from unpatch.stems.alignment import EXACT
from unpatch.storage import markdown
from unpatch.synth.draw import Draw

PAGE = RESULTS / "stems.md"
LEVELS_DB, PANS = (-9.0, 3.0), (-0.6, 0.6)
DRIVE = 2.0
"""Of both limiters: the peaks of the mix would be 6 dB over full scale."""

NOT_HELD_OUT = f"""\
The thresholds of the comparison were chosen by looking at these same excerpts, and faults that they showed
were fixed: no figure here is held out. What is less than {EXACT:g} of the mix's power is taken for coding or
dither and not examined: a fade that leaves less than that is counted as wrong."""

Parts: TypeAlias = Mapping[str, Tensor]
Expected: TypeAlias = Callable[[Alignments], bool]


@dataclass(frozen=True)
class Case:
    """Stems and a mix, and whether the result is right."""

    multitrack: Multitrack
    right: Expected
    kinds: tuple[str, ...] = ()
    """Remarks that may be made: pieces of their words."""


MOVING, LIMITED, SIDE, MISSING, FOLLOWS, LOST, OFFSET = (
    "Levels move", "is limited", "side signal", "stem seems to be missing", "moves with the level of",
    "Not found", "Together",
)  # fmt: skip
REMARKS = (MOVING, LIMITED, SIDE, MISSING, FOLLOWS, LOST, OFFSET)


def parts_of(song: Multitrack, seed: int) -> Parts:
    """Each stem as it is in a mix of gains and pans."""
    return {stem.name: _placed(stem, song.frames, Draw(seed, i)) for i, stem in enumerate(song.stems)}


def _placed(stem: Stem, frames: int, draw: Draw) -> Tensor:
    angle = (draw.number(*PANS) + 1) * math.pi / 4
    sides = torch.tensor([[math.cos(angle)], [math.sin(angle)]]) * math.sqrt(2)
    return 10 ** (draw.number(*LEVELS_DB) / 20) * sides * stem.segment(0, frames)


def chosen(parts: Parts) -> str:
    """An audible vocal, or else the loudest stem."""
    energies = {name: float(part.square().sum()) for name, part in parts.items()}
    vocals = [name for name in parts if "vox" in name and energies[name] > 0.01 * sum(energies.values())]
    return vocals[0] if vocals else max(energies, key=lambda name: energies[name])


def late(audio: Tensor, samples: float) -> Tensor:
    """Moved by any fraction of samples; what leaves the song is lost."""
    frames = audio.shape[-1]
    spectrum = torch.fft.rfft(audio, 2 * frames)
    turn = -math.pi * samples * torch.arange(spectrum.shape[-1]).double() / frames
    moved: Tensor = torch.fft.irfft(spectrum * torch.polar(torch.ones_like(turn), turn), 2 * frames)
    return moved[:, :frames].float()


def reverb(audio: Tensor, rate: int, seed: int, decay_s: float = 1.5) -> Tensor:
    """As loud as what goes in, roughly."""
    generator = torch.Generator().manual_seed(seed)
    time_s = torch.arange(round(rate * decay_s)) / rate
    room = torch.randn(len(audio), len(time_s), generator=generator) * 10 ** (-3 * time_s / decay_s)
    room = room / room.square().sum(1, keepdim=True).sqrt()
    size = audio.shape[-1] + room.shape[-1]
    wet: Tensor = torch.fft.irfft(torch.fft.rfft(audio, size) * torch.fft.rfft(room, size), size)
    return wet[:, : audio.shape[-1]]


def cases(song: Multitrack, other: Multitrack, seed: int) -> dict[str, Callable[[], Case]]:
    """What is done, and how it should be named."""
    parts, rate = parts_of(song, seed), song.sample_rate
    mix, name = torch.stack(list(parts.values())).sum(0), chosen(parts)
    stem = parts[name]
    time_s = torch.arange(song.frames) / rate

    def of(audio: Tensor, right: Expected, *kinds: str, stems: Sequence[Stem] = song.stems) -> Case:
        return Case(replace(song, stems=tuple(stems), mix=audio, mix_frames=song.frames), right, kinds)

    def moved(samples: float, sign: int = 1) -> Callable[[], Case]:
        audio = mix - stem + sign * late(stem, samples)
        return lambda: of(audio, lambda found: _in_place(found, {name: samples}, name if sign < 0 else ""))

    def riding(gains: Tensor) -> Callable[[], Case]:
        kinds = (MOVING, FOLLOWS)
        return lambda: of(mix + (gains - 1) * stem, lambda found: _reports(found, MOVING, name), *kinds)

    foreign = replace(other.stems[0], name="foreign", audio=other.stems[0].segment(0, song.frames), tape=None)
    mid = mix.mean(0, keepdim=True)
    wide = 0.5 * reverb(mid, rate, 1)
    full = DRIVE * mix / mix.abs().amax()
    return {
        "gains and pans": lambda: of(mix, lambda found: found.plain and _in_place(found, {})),
        "+0.5 s": moved(0.5 * rate),
        "-0.5 s": moved(-0.5 * rate),
        "+5 s": moved(5.0 * rate),
        "-5 s": moved(-5.0 * rate),
        "37.4 samples": moved(37.4),
        "inverted": moved(0.0, -1),
        "stem of another song": lambda: of(
            mix, lambda found: _reports(found, LOST, "foreign"), LOST, stems=[*song.stems, foreign]
        ),
        "missing stem": lambda: of(
            mix,
            lambda found: _reports(found, MISSING),
            MISSING,
            stems=[each for each in song.stems if each.name != name],
        ),
        "fade by 12 dB": riding(10 ** (-12 * time_s / time_s[-1] / 20)),
        "ride of 4 dB": riding(10 ** (4 * torch.sin(2 * math.pi * time_s / 9) / 20)),
        "tanh, 6 dB": lambda: of(torch.tanh(full), lambda found: _reports(found, LIMITED), LIMITED, FOLLOWS),
        "limiter, 6 dB": lambda: of(
            _limited(full, rate), lambda found: _reports(found, LIMITED), LIMITED, FOLLOWS
        ),
        "reverb on the side": lambda: of(
            mix + torch.cat([wide, -wide]), lambda found: _reports(found, SIDE), SIDE, FOLLOWS
        ),
        "reverb on the stem": lambda: of(
            mix + 0.5 * reverb(stem, rate, 2), lambda found: _reports(found, FOLLOWS, name), FOLLOWS
        ),
    }


def _limited(audio: Tensor, rate: int) -> Tensor:
    limiter = Limiter(0.99, rate)
    pieces = [limiter.push(audio.numpy().copy()), limiter.flush()]
    return torch.from_numpy(np.concatenate(pieces, 1))[:, : audio.shape[-1]]


def _in_place(found: Alignments, delays: Mapping[str, float], inverted: str = "") -> bool:
    """Every stem that is found is where it was put, the named one among them, and turned over if it was."""
    rows = [row for row in found.stems if row.found or row.name in delays]
    return all(
        row.found
        and abs(row.delay_samples - delays.get(row.name, 0.0)) < 0.1
        and row.inverted == (row.name == inverted)
        for row in rows
    )


def _reports(found: Alignments, kind: str, name: str = "") -> bool:
    return any(kind in remark and name in remark for remark in found.remarks)


def result_of(case: Case) -> dict[str, Any]:
    begun = time.process_time()
    found = align(case.multitrack)
    false = [
        remark
        for remark in found.remarks
        if any(kind in remark for kind in REMARKS) and not any(kind in remark for kind in case.kinds)
    ]
    return {
        "right": bool(case.right(found)),
        "false": false,
        "remarks": list(found.remarks),
        "explained": found.explained,
        "left": found.data()["left_over"],
        "stems": [
            [row.name, row.found, row.delay_samples, row.range_db, row.moved_share] for row in found.stems
        ],
        "cpu_s": time.process_time() - begun,
    }


def table(kept: Kept) -> str:
    """Cases to the share of right results."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for _, figures in kept:
        rows.setdefault(figures["case"], []).append(figures)
    lines = []
    for case, found in rows.items():
        right, false = sum(each["right"] for each in found), sum(len(each["false"]) for each in found)
        seconds = sum(each["cpu_s"] for each in found) / len(found)
        lines.append((case, len(found), right, false, f"{seconds:.1f}"))
    return markdown.table(("done", "songs", "named right", "remarks on what was not done", "CPU s"), lines)


def faults(kept: Kept) -> str:
    """Every wrong result, and every remark on a change that was not made."""
    lines = []
    for name, figures in kept:
        if not figures["right"]:
            left = f"{100 * figures['left']['share']:.2g} % of the mix's power was left over"
            lines.append(f"- {name}: wrong; {left}; reported: {' '.join(figures['remarks']) or 'nothing'}")
        lines += [f"- {name}: not done, but reported: {remark}" for remark in figures["false"]]
    return "\n".join(["Each fault:", "", *lines]) if lines else "No fault."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stems", type=Path)
    parser.add_argument("--songs", nargs="*")
    parser.add_argument("--cases", nargs="*")
    parser.add_argument("--rate", type=int, default=22_050)
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    configure_cpu()
    folders = sorted(path for path in given.stems.iterdir() if path.is_dir())
    kept = Kept(given.output)
    for i, folder in enumerate(folders):
        if given.songs and folder.name not in given.songs:
            continue
        song, other = (load_multitrack(each, sample_rate=given.rate) for each in (folder, folders[i - 2]))
        for name, make in cases(song, other, zlib.crc32(folder.name.encode())).items():
            if given.cases and name not in given.cases:
                continue
            cell = f"{folder.name}/{name.replace(' ', '_').replace(',', '')}"
            figures = kept.cell(cell, lambda make=make, name=name: {"case": name, **result_of(make())})  # type: ignore[misc]
            print(cell, "right" if figures["right"] else "WRONG", figures["remarks"], flush=True)
    songs = len({name.split("/")[0] for name, _ in kept})
    head = f"{songs} excerpts of 30 s at {given.rate} Hz, mixed by drawn gains and pans."
    text = markdown.page("Stems in their mix", head, table(kept), faults(kept), NOT_HELD_OUT)
    PAGE.write_text(text, encoding="utf-8")
    print(table(kept))


if __name__ == "__main__":
    main()
