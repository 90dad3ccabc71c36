"""``studio``: the local web application."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter as Option

from unpatch import ranges
from unpatch.cli.console import Output, note
from unpatch.execution.extras import require

Port = Annotated[int, Option(validator=ranges.PORT)]
Megabytes = Annotated[int, Option(validator=ranges.UPLOAD_MB)]
Workers = Annotated[int, Option(validator=ranges.WORKERS)]


def studio(
    *,
    demo: Annotated[bool, Option(negative=())] = False,
    browser: bool = True,
    host: str = "127.0.0.1",
    port: Port = 8765,
    token: str | None = None,
    upload_mb: Megabytes = 1_000,
    workers: Workers = 1,
    output: Output = Path("out/studio"),
) -> None:
    """Open the studio: a page to drop files on, edit graphs by ear, and export them.

    Needs the extra: pip install "unpatch[studio]". Runs until Ctrl-C; unfinished jobs continue at the next
    start.

    **Examples**

        unpatch studio --demo
        unpatch studio -o ~/studio --port 9000
        unpatch studio --host 0.0.0.0 --token "$(openssl rand -hex 16)" --no-browser

    Parameters
    ----------
    demo:
        Start with the demo take: the embedded voice with an everyday chain of effects.
    browser:
        Open the page in a browser.
    host:
        Address to listen on. Others can reach any but the loopback address: then --token is needed.
    port:
        To listen on; 0 for any that is free.
    token:
        What the page must be opened with (/?token=...), at least 16 characters.
    upload_mb:
        Largest upload, in megabytes.
    workers:
        Processes for estimates, searches and matches.
    output:
        Folder of uploads, results and the database.
    """
    require("studio")
    from unpatch.pages.studio.demo import prepared
    from unpatch.pages.studio.serving import serve
    from unpatch.pages.studio.settings import StudioSettings

    settings = StudioSettings(output, host, port, token, upload_mb, workers)
    output.mkdir(parents=True, exist_ok=True)
    path = prepared(settings) if demo else "/"
    serve(settings, lambda address: note(f"studio  {address}"), opens=browser, path=path)
