"""Examples on disk: tar files that webdataset reads too, and a streaming reader of our own.

Every example is a run of members with the example's key before the first dot:

=================  ==========================================================================
``.graph.json``    the graph
``.meta.json``     task, stratum, seed, index, sample rate, level of the recording in dB, performer, files,
                   sources, the scales of the audio, and the settings of the pictures
``.wet.npy``       picture of the recording as bytes ``[C, M, F]``, if requested
``.dry.npy``       pictures of all sources that the task may have ``[V, M, F]``, likewise
``.echo.npy``      cepstra of the recording as bytes ``[E, N]``, if in the pictures' settings
``.dry.flac``      mono tracks ``[S, T]``, 24 bit, if requested; scaled down where they exceed full scale
``.wet.flac``      stereo, likewise
=================  ==========================================================================
"""

import io
import json
import math
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any, Literal, TypeAlias

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.audio import level_db
from unpatch.features.pictures import FeatureSettings, dry_pictures, echoes, features, quantised
from unpatch.graph.data import TASK_SOURCES, Graph
from unpatch.storage.files import aside, visible
from unpatch.synth.generate import Example
from unpatch.synth.sources import Segment

Part: TypeAlias = Literal["pictures", "dry", "wet"]

GRAPH, META = "graph.json", "meta.json"
DRY_PICTURES, WET_PICTURE, ECHOES = "dry.npy", "wet.npy", "echo.npy"
DRY, WET = "dry.flac", "wet.flac"
MEMBERS: Mapping[Part, tuple[str, ...]] = {
    "pictures": (DRY_PICTURES, WET_PICTURE, ECHOES),
    "dry": (DRY,),
    "wet": (WET,),
}

MOST_MEMBER_BYTES = 2**28

_DAMAGES = (tarfile.TarError, ValueError, LookupError, TypeError, EOFError, RuntimeError, OverflowError)

Bytes: TypeAlias = NDArray[np.uint8]


class DatasetError(ValueError):
    """A fault of a data set, or of the place it should be written to, in one line."""


@dataclass(frozen=True)
class OnDisk:
    """A picture that is read directly from the tar file."""

    path: str
    offset: int
    shape: tuple[int, ...]

    def read(self) -> Bytes:
        count = math.prod(self.shape)
        found: Bytes = np.fromfile(self.path, np.uint8, count, offset=self.offset).reshape(self.shape)
        return found


@dataclass(frozen=True)
class Stored:
    """An example as read back; what was not stored or not requested is None.

    Attributes:
        picture: of the recording ``[C, M, F]``.
        dry_pictures: of the dry tracks ``[V, M, F]``.
        dry: mono tracks ``[S, T]``.
        wet: ``[2, T]``.
        echoes: cepstra of the recording ``[E, N]``.
    """

    key: str
    graph: Graph
    meta: Mapping[str, Any]
    picture: Bytes | OnDisk | None = None
    dry_pictures: Bytes | OnDisk | None = None
    dry: Tensor | None = None
    wet: Tensor | None = None
    echoes: Bytes | OnDisk | None = None


def members(example: Example, pictures: FeatureSettings | None, audio: Iterable[str]) -> dict[str, bytes]:
    """What is stored of an example: member name to content."""
    key = f"{example.seed:06d}-{example.index:09d}"
    wanted = {DRY: example.dry, WET: example.wet}
    signals = {name: signal for name, signal in wanted.items() if name.split(".")[0] in audio}
    scales = {name: max(1.0, float(signal.abs().max())) for name, signal in signals.items()}
    content = {
        GRAPH: example.graph.to_json(indent=None).encode(),
        META: json.dumps(_meta(example, pictures) | {"scales": scales}, ensure_ascii=False).encode(),
    }
    if pictures is not None:
        content[WET_PICTURE] = _npy(quantised(features(example.recording, pictures)))
        names, sources = example.segment.names, TASK_SOURCES[example.task]
        content[DRY_PICTURES] = _npy(quantised(dry_pictures(example.dry, names, sources, pictures)))
        if pictures.echoes:
            content[ECHOES] = _npy(quantised(echoes(example.recording, pictures)))
    content |= {name: _flac(signal / scales[name], example.sample_rate) for name, signal in signals.items()}
    return {f"{key}.{name}": data for name, data in content.items()}


def write_tar(path: Path, content: Mapping[str, bytes]) -> None:
    """Write members in order; a file under its name is always whole."""
    with aside(path) as draft, tarfile.open(draft, "w") as tar:
        for name, data in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def shards_in(folder: Path) -> list[Path]:
    """The shards of a data set, in order; DatasetError if there are none."""
    shards = visible(folder.glob("*.tar"))
    if not shards:
        raise DatasetError(f"{folder}: holds no shards (*.tar); make some with `unpatch synth`")
    return shards


