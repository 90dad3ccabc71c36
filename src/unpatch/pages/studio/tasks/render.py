"""A graph rendered on whole files, for download."""

from __future__ import annotations

from typing import Any

from unpatch.pages.studio import fields
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.tasks import sources
from unpatch.pages.studio.tasks.playing import Signals, played
from unpatch.pages.studio.tasks.task import Task, Work


def _check(request: object) -> dict[str, Any]:
    return sources.checked(fields.known(request, sources.NAMES))


def _files(request: Fields) -> list[str]:
    return list(request["dry"].values())


def _run(work: Work) -> dict[str, Any]:
    import soundfile

    from unpatch import save
    from unpatch.graph.data import Graph

    work.at("rendering")
    with soundfile.SoundFile(work.sources[0]) as file:
        rate = int(file.samplerate)
    graph = Graph.from_dict(work.request["graph"])
    audio = played(graph, work.sources, rate, signals=Signals(), energy=work.request["energy"])
    save(work.folder / "render.wav", audio, rate)
    return {"downloads": ["render.wav"], "seconds": audio.shape[-1] / rate}


RENDER = Task("render", _check, _files, _run, lane="quick")
