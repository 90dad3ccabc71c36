"""Alignment of each stem in the mix: time, polarity, level, and presence.

First each stem is looked for on its own (:mod:`~unpatch.stems.lags`), near the place where most of them are.
Then all stems explain the mix together (:mod:`~unpatch.stems.view`), which gives fractions of samples,
polarity, and what each adds; each stem is looked for once more, in the whole song, in what all leave over.
If gains and delays alone explain the mix as well (:mod:`~unpatch.stems.sums`), those are reported instead:
they are exact.

Shapes: K stems that sound.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

import torch
from torch import Tensor

from unpatch.stems.alignment import EXACT, SILENT_DB, Alignment, Alignments
from unpatch.stems.examining import examined
from unpatch.stems.multitrack import Multitrack, Stem, StemsError
from unpatch.stems.remarks import about_mix, about_stem, duplicates
from unpatch.stems.spectra import SongSpectra, frame_size
from unpatch.stems.sums import PlainSum, plain_sum
from unpatch.stems.transfer import TransferFunctions, band_centres
from unpatch.stems.view import TOGETHER_S, Report, View

REACH_S = 0.25
SHORTEST_S = 1.0
SILENT_PEAK = 1e-4


def align(
    multitrack: Multitrack, *, reach_s: float = REACH_S, report: Report = lambda done, total: None
) -> Alignments:
    """Measure the alignment of the stems of a multitrack in its mix.

    Args:
        multitrack: with a mix.
        reach_s: how far from the place of most a stem is looked for first, in seconds; then in the whole
            song.
        report: called with how much is done, and how much there is to do.

    Raises:
        StemsError: where there is no mix, or it is shorter than a second or silent.
    """
    mix = _mix_of(multitrack)
    peaks = [_peak_of(stem, multitrack.frames) for stem in multitrack.stems]
    if _peak_of(mix, multitrack.mix_frames) < SILENT_PEAK:
        raise StemsError("the mix is silent; there is nothing to compare stems with")
    live = [stem for stem, peak in zip(multitrack.stems, peaks, strict=True) if peak >= SILENT_PEAK]
    if not live:
        raise StemsError("all stems are silent; there is nothing to look for in the mix")
    frames, rate = multitrack.mix_frames, multitrack.sample_rate
    song = SongSpectra(live, mix, frames, frame_size(len(live), frames, rate))
    view = View.of(song, rate, reach_s, report)
    return _described(multitrack, view)


def _mix_of(multitrack: Multitrack) -> Stem:
    if multitrack.mix is None:
        raise StemsError("there is no mix to compare the stems with")
    seconds = multitrack.mix_frames / multitrack.sample_rate
    if seconds < SHORTEST_S:
        raise StemsError(f"the mix lasts {seconds:.2g} s; at least {SHORTEST_S:g} s are needed")
    return Stem("the mix", "", multitrack.mix)


def _peak_of(stem: Stem, frames: int) -> float:
    """Largest magnitude at any offset."""
    piece = 1 << 20
    parts = [stem.segment(start, min(piece, frames - start)) for start in range(0, frames, piece)]
    return max(float(part.amax() - part.amin()) / 2 for part in parts)


def _described(multitrack: Multitrack, view: View) -> Alignments:
    plain = _plain(view)
    rate = multitrack.sample_rate
    sounding = {row.name: row for row in _rows(view, plain)}
    left_over, sounding = examined(view, plain, sounding)
    stems = [sounding.get(stem.name, _silent(stem.name)) for stem in multitrack.stems]
    rivals = {stem.name: peak.rival for stem, peak in zip(view.song.stems, view.peaks, strict=True)}
    same = duplicates(view.song.stems, view.transfer.spectra)
    alike = {view.song.stems[k].name: count for k, count in view.alike.items()}
    found = Alignments(
        tuple(
            replace(
                row,
                remarks=about_stem(
                    stem, row, rivals.get(stem.name), same.get(stem.name, ()), alike.get(stem.name, 0)
                ),
            )
            for stem, row in zip(multitrack.stems, stems, strict=True)
        ),
        rate,
        explained=sum(row.share for row in stems),
        plain=plain is not None and left_over.share <= EXACT,
        offset_samples=_offset([row.delay_samples for row in stems if row.found], rate),
        bands_hz=tuple(band_centres(rate).tolist()),
        left_over=left_over,
    )
    return replace(found, remarks=about_mix(multitrack, found))


def _silent(name: str) -> Alignment:
    return Alignment(
        name,
        found=False,
        delay_samples=0.0,
        inverted=False,
        left_db=SILENT_DB,
        right_db=SILENT_DB,
        share=0.0,
        correlation=0.0,
    )


def _plain(view: View) -> PlainSum | None:
    """Gains and delays, if nothing else explains more."""
    if not any(view.found):
        return None
    weights = view.transfer.whitening
    fraction = torch.tensor([peak.delay for peak in view.peaks])
    found = plain_sum(view.transfer.spectra, weights, fraction, view.found)
    if found.unexplained > view.transfer.unexplained(weights):
        return None
    return found


def _rows(view: View, plain: PlainSum | None) -> list[Alignment]:
    transfer = view.transfer
    powers, _ = transfer.curves()
    if plain is None:
        gains, shares = transfer.gains(), transfer.shares(transfer.loudness)
        delays, signs = view.delays, [peak.sign for peak in view.peaks]
    else:
        gains, shares = plain.gains, _plain_shares(transfer, plain)
        delays = [shift + float(move) for shift, move in zip(view.shifts, plain.delays, strict=True)]
        signs = [_sign(pair) for pair in gains.T]
    levels = [[_decibels(gain) for gain in pair] for pair in gains.abs().T.tolist()]
    return [
        Alignment(
            name=stem.name,
            found=view.found[k],
            delay_samples=delays[k],
            inverted=signs[k] < 0,
            left_db=levels[k][0],
            right_db=levels[k][1],
            share=float(shares[k]),
            correlation=min(max(float(transfer.agreement[k]), 0.0), 1.0),
            clarity=view.clarity.get(k, math.inf),
            bands_db=_curve(powers[:, k], gains[:, k]),
        )
        for k, stem in enumerate(view.song.stems)
    ]


def _plain_shares(transfer: TransferFunctions, plain: PlainSum) -> Tensor:
    """Of each stem's part of the plain sum, as :meth:`TransferFunctions.shares`."""
    spectra, weights = transfer.spectra.delayed(plain.delays), transfer.loudness
    gains = plain.gains.to(torch.complex64)
    explained = torch.einsum("cfkl,cl->cfk", spectra.stems.expand(2, -1, -1, -1), gains)
    made = (gains[:, None] * (2 * spectra.cross - explained)).real
    return (weights[:, None] * made).sum((0, 1)) / (weights * spectra.mix).sum()


def _sign(pair: Tensor) -> int:
    return int(pair[int(pair.abs().argmax())].sign())


def _decibels(gain: float) -> float:
    return max(20 * math.log10(gain), SILENT_DB) if gain > 0 else SILENT_DB


def _curve(powers: Tensor, gains: Tensor) -> tuple[float | None, ...]:
    """In dB relative to the gain of all bands."""
    level = float(gains.square().mean())
    return tuple(
        10 * math.log10(power / level) if power > 0 and level > 0 else None for power in powers.tolist()
    )


def _offset(delays: Sequence[float], rate: float) -> int:
    """What most delays have in common, 0 if they do not."""
    if not delays:
        return 0
    middle = median(delays)
    near_by = sum(abs(delay - middle) <= TOGETHER_S * rate for delay in delays)
    return round(middle) if 2 * near_by > len(delays) and abs(middle) > TOGETHER_S * rate else 0
