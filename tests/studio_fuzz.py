"""Random requests to the studio: malformed paths, bodies and fields, most of them nearly right."""

from __future__ import annotations

import json
import random
import string
from collections import Counter
from typing import Any

from tests.studio_server import Served
from unpatch.graph.build import chain
from unpatch.pages.studio.editing import ACTIONS
from unpatch.pages.studio.routes import ROUTES
from unpatch.pages.studio.tasks import TASKS
from unpatch.processors import KINDS

SERVED = [route for route in ROUTES if route.path != "/api/events"]
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
WRONG_METHODS = 0.1
"""Share of the requests."""
NAMES = (
    *("task", "request", "graph", "change", "job", "dry", "start_s", "seconds", "method", "trial", "file"),
    *("name", "scores", "trials", "stems", "mix", "format", "target", "references", "amounts"),
)
PARTS = ("0123456789abcdef", "..", "%00", "x" * 300, "%2e%2e%2f", "edit", "é")
KINDS_OF_BODY = (*["application/json"] * 8, "text/plain", "multipart/form-data")
BROKEN = (b"", b"{", b"[" * 5000, b"\xff\xfe", b'{"a":NaN}', b"null", b'{"a":1,"a":2}', b"1" * 5000)
PATCH = chain(KINDS, "lowpass2", "compressor").to_dict()


def fuzzed(server: Served, count: int, seed: int) -> Counter[int]:
    """Send requests; status to its number.

    Raises:
        AssertionError: a response is a fault of the server, or more than one line.
    """
    draw, seen = random.Random(seed), Counter[int]()
    for _ in range(count):
        route = draw.choice(SERVED)
        right = sorted({*(route.methods or ())} & {*METHODS})
        method = draw.choice(METHODS if draw.random() < WRONG_METHODS else right)
        path, body = _path(draw, route.path), _body(draw)
        headers = {"content-type": draw.choice(KINDS_OF_BODY)}
        response = server.client.request(method, path, content=body, headers=headers)
        assert response.status_code < 500, (method, path, body, response.text)
        if response.status_code >= 400:
            assert "\n" not in response.json()["error"]
        seen[response.status_code] += 1
    return seen


def _path(draw: random.Random, path: str) -> str:
    for name in ("{key}", "{name}", "{name:path}", "{listener}"):
        path = path.replace(name, draw.choice(PARTS))
    return path + draw.choice(["", "", "?name=" + "".join(draw.choices(string.printable[:94], k=8))])


def _body(draw: random.Random) -> bytes:
    if draw.random() < 0.1:
        return draw.choice(BROKEN)
    if draw.random() < 0.3:
        fields = {name: _value(draw) for name in draw.sample(NAMES, draw.randrange(5))}
        return json.dumps({"task": draw.choice([*TASKS]), "request": fields}).encode()
    return json.dumps({name: _value(draw) for name in draw.sample(NAMES, draw.randrange(5))}).encode()


def _value(draw: random.Random, depth: int = 0) -> Any:
    plain: list[Any] = [None, True, -1, 1e300, 10**400, "", "x" * 50, "0123456789abcdef", [], {}]
    special: list[Any] = [PATCH, *TASKS, {"action": draw.choice([*ACTIONS]), "edge": 7, "nodes": [0, -1]}]
    if depth < 2 and draw.random() < 0.3:
        names = ["file", "stems", "graph", "action", "in", "name", "reference", "systems"]
        return {draw.choice(names): _value(draw, depth + 1)}
    if depth < 2 and draw.random() < 0.2:
        return [_value(draw, depth + 1)]
    return draw.choice(plain + special)
