"""The study as a section of a Markdown page: Tables 2 to 5, ours, and what holds of the conclusions."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from unpatch.mastering.claims import conclusions
from unpatch.mastering.figure import Cells, shown
from unpatch.mastering.measures import MEANINGS
from unpatch.mastering.paper import PUBLISHED, PUBLISHED_LOSSES
from unpatch.mastering.study import BASELINES, BEST, TABLES, MasteringFigures
from unpatch.storage.figures import write_figures
from unpatch.storage.markdown import Section, table

SECTION = Section("study", "unpatch evaluate --table --study mastering")

WORDS: Mapping[str, str] = {
    "mee": "MEE",
    "te": "TE",
    "tfe": "TFE",
    "ours_brief": "ours, brief",
    "ours": "ours",
    "random": "random q",
    "half": "q = 0.5",
    "identity": "identity",
}
TITLES: Mapping[str, str] = {"2": "Equalizer", "3": "Compressor", "4": "Clipper"}
IMPLEMENTATIONS: Mapping[str, str] = {
    "equalizer": "parametric",
    "graphic": "graphic",
    "proxy": "NP",
    "hybrid": "hybrid NP",
    "simplified": "simplified",
    "compressor": "exact (not in the paper)",
    "clipper": "parametric",
    "taylor": "Taylor",
    "chebyshev": "Chebyshev",
    "chain": "chain",
}
OURS = ("ours_brief", "ours")
PUBLISHED_SYSTEMS = tuple(
    f"{encoder}{loss}" for encoder in ("mee", "te", "tfe") for loss in ("", "_parameters")
)
RIVALS: Mapping[str, tuple[str, ...]] = {
    "equalizer": TABLES["2"],
    "compressor": TABLES["3"],
    "clipper": TABLES["4"],
    "chain": ("chain",),
}
"""Chain of ours to the implementations that the paper compares."""
SPLITS: Mapping[str, str] = {"test": "held-out tracks", "unseen": "other collections"}


def write(study: MasteringFigures, page: Path) -> tuple[Path, Path]:
    """Write the tables between the markers of a page, or as a new page, and every mean as JSON beside it."""
    SECTION.write(section(study), page, "Mastering")
    figures = page.with_suffix(".json")
    write_figures(figures, to_dict(study))
    return page, figures


def to_dict(study: MasteringFigures) -> dict[str, object]:
    """Means of every cell, for programs."""
    cells = [
        {
            "split": split,
            "chain": chain,
            "system": system,
            "seed": seed,
            "examples": len(own.tracks),
            **{
                name: float(np.nanmean(values)) for name, values in own.values.items() if not _all_nan(values)
            },
        }
        for (split, chain, system, seed), own in study.cells.items()
    ]
    return {"size": study.size, "steps": dict(study.steps), "missing": list(study.missing), "cells": cells}


def _all_nan(values: Sequence[float]) -> bool:
    return all(math.isnan(value) for value in values)


def section(study: MasteringFigures) -> str:
    """All tables, one after another."""
    cells = Cells(study)
    parts = [_budget(study, cells), *(_effect(cells, number) for number in TABLES), _losses(cells)]
    parts += [_ahead(cells), _ours(cells), "### The paper's conclusions"]
    parts.append("\n".join(map(str, conclusions(cells))))
    if study.missing:
        parts.append(f"Not trained here: {', '.join(study.missing)}.")
    return "\n\n".join(parts)


def _budget(study: MasteringFigures, cells: Cells) -> str:
    span, brief, long = (_steps(study, kind) for kind in ("published", "brief", "ours"))
    meanings = "; ".join(f"*{name}*: {words}" for name, words in MEANINGS.items())
    return (
        f"Presets of size `{study.size}`. Steps: {span} for each published system (the paper: up to 12,000, "
        f"of twice as many and longer examples), {brief} for *ours, brief*, {long} for *ours*. "
        f"There are {_seeds(study)} "
        f"Means over {cells.examples} examples of each split with harsh settings; in brackets "
        "intervals of 95 % by drawing tracks. Where several seeds were trained, "
        "the mean over all and, behind ±, the deviation of their means. “-”: not measured.\n\n"
        f"{meanings}."
    )


def _seeds(study: MasteringFigures) -> str:
    """How many systems were trained with how many seeds; those with the fewest by name."""
    known = {(chain, system) for split, chain, system, _ in study.cells if split == "test"}
    trained = {place: len(study.seeds("test", *place)) for place in known if place[1] not in BASELINES}
    if not trained:
        return "nothing was trained."
    most, least = max(trained.values()), min(trained.values())
    text = f"{most} seed(s)"
    if least < most:
        few = sorted("_".join(place) for place, count in trained.items() if count < most)
        text += f", but fewer of {', '.join(few)}"
    return f"{text}."


def _steps(study: MasteringFigures, kind: str) -> str:
    """How many steps the runs of a kind have made: the least and the most."""
    ends = {"ours": "_ours", "brief": "_ours_brief"}
    own = {
        steps
        for name, steps in study.steps.items()
        if (name.endswith(ends[kind]) if kind in ends else "_ours" not in name)
    }
    return " to ".join(f"{one:,}" for one in sorted({min(own), max(own)})) if own else "no"


def _effect(cells: Cells, number: str) -> str:
    """One of Tables 2 to 4: rows are encoders and baselines, columns implementations."""
    chains = TABLES[number]
    rows = []
    for system in WORDS:
        row = [WORDS[system]]
        for chain in chains:
            paper = PUBLISHED.get((chain, system))
            row += [
                cells.text("test", chain, system, "mse_y"),
                cells.text("test", chain, system, "mel"),
                "-" if paper is None else f"{paper[0]:g} / {paper[1]:g}",
            ]
        rows.append(row)
    names = [IMPLEMENTATIONS[chain] for chain in chains]
    header = ["", *(f"{name}: {column}" for name in names for column in ("MSE_y", "Mel", "paper"))]
    return "\n\n".join(
        [f"### Table {number}: {TITLES[number]}", table(header, rows), *_beside(cells, number)]
    )


def _beside(cells: Cells, number: str) -> Iterator[str]:
    """What the paper does not report of an effect."""
    figure = {"2": "curve_db", "3": "gain_db", "4": "gain_db"}[number]
    rows = [
        [WORDS[system], *(cells.text("test", chain, system, figure) for chain in TABLES[number])]
        for system in WORDS
    ]
    header = ["", *(IMPLEMENTATIONS[chain] for chain in TABLES[number])]
    title = "Error of the curve in dB" if figure == "curve_db" else "Error of the gain over time in dB"
    yield f"{title}; *identity* is no processing:"
    yield table(header, rows)


def _losses(cells: Cells) -> str:
    """Table 5."""
    rows = []
    for chain, encoder in BEST.items():
        for loss, words in (("", "Mel"), ("_parameters", "parameters")):
            own = [cells.text("test", chain, encoder + loss, name) for name in ("mse_y", "mel", "mse_q")]
            paper = " / ".join(f"{value:g}" for value in PUBLISHED_LOSSES[chain, loss])
            share = cells.explained("test", chain, encoder + loss)
            rows.append(
                [
                    f"{IMPLEMENTATIONS[chain] if chain == 'chain' else chain} ({WORDS[encoder]})",
                    words,
                    *own,
                    share,
                    paper,
                ]
            )
        for system in OURS:
            own = [cells.text("test", chain, system, name) for name in ("mse_y", "mel", "mse_q")]
            rows.append([chain, WORDS[system], *own, cells.explained("test", chain, system), "-"])
        half = [cells.text("test", chain, "half", name) for name in ("mse_y", "mel", "mse_q")]
        rows.append([chain, "q = 0.5", *half, cells.explained("test", chain, "half"), "-"])
    header = ["", "trained on", "MSE_y", "Mel", "MSE_q", "R²", "paper"]
    note = "R² = 1 - 12 MSE_q: 0 is what a constant q = 0.5 scores on average (MSE_q 0.083)."
    return "\n\n".join(["### Table 5: the loss", table(header, rows), note])


def _ahead(cells: Cells) -> str:
    """Ours against the best published system of each table."""
    rows = []
    for chain, implementations in RIVALS.items():
        means = {
            (name, system): figure.mean
            for name in implementations
            for system in PUBLISHED_SYSTEMS
            if (figure := cells.figure("test", name, system, "mel")) is not None
        }
        if not means:
            continue
        best, system = min(means, key=lambda place: means[place])
        words = f"{WORDS[system.removesuffix('_parameters')]}, {IMPLEMENTATIONS[best]}"
        if system.endswith("_parameters"):
            words += ", parameter loss"
        row = [chain, words, f"{means[best, system]:.3g}"]
        for own in OURS:
            apart = cells.difference(chain, own, system, "mel", best)
            row.append("-" if apart is None else shown(apart))
        rows.append(row)
    header = ["", "best of the published systems", "its Mel", *(f"{WORDS[own]}, less that" for own in OURS)]
    return "\n\n".join(["### Ours and the best published system", table(header, rows)])


def _ours(cells: Cells) -> str:
    """Ours on both splits."""
    names = ("mse_y", "mel", "mse_q", "curve_db", "gain_db", "covered", "width")
    rows = []
    for chain in ("equalizer", "compressor", "clipper", "chain"):
        for split, words in SPLITS.items():
            for system in (*OURS, "identity"):
                own = [cells.text(split, chain, system, name) for name in names]
                rows.append([f"{chain}, {words}", WORDS[system], *own])
    header = ["", "", *names]
    return "\n\n".join(["### Ours, seen and unseen", table(header, rows)])
