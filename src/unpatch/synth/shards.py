"""Examples on disk: tar files that webdataset reads too, and a streaming reader of our own.

Every example is a run of members with the example's key before the first dot:

=================  ==========================================================================
``.graph.json``    the graph
``.meta.json``     task, seed, index, sample rate, level of the wet signal in dB, singer, files, and
                   the scales of the audio
``.features.npy``  float16, if features were asked for
``.dry.flac``      24 bit, if asked for; scaled down where it exceeds full scale
``.wet.flac``      likewise
=================  ==========================================================================
"""

import io
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.audio import level_db
from unpatch.graph.data import Graph
from unpatch.synth.generate import Example

Part: TypeAlias = Literal["features", "dry", "wet"]
Features: TypeAlias = Callable[[Tensor], Tensor]
"""Audio ``[2, T]`` to whatever a model takes."""

GRAPH, META = "graph.json", "meta.json"
FEATURES, DRY, WET = "features.npy", "dry.flac", "wet.flac"


class DatasetError(ValueError):
    """What is wrong with a data set, or why it cannot be written where it was asked for, in one line."""


@dataclass(frozen=True)
class Stored:
    """An example as read back; what was not stored or not asked for is None."""

    key: str
    graph: Graph
    meta: Mapping[str, Any]
    features: NDArray[np.float16] | None = None
    dry: Tensor | None = None
    wet: Tensor | None = None


def members(example: Example, features: Features | None, audio: Iterable[str]) -> dict[str, bytes]:
    """What is stored of an example: member name to content."""
    key = f"{example.seed:06d}-{example.index:09d}"
    wanted = {DRY: example.dry, WET: example.wet}
    signals = {name: signal for name, signal in wanted.items() if name.split(".")[0] in audio}
    scales = {name: max(1.0, float(signal.abs().max())) for name, signal in signals.items()}
    content = {
        GRAPH: example.graph.to_json(indent=None).encode(),
        META: json.dumps(_meta(example) | {"scales": scales}, ensure_ascii=False).encode(),
    }
    if features is not None:
        content[FEATURES] = _npy(features(example.wet))
    content |= {name: _flac(signal / scales[name], example.sample_rate) for name, signal in signals.items()}
    return {f"{key}.{name}": data for name, data in content.items()}


def write_tar(path: Path, content: Mapping[str, bytes]) -> None:
    """Write members aside, then rename, so that a file under its name is always whole."""
    aside = path.with_suffix(path.suffix + ".part")
    with tarfile.open(aside, "w") as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    aside.rename(path)


def read_shards(
    paths: Iterable[str | Path], parts: Iterable[Part] = ("features", "dry", "wet")
) -> Iterator[Stored]:
    """Stream the examples of some shards in order; only ``parts`` are decoded."""
    wanted = set(parts)
    for path in paths:
        try:
            with tarfile.open(path, "r|") as tar:
                for key, run in groupby(_contents(tar, wanted), key=lambda item: item[0]):
                    yield _stored(path, key, {name: data for _, name, data in run})
        except tarfile.TarError as error:
            raise DatasetError(f"{path}: not a shard, or cut off ({error})") from None


def _contents(tar: tarfile.TarFile, wanted: set[Part]) -> Iterator[tuple[str, str, bytes]]:
    """Key, name and content of the members that are wanted."""
    for member in tar:
        key, _, name = member.name.partition(".")
        if name in (GRAPH, META) or name.split(".")[0] in wanted:
            file = tar.extractfile(member)
            if file is not None:
                yield key, name, file.read()


def _stored(path: str | Path, key: str, content: Mapping[str, bytes]) -> Stored:
    if not {GRAPH, META} <= content.keys():
        raise DatasetError(f"{path}: not a shard: {key!r} has no {GRAPH} and {META}")
    meta = json.loads(content[META])
    return Stored(
        key,
        Graph.from_json(content[GRAPH]),
        meta,
        np.load(io.BytesIO(content[FEATURES])) if FEATURES in content else None,
        *(_audio(content[name], meta["scales"][name]) if name in content else None for name in (DRY, WET)),
    )


def _meta(example: Example) -> dict[str, Any]:
    return {
        "task": example.task,
        "seed": example.seed,
        "index": example.index,
        "sample_rate": example.sample_rate,
        "level_db": level_db(example.wet),
        "singer": example.source.singer,
        "files": example.source.files,
    }


def _npy(features: Tensor) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, features.numpy().astype(np.float16))
    return buffer.getvalue()


def _flac(audio: Tensor, sample_rate: int) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, audio.numpy().T, sample_rate, format="FLAC", subtype="PCM_24")
    return buffer.getvalue()


def _audio(data: bytes, scale: float) -> Tensor:
    samples, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return torch.from_numpy(np.ascontiguousarray(samples.T)) * scale
