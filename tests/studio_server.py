"""A studio that is really served, on a free port, for the tests of server and page."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from unpatch.pages.studio.app import make_app
from unpatch.pages.studio.serving import listening
from unpatch.pages.studio.settings import StudioSettings
from unpatch.pages.studio.studio import Studio

PATIENCE_S = 240.0
"""For a job on a busy machine."""


class Served:
    """A running server and a client of it."""

    def __init__(self, settings: StudioSettings) -> None:
        self.settings = settings
        self._socket = listening(settings)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._app = make_app(settings)
        config = uvicorn.Config(self._app, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()
        self.client = httpx.Client(base_url=self.address, timeout=60, trust_env=False)
        self._wait_until_started()

    @property
    def studio(self) -> Studio:
        found = self._app.state.studio
        assert isinstance(found, Studio)
        return found

    def stop(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def upload(self, name: str, data: bytes) -> dict[str, Any]:
        response = self.client.post("/api/files", params={"name": name}, content=data)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def start(self, task: str, **request: object) -> str:
        response = self.client.post("/api/jobs", json={"task": task, "request": request})
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def job(self, key: str) -> dict[str, Any]:
        return dict(self.client.get(f"/api/jobs/{key}").json())

    def wait(self, key: str, *states: str) -> dict[str, Any]:
        """The job once it is in one of these states."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            job = self.job(key)
            if job["state"] in states:
                return job
            time.sleep(0.1)
        raise AssertionError(f"still {job['state']}: {job['progress']}")

    def _wait_until_started(self) -> None:
        end = time.monotonic() + PATIENCE_S
        while not self._server.started:
            assert time.monotonic() < end and self._thread.is_alive()
            time.sleep(0.02)


@contextmanager
def served(folder: Path, **options: Any) -> Iterator[Served]:
    server = Served(StudioSettings(folder, **options))
    try:
        yield server
    finally:
        server.stop()
