"""Alignment of stems in their mix.

Shapes: S stems.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from unpatch.storage.files import finite
from unpatch.storage.legible import label

SILENT_DB = -100.0
"""Gain of an inaudible stem."""

RELATED = 0.05
"""A mix of which stems explain less is taken to be another's.

On 36 pairs of stems and processed mixes of other songs they explained less than nothing (chance fits of
one half, which did not hold in the other); on mixes of their own, two thirds and more.
"""


EXACT = 1e-3
"""A mix with a residual below this is explained: 30 dB below it is the error of lossy coding and dither."""


LIKELY, LOUDEST_EFFECT = 0.7, 0.7
"""From this correlation of levels on, and up to this power relative to its stem, the residual is an effect.

Measured on excerpts of real stems, see bench/checks/stems.py.
"""


@dataclass(frozen=True)
class Alignment:
    """One stem in the mix.

    Attributes:
        name: of the stem.
        found: whether it is audible in the mix; if not, the figures below mean little.
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
        range_db: how far its gain moves over the song, from the lowest tenth of its energy to the highest.
        moved_share: of what the stems leave over, how much its moving gain explains.
        by_level: correlation of that gain with its own level; close to -1 it was compressed.
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
    range_db: float = 0.0
    moved_share: float = 0.0
    by_level: float = 0.0
    remarks: tuple[str, ...] = ()

    @property
    def gain_db(self) -> float:
        """Of both channels together."""
        powers = [10 ** (side / 10) for side in (self.left_db, self.right_db)]
        return 10 * math.log10(sum(powers) / 2)


@dataclass(frozen=True)
class LeftOver:
    """The residual of the mix, each figure estimated on one half of the song and tested on the other.

    Attributes:
        share: of the mix's A-weighted power.
        side_share: of that, how much is in the side signal.
        side_explained: share of the mix's side signal that the stems explain.
        limited_places: in how many blocks the sum of the stems exceeds the mix's highest peak where the mix
            stays close to it.
        limited_db: by how much at most.
        correlation: of its level with what the levels of the stems make expect.
        along: stems with whose levels it moves, most first, if with any.
        ratio: of its power to that of these stems in the mix.
    """

    share: float = 0.0
    side_share: float = 0.0
    side_explained: float = 1.0
    limited_places: int = 0
    limited_db: float = 0.0
    correlation: float = 0.0
    along: tuple[str, ...] = ()
    ratio: float = 0.0

    @property
    def follows(self) -> tuple[str, ...]:
        """Stems of which it seems to be an effect; none if it does not move with them, or is too loud."""
        return self.along if self.correlation >= LIKELY and self.ratio <= LOUDEST_EFFECT else ()


@dataclass(frozen=True)
class Alignments:
    """All stems in the mix.

    Attributes:
        stems: in the order of the multitrack.
        sample_rate: in Hz.
        explained: share of the mix's A-weighted power that the stems explain, each through one linear filter.
        plain: whether gains, pans and delays alone explain it, but for a thousandth of its power.
        offset_samples: whole samples that most stems are late together.
        bands_hz: centres of the bands of ``bands_db``.
        left_over: what is not explained.
        remarks: what is odd about the mix.
    """

    stems: tuple[Alignment, ...]
    sample_rate: int
    explained: float
    plain: bool
    offset_samples: int = 0
    bands_hz: tuple[float, ...] = ()
    left_over: LeftOver = LeftOver()
    remarks: tuple[str, ...] = ()

    @property
    def related(self) -> bool:
        """Whether the mix has anything to do with the stems."""
        return any(stem.found for stem in self.stems) and self.explained >= RELATED

    def data(self) -> dict[str, Any]:
        """All figures for JSON; infinite ones are null."""
        data: dict[str, Any] = finite(
            {
                "related": self.related,
                "explained": self.explained,
                "plain": self.plain,
                "offset_samples": self.offset_samples,
                "sample_rate": self.sample_rate,
                "bands_hz": list(self.bands_hz),
                "left_over": asdict(self.left_over),
                "remarks": list(self.remarks),
                "stems": [self._row(stem) for stem in self.stems],
            }
        )
        return data

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
            "range_db": stem.range_db,
            "moved_share": stem.moved_share,
            "by_level": stem.by_level,
            "remarks": list(stem.remarks),
        }

    def text(self) -> str:
        """A table, and what is odd, in lines."""
        rows = [_HEAD, *(_cells(stem, self.sample_rate) for stem in self.stems)]
        return "\n".join([*_table(rows), "", self.summary(), *(f"! {remark}" for remark in self.remarks)])

    def summary(self) -> str:
        """How much the stems explain, by what, in a sentence."""
        share = f"The stems explain {100 * max(self.explained, 0.0):.3g} % of the mix's energy (A-weighted)"
        if self.plain:
            return f"{share}, by gains, pans and delays alone."
        left_db = 10 * math.log10(max(self.left_over.share, 1e-10))
        rest = f"the residual is {-left_db:.0f} dB below the mix" if left_db < 0 else "nothing fits"
        return f"{share}, each through one linear filter; {rest}."


_HEAD = ("stem", "offset", "", "polarity", "left", "right", "share", "agreement", "")


def _cells(stem: Alignment, sample_rate: int) -> tuple[str, ...]:
    remarks = "; ".join(stem.remarks)
    if not stem.found:
        return (label(stem.name), "-", "", "-", "-", "-", "-", f"{max(stem.correlation, 0.0):.2f}", remarks)
    return (
        label(stem.name),
        f"{stem.delay_samples:+.2f}",
        f"{1000 * stem.delay_samples / sample_rate:+.3f} ms",
        "inverted" if stem.inverted else "as it is",
        _decibels(stem.left_db),
        _decibels(stem.right_db),
        f"{round(100 * stem.share, 1) + 0.0:.1f} %",
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
