"""Making a whole data set: shards in parallel, resumable, with one progress callback."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import MISSING, asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numba
import torch

from unpatch.dsp.cpu import configure_cpu
from unpatch.execution.workers import spread
from unpatch.features.pictures import FeatureSettings
from unpatch.processors import Registry
from unpatch.ranges import COUNT_OR_NONE, EFFECTS, SEED, SHARD_SIZE, WORKERS
from unpatch.storage.documents import read_json
from unpatch.storage.files import write_aside
from unpatch.storage.outputs import check_outputs
from unpatch.synth.drums.sources import DrumSources, performance_files
from unpatch.synth.generate import Example, Task, generate
from unpatch.synth.instruments.catalogue import fonts_in
from unpatch.synth.mixture import Licences, Mixture
from unpatch.synth.shards import DatasetError, members, write_tar
from unpatch.synth.sources import FRAMES, TRAIN, DrySources, Sources
from unpatch.synth.strata import Stratum, registry_of

Report: TypeAlias = Callable[[int, int], None]
"""Examples that are ready, and all that are wanted."""

MANIFEST = "dataset.json"
"""What a folder holds: the settings of its data set, the pictures beside it and the processors' versions."""


MAY_MOVE = ("root", "kits", "more_roots")
"""Settings that are a location, not content."""


@dataclass(frozen=True)
class Dataset:
    """What is in a data set. Equal settings give equal shards, byte by byte.

    Attributes:
        root: folder of dry recordings, see :class:`unpatch.synth.sources.Sources`, or of drummers'
            performances, see :class:`unpatch.synth.drums.sources.DrumSources`; it may move.
        split: the recordings that may be used.
        audio: which of "dry" and "wet" are stored.
        shard_size: examples in a shard.
        kits: folders of drum kits; they may move, too.
        more_roots: further folders, see :class:`unpatch.synth.mixture.Mixture`; they may move, too.
        licences: whether all training material must be permissive.
        development: performers held out of training.
        stratum: what the graphs are drawn from, see :mod:`unpatch.synth.strata`.
        most_processors: effects that a graph of the engineer stratum has at most.
    """

    root: str
    task: Task = "singing"
    split: str = TRAIN
    seed: int = 0
    frames: int = FRAMES
    audio: tuple[str, ...] = ("dry",)
    shard_size: int = 250
    kits: tuple[str, ...] = ()
    more_roots: tuple[str, ...] = ()
    licences: Licences = "any"
    development: tuple[str, ...] = ()
    stratum: Stratum = "paper"
    most_processors: int | None = None

    def __post_init__(self) -> None:
        SEED.check("seed", self.seed)
        EFFECTS.check("most_processors", self.most_processors)
        if self.most_processors is not None and self.stratum == "paper":
            raise ValueError("most_processors bounds the engineer stratum; the paper's has no bound")
        SHARD_SIZE.check("shard_size", self.shard_size)
        if self.task == "drums" and (self.more_roots or self.licences != "any" or self.development):
            raise DatasetError("drums take one folder of performances, of any licence")

    @property
    def registry(self) -> Registry:
        """The kinds that may occur."""
        return registry_of(self.stratum)

    def example(self, sources: DrySources, index: int) -> Example:
        """One of its examples."""
        return generate(
            self.task,
            self.seed,
            sources,
            index,
            frames=self.frames,
            stratum=self.stratum,
            most_processors=self.most_processors,
        )

    def path(self, folder: Path, shard: int) -> Path:
        return folder / f"{self.task}-{self.split}-{self.seed}-{shard:05d}.tar"

    def sources(self) -> DrySources:
        """What its dry tracks are drawn from."""
        if self.task == "drums":
            return DrumSources.open(self.root, self.kits, self.split)
        return self._recordings()

    def files(self) -> list[Path]:
        """Recordings or performances that it is drawn from."""
        if self.task == "drums":
            return performance_files(Path(self.root), self.split)
        return self._recordings().files()

    @property
    def roots(self) -> tuple[str, ...]:
        """All folders of dry signals."""
        return (self.root, *self.more_roots)

    def _recordings(self) -> Sources | Mixture:
        chosen = self.more_roots or self.licences != "any" or self.development
        if chosen or fonts_in(Path(self.root)):
            return Mixture.open(self.roots, self.split, self.licences, self.development)
        return Sources.open(self.root, self.split)


