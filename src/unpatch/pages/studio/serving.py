"""Runs the server until it is interrupted."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable

from unpatch.pages.studio.settings import StudioSettings

SHUTDOWN_S = 2
"""Open streams are cut off after this time."""


def serve(
    settings: StudioSettings, started: Callable[[str], None], *, opens: bool = False, path: str = "/"
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    Args:
        settings: of the server.
        started: called with the page's address once connections are taken.
        opens: whether to open a browser.
        path: of the page that is opened.

    Raises:
        OSError: the address is taken.
    """
    import uvicorn

    from unpatch.pages.studio.app import make_app

    taken = listening(settings)
    address = _address(settings, taken) + path
    config = uvicorn.Config(
        make_app(settings),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
        server_header=False,
    )
    started(address)
    if opens:
        threading.Timer(1.0, webbrowser.open, (address,)).start()
    with taken:
        uvicorn.Server(config).run(sockets=[taken])


def listening(settings: StudioSettings) -> socket.socket:
    """A socket that is bound to the server's address.

    Raises:
        OSError: the address is taken, or not of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    bound = socket.socket(family)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((settings.host, settings.port))
    except OSError as fault:
        bound.close()
        raise OSError(fault.errno, fault.strerror, f"{settings.host}:{settings.port}") from None
    return bound


def _address(settings: StudioSettings, bound: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{bound.getsockname()[1]}"
