"""Fetching data: checked, whole or not at all, not twice. Scripts stand in for apt-get and dpkg-deb."""

import hashlib
from pathlib import Path

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows, get_win_folder_from_env_vars

from unpatch.cli import main
from unpatch.storage import fetch as fetching
from unpatch.storage.fetch import SETS, FetchError, Package, default_cache, fetch, is_unpacked

DEB = b"what is in the package"
APT = """#!/bin/sh
test "$1" = download || exit 9
echo "$2" >> {log}
printf '%s' '{content}' > "pots-and-pans_1.0-2_all.deb"
"""
DPKG = """#!/bin/sh
test "$1" = --extract || exit 9
mkdir -p "$3/usr/share/pots" && cp "$2" "$3/usr/share/pots/kick.wav"
"""
FAILING = """#!/bin/sh
echo 'Reading package lists' >&2
echo 'E: Version 1.0-2 of pots-and-pans was not found' >&2
exit 100
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that is searched before all others, and a set of one package."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    package = Package("pots-and-pans", "1.0-2", hashlib.sha256(DEB).hexdigest(), 0.1, "CC0", "a kitchen")
    monkeypatch.setattr(fetching, "SETS", {"kitchen": (package,)})
    install(folder, "apt-get", APT.format(log=tmp_path / "log", content=DEB.decode()))
    install(folder, "dpkg-deb", DPKG)
    return folder


def install(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def downloads(tmp_path: Path) -> list[str]:
    log = tmp_path / "log"
    return log.read_text().split() if log.exists() else []


def test_a_package_is_downloaded_once_and_unpacked(tools: Path, tmp_path: Path) -> None:
    said: list[str] = []
    for _ in range(2):
        (folder,) = fetch("kitchen", tmp_path / "cache", lambda package, what: said.append(what))
        assert (folder / "usr/share/pots/kick.wav").read_bytes() == DEB
    assert said == ["downloaded", "unpacked", "is there"]
    assert downloads(tmp_path) == ["pots-and-pans=1.0-2"]


def test_what_was_cut_off_is_made_good(tools: Path, tmp_path: Path) -> None:
    """A download that broke off, and a package that was being unpacked."""
    cache = tmp_path / "cache"
    (cache / "packages").mkdir(parents=True)
    (cache / "packages" / "pots-and-pans_1.0-2_all.deb").write_bytes(DEB[:5])
    (cache / ".pots-and-pans.part").mkdir()
    (cache / "pots-and-pans").mkdir()
    (folder,) = fetch("kitchen", cache)
    assert (folder / "usr/share/pots/kick.wav").read_bytes() == DEB
    assert not list(cache.glob(".*.part"))


def test_an_older_version_stays_until_the_next_is_whole(tools: Path, tmp_path: Path) -> None:
    """Where the disk fills up, what was there is there still, and nothing half unpacked."""
    (folder,) = fetch("kitchen", tmp_path / "cache")
    (folder / ".version").write_text("0.9")
    failing = '#!/bin/sh\nmkdir -p "$3/usr"\necho "dpkg-deb: error: No space left on device" >&2\nexit 2\n'
    install(tools, "dpkg-deb", failing)
    with pytest.raises(FetchError, match="No space left on device"):
        fetch("kitchen", tmp_path / "cache")
    assert (folder / "usr/share/pots/kick.wav").read_bytes() == DEB
    assert not list((tmp_path / "cache").glob(".*.part"))


def test_a_cache_may_be_a_relative_path(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (folder,) = fetch("kitchen", Path("cache"))
    assert folder == tmp_path / "cache" / "pots-and-pans"
    assert (folder / "usr/share/pots/kick.wav").read_bytes() == DEB


def test_a_good_download_is_unpacked_without_another(tools: Path, tmp_path: Path) -> None:
    (tmp_path / "cache" / "packages").mkdir(parents=True)
    (tmp_path / "cache" / "packages" / "pots-and-pans_1.0-2_all.deb").write_bytes(DEB)
    (tools / "apt-get").unlink()
    (folder,) = fetch("kitchen", tmp_path / "cache")
    assert is_unpacked(fetching.SETS["kitchen"][0], folder.parent)


def test_a_wrong_hash_is_refused_and_leaves_nothing(tools: Path, tmp_path: Path) -> None:
    install(tools, "apt-get", APT.format(log=tmp_path / "log", content="something else"))
    with pytest.raises(FetchError, match=r"pots-and-pans: SHA-256 is \w{64}, expected"):
        fetch("kitchen", tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*.deb"))
    assert not (tmp_path / "cache" / "pots-and-pans").exists()


def test_why_apt_gave_up_is_said_in_one_line(tools: Path, tmp_path: Path) -> None:
    install(tools, "apt-get", FAILING)
    with pytest.raises(FetchError, match=r"Version 1\.0-2 of pots-and-pans was not found") as refusal:
        fetch("kitchen", tmp_path / "cache")
    assert "\n" not in str(refusal.value)


def test_where_the_tools_are_missing_it_is_said_what_to_do(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tools / "apt-get").unlink()
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(FetchError, match=r"apt-get is not installed.*by hand"):
        fetch("kitchen", tmp_path / "cache")


def test_an_unknown_set_is_refused_with_those_there_are() -> None:
    with pytest.raises(FetchError, match=r"'drms'; there are drums, instruments, speech"):
        fetch("drms")


def test_every_package_has_a_hash_a_version_and_a_licence() -> None:
    packages = {package for packages in SETS.values() for package in packages}
    assert len({package.name for package in packages}) == len(packages)
    for package in packages:
        assert len(bytes.fromhex(package.sha256)) == 32
        assert package.version and package.licence and package.holds


def test_the_cache_is_where_the_system_keeps_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "unpatch"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(Unix, ".cache/unpatch"), (MacOS, "Library/Caches/unpatch"), (Windows, "unpatch/Cache")],
)
def test_the_cache_is_where_each_system_has_it(
    kind: type[Unix | MacOS | Windows], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    for variable in ("HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr("platformdirs.PlatformDirs", kind)
    monkeypatch.setattr("platformdirs.windows.get_win_folder", get_win_folder_from_env_vars)
    assert default_cache() == tmp_path / expected


def test_commands_show_licences_and_folders(
    tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("unpatch.cli.data.list.SETS", fetching.SETS)
    for words in (["data", "fetch", "kitchen", "--cache", str(tmp_path / "c")], ["data", "list"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
            raise SystemExit(0)
        said = capsys.readouterr()
        assert not ended.value.code, said.err
        assert "CC0" in said.out
        assert "pots-and-pans" in said.out
