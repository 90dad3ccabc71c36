"""Results as agents read them: trees, figures and files, without whole graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unpatch.derive import catalogue
from unpatch.exports import FORMATS
from unpatch.graph.check import did_you_mean
from unpatch.graph.text import to_text
from unpatch.processors import KINDS, SETS

if TYPE_CHECKING:
    from unpatch.graph.data import Graph
    from unpatch.jobs.estimated import EstimatedFile
    from unpatch.jobs.searching import SearchedFolder


def processors(name: str, kinds: list[str] | None) -> dict[str, Any]:
    """Processors of a set in a line each, or some kinds in full.

    Raises:
        ValueError: an unknown kind.
    """
    if kinds is None:
        return {kind: f"{processor.family}: {processor.summary}" for kind, processor in SETS[name].items()}
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(f"unknown processor {kind!r}{did_you_mean(kind, KINDS)}")
    return catalogue({kind: KINDS[kind] for kind in kinds})


def formats() -> dict[str, Any]:
    """Ending of each format to its title and content; no ending is a folder."""
    return {ending: f"{format_.title}: {format_.holds}" for ending, format_ in FORMATS.items()}


def shown(graph: Graph) -> dict[str, Any]:
    """A graph as a tree."""
    return {"tree": to_text(graph, KINDS), "nodes": len(graph), "edges": len(graph.edges)}


def estimated(found: EstimatedFile) -> dict[str, Any]:
    """An estimate."""
    from unpatch.pages.estimate import kinds_in_order

    data = found.to_dict()
    return {
        "verdict": found.report.verdict,
        "tree": to_text(found.report.found, KINDS),
        "candidates": [
            {"processors": kinds_in_order(each.graph), "share": each.share, "distance": each.distance}
            for each in found.estimate.candidates
        ],
        "perhaps_also": dict(found.estimate.perhaps_also),
        "no_audible_processing": found.estimate.untouched,
        "distance": data["distance"],
        "files": data["files"],
    }


def searched(found: SearchedFolder) -> dict[str, Any]:
    """A search."""
    data = found.to_dict()
    kept = (
        "loss",
        "loss_console",
        "processors",
        "processors_console",
        "pruning_ratio",
        "loudness",
        "seconds",
        "files",
    )
    return {"tree": to_text(found.mixdown.found.graph, KINDS), **{name: data[name] for name in kept}}
