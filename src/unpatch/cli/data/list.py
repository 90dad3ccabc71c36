"""The command ``data list``."""

from pathlib import Path

from unpatch.cli.console import AsJson, out, print_json
from unpatch.cli.data.table import table_of
from unpatch.storage.fetch import SETS, Package, default_cache, is_unpacked


def list_sets(*, cache: Path | None = None, json: AsJson = False) -> None:
    """List the sets that can be fetched, with licences, and which are in the cache.

    **Examples**

        unpatch data list
        unpatch data list --json

    Parameters
    ----------
    cache:
        Folder to look in; the system's for caches if left out: ~/.cache/unpatch on
        Linux.
    """
    folder = cache or default_cache()
    if json:
        print_json({name: [_described(p, folder) for p in packages] for name, packages in SETS.items()})
    else:
        out.print(table_of(SETS, folder))


def _described(package: Package, folder: Path) -> dict[str, object]:
    return {**vars(package), "here": is_unpacked(package, folder)}
