"""Options of the server."""

from __future__ import annotations

import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
MEGABYTE = 10**6
SHORTEST_TOKEN = 16
"""Characters; fewer can be tried one by one."""


@dataclass(frozen=True)
class StudioSettings:
    """How the studio is served.

    Attributes:
        folder: of uploads, results and the database.
        host: address to listen on.
        port: to listen on; 0 for any that is free.
        token: what a browser must present; needed where others can reach the address.
        upload_mb: largest upload, in megabytes.
        workers: processes for estimates, searches and matches.

    Raises:
        ValueError: the address can be reached by others and there is no token, or a short one.
    """

    folder: Path
    host: str = LOOPBACK
    port: int = 0
    token: str | None = None
    upload_mb: int = 1_000
    workers: int = 1

    def __post_init__(self) -> None:
        if not self.is_local and self.token is None:
            raise ValueError(f"host {self.host} can be reached by others: give a token with --token")
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise ValueError(
                f"the token has {len(self.token)} characters, at least {SHORTEST_TOKEN} are needed"
            )

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def upload_bytes(self) -> int:
        return self.upload_mb * MEGABYTE

    def admits(self, token: str | None) -> bool:
        """Whether a request with this token is served."""
        return self.token is None or (
            token is not None and secrets.compare_digest(token.encode(), self.token.encode())
        )
