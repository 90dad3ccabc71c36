"""Graphs: what can be in them, how they are drawn, edited and kept."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from unpatch.graph.check import check_draft
from unpatch.graph.data import Graph, GraphError
from unpatch.pages.studio import fields
from unpatch.pages.studio.canvas import drawn
from unpatch.pages.studio.catalogue import catalogue
from unpatch.pages.studio.editing import edited
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.fields import Fields
from unpatch.pages.studio.routes.reading import json_of, studio_of
from unpatch.processors import KINDS


async def registry(request: Request) -> Response:
    settings = studio_of(request).settings
    return JSONResponse({**await asyncio.to_thread(catalogue), "upload_bytes": settings.upload_bytes})


async def edit(request: Request) -> Response:
    """One change of a graph; the graph after it with its layout."""
    data = fields.known(await json_of(request), ("graph", "change"))
    graph = fields.graph(data)
    change = data.get("change", {"action": "check"})
    if not isinstance(change, dict):
        raise RequestError("change must be an object")
    return JSONResponse(await asyncio.to_thread(_drawn, graph, change))


def _drawn(graph: Graph, change: Fields) -> object:
    try:
        check_draft(graph, KINDS)
        return drawn(edited(graph, change))
    except GraphError as error:
        raise RequestError(str(error), HTTPStatus.UNPROCESSABLE_ENTITY) from None


async def kept(request: Request) -> Response:
    """Keep a graph under a name of a job."""
    data = fields.known(await json_of(request), ("graph",))
    graph = fields.graph(data)
    check_draft(graph, KINDS)
    store, job, name = studio_of(request).store, *(request.path_params[part] for part in ("key", "name"))
    return JSONResponse(store.save_graph(job, name[:80], graph.to_dict()))


ROUTES = [
    Route("/api/registry", registry, methods=["GET"]),
    Route("/api/graphs/edit", edit, methods=["POST"]),
    Route("/api/jobs/{key}/graphs/{name}", kept, methods=["PUT"]),
]