def write_shards(
    folder: str | Path,
    dataset: Dataset,
    count: int,
    *,
    pictures: FeatureSettings | None = None,
    workers: int = 1,
    report: Report = lambda done, total: None,
) -> list[Path]:
    """Write at least ``count`` examples, in whole shards; those that are there already are kept.

    Args:
        folder: made if it is missing. It holds one data set; asking for another one is refused, be it by
            its settings, by its pictures or by the versions of the processors.
        dataset: what to make.
        count: how many examples; with 0 the folder is only claimed for the data set.
        pictures: how pictures of the wet and dry signals are taken; without it there are none.
        workers: processes, of one thread each; with 1 everything happens in this one.
        report: called whenever a shard is ready.

    Returns:
        The paths of all shards, old and new, in order.
    """
    COUNT_OR_NONE.check("count", count)
    WORKERS.check("workers", workers)
    folder = Path(folder)
    check_data_set(folder, dataset, count)
    dataset.sources().check()
    _claim(folder, dataset, pictures)
    shards = range(-(-count // dataset.shard_size))
    missing = [shard for shard in shards if not dataset.path(folder, shard).exists()]
    done, total = len(shards) - len(missing), len(shards)
    report(done * dataset.shard_size, total * dataset.shard_size)
    for _ in _run(folder, dataset, missing, pictures, workers):
        done += 1
        report(done * dataset.shard_size, total * dataset.shard_size)
    return [dataset.path(folder, shard) for shard in shards]


def check_data_set(folder: Path, dataset: Dataset, count: int, also: Iterable[Path] = ()) -> None:
    """Refuse a folder where the data set, or files that come with it, would replace what it is made of."""
    shards = [dataset.path(folder, shard) for shard in range(-(-count // dataset.shard_size))]
    reads = {
        "--sources": [*map(Path, dataset.roots), *dataset.files()],
        "--kits": [Path(kit) for kit in dataset.kits],
    }
    check_outputs(reads, {"--output": [*shards, folder / MANIFEST, *also]}, into=[folder])


def write_shard(folder: Path, dataset: Dataset, pictures: FeatureSettings | None, shard: int) -> None:
    """Make and write one shard."""
    sources = dataset.sources()
    content: dict[str, bytes] = {}
    for index in range(shard * dataset.shard_size, (shard + 1) * dataset.shard_size):
        content |= members(dataset.example(sources, index), pictures, dataset.audio)
    write_tar(dataset.path(folder, shard), content)


def _run(
    folder: Path, dataset: Dataset, missing: list[int], pictures: FeatureSettings | None, workers: int
) -> Iterator[int]:
    """Yield the number of each shard once it is written."""
    write = partial(write_shard, folder, dataset, pictures)
    if workers <= 1:
        for shard in missing:
            write(shard)
            yield shard
        return
    with closing(spread(write, missing, workers, use_one_core)) as jobs:
        for shard, done in jobs:
            done.result()
            yield shard


def use_one_core() -> None:
    """Processes share the cores; threads within them would only get in each other's way."""
    configure_cpu()
    torch.set_num_threads(1)
    numba.set_num_threads(1)


def _claim(folder: Path, dataset: Dataset, pictures: FeatureSettings | None) -> None:
    """Note in the folder what it holds, or refuse if it holds something else."""
    manifest = folder / MANIFEST
    settings = _settings(dataset, pictures)
    if not manifest.exists():
        write_aside(manifest, (json.dumps(settings, indent=2) + "\n").encode())
        return
    found = _defaults() | {"sources": settings["sources"]} | read_manifest(folder)
    changed = sorted(key for key in settings if key not in MAY_MOVE and found.get(key) != settings[key])
    if changed:
        raise DatasetError(f"{folder} holds another data set: it differs in {', '.join(changed)}")


def _settings(dataset: Dataset, pictures: FeatureSettings | None) -> dict[str, Any]:
    """All that the shards depend on, as JSON would give it back."""
    versions = {kind: processor.version for kind, processor in dataset.registry.items()}
    settings = {
        **asdict(dataset),
        "pictures": None if pictures is None else asdict(pictures),
        "versions": versions,
        "sources": [credit.to_dict() for credit in dataset.sources().credits()],
    }
    found: dict[str, Any] = json.loads(json.dumps(settings))
    return found


def _defaults() -> dict[str, Any]:
    """What settings mean that a manifest was written without, because there was no such choice then."""
    found: dict[str, Any] = {f.name: f.default for f in fields(Dataset) if f.default is not MISSING}
    return dict(json.loads(json.dumps(found)))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The settings of the data set in a folder, with its sources and their licences under ``sources``."""
    manifest = folder / MANIFEST
    found = read_json(manifest, DatasetError)
    if not isinstance(found, dict):
        raise DatasetError(f"{manifest}: holds no settings of a data set")
    return found
