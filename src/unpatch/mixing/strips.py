"""Strips of a console on their own: without some processors, many passages in a call, level kept.

What a processor does is partly a change of level, for which the next gain behind it can make up. With that a
strip without the processor is rendered at the level that it had, so that a removal is evaluated by its effect
beyond the level. The gain is the square root of the ratio of energies before and after, over the passages in
which the strip is loudest, and depends on the strip alone: it is the same at every call.

Shapes: T samples.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from unpatch.graph.data import Graph, Node
from unpatch.mixing.console import letter_of, prunable
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.gain_merging import Diagonal, matrix, with_matrix
from unpatch.mixing.pruning.objective import Gone
from unpatch.mixing.subgraphs import Subgraph
from unpatch.mixing.tree import Tree
from unpatch.rendering import render_batch
from unpatch.rendering.parameters import Numbers

ROWS = 16
"""Passages of strips that are rendered in one call, which bounds the memory."""
MOST = 4.0
"""Level is made up for by this factor at most, up or down."""


@dataclass(frozen=True)
class StripJob:
    """A strip without some processors, what comes into it, and in which passage."""

    branch: int
    gone: Gone
    passage: int
    input: Tensor


class Strips:
    """The strips of a console, with numbers in single precision."""

    def __init__(self, graph: Graph, numbers: Numbers, evaluator: Evaluator) -> None:
        self.graph, self.numbers, self.evaluator = graph, numbers, evaluator
        self.tree = Tree.of(graph)
        self._parts: dict[tuple[int, Gone], Subgraph] = {}

    def own(self, branch: int, gone: Gone) -> Gone:
        """Those of a strip."""
        return gone.intersection(self.tree.branches[branch].nodes)

    def rendered(self, jobs: Sequence[StripJob]) -> list[Tensor]:
        """What comes out of strips ``[2, T]``, a few at a time."""
        made: list[Tensor] = []
        for first in range(0, len(jobs), ROWS):
            some = jobs[first : first + ROWS]
            parts = [self._part(job) for job in some]
            batch = render_batch(
                [part.graph for part in parts],
                [job.input for job in some],
                self.evaluator.song.sample_rate,
                numbers=[part.numbers(self.numbers.values) for part in parts],
                energy=False,
                registry=self.evaluator.registry,
            )
            made.extend(batch.unbind())
        return made

    def _part(self, job: StripJob) -> Subgraph:
        branch = self.tree.branches[job.branch]
        key = (job.branch, self.own(job.branch, job.gone))
        if key not in self._parts:
            graph, kept = branch.graph(self.graph, key[1])
            self._parts[key] = Subgraph.of(graph, (branch.head, *kept), self.numbers, self.evaluator.registry)
        return self._parts[key]


@dataclass(frozen=True)
class Original:
    """A passage of a strip with nothing taken out.

    Attributes:
        input: what comes into it.
        energy: of what comes out.
    """

    passage: int
    input: Tensor
    energy: float


class Levelling:
    """What strips are turned up by, by the gain they still have, when processors are gone.

    Args:
        strips: of the console.
        originals: branch to the passages in which it is loudest.
    """

    def __init__(self, strips: Strips, originals: Mapping[int, Sequence[Original]]) -> None:
        self.strips, self.originals = strips, originals
        self._factors: dict[tuple[int, Gone], float] = {}

    def factor(self, branch: int, gone: Gone) -> float:
        """1 where nothing is gone, or there is no gain that could make up for it."""
        key = (branch, self.strips.own(branch, gone))
        if key not in self._factors:
            self._factors[key] = self._found(*key)
        return self._factors[key]

    def levelled(self, graph: Graph, gone: Gone) -> Graph:
        """The graph with its gains turned so, nothing taken out yet."""
        nodes = list(graph.nodes)
        for branch in range(len(self.strips.tree.branches)):
            fader, factor = self._fader(branch, gone), self.factor(branch, gone)
            if fader is not None and factor != 1.0:
                nodes[fader] = self._turned(fader, factor) or nodes[fader]
        return replace(graph, nodes=tuple(nodes))

    def _found(self, branch: int, own: Gone) -> float:
        originals = self.originals.get(branch, ())
        fader = self._fader(branch, own)
        if not own or not originals or fader is None:
            return 1.0
        jobs = [StripJob(branch, own, one.passage, one.input) for one in originals]
        now = math.fsum(float(made.square().sum()) for made in self.strips.rendered(jobs))
        before = math.fsum(one.energy for one in originals)
        if not (now > 0 and before > 0):
            return 1.0
        factor = min(max(math.sqrt(before / now), 1 / MOST), MOST)
        return factor if self._turned(fader, factor) else 1.0

    def _fader(self, branch: int, gone: Gone) -> int | None:
        """The last gain that is left in a strip, if all behind it is linear."""
        graph, registry = self.strips.graph, self.strips.evaluator.registry
        wanted = set(prunable(graph))
        for node in reversed(self.strips.tree.branches[branch].nodes):
            if node not in gone:
                kind = graph.nodes[node].kind
                if node in wanted and letter_of(kind) == "g":
                    return node
                if not registry[kind].lti:
                    return None
        return None

    def _turned(self, fader: int, factor: float) -> Node | None:
        node, registry = self.strips.graph.nodes[fader], self.strips.evaluator.registry
        own = matrix(node, registry)
        return with_matrix(node, own.times(Diagonal(factor, factor)), registry) if own else None
