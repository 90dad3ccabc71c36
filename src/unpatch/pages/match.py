"""One page on a master: figures, spectra before, after and of the reference, curves, settings, a player.

Shapes: P points, T time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unpatch.drawing import theme
from unpatch.dsp.compiled import Array
from unpatch.graph.text import MINUS
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.response import bands_db
from unpatch.mastering.matching.song import Mastered
from unpatch.mastering.matching.source import Source
from unpatch.mastering.matching.spectrum import POINTS_HZ, third_octaves
from unpatch.mastering.matching.telling import apart_db, in_words
from unpatch.pages.estimate.listening import leveled
from unpatch.pages.estimate.parts import families
from unpatch.pages.estimate.spectrum import LevelCurve, SpectrumDiagram, spectrum
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.pages.templating import graph_picture, render
from unpatch.storage.files import write_aside

BEFORE, AFTER, REFERENCE = "Before", "After", "Reference"
COLOURS = {BEFORE: theme.AUDIO, AFTER: theme.CONTROL, REFERENCE: "#4f9a6b"}
_LOWEST_SHOWN_DB = -80.0


def write_page(path: Path, name: str, done: Mastered, before: Source, after: Source) -> None:
    """Write the page; both sources are the song, before and after."""
    seconds = before.frames / before.sample_rate
    middle_s = max(0.0, seconds / 2 - EXCERPT_S / 2)
    sounds = {BEFORE: excerpt(before, middle_s), AFTER: excerpt(after, middle_s)}
    import torch

    voices = leveled({n: torch.from_numpy(a) for n, a in sounds.items()}, before.sample_rate)
    graph = done.master.graph()
    html = render(
        "match.html.j2",
        title=name,
        subtitle="Mastered to " + ("references" if done.goal else "a preset"),
        voices=voices,
        numbers=_numbers(done),
        done=done,
        passage=(middle_s, middle_s + EXCERPT_S) if seconds > EXCERPT_S else (),
        mid=_spectrum(done, 0),
        side=None if done.before.mono else _spectrum(done, 1),
        equalizer=_equalizer(done, before.sample_rate),
        picture=graph_picture(graph),
        families=families(graph),
        in_words=in_words(done),
    )
    write_aside(path, html.encode())


def excerpt(source: Source, starts_s: float) -> Array:
    """``[2, T]``, as long as pages play."""
    start, parts, done = round(starts_s * source.sample_rate), list[Array](), 0
    stop = start + round(EXCERPT_S * source.sample_rate)
    for block in source.blocks():
        low, high = max(start - done, 0), min(stop - done, block.shape[1])
        if low < high:
            parts.append(block[:, low:high])
        done += block.shape[1]
        if done >= stop:
            break
    return np.concatenate(parts, axis=1)


def _numbers(done: Mastered) -> list[tuple[str, str]]:
    before, after = done.before, done.after
    shown = [
        (f"{after.lufs:.1f} LUFS", f"integrated loudness; {before.lufs:.1f} before"),
        (f"{after.true_peak_db:.1f} dBTP", f"true peak; {before.true_peak_db:.1f} before"),
        (f"{after.crest_db:.1f} dB", f"crest factor; {before.crest_db:.1f} before"),
    ]
    if done.goal:
        apart, was = (apart_db(profile, done.goal) for profile in (after, before))
        shown.append((f"{apart:.1f} dB", f"mean distance from the reference's spectrum; {was:.1f} before"))
    return [(figure.replace("-", MINUS), words.replace(" -", f" {MINUS}")) for figure, words in shown]


def _spectrum(done: Mastered, channel: int) -> SpectrumDiagram:
    shown = {BEFORE: done.before, AFTER: done.after}
    if done.goal:
        shown[REFERENCE] = done.goal
    curves = [LevelCurve(name, COLOURS[name], _levels(profile, channel)) for name, profile in shown.items()]
    return spectrum([float(hz) for hz in third_octaves(POINTS_HZ[None])[0]], curves)


def _levels(profile: Profile, channel: int) -> list[float]:
    levels = third_octaves(profile.spectra_db[channel])[1]
    return [float(level) for level in np.maximum(levels, _LOWEST_SHOWN_DB)]


def _equalizer(done: Mastered, rate: int) -> SpectrumDiagram:
    master = done.master
    shown = []
    for name, colour, pale, knobs, curve in (
        ("mid", theme.AUDIO, "#9db4cb", master.mid, master.curves_db[0]),
        ("side", theme.CONTROL, "#f2bf94", master.side, master.curves_db[1]),
    ):
        bands = bands_db(knobs, POINTS_HZ, rate) if knobs else np.zeros_like(POINTS_HZ)
        shown.append(LevelCurve(f"{name}: all", colour, (bands + curve).tolist()))
        shown.append(LevelCurve(f"{name}: bands", pale, bands.tolist()))
    return spectrum(POINTS_HZ.tolist(), shown)
