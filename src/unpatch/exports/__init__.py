"""Exports: a graph as a project, a program or a table that others can open.

export(graph, "song.rpp", sources=stems, sample_rate=48_000)

A format is one file in ``formats``. What processors compute is written down once, in ``circuits``, and
printed in each language. Every export carries a report: what the format cannot hold, and the residual re our
render.
"""

from __future__ import annotations

from pathlib import Path

from unpatch.audio import AudioLike
from unpatch.exports.format import Format
from unpatch.exports.formats import FORMATS
from unpatch.exports.job import make_job
from unpatch.exports.report import Report
from unpatch.graph.data import Graph
from unpatch.storage.files import check_can_hold, check_can_write

__all__ = ["FORMATS", "Format", "Report", "export", "format_of"]


def export(
    graph: Graph,
    path: str | Path,
    *,
    sources: AudioLike | None = None,
    sample_rate: int | None = None,
    energy: bool | None = None,
) -> Report:
    """Write a graph in the format of the path's ending; a path without an ending is a folder.

    Args:
        graph: what to export.
        path: where to.
        sources: dry audio ``[S, 2, T]`` in the order of the graph's sources, or ``[C, T]`` for one source. It
            goes into projects, and the energy rule's gains are measured on it.
        sample_rate: in Hz; of the sources, and of what is measured.
        energy: whether the energy rule applies; left out, it does for all but mixing consoles.

    Returns:
        What the format cannot hold, how far its sound is from that of the graph, and the files.

    Raises:
        GraphError: the graph is not valid.
        ValueError: an unknown ending, or sources that do not fit the graph.

    Example:
        >>> import unpatch
        >>> done = unpatch.export(unpatch.chain(unpatch.PROCESSORS, "bell"), "eq.txt", sample_rate=44_100)
        >>> [path.name for path in done.files]
        ['eq.txt']
    """
    path = Path(path)
    format_ = format_of(path)
    return format_.write(make_job(graph, sources, sample_rate, energy=energy), path)


def format_of(path: Path) -> Format:
    """The format of a path's ending; refuses a place where nothing can be written."""
    ending = path.suffix.lower()
    if ending not in FORMATS:
        known = ", ".join(filter(None, FORMATS))
        raise ValueError(f"{path}: exports end in {known}, or are folders without an ending")
    if ending:
        check_can_write(path, (ending,))
    elif path.exists() and not path.is_dir():
        raise ValueError(f"{path}: is a file; a folder is needed")
    else:
        check_can_hold(path)
    return FORMATS[ending]
