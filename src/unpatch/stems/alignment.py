"""How stems lie in their mix.

Shapes: S stems.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unpatch.files import finite

SILENT_DB = -100.0
"""Gain of what is not heard."""

RELATED = 0.05
"""A mix of which stems explain less is taken to be another's.

On 36 pairs of stems and processed mixes of other songs they explained less than nothing (they were fitted to
chance in one half, which did not hold in the other); on mixes of their own, two thirds and more.
"""


@dataclass(frozen=True)
class Alignment:
    """One stem in the mix.

    Attributes:
        name: of the stem.
        found: whether it is heard in the mix; if not, the figures below mean little.
        delay_samples: how much later than the stem the mix plays it; below zero: earlier.
        inverted: whether it is turned over.
        left_db: gain of the stem's left channel in the mix's, A-weighted.
        right_db: the same of the right.
        share: of the mix's A-weighted power that this stem explains; those of all stems sum to what all
            explain. A little below zero where it explains nothing.
        correlation: from 0 to 1: how well two halves of the song agree on what the stem went through.
        clarity: how far a correlation with what the other stems leave over rises above its own root mean
            square, where the halves do not agree; else infinite.
        bands_db: gain in bands of a third of an octave relative to that of all, None where it is not known.
        remarks: what is odd about it.
    """

    name: str
    found: bool
    delay_samples: float
    inverted: bool
    left_db: float
    right_db: float
    share: float
    correlation: float
    clarity: float = math.inf
    bands_db: tuple[float | None, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def gain_db(self) -> float:
        """Of both channels together."""
        powers = [10 ** (side / 10) for side in (self.left_db, self.right_db)]
        return 10 * math.log10(sum(powers) / 2)


@dataclass(frozen=True)
class Alignments:
    """All stems in the mix.

    Attributes:
        stems: in the order of the multitrack.
        sample_rate: in Hz.
        explained: share of the mix's A-weighted power that the stems explain, each through one linear filter.
        plain: whether gains and delays alone explain it as well: nothing else was done.
        offset_samples: whole samples that most stems are late together.
        bands_hz: centres of the bands of ``bands_db``.
        remarks: what is odd about the mix.
    """

    stems: tuple[Alignment, ...]
    sample_rate: int
    explained: float
    plain: bool
    offset_samples: int = 0
    bands_hz: tuple[float, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def related(self) -> bool:
        """Whether the mix has anything to do with the stems."""
        return any(stem.found for stem in self.stems) and self.explained >= RELATED

    def data(self) -> dict[str, Any]:
        """All figures for JSON; infinite ones are null."""
        told: dict[str, Any] = finite(
            {
                "related": self.related,
                "explained": self.explained,
                "plain": self.plain,
                "offset_samples": self.offset_samples,
                "sample_rate": self.sample_rate,
                "bands_hz": list(self.bands_hz),
                "remarks": list(self.remarks),
                "stems": [self._row(stem) for stem in self.stems],
            }
        )
        return told

    def _row(self, stem: Alignment) -> Mapping[str, Any]:
        return {
            "name": stem.name,
            "found": stem.found,
            "delay_samples": stem.delay_samples,
            "delay_ms": 1000 * stem.delay_samples / self.sample_rate,
            "inverted": stem.inverted,
            "gain_db": stem.gain_db,
            "left_db": stem.left_db,
            "right_db": stem.right_db,
            "share": stem.share,
            "correlation": stem.correlation,
            "clarity": stem.clarity,
            "bands_db": list(stem.bands_db),
            "remarks": list(stem.remarks),
        }

    def text(self) -> str:
        """A table, and what is odd, in lines."""
        rows = [_HEAD, *(_cells(stem, self.sample_rate) for stem in self.stems)]
        return "\n".join([*_table(rows), "", self._summary(), *(f"! {remark}" for remark in self.remarks)])

    def _summary(self) -> str:
        share = f"The stems explain {100 * max(self.explained, 0.0):.3g} % of the mix (A-weighted power)"
        how = "by gains, pans and delays alone" if self.plain else "each through a filter of its own"
        return f"{share}, {how}."


_HEAD = ("stem", "offset", "", "polarity", "left", "right", "share", "agreement", "")


def _cells(stem: Alignment, sample_rate: int) -> tuple[str, ...]:
    remarks = "; ".join(stem.remarks)
    if not stem.found:
        return (stem.name, "-", "", "-", "-", "-", "-", f"{max(stem.correlation, 0.0):.2f}", remarks)
    return (
        stem.name,
        f"{stem.delay_samples:+.2f}",
        f"{1000 * stem.delay_samples / sample_rate:+.3f} ms",
        "inverted" if stem.inverted else "as it is",
        _decibels(stem.left_db),
        _decibels(stem.right_db),
        f"{100 * stem.share:.1f} %",
        f"{stem.correlation:.2f}",
        remarks,
    )


def _decibels(value: float) -> str:
    return f"{value:+.1f} dB" if value > SILENT_DB else "-"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as their widest cell; names and remarks to the left, figures to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    last = len(_HEAD) - 1
    return [
        "  ".join(
            cell.ljust(width) if i in (0, 3, last) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
