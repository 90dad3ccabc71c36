"""A stream of examples without end, of which a folder holds the newest shards: a ring.

Shard number i is a function of the seed, of i, of the dry sources and of the generator's code. Training goes
through the stream in blocks: each block takes one new shard and shuffles it with some that are still in the
ring, drawn by the seed and the number of the block. So what a step learns from hangs on the step alone, not
on which process was faster; a shard that is missing, be it of the future or lost with its disk, is made when
it is due.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from unpatch.features.pictures import FeatureSettings
from unpatch.ranges import COUNT
from unpatch.storage.documents import read_json
from unpatch.storage.files import write_aside
from unpatch.storage.identity import checksum, code_of, require_same
from unpatch.synth.draw import Draw
from unpatch.synth.produce import MAY_MOVE, Dataset, write_shard
from unpatch.synth.shards import DatasetError
from unpatch.synth.strata import Stratum

MANIFEST = "ring.json"
NO_MATTER = ("storage.outputs", "storage.drafts", "execution.workers", "ranges", "storage.legible")
"""Modules that the content of shards does not hang on."""
_OLDER = 1
"""Names the stream of draws of older shards."""


@dataclass(frozen=True)
class Content:
    """What the graphs of a shard are drawn from; see the same of :class:`unpatch.synth.produce.Dataset`."""

    stratum: Stratum = "paper"
    most_processors: int | None = None


@dataclass(frozen=True)
class Lesson:
    """A part of a curriculum.

    Attributes:
        first: number of its first example in the stream.
        contents: of one shard after another, over and over.
    """

    first: int
    contents: tuple[Content, ...]


@dataclass(frozen=True)
class StreamSettings:
    """What a stream holds, and how it is used.

    Attributes:
        lessons: a curriculum, the first lesson from example 0 on; none leaves the content to the data set.
        shard: examples in a shard.
        ring: examples that are kept to be seen again.
        reuse: how often an example is seen on average, once the ring is full; while it is being filled,
            the existing ones are seen more often. A block holds this many shards.
    """

    shard: int = 250
    ring: int = 40_000
    reuse: int = 6
    lessons: tuple[Lesson, ...] = ()

    def __post_init__(self) -> None:
        for name in ("shard", "ring", "reuse"):
            COUNT.check(name, getattr(self, name))
        if self.ring < self.shard * self.reuse:
            raise ValueError(
                f"a ring of {self.ring} examples holds no block: that has {self.reuse} shards of {self.shard}"
            )

        firsts = [lesson.first for lesson in self.lessons]
        if firsts and (firsts[0] or firsts != sorted(firsts) or not all(x.contents for x in self.lessons)):
            raise ValueError(f"lessons begin at example 0, in order, each with some content; not at {firsts}")

    @property
    def shards(self) -> int:
        """In a full ring."""
        return self.ring // self.shard

    def content(self, shard: int) -> Content | None:
        """What a shard holds, by its number alone; None where there is no curriculum."""
        begun = [lesson for lesson in self.lessons if lesson.first <= shard * self.shard]
        return begun[-1].contents[shard % len(begun[-1].contents)] if begun else None


@dataclass(frozen=True)
class Place:
    """State of training in a stream.

    Attributes:
        block: counted from 0.
        done: batches of the block that have been used.
        newest: the block's new shard.
        oldest: the stream's first shard.
    """

    block: int = 0
    done: int = 0
    newest: int = 0
    oldest: int = 0

    def following(self) -> "Place":
        """The start of the next block."""
        return replace(self, block=self.block + 1, done=0, newest=self.newest + 1)

    def kept(self, settings: StreamSettings) -> range:
        """Shards that this block and those after it may need, up to its newest."""
        return range(max(self.oldest, self.newest + 1 - settings.shards), self.newest + 1)

    def shards(self, settings: StreamSettings, seed: int) -> list[int]:
        """Those of this block, the newest last."""
        older = self.kept(settings)[:-1]
        draw = Draw(seed, self.block, _OLDER)
        return [*draw.subset(older, min(settings.reuse - 1, len(older))), self.newest]


@dataclass(frozen=True)
class Ring:
    """A folder of shards.

    Attributes:
        dataset: what the shards hold, but for the curriculum.
        pictures: how pictures are taken.
        settings: of the stream.
    """

    folder: Path
    dataset: Dataset
    pictures: FeatureSettings
    settings: StreamSettings

    def path(self, shard: int) -> Path:
        return self.dataset.path(self.folder, shard)

    def missing(self, shards: Sequence[int]) -> list[int]:
        return [shard for shard in shards if not self.path(shard).exists()]

    def make(self, shard: int) -> None:
        """Generate one; until it is whole there is no file under its name."""
        write_shard(self.folder, self.of(shard), self.pictures, shard)

    def of(self, shard: int) -> Dataset:
        """What a shard is a part of."""
        content = self.settings.content(shard)
        return self.dataset if content is None else replace(self.dataset, **vars(content))

    def forget(self, before: int) -> None:
        """Remove the shards before this one."""
        first = self.path(before).name
        for path in self._shards():
            if path.name < first:
                path.unlink(missing_ok=True)

    def _shards(self) -> Iterator[Path]:
        """All that there are."""
        return self.folder.glob(self.dataset.path(self.folder, 0).name.replace("00000", "*"))

    def identity(self) -> dict[str, Any]:
        """All that the content of the shards hangs on, as JSON would give it back."""
        settings = {name: value for name, value in asdict(self.dataset).items() if name not in MAY_MOVE}
        found: dict[str, Any] = json.loads(
            json.dumps(
                {
                    **settings,
                    "lessons": [asdict(lesson) for lesson in self.settings.lessons],
                    "pictures": asdict(self.pictures),
                    "sources": sources_checksum(self.dataset.files()),
                    "generator": code_of("synth.produce", without=NO_MATTER),
                    "versions": {
                        kind: processor.version for kind, processor in self.dataset.registry.items()
                    },
                }
            )
        )
        return found

    def claim(self) -> None:
        """Note in the folder what it holds; DatasetError, in one line, if it holds something else."""
        manifest, identity = self.folder / MANIFEST, self.identity()
        if not manifest.exists():
            if there := next(self._shards(), None):
                raise DatasetError(
                    f"{there}: is there already, without the {MANIFEST} of a ring; move it away"
                )
            write_aside(manifest, (json.dumps(identity, indent=1) + "\n").encode())
            return
        found = read_json(manifest, DatasetError)
        if not isinstance(found, dict):
            raise DatasetError(f"{manifest}: holds no settings of a ring")
        require_same(manifest, identity, found, "ring of examples")


def sources_checksum(files: Sequence[Path]) -> str:
    """Of the names and contents of recordings, independent of their location."""
    found = hashlib.sha256()
    for line in sorted(f"{path.name} {checksum(path)}" for path in files if path.is_file()):
        found.update(line.encode())
    return found.hexdigest()
