"""Public audio to learn from: Debian packages by name and version, checked by hash, unpacked into a cache.

No rights are needed beyond those of a user: ``apt-get download`` fetches, ``dpkg-deb`` unpacks. Where these
tools are missing, the packages can be downloaded by hand into CACHE/packages.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from unpatch.storage.files import check_can_hold, write_aside

PACKAGES = "packages"
VERSION = ".version"
_CHUNK = 1 << 20


class FetchError(ValueError):
    """Why a data set cannot be had, in one line."""


@dataclass(frozen=True)
class Package:
    """One Debian package.

    Attributes:
        name: which is also its folder in the cache.
        version: the one that the hash is of.
        sha256: of the .deb file.
        megabytes: its size.
        licence: of the audio in it, shortly; usr/share/doc in the package has the whole text.
        holds: what is in it.
    """

    name: str
    version: str
    sha256: str
    megabytes: float
    licence: str
    holds: str


_FLUID = Package(
    "fluid-soundfont-gm", "3.1-5.3",
    "6f531493ac4e4d9772fd96b2488ea1790af81c196135fbdd25997da0781fc60e", 119.6,
    "MIT", "FluidR3: drums (Standard and Power kits) and all other instruments of General MIDI",
)  # fmt: skip

SETS: Mapping[str, tuple[Package, ...]] = {
    "drums": (
        Package(
            "hydrogen-drumkits", "2017.09.19~dfsg-1",
            "6ea3c6df9a67762e2362f946c695e619859126b19fbccf32a2e8f07dfd03b2f4", 142.7,
            "GPL-2 and later, CC BY 3.0, CC BY-SA 3.0, by kit", "seven acoustic kits, eight others",
        ),
        Package(
            "avldrums.lv2-soundfont", "0.5.2-2",
            "436813f10c950324f28cb6a71e922f153084b6ed00049cd47da3f0f055f3ffc5", 24.7,
            "CC BY-SA 3.0", "AVL Red Zeppelin and Black Pearl",
        ),
        _FLUID,
        Package(
            "timgm6mb-soundfont", "1.3-5",
            "034abdfb296d9353433513dad5dbdcab46425ee6008fc02fe7039b46e75edc54", 5.4,
            "GPL-2", "TimGM6mb with its Standard kit",
        ),
    ),
    "instruments": (
        _FLUID,
        Package(
            "musescore-general-soundfont-lossless", "0.2.1-1",
            "ece0ce63dc4d4d44fecbd3ee6761b328e66c189892b2b369cbd8e79b4411a82b", 329.9,
            "MIT, parts CC0 and public domain", "MuseScore General: piano, strings and more of its own",
        ),
    ),
    "speech": (
        Package(
            "klettres-data", "4:22.12.3-1",
            "1186d257a19e84230856baea0b0b1ded8be9195080fcdb2588970b5cd937f5a8", 39.5,
            "GPL-2 and later", "51 minutes of letters and syllables, some 20 speakers",
        ),
        Package(
            "ktuberling-data", "4:22.12.3-1",
            "fba44c875bfa31ea488dadd9263e87a4dcaea0bd47d28817f6c0dc6d2af970ed", 46.7,
            "GPL-2 and later", "single words in a dozen languages",
        ),
    ),
    "mastering": (
        Package(
            "wesnoth-1.16-music", "1:1.16.9-1",
            "f9bc3cde92b4ab30db5d7b85f89b4bcc3d788dd92602956d0347250850bf59bb", 153.2,
            "GPL-2 and later", "orchestral music of Battle for Wesnoth",
        ),
        Package(
            "warzone2100-music", "4.3.3-3",
            "d3b2c9f90ea5438d45d4aff18339a03ec808e1affa9dac91f7dad61cb15ee64e", 85.7,
            "GPL-2 and later, CC BY-SA 3.0, CC0, by track", "electronic music of Warzone 2100",
        ),
        Package(
            "nexuiz-music", "2.5.2-12",
            "d1a7d6e2c0a5bbe6670dbf73354e38f742597310d425e373250fc71a636f8dda", 84.0,
            "GPL-2 and later", "rock and electronic music of Nexuiz",
        ),
        Package(
            "singularity-music", "007-2",
            "139ba1e408eeb0a72f1fff3760ca46558b9f81bed97dc8c0efa108c4007f4845", 51.6,
            "CC BY-SA 3.0", "ambient music of Endgame: Singularity",
        ),
        Package(
            "hyperrogue-music", "12.0q-1",
            "61ab9f4c2169442d85f42c42d26e80c1a18b93c741f3d44f1b9d83015904e7f7", 63.8,
            "CC BY-SA 3.0, CC BY 3.0, by track", "music of HyperRogue; for tests only",
        ),
        Package(
            "marsshooter-data", "0.7.6-7",
            "b8d040a9739434f2be96bbf9b38f0743d56d59b853647b2242f9357e38394951", 68.4,
            "CC BY-SA 3.0", "loud rock of M.A.R.S.; for tests only",
        ),
    ),
}  # fmt: skip
"""Name of a set to its packages; the versions are those of Debian 12."""

Report: TypeAlias = Callable[[Package, str], None]
"""A package and what has just been done with it."""


def default_cache() -> Path:
    """Where the system keeps caches: ~/.cache/unpatch on Linux, or below XDG_CACHE_HOME."""
    from platformdirs import user_cache_path

    return user_cache_path("unpatch", appauthor=False)


def packages_of(name: str) -> tuple[Package, ...]:
    """The packages of a set."""
    if name not in SETS:
        raise FetchError(f"unknown set {name!r}; there are {', '.join(SETS)}")
    return SETS[name]


def fetch(name: str, cache: Path | None = None, report: Report = lambda package, what: None) -> list[Path]:
    """Fetch a set; what is there already is kept. Returns the folder of each package.

    Args:
        name: one of :data:`SETS`.
        cache: where downloads and unpacked packages go.
        report: called for each package once it is downloaded or unpacked.
    """
    cache = (cache or default_cache()).absolute()  # programs are run from within it
    packages = packages_of(name)
    check_cache(packages, cache)
    (cache / PACKAGES).mkdir(parents=True, exist_ok=True)
    for package in packages:
        if is_unpacked(package, cache):
            report(package, "is there")
        else:
            _unpack(package, _downloaded(package, cache / PACKAGES, report), cache)
            report(package, "unpacked")
    return [cache / package.name for package in packages]


def check_cache(packages: Sequence[Package], cache: Path) -> None:
    """Refuse a folder that cannot be written to, or where a file of another owner would be replaced."""
    check_can_hold(cache)
    for folder in (cache / package.name for package in packages):
        if folder.exists() and any(folder.iterdir()) and not (folder / VERSION).is_file():
            raise FetchError(f"{folder}: was not unpacked by unpatch; it would be replaced, so move it")


def is_unpacked(package: Package, cache: Path) -> bool:
    """Whether this version is completely in the cache."""
    mark = cache / package.name / VERSION
    return mark.is_file() and mark.read_text(encoding="utf-8") == package.version


def _downloaded(package: Package, folder: Path, report: Report) -> Path:
    """The .deb file, which has the right hash."""
    for path in _files(package, folder):
        if sha256(path) == package.sha256:
            return path
        path.unlink()  # cut off or damaged
    _run(["apt-get", "download", f"{package.name}={package.version}"], folder, package)
    found = _files(package, folder)
    if not found:
        raise FetchError(f"{package.name}: apt-get has downloaded nothing into {folder}")
    if (had := sha256(found[0])) != package.sha256:
        found[0].unlink()
        raise FetchError(f"{package.name}: SHA-256 is {had}, expected {package.sha256}; it is thrown away")
    report(package, "downloaded")
    return found[0]


def _files(package: Package, folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{package.name}_*.deb"))


def _unpack(package: Package, deb: Path, cache: Path) -> None:
    """Unpack aside, then rename: a folder under its name is always whole, and stays until the next one is."""
    aside, folder = cache / f".{package.name}.part", cache / package.name
    shutil.rmtree(aside, ignore_errors=True)
    try:
        _run(["dpkg-deb", "--extract", str(deb), str(aside)], cache, package)
        write_aside(aside / VERSION, package.version.encode())
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _run(command: Sequence[str], folder: Path, package: Package) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise FetchError(
            f"{package.name}: {command[0]} is not installed; on Debian and its kin it is, elsewhere download "
            f"version {package.version} by hand to {folder}"
        ) from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith(("E:", "dpkg-deb: error"))]
        why = said[-1].removeprefix("E:").strip() if said else f"{command[0]} gave up"
        raise FetchError(f"{package.name} {package.version}: {why} (apt-get update may help)")


def sha256(path: Path) -> str:
    """Hash of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
