"""Commands for training audio: ``data list``, ``data fetch``, ``data prepare``."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App
from cyclopts import Parameter as Option
from rich import box
from rich.table import Table

from unpatch.cli.console import AsJson, Output, note, out, print_json, print_text, progress
from unpatch.cli.options import Count
from unpatch.storage.fetch import SETS, Package, check_cache, default_cache, is_unpacked, packages_of
from unpatch.storage.fetch import fetch as run_fetch
from unpatch.storage.files import check_can_hold
from unpatch.storage.outputs import check_outputs

data = App(name="data", help="Get public audio to learn from. See `unpatch data fetch --help`.")


@data.command(name="list")
def list_sets(*, cache: Path | None = None, json: AsJson = False) -> None:
    """List the sets that can be fetched, with licences, and which are in the cache.

    **Examples**

        unpatch data list
        unpatch data list --json

    Parameters
    ----------
    cache:
        Folder to look in; ~/.cache/unpatch if left out.
    """
    folder = cache or default_cache()
    if json:
        print_json({name: [_described(p, folder) for p in packages] for name, packages in SETS.items()})
    else:
        out.print(_table(SETS, folder))


@data.command
def fetch(name: str, /, *, cache: Path | None = None) -> None:
    """Download a set of audio from Debian's archive, check it and unpack it into a cache.

    Packages in the cache are not fetched again. Needs apt-get and dpkg-deb, but no administrator rights.
    Other sets (Groove MIDI, OpenSinger, any folder of recordings) are read from folders on disk.

    **Examples**

        unpatch data fetch drums
        unpatch data fetch instruments
        unpatch data fetch speech --cache /data/unpatch

    Parameters
    ----------
    name:
        drums, instruments, speech or mastering; `unpatch data list` lists their contents.
    cache:
        Folder to unpack to; ~/.cache/unpatch if left out.
    """
    folder = cache or default_cache()
    check_cache(packages_of(name), folder)
    note(f"{sum(package.megabytes for package in packages_of(name)):.0f} MB to {folder}")
    paths = run_fetch(name, folder, report=lambda package, what: note(f"{package.name} {what}"))
    out.print(_table({name: packages_of(name)}, folder))
    for path in paths:
        print_text(str(path))


@data.command
def prepare(
    set_name: Literal["mastering"],
    /,
    *,
    output: Output = Path("data/mastering"),
    root: Annotated[tuple[Path, ...], Option(negative=())] = (),
    unseen: Annotated[tuple[Path, ...], Option(negative=())] = (),
    per_track: Count = 10,
    cache: Path | None = None,
) -> None:
    """Cut clips of 10 s from whole mixes, once, for `unpatch train mastering_...`.

    Writes train, val, test and unseen: tracks are split as wholes. Each clip is mono at 44.1 kHz; its gain
    to -23 LUFS is in the JSON file beside it.

    **Examples**

        unpatch data fetch mastering
        unpatch data prepare mastering -o data/mastering
        unpatch data prepare mastering --root MUSDB18-HQ -o data/musdb
        unpatch data prepare mastering --root my_mixes --unseen other_mixes

    Parameters
    ----------
    set_name:
        mastering.
    output:
        Folder of the clips.
    root:
        Folders of mixes in place of the fetched packages: MUSDB18-HQ, with its own split, or any recordings.
    unseen:
        Folders of mixes that are for tests only.
    per_track:
        Clips of each track at most.
    cache:
        Where the packages are, and where archives are unpacked; ~/.cache/unpatch if left out.
    """
    from unpatch.mastering.clips import prepare as run_prepare
    from unpatch.mastering.sources import tracks_from, tracks_of

    check_can_hold(output)
    place = cache or default_cache()
    check_outputs({"--root": root, "--unseen": unseen}, {}, into=[output])
    tracks = tracks_from(root, unseen, place) if root else tracks_of(place, unseen)
    with progress("tracks") as report:
        counts = run_prepare(tracks, output, per_track=per_track, report=report)
    for split, count in counts.items():
        print_text(f"{split}: {count} clips")


def _table(sets: Mapping[str, Sequence[Package]], folder: Path) -> Table:
    """Packages of some sets, and whether they are in a folder."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("set", "package", "MB", "holds", "licence", "here"):
        table.add_column(column, justify="right" if column == "MB" else "left")
    for name, packages in sets.items():
        for p in packages:
            here = "yes" if is_unpacked(p, folder) else ""
            table.add_row(name, p.name, f"{p.megabytes:.0f}", p.holds, p.licence, here)
    return table


def _described(package: Package, folder: Path) -> dict[str, object]:
    return {**vars(package), "here": is_unpacked(package, folder)}
