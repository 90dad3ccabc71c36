"""Pruning trials: the loss of a console without some of its processors, for as little work as possible.

A console is a tree, so that a trial renders only the strips that it changes and those behind them; all other
signals are kept from before. Passages in which a changed strip is silent are skipped, those in which
it is loudest are measured first, and a trial that exceeds the limit in these ends there.

Kept signals are always rendered in the same way, each strip by itself: the result of a search does not depend
on the order of trials, so that a resumed search finds the same.

Shapes: T samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from unpatch.graph.data import Graph
from unpatch.mixing.console import without
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.pruning.objective import NONE, Gone
from unpatch.mixing.strips import Levelling, Original, StripJob, Strips
from unpatch.mixing.subgraphs import Subgraph
from unpatch.rendering.parameters import Numbers

FIRST = 0.25
"""Share of a trial's passages after which it may end."""


@dataclass(frozen=True, eq=False)
class Whole:
    """Every trial renders the whole graph."""

    graph: Graph
    numbers: Numbers
    evaluator: Evaluator

    def losses(self, gone: Gone, trials: Sequence[Gone], limit: float = math.inf) -> list[float]:
        return [self.loss(gone | extra) for extra in trials]

    def loss(self, gone: Gone) -> float:
        kept = tuple(i for i in range(len(self.graph)) if i not in gone)
        part = Subgraph.of(without(self.graph, gone), kept, self.numbers, self.evaluator.registry)
        return self.evaluator.value(part.graph, part.numbers(self.numbers.values))


@dataclass(eq=False)
class _Trial:
    """One that is under way."""

    gone: Gone
    branches: frozenset[int]
    passages: list[int]
    rises: dict[int, float] = field(default_factory=dict)
    refused: bool = False


@dataclass(frozen=True, eq=False)
class Around:
    """A processor in one passage.

    Attributes:
        input: ``[2, T]``.
        missing: what the console without it lacks of the mix, ``[2, T]``.
    """

    input: Tensor
    missing: Tensor


