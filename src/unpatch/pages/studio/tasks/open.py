"""A graph file, played on given dry signals or on the embedded voice, to be edited."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.demo import VOICE_NAME
from unpatch.pages.studio import fields
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.tasks.sources import VOICE_PATH
from unpatch.pages.studio.tasks.takes import EXCERPT_S, loudest_part, write_sources, write_takes
from unpatch.pages.studio.tasks.task import Task, Work

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.graph.data import Graph


def _check(request: object) -> dict[str, Any]:
    given = fields.known(request, ("file", "dry"))
    dry = fields.identities(given, "dry", least=0)
    return {"file": fields.identity(given.get("file"), "file"), "dry": dry}


def _files(request: Fields) -> list[str]:
    return [request["file"], *request["dry"]]


def _run(work: Work) -> dict[str, Any]:
    import torch

    from unpatch.graph.time import after
    from unpatch.rendering import render

    graph = _graph(work.files[work.request["file"]])
    paths = _paths(graph, [work.files[file] for file in work.request["dry"]])
    work.at("reading")
    signals, rate = _signals(paths)
    part = loudest_part(signals.sum(0), round(EXCERPT_S * rate))
    signals, starts_s = signals[..., part], part.start / rate
    work.at("rendering")
    made = render(after(graph, starts_s), signals, rate)
    dry = signals.sum(0)
    return {
        "graph": graph.to_dict(),
        "own_dry": bool(work.request["dry"]),
        "dry_name": ", ".join(dict.fromkeys(path.name for path in paths))
        if work.request["dry"]
        else VOICE_NAME,
        "sample_rate": rate,
        "seconds": dry.shape[-1] / rate,
        "plays_from_s": starts_s,
        "takes": write_takes(work.folder, {"render": ("Render", made), "dry": ("Dry", dry)}, rate),
        "sources": write_sources(work.folder, graph, list(torch.unbind(signals)), rate),
        "downloads": [],
    }


def _graph(path: Path) -> Graph:
    from unpatch.graph.check import check, complete
    from unpatch.graph.data import Graph
    from unpatch.processors import KINDS

    return complete(check(Graph.from_json(path.read_bytes()), KINDS), KINDS)


def _paths(graph: Graph, files: Sequence[Path]) -> list[Path]:
    """The file of each source: that of its name, else in their order; without any the embedded voice."""
    names = [graph.nodes[source].name or graph.nodes[source].kind for source in graph.sources]
    if not files:
        return [VOICE_PATH] * len(names)
    by_name = {path.stem.casefold(): path for path in files}
    if all(name.casefold() in by_name for name in names):
        return [by_name[name.casefold()] for name in names]
    if len(files) != len(names):
        wanted = ", ".join(names[:8])
        raise ValueError(f"the graph has {len(names)} sources ({wanted}), got {len(files)} dry signals")
    return list(files)


def _signals(paths: Sequence[Path]) -> tuple[Tensor, int]:
    """Signals of equal length ``[S, 2, T]`` at the rate of the first, and that in Hz."""
    import torch

    from unpatch.audio import load, resample

    rate = load(paths[0])[1]
    loaded = [resample(*load(path), rate) for path in paths]
    longest = max(signal.shape[-1] for signal in loaded)
    padded = [torch.nn.functional.pad(signal, (0, longest - signal.shape[-1])) for signal in loaded]
    return torch.stack(padded), rate


OPEN = Task("open", _check, _files, _run, lane="quick")
