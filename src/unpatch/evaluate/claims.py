"""What the table was made to show: each claim with whether it holds, read off the figures.

All are about unseen sources. Where a figure is missing, the claim is neither true nor false.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from unpatch.evaluate.paper import COLUMNS, SYSTEMS, Split
from unpatch.evaluate.table import Table
from unpatch.metrics import Figure

UNSEEN: Split = "val_unseen"
ORDER = ("autoencoder", "with_dry", "proposed", "no_latent")
"""The paper's rows from the least node error to the greatest."""

GOALS: Mapping[str, Mapping[str, float]] = {
    "singing": {"node_error": 0.60, "parameter_error": 0.75},
    "drums": {"node_error": 0.80, "parameter_error": 0.85},
}
"""Task to the ratios to the row without latents that the proposed system should reach."""

BETTER = 0.90
"""Ours over the proposed system, at most."""
CLOSER = 0.5
"""The gap between seen and unseen of ours over the proposed system's, at most."""


@dataclass(frozen=True)
class Claim:
    """A sentence, whether it holds (None if that is not known), and the figures that say so."""

    text: str
    holds: bool | None
    evidence: str = ""


def claims(table: Table, task: str) -> Iterator[Claim]:
    """All claims about one task."""
    yield _order(table, task)
    for system in ("node_by_node", "single_stage"):
        for figure in ("mss_full", "invalid"):
            yield _behind(table, task, system, figure)
    for figure, goal in GOALS[task].items():
        yield _ratio(table, task, figure, goal)
    for figure in ("node_error", "parameter_error", "mss_full"):
        yield _better(table, task, figure)
    yield _valid(table, task)
    yield _closer(table, task)


def _known(figures: Mapping[str, Figure], name: str) -> Figure | None:
    """A figure, unless there is none or it is not defined."""
    figure = figures.get(name)
    return None if figure is None or math.isnan(figure.mean) else figure


def _figure(table: Table, task: str, system: str, name: str) -> Figure | None:
    column = table.columns.get((task, UNSEEN))
    return None if column is None else _known(column.systems.get(system, {}), name)


def _label(system: str) -> str:
    return f"{SYSTEMS[system].sign} ({SYSTEMS[system].words})"


def _order(table: Table, task: str) -> Claim:
    found = [_figure(table, task, system, "node_error") for system in ORDER]
    text = "Node errors rise in the order " + ", ".join(_label(system) for system in ORDER)
    means = [figure.mean for figure in found if figure is not None]
    if len(means) < len(ORDER):
        return Claim(text, None)
    return Claim(text, all(a < b for a, b in pairwise(means)), ", ".join(f"{mean:.3f}" for mean in means))


def _behind(table: Table, task: str, system: str, name: str) -> Claim:
    own, other = (_figure(table, task, s, name) for s in (system, "proposed"))
    text = f"{_label(system)} is behind {_label('proposed')} on {COLUMNS[name]}"
    if own is None or other is None:
        return Claim(text, None)
    return Claim(text, own.mean > other.mean, f"{own.mean:.3f} against {other.mean:.3f}")


def _ratio(table: Table, task: str, name: str, goal: float) -> Claim:
    column = table.columns.get((task, UNSEEN))
    figure = None if column is None else _known(column.ratios.get("proposed", {}), name)
    text = f"{_label('proposed')} has at most {goal:.2f} of the {COLUMNS[name]} of {_label('no_latent')}"
    return _at_most(text, figure, goal)


def _better(table: Table, task: str, name: str) -> Claim:
    column = table.columns.get((task, UNSEEN))
    figure = None if column is None else _known(column.against, name)
    text = f"{_label('ours')} has at most {BETTER:.2f} of the {COLUMNS[name]} of {_label('proposed')}"
    return _at_most(text, figure, BETTER)


def _at_most(text: str, figure: Figure | None, goal: float) -> Claim:
    if figure is None:
        return Claim(text, None)
    return Claim(text, figure.mean <= goal, f"{figure.mean:.2f} [{figure.low:.2f}, {figure.high:.2f}]")


def _valid(table: Table, task: str) -> Claim:
    figure = _figure(table, task, "ours", "invalid")
    text = f"{_label('ours')} never decodes an invalid graph"
    return Claim(text, None) if figure is None else Claim(text, figure.mean == 0)


def _closer(table: Table, task: str) -> Claim:
    own, other = (_known(table.gaps.get((task, s), {}), "node_error") for s in ("ours", "proposed"))
    text = (
        f"{_label('ours')} loses in node error from seen to unseen at most {CLOSER:g} of what "
        f"{_label('proposed')} loses"
    )
    if own is None or other is None:
        return Claim(text, None)
    return Claim(text, own.mean <= CLOSER * other.mean, f"{own.mean:.3f} against {other.mean:.3f}")
