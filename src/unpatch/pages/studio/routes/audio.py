"""Renders that are played at once, and the stored takes of a job at equal loudness."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from unpatch.pages.studio import fields
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.player import LONGEST_S
from unpatch.pages.studio.routes.reading import json_of, studio_of
from unpatch.pages.studio.studio import Studio
from unpatch.pages.studio.tasks import sources as playing
from unpatch.ranges import SECONDS_OR_NONE, Range

SECONDS = Range(0, LONGEST_S, "s", open_below=True)


async def rendered(request: Request) -> Response:
    """A region of a graph's output as WAV; its figures are in the headers."""
    studio = studio_of(request)
    data = fields.known(await json_of(request), (*playing.NAMES, "start_s", "seconds"))
    order = await asyncio.to_thread(_order, studio, data)
    figures, audio = await studio.player.render(order)
    return _wav(audio, figures)


def _order(studio: Studio, data: Fields) -> dict[str, Any]:
    checked = playing.checked(data)
    paths = studio.jobs.sources(checked)
    about = _about(studio, checked["job"])
    return {
        "graph": checked["graph"],
        "sources": [str(path) for path in paths],
        "sample_rate": about.get("sample_rate") or _rate_of(paths[0]),
        "plays_from_s": about.get("plays_from_s") or 0.0,
        "start_s": fields.number(data, "start_s", SECONDS_OR_NONE, 0.0),
        "seconds": fields.number(data, "seconds", SECONDS, LONGEST_S),
        "energy": checked["energy"],
    }


def _about(studio: Studio, job: str | None) -> dict[str, Any]:
    result = studio.store.job(job)["result"] if job else None
    found = json.loads(result) if result else {}
    return found if isinstance(found, dict) else {}


def _rate_of(path: Any) -> int:
    from unpatch.audio import opened

    with opened(path) as file:
        return int(file.samplerate)


async def take(request: Request) -> Response:
    """A take of a job as WAV, with its loudness in the headers."""
    studio = studio_of(request)
    key, name = (request.path_params[part] for part in ("key", "name"))
    row = next((row for row in _about(studio, key).get("takes", ()) if row["key"] == name), None)
    if row is None:
        raise RequestError("unknown take", HTTPStatus.NOT_FOUND)
    path = studio.shelf.job_folder(key) / row["file"]
    figures = await asyncio.to_thread(_figures, path)
    return _wav(await asyncio.to_thread(path.read_bytes), figures)


def _figures(path: Any) -> dict[str, Any]:
    from unpatch.audio import load
    from unpatch.pages.studio.tasks.playing import loudness_of

    audio, rate = load(path)
    seconds = audio.shape[-1] / rate
    return {"lufs": loudness_of(audio, rate), "peak": float(audio.abs().amax()), "seconds": seconds}


def _wav(audio: bytes, figures: Fields) -> Response:
    headers = {"x-figures": json.dumps(figures), "cache-control": "no-store"}
    return Response(audio, media_type="audio/wav", headers=headers)


ROUTES = [
    Route("/api/render", rendered, methods=["POST"]),
    Route("/api/jobs/{key}/takes/{name}", take, methods=["GET"]),
]
