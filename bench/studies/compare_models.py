"""Two models on the same clips of an outside check: the difference of their figures, clip by clip.

    python -m bench.studies.compare_models ONE.json OTHER.json

The files are written by ``bench.checks.outside``. Figures are of the first less the second; both are on the
same clips, hence the intervals are of differences, by a bootstrap over performers.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.checks.outside.answers import OURS
from bench.checks.outside.families import f1, shelves_as_one
from bench.checks.outside.page import cell, table
from unpatch.metrics import Bootstrap, Figure, Tally
from unpatch.storage.documents import DocumentError, read_json

SAME = ("number", "performer", "played", "format", "sample_rate", "band_hz")
"""What a clip must have in common in both files."""

Clip = Mapping[str, Any]


class ComparisonError(ValueError):
    """Why two files cannot be compared, in one line."""


def found(clip: Clip) -> set[str]:
    return set(clip["guesses"][OURS]["families"])


def true(clip: Clip) -> set[str]:
    return {one["family"] for one in clip["played"]}


def _shelves(clip: Clip) -> float:
    return f1(shelves_as_one(found(clip)), shelves_as_one(true(clip)))


FIGURES: Mapping[str, tuple[Callable[[Clip], bool], Callable[[Clip], float]]] = {
    "effect-set F1": (lambda clip: bool(clip["played"]), lambda clip: f1(found(clip), true(clip))),
    "shelves as one": (lambda clip: bool(clip["played"]), _shelves),
    "F1 with the untouched": (lambda clip: True, lambda clip: f1(found(clip), true(clip))),
    "untouched recognised": (lambda clip: not clip["played"], lambda clip: float(not found(clip))),
}
"""Name to the clips that have the figure, and the figure."""


def compared(one: Sequence[Clip], other: Sequence[Clip]) -> dict[str, tuple[float, float, Figure]]:
    """For each figure both means and their difference.

    Raises:
        ComparisonError: the clips are not the same.
    """
    if len(one) != len(other):
        raise ComparisonError(f"one file has {len(one)} clips, the other {len(other)}")
    for a, b in zip(one, other, strict=True):
        if any(a[name] != b[name] for name in SAME):
            raise ComparisonError(f"clip {a['number']} is not the same in both files")
    table = {}
    for name, (belongs, value) in FIGURES.items():
        pairs = [(a, b) for a, b in zip(one, other, strict=True) if belongs(a)]
        if pairs:
            first, second = ([value(pair[i]) for pair in pairs] for i in (0, 1))
            bootstrap = Bootstrap([a["performer"] for a, _ in pairs], unit="performers")
            apart = Tally.of([x - y for x, y in zip(first, second, strict=True)])
            table[name] = (sum(first) / len(pairs), sum(second) / len(pairs), bootstrap.figure(apart))
    return table


def read(path: Path) -> list[Clip]:
    """The clips of a file.

    Raises:
        ComparisonError: it is no result of an outside check.
    """
    try:
        data = read_json(path)
    except DocumentError as error:
        raise ComparisonError(str(error)) from None
    if not isinstance(data, dict) or not isinstance(data.get("clips"), list):
        raise ComparisonError(f"{path}: no result of bench.checks.outside")
    return list(data["clips"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    options = parser.parse_args()
    try:
        rows = compared(read(options.one), read(options.other))
    except (ComparisonError, KeyError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    lines = [[name, f"{a:.3f}", f"{b:.3f}", cell(apart)] for name, (a, b, apart) in rows.items()]
    print("\n".join(table(["figure", "first", "second", "first less second"], lines)))


if __name__ == "__main__":
    main()
