"""A graph written in a format of the registry of exporters."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from unpatch.pages.studio import fields
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.tasks import sources
from unpatch.pages.studio.tasks.playing import Signals
from unpatch.pages.studio.tasks.task import Task, Work

NAME = "patch"


def _check(request: object) -> dict[str, Any]:
    from unpatch.exports import FORMATS

    given = fields.known(request, (*sources.NAMES, "format"))
    return {**sources.checked(given), "format": fields.choice(given, "format", tuple(FORMATS), "")}


def _files(request: Fields) -> list[str]:
    return list(request["dry"].values())


def _run(work: Work) -> dict[str, Any]:
    import soundfile
    import torch

    from unpatch import export
    from unpatch.graph.data import Graph

    work.at("exporting and measuring")
    folder = work.folder / "export"
    folder.mkdir(parents=True, exist_ok=True)
    with soundfile.SoundFile(work.sources[0]) as file:
        rate = int(file.samplerate)
    signals = Signals()
    audio = [signals.get(path, rate) for path in work.sources]
    longest = max(each.shape[-1] for each in audio)
    padded = [torch.nn.functional.pad(each, (0, longest - each.shape[-1])) for each in audio]
    report = export(
        Graph.from_dict(work.request["graph"]),
        folder / f"{NAME}{work.request['format']}",
        sources=torch.stack(padded),
        sample_rate=rate,
        energy=work.request["energy"],
    )
    written = report.to_dict() | {"files": [str(path.relative_to(folder)) for path in report.files]}
    return {"report": written, "lines": report.lines(), "downloads": [_packed(work.folder, folder)]}


def _packed(folder: Path, content: Path) -> str:
    """One file to download: the export itself, or an archive where it is several."""
    files = [path for path in content.rglob("*") if path.is_file()]
    if len(files) == 1:
        return str(files[0].relative_to(folder))
    shutil.make_archive(str(folder / NAME), "zip", content)
    return f"{NAME}.zip"


EXPORT = Task("export", _check, _files, _run, lane="quick")
