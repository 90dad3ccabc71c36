"""A training is killed at random moments and resumed: are its weights those of an uninterrupted one?

    python -m bench.checks.killed_training [--steps 120] [--kills 3] [--generators 1] -o runs/training

Trains the debug preset on a stream of examples made of the package's own voice, once as it is, then again,
each part ended by SIGKILL after a random while, until it has been killed so often; the last part is left
alone. Halfway some of the shards are removed, as on another machine. All weights must be equal, bit by bit.
See README.md.
"""

import argparse
import sys
import time
from pathlib import Path

from safetensors.numpy import load_file

import unpatch
from bench.shared.child_processes import run_or_kill
from unpatch.blind.trunk import RING
from unpatch.learning.logbook import LOG
from unpatch.learning.runs import MODEL, RESUME
from unpatch.synth.draw import Draw

PRESET = "singing_debug_direct_long"
UNPATCH = Path(sys.executable).with_name("unpatch")
VOICE = Path(unpatch.__file__).parent / "assets"


def command(folder: Path, steps: int, generators: int) -> list[str]:
    where = ("--sources", str(VOICE), "--validation-split", "train", "-o", str(folder))
    return [str(UNPATCH), "train", PRESET, *where, "--steps", str(steps), "--generators", str(generators)]


def until_saved(words: list[str], folder: Path, log: Path, draw: Draw, longest_s: float) -> None:
    """A part that is killed at a random moment once the run has been saved for the first time."""
    while not (folder / RESUME).exists():
        run_or_kill(words, log, draw.number(5, 15))
    if not run_or_kill(words, log, draw.number(3, longest_s)):
        raise SystemExit(f"{folder}: was done before it was killed; use more --steps")


def lose_shards(folder: Path) -> int:
    """Remove every other shard; how many those were."""
    lost = sorted((folder / RING).glob("*.tar"))[::2]
    for path in lost:
        path.unlink()
    return len(lost)


def equal(one: Path, other: Path) -> bool:
    a, b = (load_file(folder / MODEL / "model.safetensors") for folder in (one, other))
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--generators", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/training"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    whole, parts, log = (options.output / name for name in ("whole", "parts", "log.txt"))
    if parts.exists() or whole.exists():
        raise SystemExit(f"{options.output}: holds an older check; choose another folder")
    begun = time.monotonic()
    run_or_kill(command(whole, options.steps, options.generators), log)
    longest_s = (time.monotonic() - begun) / 2
    draw, words = Draw(options.seed), command(parts, options.steps, options.generators)
    for kill in range(options.kills):
        until_saved(words, parts, log, draw, longest_s)
        lost = lose_shards(parts) if kill == options.kills // 2 else 0
        print(f"killed {kill + 1} times, {lost} shards lost")
    run_or_kill(words, log)
    lines = len((parts / LOG).read_text().splitlines())
    print(f"{options.steps} steps, {lines - 1} lines of log; weights equal: {equal(whole, parts)}")
    if not equal(whole, parts):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
