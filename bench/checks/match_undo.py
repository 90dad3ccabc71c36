"""Whether ``unpatch match`` undoes what was done to real songs.

    python -m bench.checks.match_undo SONG... [--output bench/results/match_undo.md]

Each song goes through a shelf of +6 dB at 200 Hz or 4 kHz and a 3:1 compressor that takes several dB off,
and is then matched to what it was before. Printed: the largest and the mean difference of the third-octave
spectra of mid (40 Hz to 16 kHz), of crest factor, loudness and true peak, before and after the match.
"""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch

import unpatch
from bench.shared.folders import RESULTS
from unpatch.audio import load
from unpatch.graph.build import chain
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.spectrum import third_octaves
from unpatch.processors import KINDS
from unpatch.rendering import render
from unpatch.storage import markdown

PAGE = RESULTS / "match_undo.md"
FLAT = {"low_cut_hz": 10, "high_cut_hz": 24_000}
SHELVES = {
    "low shelf 200 Hz +6 dB": {"low_shelf_hz": 200, "low_shelf_db": 6},
    "high shelf 4 kHz +6 dB": {"high_shelf_hz": 4_000, "high_shelf_db": 6},
}
HEAD = (
    "song",
    "done to it",
    "most apart, dB",
    "mean apart, dB",
    "crest, dB",
    "LUFS",
    "true peak, dB",
    "found",
)


def damaged(audio: torch.Tensor, rate: int, shelf: str) -> torch.Tensor:
    """The song behind a shelf and a compressor whose threshold is 3 dB under its root mean square."""
    level = 10 * float(torch.log10(audio.square().mean()))
    settings = {"threshold_db": max(level - 3, -60), "ratio": 3, "attack_ms": 10, "release_ms": 120}
    graph = chain(KINDS, ("console_equalizer", SHELVES[shelf] | FLAT), ("console_compressor", settings))
    wet = render(graph, audio[None], rate, energy=False)
    return wet * (0.8 / wet.abs().max())


def row(path: Path, shelf: str) -> list[str]:
    audio, rate = load(path)
    audio = audio * (0.7 / audio.abs().max())  # a reference over full scale is not followed there
    done = unpatch.match(damaged(audio, rate, shelf), audio, rate).done
    assert done.goal is not None
    goal, pair = done.goal, (done.before, done.after)
    found = done.master.dynamics
    cells = [
        arrow(f"{np.abs(apart(p, goal)).max():.2f}" for p in pair),
        arrow(f"{np.abs(apart(p, goal)).mean():.2f}" for p in pair),
        *(arrow(f"{getattr(p, name) - getattr(goal, name):+.2f}" for p in pair) for name in
          ("crest_db", "lufs", "true_peak_db")),
        "-" if found is None else f"{'compressor' if found.above else 'expander'} {found.ratio:.2f}:1",
    ]  # fmt: skip
    return [path.stem.replace("_", " "), shelf + ", 3:1", *cells]


def arrow(pair: Iterable[str]) -> str:
    return " to ".join(pair)


def apart(one: Profile, other: Profile) -> np.ndarray:
    hz, levels = third_octaves(one.spectra_db[0] - other.spectra_db[0])
    return levels[(hz > 40) & (hz < 16_000)]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("songs", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    rows = []
    for path in given.songs:
        for shelf in SHELVES:
            rows.append(row(path, shelf))
            print(*rows[-1], sep=" | ", flush=True)
    text = markdown.page(
        "Undoing a shelf and a compressor by `unpatch match`",
        markdown.table(HEAD, rows),
        "Each cell: before the match to after it, minus the original. "
        "Made by `python -m bench.checks.match_undo`.",
    )
    given.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
