"""How a case ended, and what counts as a fault."""

import signal
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["worked", "refused", "traceback", "crash", "hang", "unclear", "odd status"]
FAULTS: tuple[Verdict, ...] = ("traceback", "crash", "hang", "unclear", "odd status")
BAD_INPUT = 2
MOST_LETTERS = 3_000
"""Of a message: a line of 255-byte names may be long, a dumped file is longer."""


@dataclass(frozen=True)
class Ended:
    """A command that has ended: its status, or the signal that ended it, and what it wrote on stderr."""

    status: int
    signal: int
    errors: str

    @property
    def verdict(self) -> Verdict:
        if self.signal in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM):
            return "hang"
        if self.signal:
            return "crash"
        if "Traceback (most recent call last)" in self.errors:
            return "traceback"
        if self.status == BAD_INPUT:
            return "refused" if is_one_line(self.errors) else "unclear"
        return "worked" if self.status == 0 else "odd status"

    @property
    def last_line(self) -> str:
        return self.errors.strip().rpartition("\n")[2][:300]


def is_one_line(errors: str) -> bool:
    """Whether the last line reports the fault; lines before it may only be notes on inputs."""
    lines = errors.strip("\n").split("\n")
    blamed = [line for line in lines if line.startswith("unpatch: ")]
    return blamed == lines[-1:] and len(errors) <= MOST_LETTERS


@dataclass
class Tally:
    """Cases of one kind by how they ended; the first of each fault is kept."""

    counts: Counter[Verdict] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, verdict: Verdict, detail: str = "") -> None:
        self.counts[verdict] += 1
        if verdict in FAULTS:
            self.faults.setdefault(f"{verdict}: {detail}", name)

    @property
    def total(self) -> int:
        return self.counts.total()

    def join(self, other: "Tally") -> None:
        self.counts += other.counts
        for fault, name in other.faults.items():
            self.faults.setdefault(fault, name)

    def to_dict(self) -> dict[str, Any]:
        return {"counts": dict(self.counts), "faults": self.faults}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Tally":
        return cls(Counter(data["counts"]), data["faults"])

    def of(self, verdicts: Iterable[Verdict]) -> int:
        return sum(self.counts[verdict] for verdict in verdicts)
