"""A whole search of a long song by the command: minutes, and how much memory it takes at its most.

    python -m bench.checks.whole_song STEMS [--tracks 20] [--seconds 210] -o runs/whole

``STEMS`` holds a folder of stems per song, whose tracks are repeated to the length and put together as one
song; the mix is made by third-party effects (``bench.studies.foreign_mixes``). Song and search are kept:
a search that was stopped continues, and its minutes are then those of its parts.
"""

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.shared.folders import RESULTS
from bench.studies.foreign_mixes import foreign_mix, song_draw, songs
from unpatch.audio import save
from unpatch.stems import Multitrack, Stem, load_multitrack
from unpatch.storage import markdown

PAGE = RESULTS / "whole.md"
SAMPLE_RATE = 44_100
LIMIT_MINUTES, LIMIT_GB = 60, 4


def made(sources: Path, tracks: int, seconds: float, out: Path) -> tuple[Path, Path]:
    """A folder of stems and the mix of them, made now or before."""
    stems, mix = out / "stems", out / "mix.flac"
    if not mix.exists():
        song = long_song(sources, tracks, round(seconds * SAMPLE_RATE))
        for stem in song:
            save(stems / f"{stem.name}.flac", stem.audio, SAMPLE_RATE)
        save(mix, foreign_mix(song, SAMPLE_RATE, song_draw("whole", 0)).audio, SAMPLE_RATE)
    return stems, mix


def long_song(sources: Path, tracks: int, frames: int) -> list[Stem]:
    """Tracks of several songs, each repeated."""
    found: list[Stem] = []
    for folder in songs(sources):
        if len(found) < tracks:
            found += [_repeated(stem, folder.name, frames) for stem in _whole(folder).stems]
    if len(found) < tracks:
        raise ValueError(f"{sources}: holds {len(found)} stems, {tracks} are wanted")
    return found[:tracks]


def _whole(folder: Path) -> Multitrack:
    return load_multitrack(folder, None, sample_rate=SAMPLE_RATE)


def _repeated(stem: Stem, song: str, frames: int) -> Stem:
    times = -(-frames // stem.audio.shape[-1])
    return replace(stem, name=f"{stem.name}_{song}", audio=stem.audio.repeat(1, times)[:, :frames], tape=None)


def searched(stems: Path, mix: Path, out: Path, options: Sequence[str]) -> dict[str, Any]:
    """What the command finds, how long it takes, and its peak of memory in GB."""
    begun = time.perf_counter()
    program = Path(sys.executable).with_name("unpatch")
    command: list[str | Path] = [program, "search", stems, mix, "-o", out, "--json", *options]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {
        "minutes": (time.perf_counter() - begun) / 60,
        "peak_gb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9,
        "load": os.getloadavg()[0],
        **{name: found[name] for name in ("loss", "loss_console")},
        "console": sum(found["processors_console"].values()),
        "left": sum(found["processors"].values()),
    }


def table(cell: dict[str, Any], tracks: int, seconds: float) -> str:
    """The result as Markdown."""
    rows = (
        ("minutes, all in all", f"{cell['minutes']:.1f}", f"under {LIMIT_MINUTES}"),
        ("peak of memory, GB", f"{cell['peak_gb']:.2f}", f"under {LIMIT_GB}"),
        ("loss of the console", f"{cell['loss_console']:.3f}", ""),
        ("loss in the end", f"{cell['loss']:.3f}", ""),
        ("processors of the console", str(cell["console"]), ""),
        ("processors in the end", str(cell["left"]), ""),
    )
    about = (
        f"{tracks} tracks of {seconds:g} s at {SAMPLE_RATE} Hz, `unpatch search` as it stands, "
        f"{os.environ.get('OMP_NUM_THREADS', 'all')} thread(s), load {cell['load']:.1f} on "
        f"{os.cpu_count()} cores."
    )
    return markdown.page(
        "A whole search by the command", about, markdown.table(("", "measured", "goal"), rows)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("stems", type=Path, help="folder with a folder of stems for each song")
    parser.add_argument("--tracks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=210.0)
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/whole"))
    options, rest = parser.parse_known_args()
    # In a process of its own: a child's peak counts what its parent held when it was started.
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        stems, mix = pool.apply(made, (options.stems, options.tracks, options.seconds, options.out))
    cell = searched(stems, mix, options.out / "search", rest)
    print(json.dumps(cell), flush=True)
    PAGE.write_text(table(cell, options.tracks, options.seconds), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
