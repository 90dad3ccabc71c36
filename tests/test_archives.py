"""Archives that are damaged, locked, too large or mean harm: one line; good ones into the cache, once."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from unpatch.mastering.sources import recordings_in
from unpatch.storage import archives
from unpatch.storage.archives import ArchiveError, plain_names, unpacked

ENDINGS = (".ogg", ".wav")
SONG = bytes(range(256)) * 2_000


def packed(path: Path, *names: str, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name in names:
            file.writestr(name, name.encode() + SONG)
    return path


def changed(path: Path, change: Callable[[bytearray], None]) -> Path:
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)
    return path


def everywhere(data: bytearray, local: int, central: int, value: bytes) -> None:
    """Write into the headers of all members, those before them and those in the list at the end."""
    for mark, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place : at + place + len(value)] = value


def damaged(data: bytearray) -> None:
    data[100:200] = bytes(100)


BAD: dict[str, tuple[Callable[[bytearray], None], str]] = {
    "no zip file": (lambda data: data.__init__(b"x" * 999), "damaged or no zip file"),  # type: ignore[misc]
    "empty": (lambda data: data.clear(), "damaged or no zip file"),
    "cut off": (lambda data: data.__delitem__(slice(400, None)), "damaged or no zip file"),
    "without its beginning": (lambda data: data.__delitem__(slice(0, 300)), "damaged"),
    "damaged": (damaged, "damaged"),
    "encrypted": (lambda data: everywhere(data, 6, 8, b"\x01\x00"), "encrypted"),
    "of an unknown method": (lambda data: everywhere(data, 8, 10, b"\x61\x00"), "packed in a way"),
    "of a later version": (lambda data: everywhere(data, 4, 6, b"\xff\x00"), "packed in a way"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_archives_are_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    change, said = BAD[kind]
    archive = changed(packed(tmp_path / "songs.zip", "a.ogg"), change)
    with pytest.raises(ArchiveError, match=said) as refusal:
        unpacked(archive, tmp_path / "cache", ENDINGS)
    assert str(refusal.value).startswith(f"{archive}: ")
    assert "\n" not in str(refusal.value)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("limit", "value", "said"),
    [
        ("MOST_MEMBERS", 2, "3 files; at most 2"),
        ("MOST_BYTES", 1_000_000, "1536015 bytes; at most 1000000"),
        ("MOST_DIRECTORY_BYTES", 100, "list of files has 153 bytes; at most 100"),
    ],
)
def test_archives_are_limited(
    limit: str, value: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = packed(tmp_path / "songs.zip", "a.ogg", "b.ogg", "c.ogg")
    monkeypatch.setattr(archives, limit, value)
    with pytest.raises(ArchiveError, match=said):
        unpacked(archive, tmp_path / "cache", ENDINGS)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_bomb_is_refused_by_what_it_would_unpack_to(tmp_path: Path) -> None:
    """16 members that say to be 4 GB each."""
    archive = packed(tmp_path / "songs.zip", *(f"{i}.ogg" for i in range(16)))
    changed(archive, lambda data: everywhere(data, 22, 24, b"\xfe\xff\xff\xff"))
    with pytest.raises(ArchiveError, match="unpacks to 68719476704 bytes"):
        unpacked(archive, tmp_path / "cache", ENDINGS)


def test_no_member_is_longer_than_it_says(tmp_path: Path) -> None:
    archive = packed(tmp_path / "songs.zip", "a.ogg")
    changed(archive, lambda data: everywhere(data, 22, 24, b"\x10\x00\x00\x00"))
    with pytest.raises(ArchiveError, match="damaged"):
        unpacked(archive, tmp_path / "cache", ENDINGS)


def test_names_lead_nowhere_and_stay_apart(tmp_path: Path) -> None:
    names = ["a.ogg", "cd 1/a.ogg", "cd 2/A.OGG", "../../up.ogg", "/etc/root.ogg", "c:\\win\\b.wav"]
    names += ["__MACOSX/._a.ogg", "._a.ogg", ".ogg", "notes.txt", "folder.ogg/"]
    (tmp_path / "mine").mkdir()
    archive = packed(tmp_path / "mine" / "songs.zip", *names)
    found = unpacked(archive, tmp_path / "cache", ENDINGS)
    wanted = {"a.ogg": 0, "a 2.ogg": 1, "A 3.OGG": 2, "up.ogg": 3, "root.ogg": 4, "b.wav": 5}
    assert {path.name: path.read_bytes() for path in found} == {
        name: names[place].encode() + SONG for name, place in wanted.items()
    }
    assert all(path.is_relative_to(tmp_path / "cache") for path in found)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["songs.zip"]


def test_names_are_ones_that_every_file_system_takes() -> None:
    names = ["a\x00b.ogg", "what?.ogg", "x" * 500 + ".ogg", "x" * 501 + ".ogg"]
    assert list(plain_names(names)) == ["a_b.ogg", "what_.ogg", f"{'x' * 100}.ogg", f"{'x' * 100} 2.ogg"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    archive = packed(tmp_path / "songs.zip", "a.ogg")
    link = zipfile.ZipInfo("b.ogg")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr(link, "/etc/passwd")
    assert [path.name for path in unpacked(archive, tmp_path / "cache", ENDINGS)] == ["a.ogg"]


def test_an_archive_is_unpacked_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    archive = packed(tmp_path / "songs.zip", "a.ogg")
    (first,) = unpacked(archive, tmp_path / "cache", ENDINGS)
    made = first.stat().st_mtime_ns
    assert unpacked(archive, tmp_path / "cache", ENDINGS) == [first]
    assert first.stat().st_mtime_ns == made
    packed(archive, "a.ogg", "b.ogg")
    assert len(unpacked(archive, tmp_path / "cache", ENDINGS)) == 2


def test_a_folder_with_archives_stays_as_it_is(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    packed(mine / "songs.pk3", "sound/a.ogg", "sound/b.ogg")
    (mine / "songs.pk3.unpacked").mkdir()
    (mine / "songs.pk3.unpacked" / "a.ogg").write_bytes(SONG)  # by an earlier version
    (mine / "._c.ogg").write_bytes(SONG)
    before = sorted(mine.rglob("*"))
    found = recordings_in(mine, tmp_path / "cache")
    assert [path.name for path in found] == ["a.ogg", "b.ogg"]
    assert {path.parent.name for path in found} == {"songs.pk3.unpacked"}
    assert sorted(mine.rglob("*")) == before
