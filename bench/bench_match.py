"""``unpatch match`` against matchering 2.0 on a song of four minutes: time and peak memory.

    python bench/bench_match.py [--minutes 4] [--runs 3]

Each run is a process of its own, from start to end, one after the other in turns, on one thread. The song
is synthetic (tests/songs.py), written as 16-bit WAV; the reference is another, louder and darker. Processor
time is what counts on a machine that others use, too.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.signal
import soundfile

from peers import check_installed

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "match.md"
THREADS = dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"
)
OURS = (
    "import sys; from unpatch.cli import main; main(['match', sys.argv[1], sys.argv[2], '-o', sys.argv[3]])"
)
THEIRS = (
    "import sys, matchering as mg; "
    "mg.process(target=sys.argv[1], reference=sys.argv[2], results=[mg.pcm24(sys.argv[3])])"
)
ALONE = "import unpatch.mastering.matching.song"


def songs(folder: Path, minutes: float) -> tuple[Path, Path]:
    sys.path.insert(0, str(ROOT))
    from tests.songs import song

    paths = folder / "target.wav", folder / "reference.wav"
    repeats = round(minutes * 60 / 8)
    low = scipy.signal.butter(1, 3_000, fs=44_100, output="sos")
    for seed, path in enumerate(paths):
        audio = np.concatenate([song(seed=10 * seed + i % 4) for i in range(repeats)], axis=1)
        audio = audio * (0.4 if not seed else 1)
        if seed:
            audio = np.tanh(3 * scipy.signal.sosfilt(low, audio)) * 0.95
        soundfile.write(path, audio.T, 44_100, "PCM_16")
    return paths


def run(code: str, *arguments: str) -> tuple[float, float, float]:
    """Wall clock and processor time in s, and peak memory in MB, of a process."""
    started = time.perf_counter()
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    with subprocess.Popen(command, env=os.environ | THREADS, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{command} ended with {process.returncode}"
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=4.0)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args(arguments)
    check_installed("matchering")
    assert resource.RUSAGE_CHILDREN  # only where the system counts children
    taken: dict[str, list[tuple[float, float, float]]] = {"unpatch match": [], "matchering 2.0": []}
    with tempfile.TemporaryDirectory() as name:
        target, reference = songs(Path(name), given.minutes)
        out = str(Path(name) / "out.wav")
        for turn in range(given.runs + 1):
            for who, code in zip(taken, (OURS, THEIRS), strict=True):
                found = run(code, str(target), str(reference), out)
                print(who, *(f"{figure:.2f}" for figure in found), flush=True)
                if turn:
                    taken[who].append(found)
        alone = run(ALONE)
    lines = [
        f"# Matching a stereo song of {given.minutes:g} minutes at 44.1 kHz",
        "",
        f"Median of {given.runs} processes each, start of Python included, one thread, in turns.",
        "",
        "| | wall clock, s | processor time, s | peak memory, MB |",
        "|---|---|---|---|",
    ]
    for who, runs in taken.items():
        wall, processor, memory = (statistics.median(run[i] for run in runs) for i in range(3))
        lines.append(f"| {who} | {wall:.1f} | {processor:.1f} | {memory:.0f} |")
    lines.append(f"| importing unpatch's part alone | {alone[0]:.1f} | {alone[1]:.1f} | {alone[2]:.0f} |")
    lines += ["", "Made by bench/bench_match.py."]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
