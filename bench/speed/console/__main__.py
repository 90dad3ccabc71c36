"""One optimisation step of a full mixing console: unpatch against grafx, the library of the paper's authors.

    python -m bench.speed.console [--tracks 8 16 32] [--runs 7] [--threads 2]

Forward, loss, backward and optimiser, 3.8 s of stereo at 30 kHz, strips ``ecnsgdr`` on every track and on
every group of four. Each side runs in a process of its own; they take turns, so that whatever else the
machine does meets all of them. See README.md.
"""

import argparse
import os
import platform
from collections.abc import Sequence
from importlib import metadata
from itertools import pairwise

import torch

from bench.shared.folders import RESULTS
from bench.shared.peers import check_installed
from bench.shared.turns import Summary, in_turns, use_threads
from bench.speed.console.peer import GROUP
from bench.speed.console.steps import PASSAGE, ROWS, SAMPLE_RATE, THEIRS, contestants
from unpatch.storage import markdown

PAGE = RESULTS / "console.md"


HEAD = ("tracks", "step of", "ms", "processor ms", "peak MB", "x ms", "x processor ms", "x MB")


def table(found: dict[int, dict[str, Summary]], runs: int, threads: int) -> str:
    """The results as Markdown."""
    about = (
        f"{PASSAGE / SAMPLE_RATE:g} s of stereo at {SAMPLE_RATE} Hz, strips `ecnsgdr`, groups of "
        f"{GROUP}; medians of {runs} steps taken in turns, {threads} threads on {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}; torch {torch.__version__}, grafx {metadata.version('grafx')}, "
        f"Python {platform.python_version()}. Peak memory is beyond what is held before the first step. "
        "Ratios are to the published kinds of ours."
    )
    return markdown.page(
        "One optimisation step of a mixing console",
        about,
        markdown.table(HEAD, (cells(count, name, rows) for count, rows in found.items() for name in rows)),
        markdown.table(
            ("growth per doubling of the tracks", "ms", "peak MB"),
            (growth(name, found) for name in ROWS if len(found) > 1),
        ),
    )


def cells(count: int, name: str, rows: dict[str, Summary]) -> list[object]:
    """Medians of a row, and their ratios to the published kinds of ours."""
    own, base = rows[name], rows[THEIRS]
    ratios = (
        own.wall_s / base.wall_s,
        own.processor_s / base.processor_s,
        own.peak_mb / base.peak_mb,
    )
    figures = (1e3 * own.wall_s, 1e3 * own.processor_s, own.peak_mb)
    return [count, name, *(f"{x:,.0f}" for x in figures), *(f"{ratio:.2f}" for ratio in ratios)]


def growth(name: str, found: dict[int, dict[str, Summary]]) -> tuple[str, ...]:
    """By what factor time and memory rise when there are twice as many tracks."""
    counts = sorted(found)
    pairs = [(found[a][name], found[b][name]) for a, b in pairwise(counts)]
    times = ", ".join(f"{after.wall_s / before.wall_s:.2f}" for before, after in pairs)
    memory = ", ".join(f"{after.peak_mb / before.peak_mb:.2f}" for before, after in pairs)
    return f"{name}, {' to '.join(map(str, counts))}", times, memory


def measured(counts: Sequence[int], runs: int) -> dict[int, dict[str, Summary]]:
    found = {}
    for count in counts:
        found[count] = in_turns(contestants(count), ROWS, runs)
        for name in found[count]:
            print(markdown.row(cells(count, name, found[count])), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tracks", type=int, nargs="+", default=[8, 16, 32])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    check_installed("grafx")
    use_threads(options.threads)
    text = table(measured(options.tracks, options.runs), options.runs, options.threads)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
