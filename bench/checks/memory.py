"""Peak memory of ``unpatch render`` over an hour of stereo, with and without the energy rule.

    python -m bench.checks.memory [--minutes 60] [--rate 44100] [-o runs/memory] [--results DIR]

The highest resident set size of the command's process (``VmHWM``), reading and writing of files included.
Rows are kept: a check that was stopped continues. The table goes to ``bench/results/memory.md``.
"""

from __future__ import annotations

import argparse
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bench.shared.child_processes import run
from bench.shared.folders import RESULTS
from bench.shared.kept import Kept
from unpatch.graph.build import Step, chain
from unpatch.processors import KINDS
from unpatch.storage import markdown

COMMAND = "python -m bench.checks.memory"
HEAD = ("chain", "energy rule", "peak memory, MB", "CPU, s", "time, s")
RENDER = "import sys; from unpatch.cli import main; main(['render', *sys.argv[1:]])"
CHAINS: dict[str, tuple[Step, ...]] = {
    "four kinds": ("compressor", "distortion", "mono_delay", "stereo_reverb"),
    "pitch": (("pitchshift", {"semitone": 5.0}),),
    "strip": ("console_equalizer", "console_compressor", "console_delay", "console_reverb"),
}


def write_song(path: Path, minutes: float, rate: int) -> None:
    """Noise bursts on a slow swell, a minute at a time."""
    draw = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", rate, 2, "PCM_24") as file:
        for _ in range(max(1, round(60 * minutes / 10))):
            time_s = np.arange(10 * rate) / rate
            swell = np.sin(np.pi * time_s / 10) ** 2 * (np.sin(4 * np.pi * time_s) > 0.3)
            file.write(0.2 * draw.standard_normal((10 * rate, 2)) * swell[:, None])


def row(title: str, rule: str, minutes: float, rate: int) -> dict[str, Any]:
    """Render a song through a chain: what it took."""
    with tempfile.TemporaryDirectory(dir=".") as name:
        graph, dry, wet = (str(Path(name) / each) for each in ("graph.json", "dry.wav", "wet.wav"))
        write_song(Path(dry), minutes, rate)
        Path(graph).write_text(chain(KINDS, *CHAINS[title]).to_json())
        taken = run(RENDER, graph, dry, "-o", wet, f"--{rule}")
    figures = [f"{figure:.0f}" for figure in (taken.peak_mb, taken.processor_s, taken.wall_s)]
    print(title, rule, *figures, flush=True)
    return {"cells": [title, rule, *figures]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=int, default=44_100)
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/memory"))
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the page")
    given = parser.parse_args()
    given.results.mkdir(parents=True, exist_ok=True)
    kept = Kept(given.output / f"{given.minutes:g}_min_at_{given.rate}")
    rows = []
    for title in CHAINS:
        for rule in ("energy", "no-energy"):
            measure = partial(row, title, rule, given.minutes, given.rate)
            rows.append(kept.cell(f"{title}/{rule}".replace(" ", "_"), measure)["cells"])
    head = f"{given.minutes:g} min of stereo at {given.rate} Hz, 24 bit."
    text = markdown.page("Memory of rendering", head, markdown.table(HEAD, rows), f"Made by `{COMMAND}`.")
    (given.results / "memory.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
