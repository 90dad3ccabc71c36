"""The server as an ASGI application."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from unpatch.pages.studio.faults import RequestError, response_of, status_of
from unpatch.pages.studio.guard import Guard
from unpatch.pages.studio.routes import PAGE, ROUTES
from unpatch.pages.studio.settings import StudioSettings
from unpatch.pages.studio.studio import opened


def make_app(settings: StudioSettings) -> Starlette:
    """The application; the studio is open while it runs."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.studio = studio = opened(settings)
        try:
            yield
        finally:
            studio.close()

    return Starlette(
        routes=[*ROUTES, *PAGE],
        lifespan=lifespan,
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={HTTPException: _http, ValueError: _fault, OSError: _fault, Exception: _fault},
    )


async def _http(request: Request, error: Exception) -> Response:
    """What no route takes."""
    assert isinstance(error, HTTPException)
    line = HTTPStatus(error.status_code).phrase.lower()
    return response_of(RequestError(f"{request.method} {line}", error.status_code))


async def _fault(request: Request, error: Exception) -> Response:
    if status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR:
        traceback.print_exception(error)
    return response_of(error)
