"""What was found, as a page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.checks.robustness.verdict import FAULTS, Tally, Verdict
from unpatch.storage import markdown

NO_COMMAND = "no command"
HEAD = (
    "given", "cases", "worked", "refused in a line", "tracebacks", "crashes", "hangs",
    "unclear or odd status",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One kind of case.

    Attributes:
        files: audio files that were given to commands.
        lost: what commands lost or changed of what they were given.
    """

    name: str
    tally: Tally = field(default_factory=Tally)
    files: int = 0
    lost: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        tally = self.tally.to_dict()
        return {
            "name": self.name,
            "tally": tally,
            "files": self.files,
            "lost": list(self.lost),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Part":
        return cls(data["name"], Tally.from_dict(data["tally"]), data["files"], data["lost"])

    @property
    def is_faulty(self) -> bool:
        return bool(self.lost) or self.tally.of(FAULTS) > 0


def table(parts: Sequence[Part]) -> str:
    """Markdown: a row for each part, the sum, and the first case of every fault."""
    rows = [_row(part.name, part.tally) for part in parts if part.tally.total]
    whole = Tally(counts=sum((part.tally.counts for part in parts), Counter()))
    files, missing = (
        sum(part.files for part in parts),
        [line for part in parts for line in part.lost],
    )
    counts = (
        f"Command lines: {_total(parts, '`')}; audio files of the zoo: {files}; "
        f"files lost or changed that commands were given: {len(missing)}."
    )
    grid = markdown.table(HEAD, [*rows, _row("**all**", whole)])
    return markdown.page("Bad input", grid, counts, *_faults(parts, missing))


def _total(parts: Sequence[Part], start: str) -> int:
    return sum(part.tally.total for part in parts if part.name.startswith((start, NO_COMMAND)))


def _row(name: str, tally: Tally) -> tuple[object, ...]:
    columns: tuple[tuple[Verdict, ...], ...] = (
        ("worked",),
        ("refused",),
        ("traceback",),
        ("crash",),
        ("hang",),
        ("unclear", "odd status"),
    )
    return name, tally.total, *(tally.of(column) for column in columns)


def _faults(parts: Sequence[Part], missing: Sequence[str]) -> Iterator[str]:
    found = [
        f"- {part.name}: {fault}: `{case[:300]!a}`"
        for part in parts
        for fault, case in part.tally.faults.items()
    ]
    found += [f"- lost: {line}" for line in missing]
    if found:
        yield from ("Faults, the first of each kind:", "\n".join(found))
