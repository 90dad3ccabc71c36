"""A search is killed at random moments and resumed: is its result that of an uninterrupted one?

    python -m bench.checks.killed_search [STEMS MIX] [--seconds 10] [--kills 5] -o runs/kill

Takes the loudest stretch of the stems and their mix, runs ``unpatch search`` on it once as it is, then again
and again, each time ended by SIGKILL after a random while, until it has been killed so often; the last run
is left alone. Both graphs must be equal, number by number. Without stems a synthetic band plays.
See README.md.
"""

import argparse
import sys
import time
from pathlib import Path

import torch

from bench.shared.child_processes import run_or_kill
from bench.shared.dry_stems import band
from unpatch.audio import save
from unpatch.stems import Multitrack, load_multitrack
from unpatch.synth.draw import Draw

UNPATCH = Path(sys.executable).with_name("unpatch")
OPTIONS = ("--steps", "60", "--rounds", "2")
SAMPLE_RATE = 44_100
STARTING_S = 5.0
"""No run is killed earlier: it would be loading still."""


def excerpt(loaded: Multitrack, seconds: float, folder: Path) -> tuple[Path, Path]:
    """Stems and mix where the mix is loudest, as files."""
    assert loaded.mix is not None
    frames = min(round(seconds * loaded.sample_rate), loaded.mix_frames)
    starts = range(0, loaded.mix_frames - frames + 1, loaded.sample_rate)
    power = loaded.mix.square().sum(0)
    start = max(starts, key=lambda at: float(power[at : at + frames].sum()))
    stems, mix = folder / "stems", folder / "mix.wav"
    for stem in loaded.stems:
        save(stems / f"{stem.name}.wav", stem.segment(start, frames), loaded.sample_rate)
    save(mix, loaded.mix[:, start : start + frames].clone(), loaded.sample_rate)
    return stems, mix


def synthetic(seconds: float, folder: Path) -> tuple[Path, Path]:
    """Tracks of a band, and their mix at other levels, as files."""
    tracks = band(Draw(0, 0), seconds, SAMPLE_RATE)
    stems, mix = folder / "stems", folder / "mix.wav"
    for name, audio in tracks.items():
        save(stems / f"{name}.wav", audio[None], SAMPLE_RATE)
    gains = torch.linspace(0.1, 0.4, len(tracks))[:, None]
    save(mix, (gains * torch.stack(list(tracks.values()))).sum(0).repeat(2, 1), SAMPLE_RATE)
    return stems, mix


def command(stems: Path, mix: Path, out: Path) -> list[str]:
    return [str(UNPATCH), "search", str(stems), str(mix), *OPTIONS, "-o", str(out)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("stems", type=Path, nargs="?")
    parser.add_argument("mix", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/kill"))
    options = parser.parse_args()
    if any((options.out / name / "graph.json").exists() for name in ("whole", "broken")):
        raise SystemExit(f"{options.out}: holds finished searches; take another folder")
    song = options.out / "song"
    if options.stems is None:
        stems, mix = synthetic(options.seconds, song)
    elif options.mix is None:
        parser.error("stems are given without their mix")
    else:
        stems, mix = excerpt(load_multitrack(options.stems, options.mix), options.seconds, song)
    log = options.out / "log.txt"
    begun = time.perf_counter()
    run_or_kill(command(stems, mix, options.out / "whole"), log)
    took = time.perf_counter() - begun
    print(f"undisturbed: {took:.0f} s", flush=True)
    draw, kills = Draw(options.seed), 0
    while kills < options.kills:
        # Longer than a start takes, so that every run may get somewhere, and shorter than all of it.
        after_s = STARTING_S + draw.number(0.1, 0.5) * took
        if not run_or_kill(command(stems, mix, options.out / "broken"), log, after_s):
            break
        kills += 1
        print(f"killed after {after_s:.1f} s", flush=True)
    run_or_kill(command(stems, mix, options.out / "broken"), log)
    graphs = [(options.out / name / "graph.json").read_bytes() for name in ("whole", "broken")]
    print(f"{kills} kills; graphs are {'equal' if graphs[0] == graphs[1] else 'NOT EQUAL'}")
    raise SystemExit(graphs[0] != graphs[1])


if __name__ == "__main__":
    main()
