"""Requests that play a graph: which signal each of its sources gets."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from unpatch.demo import VOICE
from unpatch.graph.data import Graph
from unpatch.pages.studio import fields
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.fields import Fields

VOICE_PATH = Path(str(files("unpatch") / "assets" / VOICE))
"""The embedded voice, for sources without a signal."""

NAMES = "graph", "job", "dry", "energy"


def checked(given: Fields) -> dict[str, Any]:
    """The fields that define what is played: a valid graph, the job of its sources, and own dry signals."""
    from unpatch.graph.check import check, complete
    from unpatch.processors import KINDS

    graph = complete(check(fields.graph(given), KINDS), KINDS)
    job = given.get("job")
    return {
        "graph": graph.to_dict(),
        "job": None if job is None else fields.identity(job, "job"),
        "dry": fields.sources(given, "dry"),
        "energy": fields.flag(given, "energy", default=None),
    }


def chosen(
    graph: Graph, own: Mapping[str, Path], stored: list[dict[str, Any]], folder: Path | None
) -> tuple[Path, ...]:
    """The file of each source, in their order: an own dry signal, that of the job, or the embedded voice.

    Args:
        graph: what is played.
        own: name or kind of source to file.
        stored: sources of the job.
        folder: of the job.
    """
    paths = []
    for place, node in enumerate(graph.nodes[source] for source in graph.sources):
        name = node.name or node.kind
        row = next((each for each in stored if (each["name"] or each["kind"]) == name), None)
        if name in own:
            paths.append(own[name])
        elif row is not None and folder is not None:
            paths.append(folder / row["file"])
        elif own and not stored and place == 0:
            paths.append(next(iter(own.values())))
        elif own or stored:
            raise RequestError(f"there is no signal for the source {name!r}")
        else:
            paths.append(VOICE_PATH)
    if not paths:
        raise RequestError("the graph has no source")
    return tuple(paths)
