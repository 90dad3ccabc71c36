"""Every long command is terminated, interrupted, killed and run on a full disk; then it must finish its work.

    python bench/check_interruptions.py [--only match ...] -o runs/interruptions

Each command runs once undisturbed and then, in another folder, five times: ended by SIGTERM, by Ctrl-C and by
SIGKILL somewhere on its way, on a disk without a free byte (a tmpfs, which takes root), and to its end. Its
results must be equal to the undisturbed ones, byte by byte. Writes results/interruptions.md. See README.md.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

UNPATCH = (sys.executable, "-c", "from unpatch.cli import main; main()")
RESULTS = Path(__file__).parent / "results" / "interruptions.md"
RATE = 44_100
DISK_MB = 512
ENDING_S = 20.0
"""How long processes may take to end that were started by one that has ended."""
SHARE = 0.6
"""Of the time that the undisturbed run takes, after which a run is disturbed."""
MOVING = ("events.out", "live.html", "told.json", "beginning.json")
"""Files that may change though a run fails: what shows its progress."""


@dataclass(frozen=True)
class Long:
    """A command that takes long: its words for an output folder, and which of its files are its results."""

    words: Callable[[Path], list[str]]
    results: str


@dataclass
class Ended:
    """How a run ended."""

    code: int
    said: list[str]
    left: int
    changed: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        lines = [line for line in self.said if line.startswith("unpatch: ")]
        told = f"{len(lines)} line" + ("" if len(lines) == 1 else "s")
        faults = [f"{self.left} processes left"] * (self.left > 0) + [f"{self.changed} files lost"] * (
            self.changed > 0
        )
        faults += ["traceback"] * any(line.startswith("Traceback") for line in self.said)
        return ", ".join([str(self.code), told, *faults])


@dataclass
class Row:
    """What became of a command."""

    name: str
    seconds: float
    ended: list[Ended] = field(default_factory=list)
    equal: bool = False
    drafts: int = 0

    def __str__(self) -> str:
        after = ("equal" if self.equal else "NOT EQUAL") + f", {self.drafts} drafts"
        return f"| {self.name} | {self.seconds:.0f} | {' | '.join(map(str, self.ended))} | {after} |"


# --- inputs ---------------------------------------------------------------------------------------


def sound(path: Path, seconds: float, seed: int, channels: int = 2) -> Path:
    """Bursts of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal((len(time_s), channels))
    soundfile.write(path, 0.1 * noise * (1.2 + np.sin(2 * np.pi * (1 + seed / 3) * time_s))[:, None], RATE)
    return path


def prepare(folder: Path) -> dict[str, Long]:
    """Make the inputs; the commands by name."""
    for i in range(3):
        sound(folder / "vocals" / f"{i}.wav", 6, i, 1)
        sound(folder / "takes" / f"{i}.wav", 4, i)
        sound(folder / "stems" / f"{i}.wav", 4, i)
    for i in range(12):
        sound(folder / "tracks" / f"{i}.wav", 25, i)
    mix = sum(soundfile.read(folder / "stems" / f"{i}.wav")[0] * gain for i, gain in enumerate((1, 0.5, 0.8)))
    soundfile.write(folder / "mix.wav", mix, RATE)
    song, goal = sound(folder / "song.wav", 40, 1), sound(folder / "goal.wav", 40, 2)
    vocals, data, clips = (str(folder / name) for name in ("vocals", "data", "clips"))
    dry = ["synth", "singing", "--sources", vocals, "--preset", "singing_debug_ours", "--audio", "dry"]
    whole([*dry, "--count", "12", "--shard-size", "4", "-o", data])
    whole(["train", "singing_debug_ours", "--data", data, "-o", str(folder / "run")])
    whole(["data", "prepare", "mastering", "--root", str(folder / "tracks"), "--per-track", "1", "-o", clips])
    model, takes = str(folder / "run" / "model"), [str(folder / "takes" / f"{i}.wav") for i in range(3)]
    stems = ["search", str(folder / "stems"), str(folder / "mix.wav"), "--preset", "debug", "--chain", "eg"]
    master = ["match", str(song), str(goal), "-o"]
    measure = ["evaluate", model, "--data", data, "--workers", "2", "--cache"]
    return {
        "synth": Long(
            lambda out: [*dry, "--count", "60", "--shard-size", "4", "--workers", "2", "-o", str(out)],
            "*.tar",
        ),
        "train singing": Long(
            lambda out: ["train", "singing_debug_ours", "--data", data, "--steps", "300", "-o", str(out)],
            "model/*",
        ),
        "train mastering": Long(
            lambda out: [
                "train",
                "mastering_debug_chain_ours",
                "--data",
                clips,
                "--steps",
                "24",
                "-o",
                str(out),
            ],
            "model/*",
        ),
        "search": Long(lambda out: [*stems, "--steps", "80", "--rounds", "1", "-o", str(out)], "graph.json"),
        "match": Long(
            lambda out: [*master, str(out / "m.wav"), "--report", str(out / "m.html"), "--ab", str(out)],
            "*.wav",
        ),
        "estimate": Long(lambda out: ["estimate", *takes, "-o", str(out)], "*/graph.json"),
        "evaluate": Long(lambda out: [*measure, str(out)], "*.json"),
    }


