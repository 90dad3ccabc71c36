"""Runs the server until it is interrupted."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable

from unpatch.pages.studio.settings import Settings

SHUTDOWN_S = 2
"""Open streams are cut off after this time."""


def serve(
    settings: Settings, started: Callable[[str], None], *, opens: bool = False, path: str = "/"
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

    listening = _socket(settings)
    address = _address(settings, listening) + path
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
    with listening:
        uvicorn.Server(config).run(sockets=[listening])


def _socket(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as fault:
        listening.close()
        raise OSError(fault.errno, fault.strerror, f"{settings.host}:{settings.port}") from None
    return listening


def _address(settings: Settings, listening: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listening.getsockname()[1]}"
