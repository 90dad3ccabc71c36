"""Examples in memory, and batches of them.

Pictures are kept as bytes: 256 steps over [-1, 1] are 0.4 dB of level, far below what a network hears,
and a quarter of the room of float32.

Shapes: B batch, C channels, M mel bands, F frames, L tokens, P parameters per token.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.spec import Processor
from unpatch.synth.shards import Stored, read_shards
from unpatch.tokens import REFERENCE_LEVEL_DB, Tokens, pad, tokenize
from unpatch.vocabulary import Vocabulary

STEPS = 255
Shape: TypeAlias = tuple[int, int, int]
"""Channels, bands, frames of a picture."""
# So many batches are sorted by length together: little padding, yet still a random mixture.
SORTED_TOGETHER = 32


class Batch(NamedTuple):
    """Pictures ``[B, C, M, F]``, tokens ``[B, L, 5]``, slots and unit values ``[B, L, P]``."""

    pictures: Tensor
    rows: Tensor
    slots: Tensor
    units: Tensor


@dataclass(frozen=True)
class Item:
    """One example as a model sees it."""

    picture: NDArray[np.uint8]
    tokens: Tokens
    graph: Graph


@dataclass(frozen=True)
class Corpus:
    """A set of examples."""

    items: tuple[Item, ...]

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def load(
        cls,
        shards: Iterable[Path],
        vocabulary: Vocabulary,
        registry: Mapping[str, Processor],
        limit: int | None = None,
        *,
        shape: Shape | None = None,
    ) -> "Corpus":
        """Read graphs and features of shards; ``shape`` is that of the pictures the model takes."""
        items = []
        for stored in read_shards(shards, parts=("features",)):
            items.append(item_of(stored, vocabulary, registry, shape))
            if limit is not None and len(items) >= limit:
                break
        return cls(tuple(items))

    def batch(self, indices: Iterable[int] | NDArray[np.int64]) -> Batch:
        chosen = [self.items[i] for i in indices]
        tokens = pad([item.tokens for item in chosen])
        pictures = torch.from_numpy(np.stack([item.picture for item in chosen]))
        return Batch(
            restored(pictures),
            torch.from_numpy(tokens.rows),
            torch.from_numpy(tokens.slots),
            torch.from_numpy(tokens.units),
        )

    def in_order(self, size: int) -> Iterator[Batch]:
        """Every example once."""
        for start in range(0, len(self), size):
            yield self.batch(range(start, min(start + size, len(self))))

    def shuffled(self, size: int, seed: int) -> Iterator[NDArray[np.int64]]:
        """Indices of batches without end; examples of similar length meet. Seeds repeat, epochs do not."""
        generator = np.random.default_rng(seed)
        while True:
            yield from self._epoch(size, generator)

    def _epoch(self, size: int, generator: np.random.Generator) -> Iterator[NDArray[np.int64]]:
        lengths = np.array([len(item.tokens) for item in self.items])
        order = generator.permutation(len(self))
        for start in range(0, len(order), size * SORTED_TOGETHER):
            pool = order[start : start + size * SORTED_TOGETHER]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            batches = [generator.permutation(pool[i : i + size]) for i in range(0, len(pool), size)]
            for i in generator.permutation(len(batches)):
                yield batches[i]

    def statistics(self, limit: int = 1024) -> tuple[Tensor, Tensor]:
        """Mean and deviation of the pictures over examples and frames ``[C, M]``."""
        pictures = restored(torch.from_numpy(np.stack([item.picture for item in self.items[:limit]])))
        return pictures.mean((0, 3)), pictures.std((0, 3)).clamp_min(1 / STEPS)


def item_of(
    stored: Stored, vocabulary: Vocabulary, registry: Mapping[str, Processor], shape: Shape | None = None
) -> Item:
    """A stored example as a model of pictures of this shape sees it."""
    if stored.features is None:
        raise ValueError(f"example {stored.key} has no features: make the data set with them")
    if shape is not None and stored.features.shape != shape:
        raise ValueError(
            f"example {stored.key} has features of shape {stored.features.shape}, the model takes {shape}: "
            "make the data set with the model's preset"
        )
    graph = check(stored.graph, registry)
    return item(torch.from_numpy(stored.features), graph, vocabulary, registry, level_of(stored))


def level_of(stored: Stored) -> float:
    """Level of an example's wet signal in dB."""
    if "level_db" not in stored.meta:
        raise ValueError(f"example {stored.key} does not tell its level: make the data set anew")
    return float(stored.meta["level_db"])


def item(
    picture: Tensor,
    graph: Graph,
    vocabulary: Vocabulary,
    registry: Mapping[str, Processor],
    level_db: float = REFERENCE_LEVEL_DB,
) -> Item:
    """An example of a recording of this level."""
    return Item(quantised(picture), tokenize(graph, vocabulary, registry, level_db), graph)


def quantised(picture: Tensor) -> NDArray[np.uint8]:
    """[-1, 1] to bytes."""
    levels: NDArray[np.uint8] = ((picture.float() + 1) * (STEPS / 2)).round().to(torch.uint8).numpy()
    return levels


def restored(levels: Tensor) -> Tensor:
    """Bytes to [-1, 1]."""
    return levels.float() * (2 / STEPS) - 1
