"""One page on a master: figures, spectra before, after and of the reference, curves, settings, a player.

Shapes: P points, T time.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from unpatch.pages.estimate.listening import Voice, leveled, players
from unpatch.pages.estimate.parts import document, figures, graph_picture, header, legend, section
from unpatch.pages.estimate.spectrum import spectrum_svg
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.storage.files import write_aside
from unpatch.storage.legible import escape

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
    body = _body(name, done, voices, _part(seconds, middle_s), before.sample_rate)
    html = document(name, body, voices, before.sample_rate)
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


def _body(name: str, done: Mastered, voices: tuple[Voice, ...], part: str, sample_rate: int) -> Iterator[str]:
    graph = done.master.graph()
    yield header(name, "Mastered to " + ("references" if done.goal else "a preset"))
    yield figures(_figures(done))
    if done.warnings:
        items = "".join(f"<li>{escape(warning)}</li>" for warning in done.warnings)
        yield section("Warnings", "", f"<ul>{items}</ul>")
    yield section("Listen", part, players(voices))
    yield section(
        "Spectrum of mid", "Third octaves at equal loudness, of all of the song.", _spectra(done, 0)
    )
    if not done.before.mono:
        yield section("Spectrum of side", "As above.", _spectra(done, 1))
    yield section(
        "Equalizer", "Bands and residual curve together, and the bands alone.", _curves(done, sample_rate)
    )
    yield section("Graph", "", graph_picture(graph) + legend(graph))
    yield section("What was done", "", f"<pre>{escape(in_words(done))}</pre>")


def _part(seconds: float, starts_s: float) -> str:
    """Which part of a song is played."""
    if seconds <= EXCERPT_S:
        return "Levels matched."
    return f"Levels matched; from {starts_s:.0f} to {starts_s + EXCERPT_S:.0f} s of the song."


def _figures(done: Mastered) -> list[tuple[str, str]]:
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


def _spectra(done: Mastered, channel: int) -> str:
    shown = {BEFORE: done.before, AFTER: done.after}
    if done.goal:
        shown[REFERENCE] = done.goal
    curves = [(name, COLOURS[name], _levels(profile, channel)) for name, profile in shown.items()]
    return spectrum_svg(_centres(), curves) + _key(list(shown))


def _centres() -> list[float]:
    return [float(hz) for hz in third_octaves(POINTS_HZ[None])[0]]


def _levels(profile: Profile, channel: int) -> list[float]:
    levels = third_octaves(profile.spectra_db[channel])[1]
    return [float(level) for level in np.maximum(levels, _LOWEST_SHOWN_DB)]


def _key(names: list[str]) -> str:
    marks = (f'<span><i style="border-top:2px solid {COLOURS[name]}"></i>{name}</span>' for name in names)
    return f'<div class="legend">{"".join(marks)}</div>'


def _curves(done: Mastered, rate: int) -> str:
    master = done.master
    shown = []
    for name, colour, pale, knobs, curve in (
        ("mid", theme.AUDIO, "#9db4cb", master.mid, master.curves_db[0]),
        ("side", theme.CONTROL, "#f2bf94", master.side, master.curves_db[1]),
    ):
        bands = bands_db(knobs, POINTS_HZ, rate) if knobs else np.zeros_like(POINTS_HZ)
        shown += [(f"{name}: all", colour, (bands + curve).tolist())]
        shown += [(f"{name}: bands", pale, bands.tolist())]
    marks = "".join(f'<span><i style="border-top:2px solid {c}"></i>{n}</span>' for n, c, _ in shown)
    return spectrum_svg(POINTS_HZ.tolist(), shown) + f'<div class="legend">{marks}</div>'
