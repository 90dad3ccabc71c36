"""What a request holds."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import ClientDisconnect, Request

from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.studio import Studio
from unpatch.storage.documents import DocumentError, parse_json

LARGEST_JSON = 16_000_000


def studio_of(request: Request) -> Studio:
    """The studio that serves a request."""
    found = request.app.state.studio
    assert isinstance(found, Studio)
    return found


async def json_of(request: Request) -> dict[str, Any]:
    """An object as JSON; refuses other types, so that no form of another site is read."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise RequestError("the content type must be application/json", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_JSON:
                raise RequestError("the request is too large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except ClientDisconnect:
        raise RequestError("the request was cut off") from None
    try:
        data = parse_json(bytes(body))
    except DocumentError as error:
        raise RequestError(f"not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise RequestError("an object is needed")
    return data
