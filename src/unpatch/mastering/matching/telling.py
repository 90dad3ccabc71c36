"""What was done to a song, in words and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from unpatch.mastering.matching.master import Knobs, Master
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.response import BANDS
from unpatch.mastering.matching.song import Mastered
from unpatch.mastering.matching.spectrum import third_octaves

_SHOWN_DB = 0.1


def in_words(done: Mastered) -> str:
    """A table: bands, curve, dynamics, clipper, width, loudness and true peak."""
    lines = [*_settings(done.master), f"gain         {done.gain_db:+.1f} dB{_limiter(done)}", ""]
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
    kept = levels[(hz > 50) & (hz < min(16_000, 0.42 * min(one.sample_rate, other.sample_rate)))]
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
        "width": master.width,
        "lufs": master.lufs,
        "true_peak_db": master.ceiling_db,
        "levels": levels,
        "graph": master.graph().to_dict(),
    }


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
        kind = "compressor" if found.above else "expander"
        lowest = found.threshold_db - (0 if found.above else found.range_db / found.slope)
        reach = "" if found.above else f", range {found.range_db:.1f} dB"
        times = f"attack {found.attack_ms:.0f} ms, release {found.release_ms:.0f} ms"
        yield f"{kind:<12} above {lowest:.1f} dB, {found.ratio:.2f}:1, {times}{reach}"
    yield f"clipper      {'off' if master.clip_db is None else f'above {-master.clip_db:.1f} dBFS'}"
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
