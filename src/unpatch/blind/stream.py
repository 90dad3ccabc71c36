"""Batches of a stream of examples, block by block; see :mod:`unpatch.synth.ring`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from unpatch.blind.corpus import Batch, Corpus, Item
from unpatch.blind.vocabulary import Vocabulary
from unpatch.declaration import Processor
from unpatch.synth.ring import Place, Ring

AHEAD = 4
"""Generators run ahead by at most this part of the ring."""

BLUR_OCTAVES = 2.0
"""Blur of lengths by which batches are sorted. Of graphs with two effects at most the longest of a batch then
has 12 tokens in place of 8; in return no batch holds untouched recordings alone, where one in six did."""


@dataclass(frozen=True)
class ExampleStream:
    """Examples of a ring as a model learns from them.

    Attributes:
        ring: of shards.
        vocabulary: of the model.
        registry: kind to processor.
        seed: of the order.
    """

    ring: Ring
    vocabulary: Vocabulary
    registry: Mapping[str, Processor]
    seed: int
    _items: dict[int, tuple[Item, ...]] = field(default_factory=dict, repr=False, compare=False)

    def corpus(self, shards: list[int]) -> Corpus:
        """Examples of shards that are there; tokens and graphs are kept, some 10 kB each."""
        for shard in shards:
            if shard not in self._items:
                path, pictures = self.ring.path(shard), self.ring.pictures
                self._items[shard] = Corpus.load([path], self.vocabulary, self.registry, pictures).items
        return Corpus(tuple(item for shard in shards for item in self._items[shard]))

    def _forget(self, before: int) -> None:
        for shard in [shard for shard in self._items if shard < before]:
            del self._items[shard]

    def batches(
        self, place: Place, size: int, need: Callable[[list[int], list[int]], None]
    ) -> Iterator[tuple[Batch, Place]]:
        """Batches from a place on, each with the place after it; without end.

        Args:
            place: start position.
            size: examples in a batch.
            need: see :meth:`unpatch.synth.supply.Supply.need`.
        """
        while True:
            shards = place.shards(self.ring.settings, self.seed)
            need(shards, self.coming(place))
            corpus = self.corpus(shards)
            order = np.random.default_rng((self.seed, place.block))
            chosen = list(corpus.epoch(size, order, whole=True, blur_octaves=BLUR_OCTAVES))
            for done, indices in enumerate(chosen[place.done :], place.done + 1):
                after = replace(place, done=done) if done < len(chosen) else place.following()
                yield corpus.batch(indices), after
            place = place.following()
            self._forget(place.kept(self.ring.settings).start)

    def coming(self, place: Place) -> list[int]:
        """Shards of the next blocks in the order in which they will be due."""
        found: dict[int, None] = {}
        for _ in range(max(1, self.ring.settings.shards // AHEAD)):
            place = place.following()
            found |= dict.fromkeys(place.shards(self.ring.settings, self.seed))
        return list(found)
