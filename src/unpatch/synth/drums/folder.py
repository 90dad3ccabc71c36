"""Kits in a plain folder beside a table of what each file is.

``index.tsv`` has the columns file, kit, class, velocity_rank (1 is the softest) and n_velocities.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from unpatch.graph.data import shorten
from unpatch.storage.documents import read_table
from unpatch.synth.drums.kit import KitError, Take
from unpatch.synth.drums.sample import read_sample
from unpatch.synth.sources import INDEX

COLUMNS = frozenset({"file", "kit", "class", "velocity_rank", "n_velocities"})


def read_folder(root: Path, kit: str, classes: Mapping[str, str]) -> dict[str, list[Take]]:
    """Takes of one kit; ``classes`` are its table's names of the articulations."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(root / INDEX):
        if row["kit"] == kit:
            rows[row["class"]].append(row)
    if not rows:
        raise KitError(f"{root / INDEX}: lists no kit {kit!r}")
    return {
        articulation: [_take(root, row) for row in sorted(rows[name], key=_rank)]
        for articulation, name in classes.items()
        if name in rows
    }


def _rows(index: Path) -> list[dict[str, str]]:
    rows = read_table(index, COLUMNS, kind=KitError)
    for line, row in rows:
        _check_velocity(f"{index}: line {line}", row)
    return [row for _, row in rows]


def _check_velocity(where: str, row: Mapping[str, str]) -> None:
    rank, count = row["velocity_rank"], row["n_velocities"]
    whole = all(re.fullmatch("[0-9]{1,9}", number) for number in (rank, count))
    if not (whole and 1 <= int(rank) <= int(count)):
        raise KitError(
            f"{where} has velocity {shorten(rank)} of {shorten(count)}; ranks are 1 to their number"
        )


def _rank(row: Mapping[str, str]) -> int:
    return int(row["velocity_rank"])


def _take(root: Path, row: Mapping[str, str]) -> Take:
    return Take(_rank(row) / int(row["n_velocities"]), read_sample(root / row["file"]))
