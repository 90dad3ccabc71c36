"""Errors as responses: a status and one clear line."""

from __future__ import annotations

import errno
import sqlite3
from http import HTTPStatus
from typing import TYPE_CHECKING

from unpatch.storage.legible import legible

if TYPE_CHECKING:
    from starlette.responses import JSONResponse


class RequestError(ValueError):
    """A request that is refused with a status and one line."""

    def __init__(self, line: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(line)
        self.status = int(status)


def response_of(error: Exception) -> JSONResponse:
    """The response to a request that failed."""
    from starlette.responses import JSONResponse  # the notebook widget has no use for a server

    return JSONResponse({"error": line_of(error)}, status_of(error))


def status_of(error: Exception) -> int:
    """Its status: bad input is 400, a full disk 507."""
    match error:
        case RequestError():
            return error.status
        case FileNotFoundError():
            return HTTPStatus.NOT_FOUND
        case OSError() if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return HTTPStatus.INSUFFICIENT_STORAGE
        case sqlite3.OperationalError() if "full" in str(error):
            return HTTPStatus.INSUFFICIENT_STORAGE
        case ValueError():
            return HTTPStatus.BAD_REQUEST
    return HTTPStatus.INTERNAL_SERVER_ERROR


def line_of(error: Exception) -> str:
    """Its message in one printable line."""
    if isinstance(error, OSError) and error.strerror:
        return legible(error.strerror)
    return legible(" ".join(str(error).split()) or type(error).__name__)[:500]
