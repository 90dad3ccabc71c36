"""``unpatch match`` against matchering 2.0: time, memory, and the quality of masters of released songs.

    python -m bench.speed.match [--songs FOLDER] [--minutes 4] [--runs 3]

Each run is a process of its own, from start to end, one after the other in turns, on one thread. Times are
those of a synthetic song (tests/songs.py), written as 16-bit WAV; the reference is another, louder and darker
one. Processor time is what counts on a machine that others use, too. With a folder of songs six pairs of
them, always the same ones by the order of their names, are matched and measured (``quality``).
"""

import argparse
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from bench.shared.child_processes import Taken, run
from bench.shared.folders import RESULTS
from bench.shared.peers import check_installed
from bench.speed.match.quality import LEAD_S, Quality, audio_of, quality
from tests.songs import song
from unpatch.storage import markdown

PROGRAMS = {
    "unpatch match": "import sys; from unpatch.cli import main; "
    "main(['match', sys.argv[1], sys.argv[2], '-o', sys.argv[3]])",
    "matchering 2.0": "import sys, matchering as mg; "
    "mg.process(target=sys.argv[1], reference=sys.argv[2], results=[mg.pcm24(sys.argv[3])])",
}
PAIRS, APART = 6, 7
SHOWN = {
    "residual": "not explained by a filter, dB",
    "spectrum": "spectrum of mid, dB",
    "side": "spectrum of side, dB",
    "width": "width, dB",
    "loudness": "loudness, LU",
    "over": "true peak over the ceiling, dB",
    "peak": "true peak, dB",
    "pre_echo": "pre-echo, dB",
}
EXPLAINED = """\
*Not explained by a filter*: what is left of the master once the best time-invariant filters of the song's mid
and side are taken off, relative to the master (of our long filter alone the method leaves about -65 dB).
*Spectrum*: mean distance of third octaves, 50 Hz to 16 kHz, levels matched. *Width*: distance of the level of
side over that of mid. *True peak over the ceiling*: above the lower of the reference's and full scale;
negative is below. *True peak*: distance from the reference's. *Pre-echo*: energy of the 50 ms before the song
begins over that of the 50 ms after."""


def synthetic(folder: Path, minutes: float) -> tuple[Path, Path]:
    paths = folder / "target.wav", folder / "reference.wav"
    repeats = max(1, round(minutes * 60 / 8))
    low = scipy.signal.butter(1, 3_000, fs=44_100, output="sos")
    for seed, path in enumerate(paths):
        audio = np.concatenate([song(seed=10 * seed + i % 4) for i in range(repeats)], axis=1)
        audio = audio * (0.4 if not seed else 1)
        if seed:
            audio = np.tanh(3 * scipy.signal.sosfilt(low, audio)) * 0.95
        soundfile.write(path, audio.T, 44_100, "PCM_16")
    return paths


def timed(folder: Path, minutes: float, runs: int) -> Iterator[str]:
    """Paragraphs: a table of medians; the first round only fills caches."""
    target, reference = synthetic(folder, minutes)
    taken: dict[str, list[Taken]] = {name: [] for name in PROGRAMS}
    for turn in range(runs + 1):
        for name, code in PROGRAMS.items():
            found = run(code, str(target), str(reference), str(folder / "out.wav"))
            print(f"{minutes:g} min", name, *(f"{figure:.2f}" for figure in found), flush=True)
            if turn:
                taken[name].append(found)
    yield f"## A song of {minutes:g} minutes: time and memory"
    yield f"Median of {runs} processes each, start of Python included, one thread, in turns."
    medians = [[statistics.median(run[i] for run in found) for i in range(3)] for found in taken.values()]
    rows = [
        (name, f"{wall:.1f}", f"{processor:.1f}", f"{memory:.0f}")
        for name, (wall, processor, memory) in zip(taken, medians, strict=True)
    ]
    ratios = ("ratio", *(f"{ours / theirs:.2f}" for ours, theirs in zip(*medians, strict=True)))
    yield markdown.table(("", "wall clock, s", "processor time, s", "peak memory, MB"), [*rows, ratios])


def pairs_of(songs: Path, folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Six songs, each with another one as its reference; silence stands before the song."""
    files = sorted(p for p in songs.iterdir() if p.suffix in {".wav", ".flac", ".mp3", ".ogg"})
    assert len(files) > APART, f"{songs}: holds {len(files)} songs, more than {APART} are needed"
    for i in range(PAIRS):
        names = files[2 * i % len(files)], files[(2 * i + APART) % len(files)]
        (song, rate), (goal, goal_rate) = (audio_of(path) for path in names)
        target, reference = folder / f"song{i}.wav", folder / f"reference{i}.wav"
        lead = np.zeros((round(LEAD_S * rate), 2))
        soundfile.write(target, np.concatenate([lead, np.clip(song.T, -1, 1)]), rate, "PCM_24")
        soundfile.write(reference, goal.T, goal_rate, "FLOAT")
        yield " towards ".join(path.stem.replace("_", " ") for path in names), target, reference


def compared(songs: Path, folder: Path) -> Iterator[str]:
    """Paragraphs: a table per figure, both programs on each pair, medians and their difference."""
    names, found = [], {name: list[Quality]() for name in PROGRAMS}
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for label, target, reference in pairs_of(songs, folder):
        names.append(label)
        for name, code in PROGRAMS.items():
            out = folder / "master.wav"
            taken[name].append(run(code, str(target), str(reference), str(out))[1])
            found[name].append(quality(target, out, reference))
            print(label, name, *(f"{v:.2f}" for v in (*found[name][-1], taken[name][-1])), flush=True)
    yield from (f"## {PAIRS} pairs of songs", EXPLAINED, "Medians over the pairs:")
    head = ("", *PROGRAMS, "ratio or difference")
    yield markdown.table(head, medians_of(found, taken))
    for field in ("residual", "over"):
        rows = [
            (label, *(f"{getattr(rows[i], field):+.1f}" for rows in found.values()))
            for i, label in enumerate(names)
        ]
        yield from (f"Of each pair, {SHOWN[field]}:", markdown.table(("song", *PROGRAMS), rows))


def medians_of(
    found: Mapping[str, Sequence[Quality]], taken: Mapping[str, Sequence[float]]
) -> Iterator[tuple[str, ...]]:
    """A row for each figure, and one for the time."""
    for field, label in SHOWN.items():
        ours, theirs = (statistics.median(getattr(row, field) for row in rows) for rows in found.values())
        levels = field in {"residual", "over", "pre_echo"}
        apart = f"{ours - theirs:+.1f} dB" if levels else f"{ours / theirs:.2f}"
        yield label, f"{ours:.2f}", f"{theirs:.2f}", apart
    ours, theirs = (statistics.median(seconds) for seconds in taken.values())
    yield "processor time of 30 s, s", f"{ours:.1f}", f"{theirs:.1f}", f"{ours / theirs:.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    check_installed("matchering")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--songs", type=Path)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = {"match.md": [part for m in (given.minutes, 0.5) for part in timed(folder, m, given.runs)]}
        if given.songs:
            pages["match_pairs.md"] = list(compared(given.songs, folder))
    for file, parts in pages.items():
        text = markdown.page(
            "Mastering towards a reference", *parts, "Made by `python -m bench.speed.match`."
        )
        (RESULTS / file).write_text(text, encoding="utf-8")
        print(text)


if __name__ == "__main__":
    main()
