"""The state of a search: everything needed to resume, as plain data and tensors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import torch

from unpatch.graph.data import Graph, Node
from unpatch.mixing.adam import Adam
from unpatch.mixing.checkpoint import Checkpoint
from unpatch.mixing.results import SearchMoment

Phase: TypeAlias = Literal["fit", "prune", "finish", "done"]
_ADAM = ("latent", "mean", "square", "steps")


@dataclass
class SearchState:
    """A search under way.

    Attributes:
        graph: the structure as it is; its numbers are the optimiser's, but for those that do not move.
        adam: the optimiser.
        console: the full console; the same holds of its numbers, once it is fitted.
        fitted: latent numbers of the console at the end of its fit.
        origin: latent numbers at the start of the current fit.
        round: 0 while the console is fitted, then the round of pruning.
        phase: what of the round is under way.
        step: of the fit.
        losses: of this round's trials.
        loss: of the graph at its last evaluation.
        loss_console: of the fitted console.
        lowest: the lowest loss that was accepted.
        saves: checkpoints so far.
        seconds: spent so far.
    """

    graph: Graph
    adam: Adam
    console: Graph
    fitted: torch.Tensor
    origin: torch.Tensor
    round: int = 0
    phase: Phase = "fit"
    step: int = 0
    losses: list[float] = field(default_factory=list)
    loss: float = float("nan")
    loss_console: float = float("nan")
    lowest: float = float("nan")
    saves: int = 0
    seconds: float = 0.0
    history: list[SearchMoment] = field(default_factory=list)

    def to_checkpoint(self) -> Checkpoint:
        plain = {name: getattr(self, name) for name in _PLAIN}
        data = {
            **plain,
            "heard": self.losses,
            "graph": (self.graph if self.phase == "done" else _bare(self.graph)).to_dict(),
            "console": _bare(self.console).to_dict(),
            "history": [moment.to_dict() for moment in self.history],
        }
        tensors = dict(zip(_ADAM, self.adam.tensors(), strict=True))
        return Checkpoint(data, {**tensors, "fitted": self.fitted, "origin": self.origin})

    @classmethod
    def of(cls, point: Checkpoint) -> SearchState:
        data, tensors = point.data, point.tensors
        return cls(
            graph=Graph.from_dict(data["graph"]),
            adam=Adam(*(tensors[name] for name in _ADAM)),
            console=Graph.from_dict(data["console"]),
            fitted=tensors["fitted"],
            origin=tensors["origin"],
            losses=data["heard"],
            history=[SearchMoment(**moment) for moment in data["history"]],
            **{name: data[name] for name in _PLAIN},
        )


_PLAIN = ("round", "phase", "step", "loss", "loss_console", "lowest", "saves", "seconds")


def _bare(graph: Graph) -> Graph:
    """Without curves, which all move: the optimiser has them, and JSON would be long."""
    return replace(graph, nodes=tuple(_without_curves(node) for node in graph.nodes))


def _without_curves(node: Node) -> Node:
    return replace(node, curves={}) if node.curves else node
