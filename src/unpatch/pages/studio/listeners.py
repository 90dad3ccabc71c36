"""Listeners of a MUSHRA test: each has an own order of trials and stimuli, and rates trial by trial."""

from __future__ import annotations

import csv
import io
import json
import random
import secrets
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from unpatch.metrics.listening import Score
from unpatch.pages.studio.database import Database, Row
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.shelf import new_identity

MOST_LISTENERS = 1_000
HIGHEST = 100.0
COLUMNS = "listener", "trial", "condition", "score", "place", "time"


class Listeners:
    """Rows of listeners and scores."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, job: Row, name: str) -> Row:
        """A listener's session; that of the same name is continued."""
        result, name = _test(job), " ".join(name.split())
        if not name:
            raise RequestError("a listener needs a name")
        known = self.database.rows("SELECT * FROM listeners WHERE job = ?", (job["id"],))
        row = next((each for each in known if each["name"] == name), None)
        if row is None:
            if len(known) >= MOST_LISTENERS:
                raise RequestError(f"the test has {MOST_LISTENERS} listeners already", HTTPStatus.CONFLICT)
            row = {"id": new_identity(), "job": job["id"], "name": name, "seed": secrets.randbits(32)}
            self.database.insert("listeners", {**row, "created_s": time.time()})
        return self._session(row, result)

    def rate(self, job: Row, listener: str, trial: int, scores: Mapping[str, Any]) -> Row:
        """Keep a trial's scores by stimulus, in place of earlier ones; the session after it.

        Raises:
            RequestError: stimuli are missing, a score is out of range, or none is 100: the reference is
                hidden among the stimuli.
        """
        result = _test(job)
        row = self._row(job, listener)
        if not 0 <= trial < len(result["hidden"]):
            raise RequestError("unknown trial", HTTPStatus.NOT_FOUND)
        hidden = result["hidden"][trial]
        checked = _scores(scores, hidden)
        order = _order(row, result)[trial]
        now = time.time()
        for stimulus, score in checked.items():
            values = row["id"], trial, hidden[stimulus], score, order.index(stimulus), now
            self.database.rows("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?)", values)
        return self._session(row, result)

    def scores(self, job: Row) -> list[Score]:
        """All scores of a test."""
        return [
            Score(row["listener"], row["trial"], row["condition"], row["score"]) for row in self.rows(job)
        ]

    def rows(self, job: Row) -> list[Row]:
        """All scores of a test in the columns of its table."""
        names = [trial["name"] for trial in _test(job)["trials"]]
        found = self.database.rows(
            "SELECT listeners.name AS listener, trial, condition, score, place, scores.created_s AS time "
            "FROM scores JOIN listeners ON listeners.id = scores.listener WHERE listeners.job = ? "
            "ORDER BY listeners.created_s, trial, condition",
            (job["id"],),
        )
        return [{**row, "trial": names[row["trial"]]} for row in found]

    def table(self, job: Row) -> str:
        """The same as CSV. Cells that a spreadsheet would take for a formula get an apostrophe."""
        file = io.StringIO()
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({name: _cell(row[name]) for name in COLUMNS} for row in self.rows(job))
        return file.getvalue()

    def _row(self, job: Row, listener: str) -> Row:
        statement = "SELECT * FROM listeners WHERE job = ? AND id = ?"
        row = self.database.row(statement, (job["id"], listener))
        if row is None:
            raise RequestError("unknown listener", HTTPStatus.NOT_FOUND)
        return row

    def _session(self, row: Row, result: Row) -> Row:
        """Trials in the listener's order, each with its stimuli in theirs, and which are rated."""
        statement = "SELECT DISTINCT trial FROM scores WHERE listener = ?"
        rated = {each["trial"] for each in self.database.rows(statement, (row["id"],))}
        orders = _order(row, result)
        return {
            "id": row["id"],
            "name": row["name"],
            "trials": [
                {**result["trials"][trial], "trial": trial, "stimuli": stimuli, "rated": trial in rated}
                for trial, stimuli in orders.items()
            ],
        }


def _test(job: Row) -> Row:
    result = json.loads(job["result"]) if job["result"] else {}
    if job["task"] != "mushra" or "hidden" not in result:
        raise RequestError("the job is not a listening test that is ready", HTTPStatus.CONFLICT)
    return dict(result)


def _order(row: Row, result: Row) -> dict[int, list[str]]:
    """Trial to stimuli, both in an order that is drawn for each listener."""
    draw = random.Random(row["seed"])
    trials = list(range(len(result["hidden"])))
    draw.shuffle(trials)
    orders = {}
    for trial in trials:
        orders[trial] = sorted(result["hidden"][trial])
        draw.shuffle(orders[trial])
    return orders


def _scores(given: Mapping[str, Any], hidden: Mapping[str, str]) -> dict[str, float]:
    if given.keys() != hidden.keys():
        raise RequestError("rate every stimulus of the trial, and no other")
    for score in given.values():
        if not isinstance(score, int | float) or isinstance(score, bool) or not 0 <= score <= HIGHEST:
            raise RequestError("a score must be a number from 0 to 100")
    if HIGHEST not in given.values():
        raise RequestError("rate at least one stimulus 100: the reference is hidden among them")
    return {stimulus: float(score) for stimulus, score in given.items()}


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
