"""The report of a search: one HTML page that needs nothing else, read from top to bottom."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import resources

from unpatch.drawing import theme
from unpatch.graph.text import quantity
from unpatch.mixing.console import prunable
from unpatch.mixing.results import by_letter
from unpatch.pages.estimate import measures
from unpatch.pages.estimate.listening import leveled, players
from unpatch.pages.estimate.parts import document, facts, figures, graph_picture, header, section
from unpatch.pages.estimate.spectrogram import difference_svg
from unpatch.pages.estimate.spectrum import spectrum_svg
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.pages.mix.grid import grid, rows_of
from unpatch.pages.mix.history import history_legend, history_svg
from unpatch.pages.mix.mixdown import MIX, RECREATION, SUM, Mixdown
from unpatch.pages.mix.strip_table import strip_table
from unpatch.pages.mix.strips import type_name
from unpatch.pages.mix.tables import alignment_table, loss_table, loudness_table, taken_table
from unpatch.pages.mix.tradeoff import tradeoff_svg
from unpatch.stems import Alignments
from unpatch.storage.legible import escape

COLOURS = {MIX: theme.AUDIO, RECREATION: theme.CONTROL, SUM: "#4f9a6b"}


def page(take: Mixdown) -> str:
    """The whole document."""
    part = take.excerpt(EXCERPT_S)
    heard = leveled({name: audio[:, part] for name, audio in take.sounds.items()}, take.sample_rate)
    begins_s = part.start / take.sample_rate
    body = _body(take, players(heard), begins_s)
    return document(f"{take.name}", body, heard, take.sample_rate, style=console_style())


def console_style() -> str:
    """Styles of this page and the live one beyond the other reports."""
    return resources.files(__package__).joinpath("console.css").read_text(encoding="utf-8")


def _body(take: Mixdown, listen: str, begins_s: float) -> Iterator[str]:
    yield _header(take)
    yield from (_note(text) for text in (take.alignments.remarks if take.alignments else ()))
    yield figures(_figures(take))
    yield section("Listen", _listen_text(take, begins_s), listen)
    yield section("The mixing graph", GRAPH_TEXT, graph_picture(take.found.graph) + _legend(take))
    yield section("Strips", STRIPS_TEXT, strip_table(take.found.graph, take.responses))
    yield section("How it was found", HISTORY_TEXT, _history(take))
    yield section("What was taken out", _taken_text(take), _taken(take))
    yield section("Loss", LOSS_TEXT, loss_table(take.losses))
    yield section("Mid and side", DIFFERENCE_TEXT, _differences(take))
    yield section(
        "Long-term spectrum", "Third octaves of all of the song, levels as they are.", _spectrum(take)
    )
    yield section("Loudness", LOUDNESS_TEXT, loudness_table(take.loudness))
    if take.alignments:
        yield section("Stems in the mix", _alignment_text(take.alignments), alignment_table(take.alignments))
    yield section("What can be done with it", "", _next())
    notes = {"stems": "; ".join(take.notes)} if take.notes else {}
    yield section("About this page", "", facts({**notes, **take.facts}))


# --- top ------------------------------------------------------------------------------------------


def _header(take: Mixdown) -> str:
    minutes, seconds = divmod(round(take.seconds), 60)
    tracks = len(take.found.graph.sources)
    line = f"{tracks} tracks \u00b7 {minutes}:{seconds:02d} min \u00b7 {take.sample_rate / 1000:g} kHz"
    return header(take.name, f"Mixing graph by search and pruning \u00b7 {line}")


def _note(text: str) -> str:
    return f'<section class="note"><p>{escape(text)}</p></section>'


def _figures(take: Mixdown) -> list[tuple[str, str]]:
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


def _listen_text(take: Mixdown, begins_s: float) -> str:
    text = "All takes run in lockstep: switching changes only what you hear, not where. Keys: space, 1, 2, 3."
    if take.seconds <= EXCERPT_S:
        return text
    end_s = min(begins_s + EXCERPT_S, take.seconds)
    return f"{text} The loudest {EXCERPT_S} s, from {begins_s:.0f} to {end_s:.0f} s; all of it is in mix.wav."


# --- graph ----------------------------------------------------------------------------------------

GRAPH_TEXT = (
    "A row for each track; tracks of a group are summed into one strip. Beside a processor and as a bar: "
    "how much of its sound is mixed in, where that is not all. Rest the pointer on a box for its numbers."
)
STRIPS_TEXT = (
    "Values in dB, Hz and ms; wet is the share of the processed sound, the rest is dry. Curves are the "
    "frequency responses of linear processors in series, left dark, right orange where it differs; their "
    "impulse responses are in the folder responses."
)
HISTORY_TEXT = (
    "Vertical lines are rounds of pruning. The running loss is that of random passages and goes up and down; "
    "dots are the loss over all judged passages."
)


def _legend(take: Mixdown) -> str:
    """Colours of the types that are there."""
    found = [mark for mark, count in by_letter(take.found.graph).items() if count]
    hues = [(type_name(mark), theme.hue(type_name(mark))) for mark in found]
    swatches = (
        f'<span><i class="swatch" style="background:{hue.fill};border-color:{hue.line}"></i>{name}</span>'
        for name, hue in hues
    )
    return f'<div class="legend">{"".join(swatches)}</div>'


def _history(take: Mixdown) -> str:
    moments = take.found.history
    diagrams = history_svg(moments) + tradeoff_svg(moments, take.found.tolerance)
    return f'<div class="diagrams">{diagrams}</div>{history_legend()}'


def _taken_text(take: Mixdown) -> str:
    allowed = f"A removal was accepted while the loss stayed within {take.found.tolerance:g} of the lowest."
    return f"Filled squares are still there. {allowed}"


def _taken(take: Mixdown) -> str:
    squares = grid(rows_of(take.found.console), rows_of(take.found.graph))
    return f'<div class="beside">{squares}{taken_table(take.found)}</div>'


# --- sound ----------------------------------------------------------------------------------------

LOSS_TEXT = (
    "A-weighted multi-resolution mel loss over the judged passages, as published: L_lr of left and right, "
    "L_m of L + R, L_s of L \u2212 R, L_a = L_lr/2 + L_m/4 + L_s/4. Spectral convergence is divided by the "
    "norm of the mix (standard) or of the re-creation (published). The first column is the loss that was "
    "searched by."
)
DIFFERENCE_TEXT = (
    "Re-creation minus mix over the whole song, levels as they are. Blue: the re-creation is weaker; red: "
    "stronger."
)
LOUDNESS_TEXT = "Integrated and gated (ITU-R BS.1770), and the highest sample."


def _alignment_text(found: Alignments) -> str:
    return f"Measured before the search. {found.summary()} Agreement is that of two halves of the song."


def _differences(take: Mixdown) -> str:
    rate = take.sample_rate
    centres = measures.band_centres_hz(rate)
    shown = []
    for name, sign in (("Mid, L + R", 1), ("Side, L \u2212 R", -1)):
        mix, made = ((a[:1] + sign * a[1:]) / 2 for a in (take.sounds[MIX], take.sounds[RECREATION]))
        before, after = measures.spectrograms_db((mix, made), rate)
        mean = float((after - before).abs().mean())
        diagram = difference_svg(after - before, centres, rate)
        caption = f"{name}: {mean:.1f} dB apart on average"
        shown.append(f"<figure>{diagram}<figcaption>{caption}</figcaption></figure>")
    return f'<div class="pictures">{"".join(shown)}</div>'


def _spectrum(take: Mixdown) -> str:
    levels = {name: measures.third_octaves(audio, take.sample_rate) for name, audio in take.sounds.items()}
    curves = [(name, COLOURS[name], level.tolist()) for name, (_, level) in levels.items()]
    marks = "".join(
        f'<span><i style="border-top:2px solid {colour}"></i>{name}</span>' for name, colour, _ in curves
    )
    return spectrum_svg(levels[MIX][0].tolist(), curves) + f'<div class="legend">{marks}</div>'


# --- on ---------------------------------------------------------------------------------------------


def _next() -> str:
    lines = [
        ("unpatch render graph.json STEMS -o mine.wav", "mix other takes of the same tracks by this graph"),
        ("unpatch show graph.json", "the graph as text"),
        ("unpatch draw graph.json -o graph.png", "the picture above, as SVG or PNG"),
        (
            "responses/*.wav",
            "for any convolver: what is linear in each strip, at its level; index.json describes them",
        ),
    ]
    rows = "".join(f"<dt><code>{escape(what)}</code></dt><dd>{escape(why)}</dd>" for what, why in lines)
    return f"<dl>{rows}</dl>"
