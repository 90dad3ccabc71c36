"""The state of a search on disk: consistent at any moment, never pickled.

``state.json`` names the file of tensors that belongs to it. It is replaced in one move after those are
written, so that an interrupted save leaves the earlier state. Checksums show whether both are as they
were written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor

from unpatch.graph.data import shorten
from unpatch.storage.documents import parse_json, reading
from unpatch.storage.files import write_aside
from unpatch.storage.identity import require_same
from unpatch.storage.outputs import SEARCH_STATE

FORMAT, FORMAT_VERSION = "unpatch.search", 2
STATE = SEARCH_STATE.name


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Plain data, and tensors by name."""

    data: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def save(folder: Path, number: int, point: Checkpoint, identity: Mapping[str, Any]) -> None:
    """Write a checkpoint; its number must differ from that of the last."""
    name = f"state-{number}.safetensors"
    tensors = to_bytes({key: tensor.contiguous() for key, tensor in point.tensors.items()})
    write_aside(folder / name, tensors)
    whole = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "identity": dict(identity),
        "tensors": name,
        "tensors_sha256": hashlib.sha256(tensors).hexdigest(),
        **point.data,
    }
    write_aside(folder / STATE, json.dumps({**whole, "sha256": _digest(whole)}).encode())
    for old in folder.glob("state-*.safetensors"):
        if old.name != name:
            old.unlink()


def load(folder: Path, identity: Mapping[str, Any]) -> Checkpoint | None:
    """The last checkpoint in a folder, if there is one; ValueError if it is of another search."""
    path = folder / STATE
    if not path.exists():
        return None
    with reading(path, ValueError, "; damaged or of another version; remove it to start again"):
        data = parse_json(path.read_bytes(), infinite=True)
        there = dict(data["identity"])
        if (data["format"], data["version"]) != (FORMAT, FORMAT_VERSION):
            raise ValueError(f"its format is {shorten((data['format'], data['version']))}")
        if _digest(data) != data.pop("sha256"):
            raise ValueError("is not as it was written")
        content = (folder / Path(data["tensors"]).name).read_bytes()
        if hashlib.sha256(content).hexdigest() != data["tensors_sha256"]:
            raise ValueError(f"{data['tensors']} is not as it was written")
        tensors = from_bytes(content)
    require_same(path, identity, there, "search")
    return Checkpoint(data, tensors)


def _digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of a state, independent of the order."""
    plain = {name: value for name, value in data.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
