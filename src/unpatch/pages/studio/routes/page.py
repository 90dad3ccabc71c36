"""The page's own files: a bundle in the package, one file for every name that is known at the start."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from unpatch.pages.studio.faults import RequestError

STATIC = Path(__file__).parents[1] / "static"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
LASTING = "public, max-age=31536000, immutable"
"""Of files whose name holds a hash of their content."""


async def served(request: Request) -> Response:
    name = request.path_params.get("name") or "index.html"
    files = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*") if path.is_file()}
    if name not in files:
        raise RequestError("unknown page", HTTPStatus.NOT_FOUND)
    lasting = {"cache-control": LASTING if name.startswith("assets/") else "no-cache"}
    return FileResponse(files[name], media_type=TYPES.get(files[name].suffix), headers=lasting)


ROUTES = [
    Route("/", served, methods=["GET"]),
    Route("/{name:path}", served, methods=["GET"]),
]
