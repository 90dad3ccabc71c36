"""Examples for training: tokens in memory, pictures on disk until a batch needs them.

A picture is a member of an uncompressed tar file, so that it can be read in place. What is read often
stays in the system's file cache, which several trainings share; a set larger than memory works as well.

Shapes: B batch, C channels, V sources that the task may have, M mel bands, F frames, E signals and N lags of
cepstra, L tokens, P parameters per token.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.blind.tokens import REFERENCE_LEVEL_DB, Tokens, pad, tokenize
from unpatch.blind.vocabulary import Vocabulary
from unpatch.declaration import Processor
from unpatch.features.pictures import STEPS, FeatureSettings, quantised, restored
from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.ranges import COUNT
from unpatch.synth.shards import Bytes, DatasetError, OnDisk, Stored, read_shards

NO_ECHOES: Bytes = np.zeros((0, 0), dtype=np.uint8)
# This many batches are sorted by length together: little padding, yet still a random mixture.
SORTED_TOGETHER = 32


class Batch(NamedTuple):
    """Some examples.

    Attributes:
        pictures: ``[B, C, M, F]``.
        dry: pictures of the dry tracks ``[B, V, M, F]``.
        rows: tokens ``[B, L, 5]``.
        slots: ``[B, L, P]``.
        units: values of the slots ``[B, L, P]``.
        echoes: cepstra ``[B, E, N]``; ``[B, 0, 0]`` for a model that takes none.
    """

    pictures: Tensor
    dry: Tensor
    rows: Tensor
    slots: Tensor
    units: Tensor
    echoes: Tensor


@dataclass(frozen=True)
class Item:
    """One example as model input.

    Attributes:
        picture: ``[C, M, F]``.
        dry: pictures of the dry tracks ``[V, M, F]``.
        channels: which of the picture's channels to show, in order.
        echoes: cepstra ``[E, N]``, if there are any.
        echo_signals: which of their signals to show, in order.
    """

    picture: Bytes | OnDisk
    dry: Bytes | OnDisk
    tokens: Tokens
    graph: Graph
    channels: tuple[int, ...]
    echoes: Bytes | OnDisk | None = None
    echo_signals: tuple[int, ...] = ()

    def shown(self) -> Bytes:
        """The picture as the model takes it."""
        found: Bytes = pixels(self.picture)[list(self.channels)]
        return found

    def repeats(self) -> Bytes:
        """The cepstra as the model takes them; nothing is read if it takes none."""
        if self.echoes is None or not self.echo_signals:
            return NO_ECHOES
        found: Bytes = pixels(self.echoes)[list(self.echo_signals)]
        return found


def pixels(picture: Bytes | OnDisk) -> Bytes:
    """A picture, wherever it is."""
    return picture.read() if isinstance(picture, OnDisk) else picture


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
        settings: FeatureSettings,
        limit: int | None = None,
    ) -> "Corpus":
        """Read the graphs of shards, and the index of their pictures; ``settings`` are those of the model."""
        COUNT.check("limit", limit)
        items = []
        for stored in read_shards(shards, parts=("pictures",), lazy=True):
            items.append(item_of(stored, vocabulary, registry, settings))
            if limit is not None and len(items) >= limit:
                break
        return cls(tuple(items))

    def batch(self, indices: Iterable[int] | NDArray[np.int64]) -> Batch:
        chosen = [self.items[i] for i in indices]
        tokens = pad([item.tokens for item in chosen])
        return Batch(
            _stacked([item.shown() for item in chosen]),
            _stacked([pixels(item.dry) for item in chosen]),
            torch.from_numpy(tokens.rows),
            torch.from_numpy(tokens.slots),
            torch.from_numpy(tokens.units),
            _stacked([item.repeats() for item in chosen]),
        )

    def in_order(self, size: int) -> Iterator[Batch]:
        """Every example once."""
        for start in range(0, len(self), size):
            yield self.batch(range(start, min(start + size, len(self))))

    def shuffled(self, size: int, seed: int) -> Iterator[NDArray[np.int64]]:
        """Indices of batches without end; examples of similar length meet. Seeds repeat, epochs do not."""
        generator = np.random.default_rng(seed)
        while True:
            yield from self.epoch(size, generator)

    def epoch(
        self, size: int, generator: np.random.Generator, *, whole: bool = False, blur_octaves: float = 0.0
    ) -> Iterator[NDArray[np.int64]]:
        """Indices of batches, each example once, examples of similar length together.

        Args:
            size: examples in a batch.
            generator: of the order.
            whole: whether only batches of exactly that size are made; the remaining examples are left out.
            blur_octaves: largest random change of the length that examples are sorted by. Among short graphs
                equal lengths mean equal targets, up to batches of untouched recordings alone.
        """
        lengths = np.array([len(item.tokens) for item in self.items], dtype=np.float64)
        order = generator.permutation(len(self))
        if blur_octaves:
            lengths *= 2.0 ** generator.uniform(-blur_octaves, blur_octaves, len(self))
        if whole and len(order) >= size:
            order = order[: len(order) // size * size]
        for start in range(0, len(order), size * SORTED_TOGETHER):
            pool = order[start : start + size * SORTED_TOGETHER]
            pool = pool[np.argsort(lengths[pool], kind="stable")]
            batches = [generator.permutation(pool[i : i + size]) for i in range(0, len(pool), size)]
            for i in generator.permutation(len(batches)):
                yield batches[i]

    def statistics(self, limit: int = 1024) -> tuple[Tensor, Tensor]:
        """Mean and deviation over examples and frames ``[C + V, M]``, the pictures' before the dry ones'."""
        some = self.items[:limit]
        pictures = _stacked([np.concatenate([item.shown(), pixels(item.dry)]) for item in some])
        return pictures.mean((0, 3)), pictures.std((0, 3)).clamp_min(1 / STEPS)


def _stacked(pictures: Sequence[Bytes]) -> Tensor:
    return restored(torch.from_numpy(np.stack(pictures)))


def item_of(
    stored: Stored, vocabulary: Vocabulary, registry: Mapping[str, Processor], settings: FeatureSettings
) -> Item:
    """A stored example as input of a model with these pictures."""
    if stored.picture is None or stored.dry_pictures is None:
        raise DatasetError(f"example {stored.key} has no pictures: make the data set with a preset")
    channels, signals = _places(stored.key, stored.meta["pictures"], settings)
    graph = check(stored.graph, registry)
    tokens = tokenize(graph, vocabulary, registry, level_of(stored))
    return Item(stored.picture, stored.dry_pictures, tokens, graph, channels, stored.echoes, signals)


def _places(
    key: str, stored: Mapping[str, Any], wanted: FeatureSettings
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Indices of the wanted channels and cepstra in stored pictures, which must otherwise match the model.

    Data sets of before there were cepstra have none.
    """
    channels, signals = tuple(stored["channels"]), tuple(stored.get("echoes", ()))
    there = {"channels": channels, "echoes": signals}
    if asdict(wanted) | there != dict(stored) | there:
        raise DatasetError(
            f"example {key} has pictures taken with {dict(stored)}, the model takes {asdict(wanted)}: "
            "make the data set with the model's preset"
        )
    return (
        _found(f"example {key} has no channel", wanted.channels, channels),
        _found(f"example {key} has no cepstrum of", wanted.echoes, signals),
    )


def _found(lack: str, wanted: Sequence[str], there: Sequence[str]) -> tuple[int, ...]:
    """Places of names among others."""
    if missing := [name for name in wanted if name not in there]:
        raise DatasetError(f"{lack} {', '.join(missing)}; it has {', '.join(there) or 'none'}")
    return tuple(there.index(name) for name in wanted)


def level_of(stored: Stored) -> float:
    """Level of an example's wet signal in dB."""
    return float(stored.meta["level_db"])


def item(
    picture: Tensor,
    graph: Graph,
    vocabulary: Vocabulary,
    registry: Mapping[str, Processor],
    level_db: float = REFERENCE_LEVEL_DB,
    echoes: Tensor | None = None,
) -> Item:
    """An example of a recording of this level, from its picture ``[C, M, F]`` and its cepstra ``[E, N]``.

    The dry tracks are dark.
    """
    shown, repeats = quantised(picture), NO_ECHOES if echoes is None else quantised(echoes)
    dark = np.zeros((vocabulary.source_count, *shown.shape[1:]), dtype=np.uint8)
    tokens = tokenize(graph, vocabulary, registry, level_db)
    places = tuple(range(len(shown)))
    return Item(shown, dark, tokens, graph, places, repeats, tuple(range(len(repeats))))
