"""Shards that are damaged or mean harm: one line that names the file."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unpatch.graph.build import chain
from unpatch.processors import PROCESSORS
from unpatch.synth.shards import DatasetError, read_shards, write_tar


def npy_header(shape: tuple[int, ...]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return buffer.getvalue()


def sparse(member: tarfile.TarInfo) -> None:
    """Says to hold 1 TB of zeros."""
    member.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.realsize": str(10**12),
    }


def link(member: tarfile.TarInfo) -> None:
    member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0


def loop(member: tarfile.TarInfo) -> None:
    member.type, member.linkname, member.size = tarfile.LNKTYPE, member.name, 0


MEMBERS: dict[str, tuple[str, bytes, Callable[[tarfile.TarInfo], None] | None]] = {
    "a link": ("0.graph.json", b"", link),
    "a link to itself": ("0.graph.json", b"", loop),
    "a sparse file": ("0.graph.json", b"1\n0\n1\n".ljust(512, b"\0"), sparse),
    "no JSON": ("0.meta.json", b"{", None),
    "deep JSON": ("0.meta.json", b"[" * 99_999, None),
    "no graph": ("0.graph.json", b"[]", None),
    "no picture": ("0.wet.npy", b"photo", None),
    "a picture of another size": ("0.wet.npy", npy_header((2, 10**9, 10**9)), None),
    "no scales": ("0.dry.flac", b"fLaC", None),
}


@pytest.mark.parametrize("lazy", [False, True])
@pytest.mark.parametrize("kind", MEMBERS)
def test_what_is_wrong_in_a_shard_is_told_in_one_line(kind: str, lazy: bool, tmp_path: Path) -> None:
    name, content, change = MEMBERS[kind]
    graph = chain(PROCESSORS, "bell").to_json().encode()
    members = {"0.graph.json": graph, "0.meta.json": b"{}"} | {name: content}
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        for member, data in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            if change and member == name:
                change(info)
            tar.addfile(info, io.BytesIO(data))
    with pytest.raises(DatasetError, match=r"a\.tar: not a shard, damaged or cut off") as refusal:
        list(read_shards([tmp_path / "a.tar"], lazy=lazy))
    assert "\n" not in str(refusal.value)


def test_members_of_a_shard_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = chain(PROCESSORS, "bell").to_json().encode()
    write_tar(tmp_path / "a.tar", {"0.graph.json": graph, "0.meta.json": b"{}"})
    assert len(list(read_shards([tmp_path / "a.tar"]))) == 1
    monkeypatch.setattr("unpatch.synth.shards.MOST_MEMBER_BYTES", 10)
    with pytest.raises(DatasetError, match="at most 10 may be"):
        list(read_shards([tmp_path / "a.tar"]))
