"""The command ``data fetch``."""

from pathlib import Path

from unpatch.cli.console import note, out, print_text
from unpatch.cli.data.table import table_of
from unpatch.storage.fetch import check_cache, default_cache, packages_of
from unpatch.storage.fetch import fetch as fetch_packages


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
        Folder to unpack to; the system's for caches if left out: ~/.cache/unpatch on
        Linux.
    """
    folder = cache or default_cache()
    check_cache(packages_of(name), folder)
    note(f"{sum(package.megabytes for package in packages_of(name)):.0f} MB to {folder}")
    paths = fetch_packages(name, folder, report=lambda package, what: note(f"{package.name} {what}"))
    out.print(table_of({name: packages_of(name)}, folder))
    for path in paths:
        print_text(str(path))
