"""Rows of the database as the page sees them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from unpatch.pages.studio.database import Database, Row
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.shelf import new_identity

ACTIVE = "waiting", "running"
PRESENT = 200
"""Rows in a list, the newest first."""


class Store:
    """Files, jobs, graphs and ratings."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # --- files ------------------------------------------------------------------------------------

    def add_file(self, sha256: str, name: str, count: int, kind: str, facts: Mapping[str, Any]) -> Row:
        """A new file; the same content under the same name is the same file."""
        known = self.database.row("SELECT * FROM files WHERE sha256 = ? AND name = ?", (sha256, name))
        if known:
            return file_row(known)
        row = {
            "id": new_identity(),
            "sha256": sha256,
            "name": name,
            "bytes": count,
            "kind": kind,
            "facts": json.dumps(facts),
            "created_s": time.time(),
        }
        self.database.insert("files", row)
        return file_row(row)

    def file(self, key: str) -> Row:
        """A file with its hash; refuses one that is not there."""
        row = self.database.row("SELECT * FROM files WHERE id = ?", (key,))
        if row is None:
            raise RequestError("unknown file", HTTPStatus.NOT_FOUND)
        return row

    def files(self) -> list[Row]:
        """The newest files."""
        statement = "SELECT * FROM files ORDER BY created_s DESC LIMIT ?"
        return [file_row(row) for row in self.database.rows(statement, (PRESENT,))]

    def remove_file(self, key: str) -> str | None:
        """Remove a file; its hash if no other file has the same content."""
        row = self.file(key)
        used = [job for job in self.active() if key in job["request"]]
        if used:
            raise RequestError(f"{row['name']} is used by a job that is not done", HTTPStatus.CONFLICT)
        self.database.rows("DELETE FROM files WHERE id = ?", (key,))
        left = self.database.row("SELECT id FROM files WHERE sha256 = ?", (row["sha256"],))
        return None if left else str(row["sha256"])

    # --- jobs -------------------------------------------------------------------------------------

    def add_job(self, task: str, name: str, request: Mapping[str, Any]) -> Row:
        row = {
            "id": new_identity(),
            "task": task,
            "name": name,
            "request": json.dumps(request),
            "state": "waiting",
            "created_s": time.time(),
        }
        self.database.insert("jobs", row)
        return self.job(str(row["id"]))

    def job(self, key: str) -> Row:
        """A whole job; refuses one that is not there."""
        row = self.database.row("SELECT * FROM jobs WHERE id = ?", (key,))
        if row is None:
            raise RequestError("unknown job", HTTPStatus.NOT_FOUND)
        return row

    def jobs(self) -> list[Row]:
        """The newest jobs, without results."""
        statement = "SELECT * FROM jobs ORDER BY created_s DESC LIMIT ?"
        return [job_row(row, whole=False) for row in self.database.rows(statement, (PRESENT,))]

    def active(self) -> list[Row]:
        """Jobs that are not done, the oldest first."""
        statement = f"SELECT * FROM jobs WHERE state IN ({', '.join('?' * len(ACTIVE))}) ORDER BY created_s"
        return self.database.rows(statement, ACTIVE)

    def change(self, key: str, **changes: object) -> Row:
        """Change a job; gives it as it is then."""
        self.database.update("jobs", key, **changes)
        return self.job(key)

    def remove_job(self, key: str) -> None:
        """Remove a job with its graphs and ratings."""
        self.database.rows("DELETE FROM jobs WHERE id = ?", (key,))

    # --- graphs and ratings -----------------------------------------------------------------------

    def save_graph(self, job: str, name: str, graph: Mapping[str, Any]) -> Row:
        """Keep a graph under a name of its job, in place of one of the same name."""
        self.job(job)
        values = (new_identity(), job, name, json.dumps(graph), time.time())
        self.database.rows(
            "INSERT INTO graphs (id, job, name, graph, created_s) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (job, name) DO UPDATE SET graph = excluded.graph, created_s = excluded.created_s",
            values,
        )
        return {"job": job, "name": name}

    def graphs(self, job: str) -> list[Row]:
        """The graphs that were saved for a job, the newest first."""
        rows = self.database.rows("SELECT * FROM graphs WHERE job = ? ORDER BY created_s DESC", (job,))
        return [{"name": row["name"], "graph": json.loads(row["graph"])} for row in rows]

    def add_rating(self, job: str, method: str, trial: Mapping[str, Any]) -> Row:
        """One trial of a comparison."""
        self.job(job)
        row = {
            "id": new_identity(),
            "job": job,
            "method": method,
            "trial": json.dumps(trial),
            "created_s": time.time(),
        }
        self.database.insert("ratings", row)
        return {"id": row["id"]}

    def ratings(self, job: str) -> list[Row]:
        """All trials of a job, the oldest first."""
        rows = self.database.rows("SELECT * FROM ratings WHERE job = ? ORDER BY created_s", (job,))
        return [{"method": row["method"], **json.loads(row["trial"])} for row in rows]


def file_row(row: Row) -> Row:
    """A file for the page."""
    plain = {name: row[name] for name in ("id", "name", "bytes", "kind", "created_s")}
    return {**plain, **json.loads(row["facts"])}


def job_row(row: Row, *, whole: bool = True) -> Row:
    """A job for the page; its result only if it is ``whole``, and without what is hidden from listeners."""
    plain = {name: row[name] for name in ("id", "task", "name", "state", "error", "attempts")}
    times = {name: row[name] for name in ("created_s", "started_s", "ended_s")}
    parsed = {name: json.loads(row[name]) if row[name] else None for name in ("request", "progress")}
    if not whole:
        return {**plain, **times, **parsed}
    result = json.loads(row["result"]) if row["result"] else None
    if result:
        result.pop("hidden", None)
    return {**plain, **times, **parsed, "result": result}
