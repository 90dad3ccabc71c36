"""Shards of a ring when they are due: made here, or ahead of time by processes beside this one."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from unpatch.execution.workers import Crew, crew
from unpatch.ranges import GENERATORS
from unpatch.synth.produce import use_one_core
from unpatch.synth.ring import Ring

Waiting: TypeAlias = Callable[[int, float], None]
"""Takes how many shards are awaited, and for how many seconds already. What it raises ends the waiting."""


class SupplyError(ValueError):
    """Why there are no more examples, in one line."""


QUEUED = 6
"""Jobs that each generator has before it, the one at hand included."""
LOOK_S = 0.5
NICENESS = 10


@dataclass
class Supply:
    """Makes shards.

    Attributes:
        ring: where they belong.
        crew: who makes them; None makes them here when they are due.
        size: of the crew.
        waiting: called now and then while training waits.
        waited_s: seconds for which it has waited.
        generator_s: processor time that shards took.
    """

    ring: Ring
    crew: Crew | None = None
    size: int = 0
    waiting: Waiting = lambda shards, seconds: None
    waited_s: float = 0.0
    generator_s: float = 0.0
    _jobs: dict[int, Future[float]] = field(default_factory=dict)

    def need(self, shards: Sequence[int], coming: Sequence[int] = ()) -> None:
        """Return once these shards exist; the coming ones are started, the first ones first."""
        with _blamed_on(self.ring):
            self._need(shards, coming)

    def _need(self, shards: Sequence[int], coming: Sequence[int]) -> None:
        if self.crew is None:
            missing = self.ring.missing(shards)
            for done, shard in enumerate(missing):
                self._make_here(shard, len(missing) - done)
            return
        self._wait_for(shards, self.crew)
        for shard in self.ring.missing(coming):
            if len(self._jobs) >= QUEUED * self.size:
                break
            self._begin(shard, self.crew)

    def _make_here(self, shard: int, left: int) -> None:
        begun = time.monotonic()
        self.waiting(left, 0.0)
        self.generator_s += make(self.ring, shard)
        self.waited_s += time.monotonic() - begun

    def _begin(self, shard: int, hands: Crew) -> None:
        if shard not in self._jobs:
            self._jobs[shard] = hands.give(Make(self.ring), shard)

    def _wait_for(self, shards: Sequence[int], hands: Crew) -> None:
        begun = time.monotonic()
        self._harvest()
        while missing := self.ring.missing(shards):
            for shard in missing:
                self._begin(shard, hands)
            self.waiting(len(missing), time.monotonic() - begun)
            wait([self._jobs[shard] for shard in missing], LOOK_S, FIRST_COMPLETED)
            self._harvest()
        self.waited_s += time.monotonic() - begun

    def _harvest(self) -> None:
        """Drop finished jobs; an error in one is raised."""
        for shard in [shard for shard, job in self._jobs.items() if job.done()]:
            self.generator_s += self._jobs.pop(shard).result()


@dataclass(frozen=True)
class Make:
    """The work of a generator."""

    ring: Ring

    def __call__(self, shard: int) -> float:
        return make(self.ring, shard)


@contextmanager
def _blamed_on(ring: Ring) -> Iterator[None]:
    """What goes wrong with making examples, as one line."""
    try:
        yield
    except BrokenProcessPool:
        raise SupplyError(f"{ring.folder}: a generator of examples ended unexpectedly") from None
    except (ValueError, OSError) as fault:
        raise SupplyError(f"{ring.folder}: no more examples could be made: {fault}") from fault


def make(ring: Ring, shard: int) -> float:
    """Generate a shard, unless someone else has meanwhile; the processor time it took."""
    begun = time.process_time()
    if ring.missing([shard]):
        ring.make(shard)
    return time.process_time() - begun


@contextmanager
def supply(ring: Ring, generators: int, waiting: Waiting) -> Iterator[Supply]:
    """Shards of a ring for as long as the block lasts.

    Args:
        ring: claimed.
        generators: processes, of one thread each, that make shards ahead of time, with less claim to the
            processor than this one; with 0 shards are made here.
        waiting: see :class:`Supply`.
    """
    GENERATORS.check("generators", generators)
    if not generators:
        yield Supply(ring, waiting=waiting)
        return
    with crew(generators, _step_back) as hands:
        yield Supply(ring, hands, generators, waiting)


def _step_back() -> None:
    use_one_core()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
