"""Figures of a search as tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from unpatch.graph.text import MINUS, quantity
from unpatch.mixing.results import SearchResult, by_letter
from unpatch.pages.mix.losses import SHOWN, MixLosses
from unpatch.pages.mix.loudness import Loudness
from unpatch.pages.mix.strips import type_name
from unpatch.stems import Alignment, Alignments
from unpatch.stems.alignment import SILENT_DB


class Table(NamedTuple):
    """Text in cells; the first column names the row."""

    caption: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str]]


def taken_table(found: SearchResult) -> Table:
    """How many processors of each type were taken out."""
    before, after = by_letter(found.console), by_letter(found.graph)
    rows = (
        (type_name(mark), str(count), str(after[mark]), f"{1 - after[mark] / count:.0%}")
        for mark, count in before.items()
        if count
    )
    return Table("Processors taken out", ("Type", "In the console", "Left", "Taken out"), rows)


def loss_table(losses: Mapping[str, MixLosses]) -> Table:
    """The loss that was searched by, and the published one in its parts, by both normalisations."""
    parts = [f"{part}, {normalisation}" for normalisation in SHOWN for part in ("L_lr", "L_m", "L_s", "L_a")]
    rows = (_loss_row(name, found) for name, found in losses.items())
    return Table("Losses", ("", "Searched by", *parts), rows)


def _loss_row(name: str, losses: MixLosses) -> list[str]:
    values = [losses.sought]
    for parts in losses.parts:
        values += [parts.lr, parts.m, parts.s, parts.total]
    return [name, *(f"{value:.4f}" for value in values)]


def loudness_table(found: Mapping[str, Loudness]) -> Table:
    rows = ((name, _level(loud.lufs, "LUFS"), _level(loud.peak_db, "dB")) for name, loud in found.items())
    return Table("Loudness", ("", "Loudness", "Peak"), rows)


def _level(value: float, unit: str) -> str:
    if math.isnan(value):
        return "too short to measure"
    return f"{value:.1f} {unit}".replace("-", MINUS) if math.isfinite(value) else "silence"


def alignment_table(found: Alignments) -> Table:
    """Position of each stem in the mix, its level, and irregularities."""
    head = ("Stem", "Later by", "", "Polarity", "Left", "Right", "Share of the mix", "Agreement", "")
    return Table("Stems in the mix", head, (_alignment_row(stem, found.sample_rate) for stem in found.stems))


def _alignment_row(stem: Alignment, sample_rate: int) -> list[str]:
    odd = "; ".join(stem.remarks)
    if not stem.found:
        return [stem.name, *[MINUS] * 6, f"{stem.correlation:.2f}", odd]
    figures = (
        f"{_rounded(stem.delay_samples, 2)} samples",
        f"{_rounded(1000 * stem.delay_samples / sample_rate, 3)} ms",
        "inverted" if stem.inverted else "as it is",
        _gain(stem.left_db),
        _gain(stem.right_db),
        f"{round(stem.share, 3) + 0.0:.1%}".replace("-", MINUS),
        f"{stem.correlation:.2f}",
    )
    return [stem.name, *(figure.replace(" ", "\N{NO-BREAK SPACE}") for figure in figures), odd]


def _rounded(value: float, digits: int) -> str:
    """With its sign; nothing is not below zero."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", MINUS)


def _gain(level_db: float) -> str:
    return quantity(level_db, "dB") if level_db > SILENT_DB else MINUS