def read_shards(
    paths: Iterable[str | Path],
    parts: Iterable[Part] = ("pictures", "dry", "wet"),
    *,
    lazy: bool = False,
    span: tuple[int, int | None] = (0, None),
) -> Iterator[Stored]:
    """Stream the examples of some shards in order.

    Args:
        paths: of the shards.
        parts: what is decoded beside graph and meta.
        lazy: pictures are not read, only located.
        span: which examples of each shard, from the first of the two up to the other.
    """
    wanted = {GRAPH, META, *(name for part in parts for name in MEMBERS[part])}
    for path in paths:
        with opened_shard(path) as tar:
            runs = groupby(_contents(tar, wanted, lazy=lazy), key=lambda item: item[0])
            for key, run in islice(runs, *span):
                yield _stored(key, {name: content for _, name, content in run})


@contextmanager
def opened_shard(path: str | Path) -> Iterator[tarfile.TarFile]:
    """A shard to read from; any fault in it is a DatasetError with its name."""
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except _DAMAGES as error:
        reason = f"lacks {error}" if isinstance(error, KeyError) else error or type(error).__name__
        raise DatasetError(f"{path}: not a shard, damaged or cut off ({reason})") from None


def _contents(
    tar: tarfile.TarFile, wanted: set[str], *, lazy: bool
) -> Iterator[tuple[str, str, bytes | OnDisk]]:
    """Key, name and content of the members that are wanted."""
    for member in tar:
        key, _, name = member.name.partition(".")
        if name in wanted:
            file = _opened_member(tar, member)
            on_disk = lazy and name in MEMBERS["pictures"]
            yield key, name, _place(tar, member, file) if on_disk else file.read()


def _opened_member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """A member as a file; refuses links and members with a declared size (sparse files) beyond the limit."""
    file = tar.extractfile(member) if member.isreg() and not member.issparse() else None
    if file is None:
        raise tarfile.ReadError(f"{member.name!r} is no plain file")
    if member.size > MOST_MEMBER_BYTES:
        raise tarfile.ReadError(
            f"{member.name!r} has {member.size} bytes, at most {MOST_MEMBER_BYTES} may be"
        )
    return file


def _place(tar: tarfile.TarFile, member: tarfile.TarInfo, file: IO[bytes]) -> OnDisk:
    """Position of the bytes of a .npy member, behind its header."""
    shape = _shape(file, member.size)
    return OnDisk(str(tar.name), member.offset_data + file.tell(), shape)


def _shape(file: IO[bytes], size: int) -> tuple[int, ...]:
    """Read the header of a .npy file of this many bytes, which holds bytes and nothing behind them."""
    np.lib.format.read_magic(file)
    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype != np.uint8 or math.prod(shape) != size - file.tell():
        raise tarfile.ReadError(f"a picture does not hold the bytes of shape {shape}")
    return shape


def _stored(key: str, content: Mapping[str, Any]) -> Stored:
    if not {GRAPH, META} <= content.keys():
        raise tarfile.ReadError(f"{key!r} has no {GRAPH} and {META}")
    meta = json.loads(content[META])
    pictures = {name: _picture(content[name]) for name in MEMBERS["pictures"] if name in content}
    audio = {name: _audio(content[name], meta["scales"][name]) for name in (DRY, WET) if name in content}
    return Stored(
        key,
        Graph.from_json(content[GRAPH]),
        meta,
        pictures.get(WET_PICTURE),
        pictures.get(DRY_PICTURES),
        audio.get(DRY),
        audio.get(WET),
        pictures.get(ECHOES),
    )


def _picture(content: bytes | OnDisk) -> Bytes | OnDisk:
    if isinstance(content, OnDisk):
        return content
    file = io.BytesIO(content)
    shape = _shape(file, len(content))
    return np.frombuffer(content, np.uint8, offset=file.tell()).reshape(shape).copy()


def _meta(example: Example, pictures: FeatureSettings | None) -> dict[str, Any]:
    return {
        "task": example.task,
        "stratum": example.stratum,
        "seed": example.seed,
        "index": example.index,
        "sample_rate": example.sample_rate,
        "level_db": level_db(example.recording),
        "performer": example.segment.performer,
        "files": example.segment.files,
        "sources": example.segment.names,
        "pictures": None if pictures is None else asdict(pictures),
    } | _origin(example.segment)


def _origin(segment: Segment) -> dict[str, Any]:
    """Category and licence, where sources are of several."""
    return {"category": segment.category, "licence": segment.licence} if segment.category else {}


def _npy(picture: Bytes) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, picture)
    return buffer.getvalue()


def _flac(audio: Tensor, sample_rate: int) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, audio.numpy().T, sample_rate, format="FLAC", subtype="PCM_24")
    return buffer.getvalue()


def _audio(data: bytes, scale: float) -> Tensor:
    samples, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    return torch.from_numpy(np.ascontiguousarray(samples.T)) * scale
