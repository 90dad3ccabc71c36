"""A processed recording in, the graph behind it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from unpatch.pages.studio import fields
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.tasks.takes import read_dry, read_recording, write_sources, write_takes
from unpatch.pages.studio.tasks.task import Task, Work
from unpatch.ranges import CANDIDATES, SECONDS_OR_NONE, SEED

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.estimates import Estimate
    from unpatch.pages.estimate import EstimateReport
    from unpatch.refining import Fitted

NAMES = "file", "task", "dry", "cpu_seconds", "top", "seed"
TOP, CPU_SECONDS = 4, 20.0
REFINED = 12
"""This many of the nearest candidates are refined further."""


def _check(request: object) -> dict[str, Any]:
    from unpatch.tasks import TASKS

    given = fields.known(request, NAMES)
    return {
        "file": fields.identity(given.get("file"), "file"),
        "task": fields.choice(given, "task", tuple(TASKS), "singing"),
        "dry": fields.sources(given, "dry"),
        "cpu_seconds": fields.number(given, "cpu_seconds", SECONDS_OR_NONE, CPU_SECONDS),
        "top": int(fields.number(given, "top", CANDIDATES, TOP) or TOP),
        "seed": int(fields.number(given, "seed", SEED, 0) or 0),
    }


def _files(request: Fields) -> list[str]:
    return [request["file"], *request["dry"].values()]


def _run(work: Work) -> dict[str, Any]:
    from unpatch.estimation import estimate
    from unpatch.pages.estimate import compose, write

    request, path = work.request, work.files[work.request["file"]]
    work.at("reading")
    audio, rate, starts_s = read_recording(path)
    dry = read_dry(
        {source: work.files[file] for source, file in request["dry"].items()}, audio.shape[-1], rate, starts_s
    )
    work.at("analysing")
    found = estimate(audio, rate, request["task"], dry=dry or None)
    fitted = _fitted(work, found, dry, audio, rate) if dry and request["cpu_seconds"] else None
    work.at("rendering")
    take = compose(
        found.starting_at(starts_s).top(request["top"]),
        audio,
        rate,
        name=path.name,
        dry=dry or None,
        dry_name="its own dry signal",
        fitted=fitted and fitted.starting_at(starts_s),
        starts_s=starts_s,
    )
    files = write(take, work.folder / "report")
    return _result(work, found, take) | {
        "downloads": [str(file.relative_to(work.folder)) for file in files.written]
    }


def _fitted(work: Work, found: Estimate, dry: Mapping[str, Tensor], audio: Tensor, rate: int) -> Fitted:
    from unpatch.refining import fit
    from unpatch.tasks import task_called

    task = task_called(work.request["task"])
    return fit(
        [candidate.graph for candidate in found.candidates[:REFINED]],
        dry,
        audio,
        rate,
        cpu_seconds=work.request["cpu_seconds"],
        structure=not task.fixed_structure,
        seed=work.request["seed"],
        registry=task.refined_with,
        report=lambda spent, cost: work.at("refining", min(spent, 1.0), distance=cost),
    )


def _result(work: Work, found: Estimate, take: EstimateReport) -> dict[str, Any]:
    from unpatch.pages.estimate import kinds_in_order
    from unpatch.rendering.named import in_order

    takes = {
        "reference": ("Reference", take.reference),
        "render": ("Render", take.rendered),
        "dry": ("Dry", take.dry),
    }
    sources = list(in_order(take.found, take.sources))
    return {
        "graph": take.found.to_dict(),
        "refined": take.fitted is not None,
        "candidates": [
            {
                "name": kinds_in_order(candidate.graph),
                "share": candidate.share,
                "distance": candidate.distance,
                "graph": candidate.graph.to_dict(),
            }
            for candidate in take.candidates
        ],
        "verdict": take.verdict,
        "perhaps_also": dict(take.perhaps_also),
        "untouched": found.untouched,
        "own_dry": take.has_own_dry,
        "dry_name": take.dry_name,
        "sample_rate": take.sample_rate,
        "seconds": take.reference.shape[-1] / take.sample_rate,
        "plays_from_s": take.plays_from_s,
        "takes": write_takes(work.folder, takes, take.sample_rate),
        "sources": write_sources(work.folder, take.found, sources, take.sample_rate),
    }


ESTIMATE = Task("estimate", _check, _files, _run)
