"""Fitting a graph's numbers by gradient, through the batched renderer.

Each step uses a few passages of the song, and all knobs take a step of Adam in latent coordinates.
Added to the audio loss are the sum of all dry/wet weights, so that unneeded processors fade out, and,
for published strips, the change of level by equalizers and reverbs, which is the gain's task.

Shapes: N numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.mixing.adam import Adam
from unpatch.mixing.console import ALIGNMENT, WEIGHT
from unpatch.mixing.evaluator import ConsolePlayer, Evaluator
from unpatch.mixing.gain_staging import GainStaging
from unpatch.mixing.segments import Passage, drawn_start
from unpatch.mixing.settings import FitSettings
from unpatch.mixing.subgraphs import number_ranges, values_of
from unpatch.rendering import parameters
from unpatch.rendering.parameters import Numbers
from unpatch.synth.draw import Draw

HALFWAY = 0.5
"""Where importance is taken, as a share of the weights: see :func:`importances`."""


@dataclass(frozen=True, eq=False)
class Fit:
    """The parameters and targets of a fit, and all that can be computed beforehand.

    Attributes:
        graph: with its initial numbers; some of them do not move.
    """

    graph: Graph
    evaluator: Evaluator
    settings: FitSettings

    def initial_adam(self) -> Adam:
        """The optimiser at the numbers that are written in the graph."""
        return Adam.of(parameters.read(self.graph, self.evaluator.registry, edges=False).latent().float())

    @cached_property
    def start(self) -> Numbers:
        """The numbers that are written in the graph."""
        return values_of(self.graph, self.evaluator.registry)

    @cached_property
    def free(self) -> Tensor:
        """Moving numbers, ``[N]``: no alignments, no fixed ones, none without a useful gradient."""
        moves = [
            self.graph.nodes[slot.owner].kind != ALIGNMENT and slot.name not in self.settings.still
            for slot in self.start.slots
        ]
        sizes = torch.tensor([slot.size for slot in self.start.slots], dtype=torch.long)
        return torch.tensor(moves, dtype=torch.bool).repeat_interleave(sizes) & self.start.differentiable

    @cached_property
    def weights(self) -> Mapping[int, int]:
        """Processor to the index of its dry/wet weight among the numbers."""
        starts = zip(self.start.slots, self.start.starts, strict=False)
        return {slot.owner: start for slot, start in starts if slot.name == WEIGHT}

    def values(self, latent: Tensor) -> Tensor:
        """Values ``[N]`` of latent numbers; gradients flow."""
        moved = self.start.moved(latent, "latent").values
        return torch.where(self.free, moved, self.start.values)

    def numbers(self, adam: Adam) -> Numbers:
        """The present numbers."""
        return self.start.moved(self.values(adam.latent))

    def written(self, adam: Adam) -> Graph:
        """The graph with its present numbers."""
        return parameters.write(self.graph, self.numbers(adam))

    def kept(self, adam: Adam, nodes: Sequence[int]) -> Adam:
        """The optimiser's state for some nodes."""
        ranges = number_ranges(self.start)
        return adam.kept(torch.tensor([i for node in nodes for i in ranges.get(node, ())], dtype=torch.long))

    def turned(self, adam: Adam, nodes: Sequence[int]) -> Adam:
        """With the numbers of some nodes as in the graph; the optimiser's state stays."""
        ranges = number_ranges(self.start)
        index = torch.tensor([i for node in nodes for i in ranges.get(node, ())], dtype=torch.long)
        return replace(adam, latent=adam.latent.index_copy(0, index, self.initial_adam().latent[index]))

    # --- steps --------------------------------------------------------------------------------------

    def stepped(self, adam: Adam, draw: Draw, rate: float, sparsity: float) -> tuple[Adam, float]:
        """After one step, and the audio loss before it in the passages of this step.

        A step of which the gradient is not finite is left out.
        """
        song = self.evaluator.song
        passages = [song.passage(drawn_start(song, draw)) for _ in range(self.settings.passages)]
        latent = adam.latent.clone().requires_grad_()
        values = self.values(latent)
        gradient, loss = self._gradient(passages, values.detach())
        if sparsity and self.weights:
            gradient[torch.tensor(list(self.weights.values()))] += sparsity
        values.backward(gradient)  # type: ignore[no-untyped-call]
        if latent.grad is None or not bool(latent.grad.isfinite().all()):
            return adam, loss
        concerned = self.free & self._concerned(passages)
        return adam.stepped(latent.grad, concerned, rate, self.settings.weight_decay), loss

    def _gradient(self, passages: Sequence[Passage], values: Tensor) -> tuple[Tensor, float]:
        """By the values ``[N]``, and the audio loss; means over the passages, one in memory at a time."""
        values = values.requires_grad_()
        total = 0.0
        for passage in passages:
            loss, staging = self._costs(passage, values)
            if loss.requires_grad:
                (loss + staging).div(len(passages)).backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach()) / len(passages)
        return torch.zeros_like(values) if values.grad is None else values.grad, total

    def _costs(self, passage: Passage, values: Tensor) -> tuple[Tensor, Tensor]:
        """The audio loss of a passage, and the cost of the change of levels."""
        audio = self._player.play(passage, values)
        change = self._staging.taken() if self._staging else audio.new_zeros(())
        return self.evaluator.target(passage).loss(audio), self.settings.staging * change

    @cached_property
    def _staging(self) -> GainStaging | None:
        return GainStaging(self.evaluator.registry) if self.settings.staging else None

    @cached_property
    def _player(self) -> ConsolePlayer:
        registry: Mapping[str, Processor] = self._staging or self.evaluator.registry
        return ConsolePlayer(self.graph, self.start, self.evaluator.song.sample_rate, registry)

    def _concerned(self, passages: Sequence[Passage]) -> Tensor:
        """Numbers of the active part, or all of them."""
        if not self.settings.lazy:
            return torch.ones_like(self.free)
        concerned = torch.zeros_like(self.free)
        for passage in (passage for passage in passages if any(passage.active)):
            concerned[self._player.part(passage.active).index] = True
        return concerned


def importances(fit: Fit, adam: Adam) -> dict[int, float]:
    """Processor to the rise of the loss without it, to first order: ``-w dL/dw``.

    From one forward and backward pass over the scored passages. The gradient is taken with all weights
    halved: at the end of a fit it is zero at the weights themselves, for important processors, too.
    """
    where = torch.tensor(list(fit.weights.values()), dtype=torch.long)
    values = fit.values(adam.latent).detach()
    weights = values[where]
    values[where] = HALFWAY * weights
    player = ConsolePlayer(fit.graph, fit.start, fit.evaluator.song.sample_rate, fit.evaluator.registry)
    total = torch.zeros_like(weights)
    for passage, target in zip(fit.evaluator.passages, fit.evaluator.targets, strict=True):
        inner = values.clone().requires_grad_()
        loss = target.loss(player.play(passage, inner))
        if loss.requires_grad:
            (gradient,) = torch.autograd.grad(loss, inner)
            total += gradient[where]
    found = -weights * total / len(fit.evaluator.passages)
    return dict(zip(fit.weights, found.tolist(), strict=True))


def rate_at(step: int, steps: int, settings: FitSettings) -> float:
    """Of a step of a fit: a half cosine from the full rate down to the last share."""
    share = (1 + math.cos(math.pi * step / steps)) / 2
    return settings.rate * (settings.last_rate + (1 - settings.last_rate) * share)


def echo_steps(steps: int, settings: FitSettings) -> frozenset[int]:
    """Steps of the console's fit before which echoes are searched for."""
    return frozenset(round(share * steps) for share in settings.listen)
