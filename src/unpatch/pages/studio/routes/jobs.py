"""Jobs: started, followed, cancelled, continued; their results."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from unpatch.graph.data import shorten
from unpatch.pages.studio import fields
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.guard import REPORT_POLICY
from unpatch.pages.studio.routes.reading import json_of, studio_of
from unpatch.pages.studio.store import job_row
from unpatch.pages.studio.tasks import TASKS

METHODS = "abx", "ab"
SHOWN = ".html", ".svg"


async def started(request: Request) -> Response:
    data = fields.known(await json_of(request), ("task", "request"))
    task = data.get("task")
    if not isinstance(task, str) or task not in TASKS:
        raise RequestError(f"task is {shorten(task)}; allowed are {', '.join(TASKS)}")
    return JSONResponse(studio_of(request).jobs.add(task, data.get("request")), HTTPStatus.CREATED)


async def listed(request: Request) -> Response:
    return JSONResponse(studio_of(request).store.jobs())


async def whole(request: Request) -> Response:
    """A job with its result and the graphs that were saved for it."""
    store, key = studio_of(request).store, request.path_params["key"]
    return JSONResponse({**job_row(store.job(key)), "graphs": store.graphs(key)})


async def cancelled(request: Request) -> Response:
    return JSONResponse(studio_of(request).jobs.cancel(request.path_params["key"]))


async def continued(request: Request) -> Response:
    return JSONResponse(studio_of(request).jobs.resume(request.path_params["key"]))


async def removed(request: Request) -> Response:
    studio_of(request).jobs.remove(request.path_params["key"])
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def result(request: Request) -> Response:
    """A file in the folder of a job, never one outside of it."""
    studio = studio_of(request)
    folder = studio.shelf.job_folder(request.path_params["key"]).resolve()
    name = request.path_params["name"]
    try:
        path = (folder / name).resolve()
        found = path.is_file() and folder in path.parents
    except (ValueError, OSError):
        found = False
    if not found:
        raise RequestError("unknown file", HTTPStatus.NOT_FOUND)
    shown = path.suffix in SHOWN and "download" not in request.query_params
    headers = {"content-security-policy": REPORT_POLICY} if shown else {}
    return FileResponse(
        path,
        filename=Path(name).name,
        headers=headers,
        content_disposition_type="inline" if shown else "attachment",
    )


async def rated(request: Request) -> Response:
    """A trial of a comparison."""
    data = fields.known(await json_of(request), ("method", "trial"))
    trial = data.get("trial")
    if not isinstance(trial, dict) or len(str(trial)) > 10_000:
        raise RequestError("trial must be a small object")
    method = fields.choice(data, "method", METHODS, METHODS[0])
    row = studio_of(request).store.add_rating(request.path_params["key"], method, trial)
    return JSONResponse(row, HTTPStatus.CREATED)


async def ratings(request: Request) -> Response:
    return JSONResponse(studio_of(request).store.ratings(request.path_params["key"]))


async def events(request: Request) -> Response:
    """All jobs, then every change of one."""
    studio = studio_of(request)
    stream = studio.events.stream([("jobs", studio.store.jobs())])
    return StreamingResponse(stream, media_type="text/event-stream", headers={"cache-control": "no-store"})


ROUTES = [
    Route("/api/jobs", started, methods=["POST"]),
    Route("/api/jobs", listed, methods=["GET"]),
    Route("/api/jobs/{key}", whole, methods=["GET"]),
    Route("/api/jobs/{key}", removed, methods=["DELETE"]),
    Route("/api/jobs/{key}/cancel", cancelled, methods=["POST"]),
    Route("/api/jobs/{key}/continue", continued, methods=["POST"]),
    Route("/api/jobs/{key}/ratings", rated, methods=["POST"]),
    Route("/api/jobs/{key}/ratings", ratings, methods=["GET"]),
    Route("/api/jobs/{key}/files/{name:path}", result, methods=["GET"]),
    Route("/api/events", events, methods=["GET"]),
]