class Cached:
    """Trials render only what changes.

    Args:
        graph: a console with its numbers written in it.
        numbers: the same in single precision.
        evaluator: measures the loss.
        early: whether a trial may end before all passages are measured.
        levelling: whether gains make up for what a removal changes of the level.
    """

    def __init__(
        self,
        graph: Graph,
        numbers: Numbers,
        evaluator: Evaluator,
        *,
        early: bool = True,
        levelling: bool = False,
    ) -> None:
        self.graph, self.evaluator, self.early = graph, evaluator, early
        self.strips = Strips(graph, numbers, evaluator)
        self.tree = self.strips.tree
        self._levelling = Levelling(self.strips, {}) if levelling else None
        self._gone: Gone | None = None
        self._made: dict[tuple[int, int], Tensor] = {}  # (branch, passage): what comes out
        self._sums: dict[tuple[int, int], Tensor] = {}  # (sum or out, passage): what comes together
        self._power: dict[tuple[int, int], float] = {}  # (branch, passage): share of the mix
        self._losses: list[float] = [math.nan] * len(evaluator.passages)

    def losses(self, gone: Gone, trials: Sequence[Gone], limit: float = math.inf) -> list[float]:
        with torch.no_grad():
            self._begin()
            self._update(gone)
            under_way = [self._begun(gone, extra) for extra in trials]
            self._measure(under_way, first=True)
            for trial in under_way:
                trial.refused = self.early and self._loss(trial) >= limit
            self._measure([trial for trial in under_way if not trial.refused], first=False)
        return [math.inf if trial.refused else self._loss(trial) for trial in under_way]

    def levelled(self, gone: Gone) -> Graph:
        """The graph with the gains that make up for what is gone, nothing taken out yet."""
        if self._levelling is None:
            return self.graph
        with torch.no_grad():
            self._begin()
            return self._levelling.levelled(self.graph, gone)

    def around(self, node: int) -> Iterator[Around]:
        """Input of a processor and residual of the console without it, in each passage that it sounds in."""
        branch = self.tree.home[node]
        nodes = self.tree.branches[branch].nodes
        behind = frozenset(nodes[nodes.index(node) :])
        with torch.no_grad():
            self._begin()
            trial = self._begun(NONE, frozenset({node}))
            for p in sorted(trial.passages):
                (before,) = self._rendered([StripJob(branch, behind, p, self._input(branch, p, {}))])
                (without,) = self._outputs([(trial, p)])
                yield Around(before, self.evaluator.passages[p].mix - without)

    # --- trials -------------------------------------------------------------------------------------

    def _begun(self, gone: Gone, extra: Gone) -> _Trial:
        """Its passages are those in which something changes, the loudest ones first."""
        own = {self.tree.home[node] for node in extra}
        loudness = {p: sum(self._power.get((b, p), 0.0) for b in own) for p in range(len(self._losses))}
        passages = [p for p in loudness if any((b, p) in self._made for b in own)]
        return _Trial(gone | extra, self._behind(own), sorted(passages, key=lambda p: (-loudness[p], p)))

    def _measure(self, trials: Sequence[_Trial], *, first: bool) -> None:
        """The first passages of each trial, or the rest of them."""
        places = [(trial, p) for trial in trials for p in self._turn(trial, first=first)]
        for (trial, p), audio in zip(places, self._outputs(places), strict=True):
            trial.rises[p] = self.evaluator.difference(p, audio) - self._losses[p]

    def _turn(self, trial: _Trial, *, first: bool) -> list[int]:
        count = math.ceil(FIRST * len(trial.passages)) if self.early else len(trial.passages)
        return trial.passages[:count] if first else trial.passages[count:]

    def _loss(self, trial: _Trial) -> float:
        """So far: the other passages count as unchanged."""
        return (math.fsum(self._losses) + math.fsum(trial.rises.values())) / len(self._losses)

    def _outputs(self, places: Sequence[tuple[_Trial, int]]) -> list[Tensor]:
        """What comes out of the console in each trial's passage ``[2, T]``."""
        changed: list[dict[int, Tensor]] = [{} for _ in places]
        for level in self.tree.levels:
            jobs = [
                (i, StripJob(b, trial.gone, p, self._input(b, p, changed[i])))
                for i, (trial, p) in enumerate(places)
                for b in level
                if b in trial.branches and (b, p) in self._made
            ]
            for (i, job), made in zip(jobs, self._rendered([job for _, job in jobs]), strict=True):
                changed[i][job.branch] = made
        sink = self.graph.sink
        return [self._sum(sink, p, new) for (_, p), new in zip(places, changed, strict=True)]

    # --- what is kept -------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Render everything once, with nothing gone: the reference of levels."""
        if self._gone is None:
            self._update(NONE)
            if self._levelling is not None:
                branches = range(len(self.tree.branches))
                self._levelling = Levelling(self.strips, {b: self._originals(b) for b in branches})

    def _originals(self, branch: int) -> list[Original]:
        """The passages in which a strip is loudest."""
        loud = sorted((-power, p) for (b, p), power in self._power.items() if b == branch)
        passages = [p for _, p in loud[: math.ceil(FIRST * len(loud))]]
        return [
            Original(p, self._input(branch, p, {}), float(self._made[branch, p].square().sum()))
            for p in passages
        ]

    def _update(self, gone: Gone) -> None:
        """Render again all signals that differ from the kept ones, each strip by itself."""
        if gone == self._gone:
            return
        changed = range(len(self.tree.branches)) if self._gone is None else self._homes(gone ^ self._gone)
        dirty = self._behind(changed)
        for level in self.tree.levels:
            for branch in level:
                if branch in dirty:
                    self._remake(branch, gone)
        self._add_up(self.graph.sink)
        affected = {p for b, p in self._made if b in dirty} | {
            p for p, loss in enumerate(self._losses) if math.isnan(loss)
        }
        for p in sorted(affected):
            self._losses[p] = self.evaluator.difference(p, self._sum(self.graph.sink, p, {}))
        self._gone = gone

    def _remake(self, branch: int, gone: Gone) -> None:
        head = self.tree.branches[branch].head
        if not self.graph.nodes[head].is_source:
            self._add_up(head)
        jobs = [StripJob(branch, gone, p, self._input(branch, p, {})) for p in self._sounding(branch)]
        for job, made in zip(jobs, self._rendered(jobs), strict=True):
            self._made[branch, job.passage] = made
            mix = self.evaluator.passages[job.passage].mix
            self._power[branch, job.passage] = float(made.square().sum() / mix.square().sum())

    def _sounding(self, branch: int) -> list[int]:
        """Passages in which a strip is not silent."""
        head = self.tree.branches[branch].head
        if self.graph.nodes[head].is_source:
            track = self.graph.sources.index(head)
            return [p for p, passage in enumerate(self.evaluator.passages) if passage.active[track]]
        return [p for p in range(len(self._losses)) if (head, p) in self._sums]

    def _add_up(self, target: int) -> None:
        """What comes together at a sum, always in the same order."""
        for p in range(len(self._losses)):
            parts = [self._made[b, p] for b in self.tree.feeding(target) if (b, p) in self._made]
            if parts:
                self._sums[target, p] = sum(parts[1:], parts[0])

    # --- rendering ----------------------------------------------------------------------------------

    def _input(self, branch: int, passage: int, changed: dict[int, Tensor]) -> Tensor:
        head = self.tree.branches[branch].head
        if self.graph.nodes[head].is_source:
            return self.evaluator.passages[passage].stem(self.graph.sources.index(head))
        return self._sum(head, passage, changed)

    def _sum(self, target: int, passage: int, changed: dict[int, Tensor]) -> Tensor:
        """What comes together at a sum when some of the strips that feed it have changed."""
        feeding = [b for b in self.tree.feeding(target) if (b, passage) in self._made]
        new = [changed[b] for b in feeding if b in changed]
        if not feeding:
            return torch.zeros_like(self.evaluator.passages[passage].mix)
        if len(new) == len(feeding):
            return sum(new[1:], new[0])
        old = [self._made[b, passage] for b in feeding if b in changed]
        return sum((n - o for n, o in zip(new, old, strict=True)), self._sums[target, passage])

    def _rendered(self, jobs: Sequence[StripJob]) -> list[Tensor]:
        """What comes out of strips, at the level that they had."""
        made = self.strips.rendered(jobs)
        if self._levelling is None:
            return made
        factors = [self._levelling.factor(job.branch, job.gone) for job in jobs]
        return [
            audio if factor == 1.0 else factor * audio for audio, factor in zip(made, factors, strict=True)
        ]

    def _homes(self, nodes: Iterable[int]) -> frozenset[int]:
        return frozenset(self.tree.home[node] for node in nodes)

    def _behind(self, branches: Iterable[int]) -> frozenset[int]:
        """Some branches and all that they feed."""
        found = set[int]()
        for branch in branches:
            at: int | None = branch
            while at is not None and at not in found:
                found.add(at)
                at = self.tree.onward(at)
        return frozenset(found)
