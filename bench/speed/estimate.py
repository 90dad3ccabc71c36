"""Wall clock and memory of whole commands, each in a process of its own: from a cold shell to the result.

    python -m bench.speed.estimate [--runs 5]

``unpatch estimate`` on ten seconds of the embedded voice, processed by the embedded graph; ``--help`` and
``list``, which need no torch; and a bare ``import``. Kernels are compiled once, when a machine first needs
them; the first run here does that and is not counted.
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from bench.shared.folders import RESULTS
from unpatch.storage import markdown

PAGE = RESULTS / "estimate.md"
SECONDS = 10
UNPATCH = Path(sys.executable).with_name("unpatch")


def vocal(path: Path) -> None:
    """Ten seconds of processed voice, repeated if it is shorter."""
    from unpatch.audio import save
    from unpatch.demo import processed_voice

    _, wet, sample_rate = processed_voice()
    frames = SECONDS * sample_rate
    save(path, wet.repeat(1, -(-frames // wet.shape[-1]))[:, :frames], sample_rate)


def run(command: list[str | Path]) -> tuple[float, float, float]:
    """Seconds of wall clock, seconds of processor time, and peak MB of one process."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}")
    return taken, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def medians(command: list[str | Path], runs: int) -> list[float]:
    run(command)
    return [statistics.median(column) for column in zip(*(run(command) for _ in range(runs)), strict=True)]


def table(rows: dict[str, tuple[list[float], str]], runs: int) -> str:
    """The results as Markdown."""
    cells = [
        (f"`{name}`", f"{wall:.2f}", goal, f"{used:.2f}", f"{peak:.0f}")
        for name, ((wall, used, peak), goal) in rows.items()
    ]
    about = (
        f"A fresh process each, medians of {runs}; torch {version('torch')}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} when it began."
    )
    head = ("command", "wall clock, s", "goal, s", "processor time, s", "peak, MB")
    return markdown.page("Whole commands", about, markdown.table(head, cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        wet = Path(folder) / "wet.wav"
        # In a process of its own: a child's peak counts what its parent held when it was started.
        maker = multiprocessing.get_context("spawn").Process(target=vocal, args=(wet,))
        maker.start()
        maker.join()
        commands: dict[str, tuple[list[str | Path], str]] = {
            f"unpatch estimate ({SECONDS} s)": ([UNPATCH, "estimate", wet, "-o", Path(folder) / "out"], "5"),
            "unpatch --help": ([UNPATCH, "--help"], "0.5"),
            "unpatch list": ([UNPATCH, "list"], "0.5"),
            "import unpatch": ([sys.executable, "-c", "import unpatch"], "0.5"),
        }
        rows = {name: (medians(words, runs), goal) for name, (words, goal) in commands.items()}
    text = table(rows, runs)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