# --- runs -----------------------------------------------------------------------------------------


def whole(words: list[str]) -> float:
    """Run a command to its end; seconds."""
    begun = time.perf_counter()
    ended = run(words)
    if ended.code:
        raise SystemExit(f"unpatch {' '.join(words)}: ended with {ended.code}: {ended.said[-1:]}")
    return time.perf_counter() - begun


def run(words: list[str], disturbed: tuple[float, signal.Signals] | None = None) -> Ended:
    """Run a command in a session of its own, and send it a signal after a while."""
    begun = time.perf_counter()
    with subprocess.Popen(
        [*UNPATCH, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        if disturbed:
            try:
                process.wait(disturbed[0])
            except subprocess.TimeoutExpired:
                if disturbed[1] is signal.SIGINT:  # a terminal sends it to all
                    os.killpg(process.pid, signal.SIGINT)
                else:
                    process.send_signal(disturbed[1])
        said = process.communicate()[1].splitlines()
        left = still_running(process.pid)
    return Ended(process.returncode, said, left, seconds=time.perf_counter() - begun)


def still_running(session: int) -> int:
    """How many processes of a session do not end; they are killed."""
    end = time.monotonic() + ENDING_S
    while (pids := list(processes_of(session))) and time.monotonic() < end:
        time.sleep(0.1)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    return len(pids)


def processes_of(session: int) -> Iterator[int]:
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, own = status.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it has just ended
        if int(own) == session and state != "Z":
            yield int(status.parent.name)


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """A small disk, mounted at a folder."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Without a free byte."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    try:
        yield
    finally:
        ballast.unlink()


def hashes(folder: Path, pattern: str = "**/*") -> dict[str, str]:
    files = [path for path in sorted(folder.glob(pattern)) if path.is_file()]
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if not path.name.startswith(MOVING)
    }


def checked(name: str, long: Long, folder: Path) -> Row:
    """Disturb a command in every way."""
    calm, out = folder / f"{name} calm", folder / f"{name} disk" / "out"
    row = Row(name, whole(long.words(calm)))
    with disk(out.parent):
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            row.ended.append(run(long.words(out), (SHARE * row.seconds, how)))
        out.mkdir(exist_ok=True)
        before = {path: sha for path, sha in hashes(out).items() if ".unpatch-draft-" not in path}
        with full(out.parent):
            row.ended.append(run(long.words(out)))
            after = hashes(out)
        row.ended[-1].changed = sum(after.get(path) != sha for path, sha in before.items())
        row.ended.append(run(long.words(out)))
        row.equal = hashes(calm, long.results) == hashes(out, long.results) != {}
        row.drafts = len(list(out.rglob(".unpatch-draft-*")))
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/interruptions"))
    options = parser.parse_args()
    shutil.rmtree(options.out, ignore_errors=True)
    commands = prepare(options.out / "inputs")
    inputs = hashes(options.out / "inputs")
    lines = ["| command | s | SIGTERM | Ctrl-C | SIGKILL | full disk | again | results |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for name, long in commands.items():
        if not options.only or name in options.only:
            lines.append(str(checked(name, long, options.out)))
            print(lines[-1], flush=True)
    lost = sum(hashes(options.out / "inputs").get(path) != sha for path, sha in inputs.items())
    about = "Exit code and lines on stderr that begin with `unpatch: `; `bench/check_interruptions.py`."
    RESULTS.write_text("\n".join([about, "", *lines, "", f"Inputs lost: {lost} of {len(inputs)}.", ""]))


if __name__ == "__main__":
    main()
