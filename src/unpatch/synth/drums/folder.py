"""Kits that lie in a plain folder beside a table of what each file is.

``index.tsv`` has the columns file, kit, class, velocity_rank (1 is the softest) and n_velocities.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from unpatch.synth.drums.kit import KitError, Take
from unpatch.synth.drums.sample import read_sample
from unpatch.synth.sources import INDEX

COLUMNS = frozenset({"file", "kit", "class", "velocity_rank", "n_velocities"})


def read_folder(root: Path, kit: str, classes: Mapping[str, str]) -> dict[str, list[Take]]:
    """Takes of one kit; ``classes`` says how its table calls the articulations."""
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
    with index.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        missing = COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise KitError(f"{index} has no column {', '.join(sorted(missing))}")
        return list(reader)


def _rank(row: Mapping[str, str]) -> int:
    return int(row["velocity_rank"])


def _take(root: Path, row: Mapping[str, str]) -> Take:
    return Take(_rank(row) / int(row["n_velocities"]), read_sample(root / row["file"]))
