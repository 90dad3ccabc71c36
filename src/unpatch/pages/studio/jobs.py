"""The queue of jobs: started when a worker is free, cancelled, continued, and taken up after a restart.

States: ``waiting``, ``running``, then ``done``, ``failed`` or ``cancelled``. A job whose worker is ended by
something else is started once more, and continues from its checkpoint if its task has any.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from unpatch.pages.studio.database import Row
from unpatch.pages.studio.events import Events
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.lane import Lane
from unpatch.pages.studio.shelf import Shelf, link, safe_name
from unpatch.pages.studio.store import Store, job_row
from unpatch.pages.studio.tasks import TASKS
from unpatch.pages.studio.tasks import sources as playing
from unpatch.pages.studio.worker import Message, Order

MOST_ATTEMPTS = 2
MOST_WAITING = 200


class Jobs:
    """All calls come from the loop's thread; workers report through it."""

    def __init__(self, store: Store, shelf: Shelf, events: Events, workers: int) -> None:
        self.store, self.shelf, self.events = store, shelf, events
        self._loop = asyncio.get_running_loop()
        self._lanes = [("long", self._lane(place)) for place in range(workers)]
        self._lanes.append(("quick", self._lane(workers)))
        self._busy: list[str | None] = [None] * len(self._lanes)
        self._closed = False

    def start(self) -> None:
        """Take up what was not done when the server stopped."""
        for job in self.store.active():
            if job["state"] == "running":
                self.store.change(job["id"], state="waiting")
        self._next()

    def close(self) -> None:
        """End the workers; their jobs are taken up at the next start."""
        self._closed = True
        for _, lane in self._lanes:
            lane.end()

    def pids(self) -> dict[str, int]:
        """Job to process, of those that run."""
        pairs = zip(self._busy, self._lanes, strict=True)
        return {key: lane.pid for key, (_, lane) in pairs if key and lane.pid}

    # --- requests ---------------------------------------------------------------------------------

    def add(self, task: str, request: object) -> Row:
        """Check a request and put it in the queue."""
        checked = TASKS[task].check(request)
        if len(self.store.active()) >= MOST_WAITING:
            raise RequestError(f"{MOST_WAITING} jobs are waiting already", HTTPStatus.TOO_MANY_REQUESTS)
        names = [self.store.file(key)["name"] for key in TASKS[task].files(checked)]
        self.sources(checked)
        job = self.store.add_job(task, checked.get("title") or (names[0] if names else task), checked)
        self._changed(job)
        self._next()
        return job_row(self.store.job(job["id"]))

    def cancel(self, key: str) -> Row:
        """Stop a job; one that is done is left as it is."""
        job = self.store.job(key)
        if job["state"] in ("waiting", "running"):
            self._changed(self.store.change(key, state="cancelled", ended_s=time.time()))
            if key in self._busy:
                self._lanes[self._busy.index(key)][1].end()
        return job_row(self.store.job(key))

    def resume(self, key: str) -> Row:
        """Put a job that was cancelled or has failed in the queue again."""
        job = self.store.job(key)
        if job["state"] not in ("cancelled", "failed"):
            raise RequestError(f"the job is {job['state']}", HTTPStatus.CONFLICT)
        self._changed(self.store.change(key, state="waiting", error=None, ended_s=None, attempts=0))
        self._next()
        return job_row(self.store.job(key))

    def remove(self, key: str) -> None:
        """Remove a job that does not run, and its folder."""
        if self.store.job(key)["state"] in ("waiting", "running"):
            raise RequestError("cancel the job first", HTTPStatus.CONFLICT)
        self.store.remove_job(key)
        shutil.rmtree(self.shelf.job_folder(key), ignore_errors=True)
        self.events.send("removed", {"id": key})

    def sources(self, request: Mapping[str, Any]) -> tuple[Path, ...]:
        """The signals of a request that plays a graph; nothing for others."""
        from unpatch.graph.data import Graph

        if "graph" not in request:
            return ()
        own = {name: self._path(file) for name, file in request["dry"].items()}
        stored: list[dict[str, Any]] = []
        folder = None
        if request["job"]:
            result = self.store.job(request["job"])["result"]
            stored = json.loads(result).get("sources", []) if result else []
            folder = self.shelf.job_folder(request["job"])
        return playing.chosen(Graph.from_dict(request["graph"]), own, stored, folder)

    def _path(self, file: str) -> Path:
        return self.shelf.path(self.store.file(file)["sha256"])

    # --- workers ----------------------------------------------------------------------------------

    def _lane(self, place: int) -> Lane:
        def receive(message: Message | None) -> None:
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._receive, place, message)

        return Lane(receive)

    def _next(self) -> None:
        """Give waiting jobs to free workers."""
        if self._closed:
            return
        waiting = [job for job in self.store.active() if job["state"] == "waiting"]
        for place, (kind, lane) in enumerate(self._lanes):
            if self._busy[place] is None:
                job = next((job for job in waiting if TASKS[job["task"]].lane == kind), None)
                if job is not None:
                    waiting.remove(job)
                    self._give(place, lane, job)

    def _give(self, place: int, lane: Lane, job: Row) -> None:
        try:
            order = self._order(job)
        except (ValueError, OSError) as error:
            self._ended(job["id"], "failed", error=f"{error}")
            return
        self._busy[place] = job["id"]
        begun = {"state": "running", "started_s": time.time(), "attempts": job["attempts"] + 1}
        self._changed(self.store.change(job["id"], **begun))
        lane.give(order)

    def _order(self, job: Row) -> Order:
        """With the input files linked into the job's folder, under their names."""
        task, request = TASKS[job["task"]], json.loads(job["request"])
        folder = self.shelf.job_folder(job["id"])
        if not task.resumes:
            shutil.rmtree(folder, ignore_errors=True)
        inputs = folder / "inputs"
        shutil.rmtree(inputs, ignore_errors=True)
        inputs.mkdir(parents=True)
        files, names = {}, set[str]()
        for key in task.files(request):
            row = self.store.file(key)
            name = _unused(safe_name(row["name"]), names)
            link(self.shelf.path(row["sha256"]), inputs / name)
            files[key] = str(inputs / name)
        sources = tuple(map(str, self.sources(request)))
        return Order(job["id"], job["task"], request, str(folder), files, sources)

    def _receive(self, place: int, message: Message | None) -> None:
        key = self._busy[place]
        if message is None:
            self._busy[place] = None
            if key is not None and not self._closed:
                self._lost(key)
        elif message.key == key and key is not None:
            if message.kind == "progress":
                self._progressed(key, message.data)
                return
            self._busy[place] = None
            done = {"result": json.dumps(message.data)} if message.kind == "done" else {"error": message.data}
            if self.store.job(key)["state"] == "running":
                self._ended(key, message.kind, **done)
        self._next()

    def _progressed(self, key: str, state: Mapping[str, Any]) -> None:
        job = self.store.job(key)
        before = json.loads(job["progress"]) if job["progress"] else {}
        kept = {"graph": before["graph"]} if "graph" in before and "graph" not in state else {}
        text = json.dumps({**kept, **state})
        if job["state"] == "running":
            self.store.change(key, progress=text)
            self.events.send("progress", {"id": key, "progress": dict(state)})

    def _lost(self, key: str) -> None:
        """The worker of a job is gone."""
        job = self.store.job(key)
        if job["state"] != "running":
            return
        if job["attempts"] < MOST_ATTEMPTS:
            self._changed(self.store.change(key, state="waiting"))
        else:
            self._ended(key, "failed", error="the worker process was ended twice, perhaps for lack of memory")

    def _ended(self, key: str, state: str, **changes: object) -> None:
        self._changed(self.store.change(key, state=state, ended_s=time.time(), **changes))

    def _changed(self, job: Row) -> None:
        self.events.send("job", job_row(job, whole=False))


def _unused(name: str, names: set[str]) -> str:
    """A name that no other file has: numbered before its ending."""
    path, number, found = Path(name), 1, name
    while found.lower() in names:
        number += 1
        found = f"{path.stem} {number}{path.suffix}"
    names.add(found.lower())
    return found
