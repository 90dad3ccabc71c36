"""Table of data sets."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.table import Table

from unpatch.storage.fetch import Package, is_unpacked


def table_of(sets: Mapping[str, Sequence[Package]], folder: Path) -> Table:
    """Packages of some sets, and whether they are in a folder."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("set", "package", "MB", "holds", "licence", "here"):
        table.add_column(column, justify="right" if column == "MB" else "left")
    for name, packages in sets.items():
        for p in packages:
            here = "yes" if is_unpacked(p, folder) else ""
            table.add_row(name, p.name, f"{p.megabytes:.0f}", p.holds, p.licence, here)
    return table
