"""Stems and their mix in, the mixing graph behind it out. An interrupted search continues."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unpatch.pages.studio import fields
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.shelf import link
from unpatch.pages.studio.tasks.takes import EXCERPT_S, loudest_part, write_sources, write_takes
from unpatch.pages.studio.tasks.task import Task, Work
from unpatch.ranges import COUNT_OR_NONE, ROUNDS, SEED, TOLERANCE

if TYPE_CHECKING:
    from unpatch.mixing.results import SearchProgress, SearchResult
    from unpatch.stems import Multitrack

NAMES = "stems", "mix", "preset", "tolerance", "steps", "rounds", "master", "anyway", "seed"


def _check(request: object) -> dict[str, Any]:
    from unpatch.mixing.settings import PRESETS

    given = fields.known(request, NAMES)
    return {
        "stems": fields.identities(given, "stems"),
        "mix": fields.identity(given.get("mix"), "mix"),
        "preset": fields.choice(given, "preset", tuple(PRESETS), "laptop"),
        "tolerance": fields.number(given, "tolerance", TOLERANCE),
        "steps": fields.number(given, "steps", COUNT_OR_NONE),
        "rounds": fields.number(given, "rounds", ROUNDS),
        "master": bool(fields.flag(given, "master", default=False)),
        "anyway": bool(fields.flag(given, "anyway", default=False)),
        "seed": int(fields.number(given, "seed", SEED, 0) or 0),
    }


def _files(request: Fields) -> list[str]:
    return [*request["stems"], request["mix"]]


def _run(work: Work) -> dict[str, Any]:
    from unpatch import search
    from unpatch.mixing.start import placed
    from unpatch.stems import align, load_multitrack

    stems = _stems_folder(work.folder, [work.files[file] for file in work.request["stems"]])
    mix = work.files[work.request["mix"]]
    work.at("reading stems")
    loaded = load_multitrack(stems, mix, report=lambda done, total: work.at("reading stems", done / total))
    places = align(loaded, report=lambda done, total: work.at("comparing", done / max(total, 1)))
    moved = placed(loaded, places)
    found = search(
        moved,
        settings=_settings(work.request),
        anyway=work.request["anyway"],
        folder=work.folder / "search",
        report=lambda progress: _progress(work, progress),
    )
    work.at("rendering")
    return _result(work, found, moved)


def _stems_folder(folder: Path, stems: Iterable[Path]) -> Path:
    """A folder with nothing but the stems, as links to their files."""
    target = folder / "stems"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for stem in stems:
        link(stem, target / stem.name)
    return target


def _settings(request: Fields) -> Any:
    from unpatch.mixing.settings import PRESETS

    settings = PRESETS[request["preset"]]()
    prune: dict[str, Any] = {}
    if request["tolerance"] is not None:
        prune["tolerance"] = request["tolerance"]
    if request["rounds"] is not None:
        prune["rounds"] = int(request["rounds"])
    fit: dict[str, Any] = {} if request["steps"] is None else {"steps": int(request["steps"])}
    return replace(
        settings,
        prune=replace(settings.prune, **prune),
        fit=replace(settings.fit, **fit),
        console=replace(settings.console, master=request["master"]),
        seed=request["seed"],
    )


def _progress(work: Work, progress: SearchProgress) -> None:
    share = progress.step / progress.steps if progress.steps else None
    figures: dict[str, Any] = {
        "loss": progress.loss,
        "processors": progress.processors,
        "seconds_left": progress.seconds_left,
    }
    if progress.graph is not None:
        figures["graph"] = progress.graph.to_dict()
    work.at(progress.stage, share, **figures)


def _result(work: Work, found: SearchResult, loaded: Multitrack) -> dict[str, Any]:
    import torch

    from unpatch.audio import save
    from unpatch.rendering.song import render_song

    assert loaded.mix is not None
    rate = loaded.sample_rate
    made = render_song(found.graph, loaded.tracks, rate)
    save(work.folder / "mix.wav", made, rate)
    (work.folder / "graph.json").write_text(found.graph.to_json(), encoding="utf-8")
    (work.folder / "console.json").write_text(found.console.to_json(), encoding="utf-8")
    part = loudest_part(loaded.mix, round(EXCERPT_S * rate))
    excerpts = list(loaded.segment(part.start, part.stop - part.start))
    takes = {
        "reference": ("Mix", loaded.mix[:, part]),
        "render": ("Re-creation", made[:, part]),
        "dry": ("Plain sum", torch.stack(excerpts).sum(0)),
    }
    return {
        "graph": found.graph.to_dict(),
        "console": found.console.to_dict(),
        "loss": found.loss,
        "loss_console": found.loss_console,
        "pruning_ratio": found.pruning_ratio,
        "history": [moment.to_dict() for moment in found.history],
        "notices": list(found.notices),
        "own_dry": True,
        "dry_name": "the stems",
        "sample_rate": rate,
        "seconds": (part.stop - part.start) / rate,
        "plays_from_s": part.start / rate,
        "takes": write_takes(work.folder, takes, rate),
        "sources": write_sources(work.folder, found.graph, excerpts, rate),
        "downloads": ["graph.json", "console.json", "mix.wav"],
    }


SEARCH = Task("search", _check, _files, _run, resumes=True)
