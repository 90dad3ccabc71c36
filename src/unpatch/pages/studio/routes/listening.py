"""Listening tests: sessions of listeners, their scores, and the analysis."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from unpatch.pages.studio import fields
from unpatch.pages.studio.database import Row
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.routes.reading import json_of, studio_of


async def entered(request: Request) -> Response:
    """A listener begins, or continues."""
    data = fields.known(await json_of(request), ("name",))
    session = studio_of(request).listeners.add(_job(request), fields.text(data, "name", longest=80))
    return JSONResponse(session, HTTPStatus.CREATED)


async def rated(request: Request) -> Response:
    """All scores of a trial."""
    data = fields.known(await json_of(request), ("trial", "scores"))
    trial, scores = data.get("trial"), data.get("scores")
    if not isinstance(trial, int) or isinstance(trial, bool) or not isinstance(scores, dict):
        raise RequestError("trial must be a number, and scores an object")
    listeners, listener = studio_of(request).listeners, request.path_params["listener"]
    return JSONResponse(listeners.rate(_job(request), listener, trial, scores))


async def table(request: Request) -> Response:
    """Every score as CSV."""
    text = studio_of(request).listeners.table(_job(request))
    headers = {"content-disposition": 'attachment; filename="scores.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


async def analysis(request: Request) -> Response:
    """Medians with intervals, comparisons, and who was excluded."""
    from unpatch.metrics.listening import analyse

    scores = studio_of(request).listeners.scores(_job(request))
    return JSONResponse(asdict(await asyncio.to_thread(analyse, scores)))


def _job(request: Request) -> Row:
    return studio_of(request).store.job(request.path_params["key"])


ROUTES = [
    Route("/api/jobs/{key}/listeners", entered, methods=["POST"]),
    Route("/api/jobs/{key}/listeners/{listener}/scores", rated, methods=["POST"]),
    Route("/api/jobs/{key}/scores.csv", table, methods=["GET"]),
    Route("/api/jobs/{key}/analysis", analysis, methods=["GET"]),
]
