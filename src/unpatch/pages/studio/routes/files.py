"""Uploads."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.routes.reading import studio_of
from unpatch.pages.studio.shelf import safe_name, too_large
from unpatch.pages.studio.uploads import described


async def upload(request: Request) -> Response:
    """The body is the file; its name is in the query."""
    studio = studio_of(request)
    name = safe_name(unquote(request.query_params.get("name", "")))
    most = studio.settings.upload_bytes
    length = request.headers.get("content-length", "")
    if length.isdecimal() and len(length) < 20 and int(length) > most:
        raise too_large(most)
    try:
        async with studio.shelf.received(request.stream(), most) as draft:
            kind, facts = await asyncio.to_thread(described, draft.path, name)
            studio.shelf.keep(draft)
            row = studio.store.add_file(draft.sha256, name, draft.bytes, kind, facts)
    except ClientDisconnect:
        raise RequestError("the upload was cut off") from None
    return JSONResponse(row, HTTPStatus.CREATED)


async def listed(request: Request) -> Response:
    return JSONResponse(studio_of(request).store.files())


async def content(request: Request) -> Response:
    """The file as it was uploaded."""
    studio = studio_of(request)
    row = studio.store.file(request.path_params["key"])
    return FileResponse(studio.shelf.path(row["sha256"]), filename=row["name"])


async def removed(request: Request) -> Response:
    studio = studio_of(request)
    sha256 = studio.store.remove_file(request.path_params["key"])
    if sha256 is not None:
        studio.shelf.path(sha256).unlink(missing_ok=True)
    return Response(status_code=HTTPStatus.NO_CONTENT)


ROUTES = [
    Route("/api/files", upload, methods=["POST"]),
    Route("/api/files", listed, methods=["GET"]),
    Route("/api/files/{key}", content, methods=["GET"]),
    Route("/api/files/{key}", removed, methods=["DELETE"]),
]
