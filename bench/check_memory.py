"""Peak memory of ``unpatch render`` over an hour of stereo, with and without the energy rule.

    python bench/check_memory.py [--minutes 60] [--rate 44100]

The highest resident set size of the command as the system counts it (``ru_maxrss`` of the child process),
reading and writing of files included.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from unpatch.graph.build import Step, chain
from unpatch.processors import KINDS

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


def peak_of(command: Sequence[str]) -> tuple[float, float, float]:
    """Run a command: peak memory in MB, seconds of processor time, seconds."""
    began = time.perf_counter()
    child = os.posix_spawn(command[0], list(command), dict(os.environ))
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: ended with status {os.waitstatus_to_exitcode(status)}")
    return usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=int, default=44_100)
    given = parser.parse_args()
    print(f"{given.minutes:g} min of stereo at {given.rate} Hz\n")
    print("| chain | energy rule | peak memory, MB | CPU, s | time, s |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        write_song(folder / "dry.wav", given.minutes, given.rate)
        for title, kinds in CHAINS.items():
            (folder / "graph.json").write_text(chain(KINDS, *kinds).to_json())
            for rule in ("--energy", "--no-energy"):
                files = (str(folder / "graph.json"), str(folder / "dry.wav"), "-o", str(folder / "wet.wav"))
                start = (sys.executable, "-c", "from unpatch.cli import main; main()", "render")
                megabytes, cpu_s, wall_s = peak_of((*start, *files, rule))
                row = (title, rule.strip("-"), f"{megabytes:.0f}", f"{cpu_s:.0f}", f"{wall_s:.0f}")
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
