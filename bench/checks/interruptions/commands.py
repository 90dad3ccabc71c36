"""The commands that take long, with work for each that takes long enough, and how to know their results."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from bench.checks.interruptions.running import run
from unpatch.graph.build import chain
from unpatch.processors import PROCESSORS

RATE = 44_100
KILOBYTE = 1024


@dataclass(frozen=True)
class Long:
    """A command that takes long.

    Attributes:
        words: of the command, for a folder of results.
        results: pattern of the files that must be equal whether it was disturbed or not.
        continues: whether a new run resumes the last one.
        room: bytes that the full disk has left, too few for the results.
    """

    words: Callable[[Path], list[str]]
    results: str
    continues: bool = False
    room: int = 64 * KILOBYTE


def sound(path: Path, seconds: float, seed: int, channels: int = 2) -> Path:
    """Bursts of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(round(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).standard_normal((len(time_s), channels))
    soundfile.write(path, 0.1 * noise * (1.2 + np.sin(2 * np.pi * (1 + seed / 3) * time_s))[:, None], RATE)
    return path


def whole(words: list[str]) -> float:
    """Run a command to its end; seconds."""
    ended = run(words)
    if ended.code:
        raise SystemExit(f"unpatch {' '.join(words)}: ended with {ended.code}: {ended.stderr[-1:]}")
    return ended.seconds


def prepare(folder: Path) -> dict[str, Long]:
    """Make the inputs in a folder; the commands by name."""
    _sounds(folder)
    (folder / "graph.json").write_text(
        chain(PROCESSORS, "bell", "compressor", "stereo_reverb", "pingpong_delay").to_json()
    )
    (folder / "start.json").write_text(chain(PROCESSORS, "lowpass2", "compressor").to_json())
    data, clips = str(folder / "data"), str(folder / "clips")
    synth = ["synth", "singing", "--sources", str(folder / "vocals"), "--preset", "singing_debug_ours"]
    synth += ["--audio", "dry", "--shard-size", "4"]
    tracks = ["data", "prepare", "mastering", "--root", str(folder / "tracks")]
    whole([*synth, "--count", "12", "-o", data])
    whole(["train", "singing_debug_ours", "--data", data, "-o", str(folder / "run")])
    whole([*tracks, "--per-track", "1", "-o", clips])
    return {
        **_learning(synth, tracks, data, clips),
        **_judging(str(folder / "run" / "model"), data),
        **_finding(folder, str(folder / "run" / "model")),
        **_playing(folder),
        **_fetching(),
    }


def _sounds(folder: Path) -> None:
    for i in range(3):
        sound(folder / "vocals" / f"{i}.wav", 6, i, 1)
        sound(folder / "takes" / f"{i}.wav", 4, i)
        sound(folder / "stems" / f"{i}.wav", 4, i)
    for i in range(12):
        sound(folder / "tracks" / f"{i}.wav", 60, i)
    mix = sum(soundfile.read(folder / "stems" / f"{i}.wav")[0] * gain for i, gain in enumerate((1, 0.5, 0.8)))
    soundfile.write(folder / "mix.wav", mix, RATE)
    sound(folder / "song.wav", 40, 1)
    sound(folder / "goal.wav", 40, 2)
    sound(folder / "long.wav", 240, 3)


def _learning(synth: list[str], tracks: list[str], data: str, clips: str) -> dict[str, Long]:
    singing = ["train", "singing_debug_ours", "--data", data, "--steps", "400", "-o"]
    masters = ["train", "mastering_debug_chain_ours", "--data", clips, "--steps", "500", "-o"]
    return {
        "synth": Long(
            lambda out: [*synth, "--count", "40", "--workers", "2", "-o", str(out)], "*.tar", continues=True
        ),
        "train singing": Long(lambda out: [*singing, str(out)], "model/*", continues=True),
        "train mastering": Long(lambda out: [*masters, str(out)], "model/*", continues=True),
        "data prepare": Long(lambda out: [*tracks, "--per-track", "80", "-o", str(out)], "*.npy"),
    }


def _judging(model: str, data: str) -> dict[str, Long]:
    measured = ["evaluate", model, "--data", data, "--workers", "2", "--cache"]
    shown = ["gallery", model, "--data", data, "--count", "12", "-o"]
    return {
        "evaluate": Long(lambda out: [*measured, str(out)], "*.json", continues=True, room=0),
        "gallery": Long(lambda out: [*shown, str(out)], "index.html"),
    }


def _finding(folder: Path, model: str) -> dict[str, Long]:
    takes = [str(folder / "takes" / f"{i}.wav") for i in range(3)]
    stems = ["search", str(folder / "stems"), str(folder / "mix.wav"), "--preset", "debug", "--chain", "eg"]
    stems += ["--rounds", "1"]
    refine = ["fit", str(folder / "start.json"), "--dry", takes[0], "--wet", takes[1], "--renders", "300"]
    apply = ["estimate", takes[1], "--apply", str(folder / "song.wav"), "--model", model]
    return {
        "search": Long(
            lambda out: [*stems, "--steps", "20", "-o", str(out)],
            "graph.json",
            continues=True,
        ),
        "estimate": Long(lambda out: ["estimate", *takes[:2], "-o", str(out)], "*/graph.json"),
        "estimate --apply": Long(lambda out: [*apply, "-o", str(out)], "*.wav"),
        "fit": Long(lambda out: [*refine, "-o", str(out)], "graph.json"),
    }


def _playing(folder: Path) -> dict[str, Long]:
    master = ["match", str(folder / "song.wav"), str(folder / "goal.wav"), "-o"]
    play = ["render", str(folder / "graph.json"), str(folder / "long.wav"), "-o"]
    return {
        "match": Long(
            lambda out: [*master, str(out / "m.wav"), "--report", str(out / "m.html"), "--ab", str(out)],
            "*.wav",
        ),
        "render": Long(lambda out: [*play, str(out / "long.wav")], "*.wav"),
    }


def _fetching() -> dict[str, Long]:
    """Where there is a Debian archive to fetch from."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return {}
    fetch = ["data", "fetch", "drums", "--cache"]
    return {"data fetch": Long(lambda out: [*fetch, str(out)], "*/**/*.wav", continues=True)}
