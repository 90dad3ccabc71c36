"""What was done to a song, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from unpatch.mastering.matching.dynamics import DynamicsMatch
from unpatch.mastering.matching.master import Knobs, Master
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.response import BANDS
from unpatch.mastering.matching.song import Mastered
from unpatch.mastering.matching.spectrum import third_octaves

_SHOWN_DB = 0.1


def in_words(done: Mastered) -> str:
    """Settings, warnings, and a table of loudness and true peak.

    Levels of the settings are those at the input of the stage, in dBFS, the song at the level of its file.
    """
    lines = [*_settings(done.master), f"gain         {done.gain_db:+.1f} dB{_limiter(done)}"]
    lines += [*(f"warning      {warning}" for warning in done.warnings), ""]
    head = ("", "LUFS", "range LU", "true peak dBTP", "crest dB", "apart dB")
    rows = [("before", done.before), ("after", done.after)]
    rows += [("reference", done.goal)] if done.goal else []
    lines.append("".join(f"{cell:>15}" if i else f"{cell:<10}" for i, cell in enumerate(head)))
    for name, profile in rows:
        figures = [profile.lufs, profile.range_lu, profile.true_peak_db, profile.crest_db]
        cells = [f"{figure:.1f}" for figure in figures]
        cells.append(f"{apart_db(profile, done.goal):.1f}" if done.goal and name != "reference" else "")
        lines.append(f"{name:<10}" + "".join(f"{cell:>15}" for cell in cells).rstrip())
    return "\n".join(line.rstrip() for line in lines)


def apart_db(one: Profile, other: Profile) -> float:
    """Mean difference of the third-octave spectra of mid, 50 Hz to 16 kHz, levels matched."""
    hz, levels = third_octaves(one.spectra_db[0] - other.spectra_db[0])
    kept = levels[(hz > 50) & (hz < min(16_000, one.highest_hz, other.highest_hz))]
    return float(np.abs(kept - kept.mean()).mean())


def as_data(done: Mastered) -> dict[str, Any]:
    """For programs."""
    shown = {"before": done.before, "after": done.after}
    if done.goal:
        shown["reference"] = done.goal
    levels = {
        name: {
            "lufs": profile.lufs,
            "range_lu": profile.range_lu,
            "true_peak_db": profile.true_peak_db,
            "crest_db": profile.crest_db,
        }
        for name, profile in shown.items()
    }
    master = done.master
    return {
        "gain_db": done.gain_db,
        "limited": done.limited,
        "dynamics": _dynamics_data(master),
        "clipper": None if master.clip_db is None else {"threshold_dbfs": clip_threshold_db(master)},
        "width": master.width,
        "lufs": master.lufs,
        "true_peak_db": master.ceiling_db,
        "levels": levels,
        "warnings": list(done.warnings),
        "graph": master.graph().to_dict(),
    }


def threshold_db(master: Master, found: DynamicsMatch) -> float:
    """Level at the input above which a compressor or expander works, the song at the level of its file."""
    lower = 0 if found.above else found.range_db / found.slope
    return found.threshold_db - lower - master.input_db


def clip_threshold_db(master: Master) -> float:
    """Level above which samples are clipped, the song at its file's level."""
    return -(master.clip_db or 0.0) - master.input_db


def _dynamics_data(master: Master) -> dict[str, Any] | None:
    found = master.dynamics
    if found is None:
        return None
    return {
        "kind": _name(found),
        "threshold_dbfs": threshold_db(master, found),
        "ratio": found.ratio,
        "attack_ms": found.attack_ms,
        "release_ms": found.release_ms,
        "range_db": None if found.above else found.range_db,
    }


def _name(found: DynamicsMatch) -> str:
    return "compressor" if found.above else "expander"


def _limiter(done: Mastered) -> str:
    held = f", true peak held at {done.master.ceiling_db:.1f} dBTP" if done.limited else ""
    missed = done.master.lufs - done.after.lufs
    short = f"; {missed:.1f} LU short of {done.master.lufs:.1f}" if missed > 0.3 else ""
    return held + short


def _settings(master: Master) -> Iterator[str]:
    for channel, knobs, curve in zip(
        ("mid", "side"), (master.mid, master.side), master.curves_db, strict=True
    ):
        yield f"eq {channel:<9} {_bands(knobs)}"
        yield f"  and curve  {_curve(curve)}"
    found = master.dynamics
    if found is None:
        yield "dynamics     as they were"
    else:
        reach = "" if found.above else f", range {found.range_db:.1f} dB"
        times = f"attack {found.attack_ms:.0f} ms, release {found.release_ms:.0f} ms"
        level = threshold_db(master, found)
        yield f"{_name(found):<12} above {level:.1f} dBFS, {found.ratio:.2f}:1, {times}{reach}"
    clip = "off" if master.clip_db is None else f"above {clip_threshold_db(master):.1f} dBFS"
    yield f"clipper      {clip}"
    yield f"width        {master.width:.2f}"


def _bands(knobs: Knobs | None) -> str:
    if knobs is None:
        return "flat"
    shown = (
        f"{knobs[f'{band}_hz']:.0f} Hz {knobs[f'{band}_db']:+.1f} dB Q {knobs[f'{band}_q']:.2f}"
        + (" shelf" if "shelf" in band else "")
        for band in BANDS
        if abs(knobs[f"{band}_db"]) >= _SHOWN_DB
    )
    return ", ".join(shown) or "flat"


def _curve(curve: Any) -> str:
    most = float(np.abs(curve).max())
    return "flat" if most < _SHOWN_DB else f"within {curve.min():+.1f} and {curve.max():+.1f} dB"
