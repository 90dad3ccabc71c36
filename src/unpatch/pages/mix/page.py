"""The report of a search: one HTML page that needs nothing else, read from top to bottom."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from unpatch.drawing import theme
from unpatch.graph.text import MINUS, quantity
from unpatch.mixing.console import prunable
from unpatch.mixing.results import by_letter
from unpatch.pages.estimate import measures
from unpatch.pages.estimate.listening import leveled
from unpatch.pages.estimate.spectrogram import difference_svg
from unpatch.pages.estimate.spectrum import LevelCurve, SpectrumDiagram, spectrum
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.pages.mix.grid import grid, rows_of
from unpatch.pages.mix.history import history_colours, history_svg
from unpatch.pages.mix.mixdown import MIX, RECREATION, SUM, Mixdown
from unpatch.pages.mix.strip_table import shown_strips
from unpatch.pages.mix.strips import type_name
from unpatch.pages.mix.tables import alignment_table, loss_table, loudness_table, taken_table
from unpatch.pages.mix.tradeoff import tradeoff_svg
from unpatch.pages.templating import graph_picture, render

if TYPE_CHECKING:
    from markupsafe import Markup

    from unpatch.drawing.theme import Hue

COLOURS = {MIX: theme.AUDIO, RECREATION: theme.CONTROL, SUM: "#4f9a6b"}


def page(take: Mixdown) -> str:
    """The whole document."""
    part = take.excerpt(EXCERPT_S)
    found, begins_s = take.found, part.start / take.sample_rate
    ends_s = min(begins_s + EXCERPT_S, take.seconds)
    excerpts = {name: audio[:, part] for name, audio in take.sounds.items()}
    return render(
        "mix.html.j2",
        title=take.name,
        subtitle=_subtitle(take),
        voices=leveled(excerpts, take.sample_rate),
        take=take,
        remarks=take.alignments.remarks if take.alignments else (),
        numbers=_numbers(take),
        passage=(EXCERPT_S, begins_s, ends_s) if take.seconds > EXCERPT_S else (),
        picture=graph_picture(found.graph),
        types=_types(take),
        strips=shown_strips(found.graph, take.responses),
        minus=MINUS,
        history=history_svg(found.history),
        tradeoff=tradeoff_svg(found.history, found.tolerance),
        colours=history_colours(),
        grid=grid(rows_of(found.console), rows_of(found.graph)),
        taken=taken_table(found),
        losses=loss_table(take.losses),
        differences=_differences(take),
        long_term=_long_term(take),
        loudness=loudness_table(take.loudness),
        stems=alignment_table(take.alignments) if take.alignments else None,
        facts_shown={**({"stems": "; ".join(take.notes)} if take.notes else {}), **take.facts},
    )


def _subtitle(take: Mixdown) -> str:
    minutes, seconds = divmod(round(take.seconds), 60)
    tracks = len(take.found.graph.sources)
    line = f"{tracks} tracks \u00b7 {minutes}:{seconds:02d} min \u00b7 {take.sample_rate / 1000:g} kHz"
    return f"Mixing graph by search and pruning \u00b7 {line}"


def _numbers(take: Mixdown) -> list[tuple[str, str]]:
    found = take.found
    left, all_ = len(prunable(found.graph)), len(prunable(found.console))
    loud = take.loudness
    apart = loud[RECREATION].lufs - loud[MIX].lufs
    shown = [
        (f"{found.loss:.3f}", "loss of the graph; 0 is equal"),
        (f"{found.loss_console:.3f}", "loss of the full console"),
        (f"{left} of {all_}", f"processors left; {found.pruning_ratio:.0%} were taken out"),
        (duration(found.seconds), "search took, breaks left out"),
    ]
    if math.isfinite(apart):
        shown.insert(3, (quantity(apart, "dB"), "loudness of the re-creation against the mix"))
    return shown


def duration(seconds: float) -> str:
    """``42 s``, ``12 min``, ``1 h 05 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _types(take: Mixdown) -> dict[str, Hue]:
    """Colours of the types that are there."""
    found = [type_name(mark) for mark, count in by_letter(take.found.graph).items() if count]
    return {name: theme.hue(name) for name in found}


def _differences(take: Mixdown) -> list[tuple[str, Markup]]:
    """Captions and diagrams of mid and side."""
    rate = take.sample_rate
    centres = measures.band_centres_hz(rate)
    shown = []
    for name, sign in (("Mid, L + R", 1), ("Side, L \u2212 R", -1)):
        mix, made = ((a[:1] + sign * a[1:]) / 2 for a in (take.sounds[MIX], take.sounds[RECREATION]))
        before, after = measures.spectrograms_db((mix, made), rate)
        mean = float((after - before).abs().mean())
        diagram = difference_svg(after - before, centres, rate)
        shown.append((f"{name}: {mean:.1f} dB apart on average", diagram))
    return shown


def _long_term(take: Mixdown) -> SpectrumDiagram:
    levels = {name: measures.third_octaves(audio, take.sample_rate) for name, audio in take.sounds.items()}
    curves = [LevelCurve(name, COLOURS[name], level.tolist()) for name, (_, level) in levels.items()]
    return spectrum(levels[MIX][0].tolist(), curves)
