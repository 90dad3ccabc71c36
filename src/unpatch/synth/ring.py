"""A stream of examples without end, of which a folder holds the newest shards: a ring.

Shard number i is a function of the seed, of i, of the dry sources and of the generator's code. Training goes
through the stream in blocks: each block takes one new shard and shuffles it with some that are still in the
ring, drawn by the seed and the number of the block. So what a step learns from hangs on the step alone, not
on which process was faster; a shard that is missing, be it of the future or lost with its disk, is made when
it is due.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from unpatch.documents import read_json
from unpatch.features import FeatureSettings
from unpatch.files import write_aside
from unpatch.identity import checksum, code_of, require_same
from unpatch.ranges import COUNT
from unpatch.synth.draw import Draw
from unpatch.synth.produce import MAY_MOVE, Dataset, write_shard
from unpatch.synth.shards import DatasetError

MANIFEST = "ring.json"
NO_MATTER = ("outputs", "drafts", "workers", "ranges", "legible")
"""Modules that the content of shards does not hang on."""
_OLDER = 1
"""Names the stream of draws of older shards."""


@dataclass(frozen=True)
class StreamSettings:
    """How a stream is used.

    Attributes:
        shard: examples in a shard.
        ring: examples that are kept to be seen again.
        reuse: how often an example is seen on average, once the ring is full; while it is being filled,
            those that there are are seen more often. A block holds so many shards.
    """

    shard: int = 250
    ring: int = 40_000
    reuse: int = 16

    def __post_init__(self) -> None:
        for name in ("shard", "ring", "reuse"):
            COUNT.check(name, getattr(self, name))
        if self.ring < self.shard * self.reuse:
            raise ValueError(
                f"a ring of {self.ring} examples holds no block: that has {self.reuse} shards of {self.shard}"
            )

    @property
    def shards(self) -> int:
        """In a full ring."""
        return self.ring // self.shard


@dataclass(frozen=True)
class Place:
    """Where training stands in a stream.

    Attributes:
        block: counted from 0.
        done: batches of the block that have been learnt from.
        newest: the block's new shard.
        oldest: the stream's first shard, where it began.
    """

    block: int = 0
    done: int = 0
    newest: int = 0
    oldest: int = 0

    def following(self) -> "Place":
        """The beginning of the next block."""
        return replace(self, block=self.block + 1, done=0, newest=self.newest + 1)

    def kept(self, settings: StreamSettings) -> range:
        """Shards that this block and those after it may ask for, up to its newest."""
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
        dataset: what the shards hold.
        pictures: how pictures are taken.
    """

    folder: Path
    dataset: Dataset
    pictures: FeatureSettings

    def path(self, shard: int) -> Path:
        return self.dataset.path(self.folder, shard)

    def missing(self, shards: Sequence[int]) -> list[int]:
        return [shard for shard in shards if not self.path(shard).exists()]

    def make(self, shard: int) -> None:
        """Generate one; until it is whole there is no file under its name."""
        write_shard(self.folder, self.dataset, self.pictures, shard)

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
    """Of the names and contents of recordings, wherever they lie."""
    found = hashlib.sha256()
    for line in sorted(f"{path.name} {checksum(path)}" for path in files if path.is_file()):
        found.update(line.encode())
    return found.hexdigest()


def generator_settings(identity: Mapping[str, Any]) -> dict[str, Any]:
    """Of an identity, what a model's notes tell about its examples."""
    return {name: identity[name] for name in ("seed", "split", "sources", "generator")}
