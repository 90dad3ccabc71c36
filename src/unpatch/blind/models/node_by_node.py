"""The baseline that decodes node by node, each with all its edges at once (Lee et al. 2023, row 5).

The transformer is that of the other systems, and so are its tokens: a node, then its edges, then the next
node. But an edge is not a token choice, it is found between two nodes: the vector of the newest node is
paired with that of each older one, and each pair is classified on its own by the edge from new to old, if
any. Hence one edge per pair at most, and nothing keeps the edges of a node consistent with each other.

Shapes: B batch, L tokens, N nodes, D width, K kinds, E edge types.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu

from unpatch.blind.corpus import Batch
from unpatch.blind.models.estimator import Estimator, ModelSettings
from unpatch.blind.models.teacher_forcing import IGNORED, Choice, Mistakes, Outputs
from unpatch.blind.tokens import EDGE_TYPE, KIND, NODE_ID, TARGET, TYPE, TokenType
from unpatch.blind.vocabulary import Vocabulary


class NodeByNode(Estimator):
    """Prototype node by node, numbers in a second pass as in the proposed system."""

    def __init__(self, settings: ModelSettings, vocabulary: Vocabulary) -> None:
        super().__init__(settings, vocabulary)
        width, sizes = settings.decoder.width, self.sizes
        # The last choice is END, or no edge.
        self.node_head = nn.Linear(width, sizes.kinds + 1)
        self.newer = nn.Linear(width, width)
        self.older = nn.Linear(width, width)
        self.edge_head = nn.Linear(width, sizes.edge_types + 1)

    def next_node(self, vectors: Tensor) -> Tensor:
        """Last vectors of finished nodes ``[..., D]`` to logits ``[..., K + 1]``: a kind, or END."""
        logits: Tensor = self.node_head(vectors)
        return logits

    def edges(self, newer: Tensor, older: Tensor) -> Tensor:
        """Vectors of node tokens, paired by broadcasting, to logits ``[..., E + 1]``: a type, or none."""
        logits: Tensor = self.edge_head(relu(self.newer(newer) + self.older(older)))
        return logits

    def choices(self, vectors: Tensor, batch: Batch) -> dict[str, Choice]:
        """Of each node, and of END, the kind; of each pair of nodes the edge ``[B, N, N]``, newer first."""
        nodes, place = self._nodes(vectors, batch.rows)
        return {
            "node": Choice(self.next_node(vectors[:, :-1]), self._true_nodes(batch.rows[:, 1:])),
            "edge": Choice(
                self.edges(nodes[:, :, None], nodes[:, None]), self._true_edges(batch.rows, place)
            ),
        }

    def _nodes(self, vectors: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Vectors of the node tokens ``[B, N, D]``, and which of them are real ``[B, N]``."""
        is_node = rows[..., TYPE] == TokenType.NODE
        most = int(is_node.sum(1).max())
        place = is_node.int().argsort(dim=1, descending=True, stable=True)[:, :most]
        nodes = vectors.gather(1, place[..., None].expand(-1, -1, vectors.shape[-1]))
        return nodes, is_node.gather(1, place)

    def _true_nodes(self, coming: Tensor) -> Tensor:
        """Kinds where a node comes, K where END does ``[B, L]``."""
        types = coming[..., TYPE]
        truth = torch.where(types == TokenType.NODE, coming[..., KIND], IGNORED)
        return torch.where(types == TokenType.END, self.sizes.kinds, truth)

    def _true_edges(self, rows: Tensor, real: Tensor) -> Tensor:
        """Edge types, E where a pair has no edge ``[B, N, N]``; of several the first."""
        count, none = real.shape[1], self.sizes.edge_types
        earlier = torch.ones(count, count, dtype=torch.bool, device=rows.device).tril(-1)
        truth = torch.where(earlier & real[:, :, None], none, IGNORED)
        kinds = torch.where(rows[..., TYPE] == TokenType.EDGE, rows[..., EDGE_TYPE], none)
        # Place (0, 0) is no pair, and stays ignored.
        truth = truth.flatten(1).scatter_reduce(1, pairs(rows, count), kinds, "amin")
        return truth.view(-1, count, count)

    def mistakes(self, outputs: Outputs, batch: Batch) -> Mistakes:
        """A node is wrong if another kind, or END, was predicted before it; an edge, if its pair got another.

        The closest to the paper's definition, which counts steps: here a step is a pair. Of the many
        pairs that have no edge only those count that were given one, as edges too many.
        """
        wrong_nodes = pad(outputs.choices["node"].missed, (1, 0))
        edge = outputs.choices["edge"]
        predicted = edge.scores.argmax(-1)
        rows, count, none = batch.rows, predicted.shape[1], self.sizes.edge_types
        is_edge = rows[..., TYPE] == TokenType.EDGE
        wrong_edges = is_edge & (predicted.flatten(1).gather(1, pairs(rows, count)) != rows[..., EDGE_TYPE])
        return Mistakes(wrong_nodes | wrong_edges, (edge.missed & (edge.truth == none)).flatten(1).sum(1))


def pairs(rows: Tensor, nodes: int) -> Tensor:
    """Index in a flat matrix ``[N, N]`` of each edge token's pair ``[B, L]``; 0 for other tokens."""
    place = rows[..., NODE_ID] * nodes + rows[..., TARGET]
    return torch.where(rows[..., TYPE] == TokenType.EDGE, place, 0)
