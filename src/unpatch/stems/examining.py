"""What the stems leave over of a mix, examined where it is more than coding and dither leave.

Shapes: K stems that sound, C channels (left and right), F bins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from unpatch.stems.account import Account, account
from unpatch.stems.alignment import EXACT, Alignment, LeftOver
from unpatch.stems.left_over import company, held_back, movement
from unpatch.stems.sums import PlainSum
from unpatch.stems.view import View

# A stem that explains this share of the expected part is reported.
_PART = 0.25


def examined(
    view: View, plain: PlainSum | None, rows: Mapping[str, Alignment]
) -> tuple[LeftOver, dict[str, Alignment]]:
    """The residual, and the stems' rows with the movement of their gains."""
    share = 1 - sum(row.share for row in rows.values())
    if share <= EXACT or not any(view.found):
        return LeftOver(share=share), dict(rows)
    delays, each, whole = _transfers(view, plain)
    weights = view.transfer.loudness, view.transfer.whitening
    found = account(view.song, delays, each, weights, view.rate)
    moved = movement(found)
    figures = zip(moved.ranges_db.tolist(), moved.removed.tolist(), moved.by_level.tolist(), strict=True)
    changed = {
        name: replace(row, range_db=range_db, moved_share=removed, by_level=by_level)
        for (name, row), (range_db, removed, by_level) in zip(rows.items(), figures, strict=True)
    }
    rest = view.song.residual(delays, whole).audio
    mix = view.song.mix.segment(0, view.song.frames)
    places, limited_db = held_back(mix - rest, mix)
    return _left_over(found, [stem.name for stem in view.song.stems], places, limited_db), changed


def _left_over(found: Account, names: Sequence[str], places: int, limited_db: float) -> LeftOver:
    (_, side), (left_mid, left_side) = found.mid_side.tolist()
    along = company(found)
    chief = sorted(
        (k for k, share in enumerate(along.shares) if share >= _PART), key=lambda k: -along.shares[k]
    )
    chief = chief or list(range(len(names)))
    return LeftOver(
        share=found.unexplained,
        side_share=left_side / max(left_mid + left_side, 1e-30),
        side_explained=1 - left_side / max(side, 1e-30),
        limited_places=places,
        limited_db=limited_db,
        correlation=along.correlation,
        ratio=along.rest
        * sum(along.shares[k] for k in chief)
        / max(sum(along.made[k] for k in chief), 1e-30),
        along=tuple(names[k] for k in chief),
    )


def _transfers(view: View, plain: PlainSum | None) -> tuple[list[float], tuple[Tensor, Tensor], Tensor]:
    """Delays in samples, and transfer functions of each half of the song and of all, of what was found."""
    found = torch.tensor(view.found)
    if plain is None:
        first, second = view.transfer.each
        return (
            [float(shift) for shift in view.shifts],
            (first * found, second * found),
            view.transfer.whole * found,
        )
    bins = view.transfer.loudness.shape[-1]
    gains = (plain.gains * found)[:, None].expand(-1, bins, -1).to(torch.complex64)
    delays = [shift + float(move) for shift, move in zip(view.shifts, plain.delays, strict=True)]
    return delays, (gains, gains), gains
