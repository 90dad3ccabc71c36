"""Which requests are served at all: those to this host, from this page, with the token if there is one."""

from __future__ import annotations

from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unpatch.pages.studio.faults import RequestError, response_of
from unpatch.pages.studio.settings import StudioSettings

COOKIE = "unpatch-studio"
LOCAL = "localhost", "127.0.0.1", "::1"
EVERY_ADDRESS = "0.0.0.0", "::"
"""Where any name may lead here; the token protects."""
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REPORT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-scripts"
)
"""Of pages in a job's folder: they run without access to the studio."""


class Guard:
    """Refuses cross-site requests, foreign host names and missing tokens before anything else sees them."""

    def __init__(self, app: ASGIApp, settings: StudioSettings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            response = self._refused(scope)
        except RequestError as refusal:
            response = response_of(refusal)
        if response is not None:
            await response(scope, receive, send)
            return
        await self.app(scope, receive, _with_headers(send))

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._serves(_name(host)):
            raise RequestError("this host name is not served", HTTPStatus.MISDIRECTED_REQUEST)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            raise RequestError("requests from other sites are refused", HTTPStatus.FORBIDDEN)
        site = headers.get("sec-fetch-site", "none")
        if site not in ("none", "same-origin") and scope["path"] != "/":
            raise RequestError("requests from other sites are refused", HTTPStatus.FORBIDDEN)
        return self._without_token(scope, headers)

    def _serves(self, name: str) -> bool:
        """Other names may lead here too: then a foreign site could pass for this one."""
        return name in LOCAL or name == self.settings.host.lower() or self.settings.host in EVERY_ADDRESS

    def _without_token(self, scope: Scope, headers: Headers) -> Response | None:
        """A cookie for a page that is opened with the token; a refusal of what has none."""
        if self.settings.token is None:
            return None
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [None])[0]
        if scope["path"] == "/" and given is not None and self.settings.admits(given):
            welcome = RedirectResponse("/", HTTPStatus.SEE_OTHER)
            welcome.set_cookie(COOKIE, given, httponly=True, samesite="strict")
            return welcome
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        if not (self.settings.admits(bearer) or self.settings.admits(_cookie(headers))):
            raise RequestError("a token is needed: open the page with /?token=...", HTTPStatus.UNAUTHORIZED)
        return None


def _name(host: str) -> str:
    """A host without its port."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def _with_headers(send: Send) -> Send:
    """Every response forbids other sites and other sources of scripts."""

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message["headers"]}
            extra = {
                "content-security-policy": POLICY,
                "x-content-type-options": "nosniff",
                "referrer-policy": "no-referrer",
                "cross-origin-resource-policy": "same-origin",
            }
            message["headers"] = [
                *message["headers"],
                *((k.encode(), v.encode()) for k, v in extra.items() if k.encode() not in names),
            ]
        await send(message)

    return wrapped
