"""Where each stem lies in the mix: when, which way up, how loud, and whether at all.

First each stem is looked for on its own (:mod:`~unpatch.stems.lags`), near the place where most of them are.
Then all stems explain the mix together (:mod:`~unpatch.stems.transfer`), which tells fractions of samples,
polarity, and what each adds; a stem on which two halves of the song do not agree is looked for once more in
what the others leave over, near and far. If gains and delays alone explain the mix as well
(:mod:`~unpatch.stems.sums`), those are told instead: they are exact.

Shapes: K stems that sound.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import torch
from torch import Tensor

from unpatch.stems.alignment import SILENT_DB, Alignment, Alignments
from unpatch.stems.lags import Far, Lag, near
from unpatch.stems.multitrack import Multitrack, Stem, StemsError
from unpatch.stems.remarks import about_mix, about_stem, duplicates
from unpatch.stems.spectra import Song, frame_size
from unpatch.stems.sums import PlainSum, plain_sum
from unpatch.stems.transfer import Peak, Transfer, band_centres

REACH_S, FAR_S = 0.25, 30.0
SHORTEST_S = 1.0
SILENT_PEAK = 1e-4

# Measured on stems of other songs: their correlations with a mix had peaks of clarity 9 at most, with what
# the right stems leave over 12, but then with a rival of 0.85 and more; two halves of a song agreed on them
# to 0.45 at most, but then they made less than a twenty-thousandth of the mix.
SURE, CLEAR, UNRIVALLED, AGREED, LEAST_SHARE = 12.0, 9.0, 0.8, 0.35, 5e-5
# Another place than the given one is believed if it speaks for so much more.
_RATHER = 1.5
_ROUNDS = 3
# Delays that differ by less are one.
_TOGETHER_S = 0.001
# A lag and a peak that are so close, in samples, are the same; the peak is finer.
_NEIGHBOURS = 2

Report = Callable[[int, int], None]


def align(
    multitrack: Multitrack, *, reach_s: float = REACH_S, report: Report = lambda done, total: None
) -> Alignments:
    """Find out how the stems of a multitrack lie in its mix.

    Args:
        multitrack: with a mix.
        reach_s: how far from its place a stem is looked for, in seconds; what is not found there is looked
            for within half a minute.
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
    song = Song(live, mix, frames, frame_size(len(live), frames, rate))
    view = _View.of(song, _placed(song, rate, reach_s, report), rate, reach_s, report)
    return _told(multitrack, view)


def _mix_of(multitrack: Multitrack) -> Stem:
    if multitrack.mix is None:
        raise StemsError("there is no mix to compare the stems with")
    seconds = multitrack.mix_frames / multitrack.sample_rate
    if seconds < SHORTEST_S:
        raise StemsError(f"the mix lasts {seconds:.2g} s; at least {SHORTEST_S:g} s are needed")
    return Stem("the mix", "", multitrack.mix)


def _peak_of(stem: Stem, frames: int) -> float:
    """Largest magnitude, whatever the offset."""
    piece = 1 << 20
    parts = [stem.segment(start, min(piece, frames - start)) for start in range(0, frames, piece)]
    return max(float(part.amax() - part.amin()) / 2 for part in parts)


def _placed(song: Song, rate: float, reach_s: float, report: Report) -> list[int]:
    """Whole samples by which each stem is late, as far as its own correlation tells."""
    report(0, _ROUNDS + 1)
    reach, stems = round(reach_s * rate), song.stems
    far = Far(song.mix, song.frames, rate, FAR_S)
    centre = _common([far.lag(stem) for stem in stems], reach)
    lags = near(stems, song.mix, song.frames, [centre] * len(stems), reach, rate)
    return [lag.samples if lag.clarity >= SURE else centre for lag in lags]


def _common(lags: Sequence[Lag], reach: int) -> int:
    """The place near which most stems are: where they are said to be, if nothing else is much clearer."""

    def around(place: int) -> list[Lag]:
        return [lag for lag in lags if abs(lag.samples - place) <= reach]

    def score(place: int) -> float:
        return sum(max(lag.clarity - SURE, 0.0) for lag in around(place))

    best = max((lag.samples for lag in lags), key=score)
    if score(best) <= _RATHER * score(0):
        return 0
    return round(median(lag.samples for lag in around(best) if lag.clarity >= SURE))


@dataclass(frozen=True, eq=False)
class _View:
    """All stems together.

    Attributes:
        shifts: samples by which stems are late, whole ones.
        peaks: where they are relative to that.
        heard: whether each is there.
        clarity: of those that were looked for in what the others leave over.
        hints: where else they may be, in samples.
    """

    song: Song
    rate: float
    transfer: Transfer
    shifts: Sequence[int]
    peaks: Sequence[Peak]
    heard: Sequence[bool]
    clarity: Mapping[int, float]
    hints: Mapping[int, int]

    @property
    def delays(self) -> list[float]:
        return [shift + peak.delay for shift, peak in zip(self.shifts, self.peaks, strict=True)]

    @property
    def better(self) -> list[int]:
        """Whole samples as they are known now."""
        found = [round(delay) if heard else shift for delay, heard, shift in self._rows()]
        return [self.hints.get(k, shift) for k, shift in enumerate(found)]

    def _rows(self) -> Iterator[tuple[float, bool, int]]:
        return zip(self.delays, self.heard, self.shifts, strict=True)

    @classmethod
    def of(cls, song: Song, shifts: Sequence[int], rate: float, reach_s: float, report: Report) -> "_View":
        """Measured again until every stem is where it was believed to be."""
        for number in range(_ROUNDS):
            report(1 + number, _ROUNDS + 1)
            view = cls._measured(song, shifts, rate)._searched(round(reach_s * rate), number == 0)
            shifts = view.better
            if max(abs(a - b) for a, b in zip(shifts, view.shifts, strict=True)) <= 1:
                break
        report(_ROUNDS + 1, _ROUNDS + 1)
        return view

    @classmethod
    def _measured(cls, song: Song, shifts: Sequence[int], rate: float) -> "_View":
        transfer = Transfer(song.measured(shifts), rate)
        peaks = [transfer.peak(k) for k in range(len(shifts))]
        heard = (transfer.agreement >= AGREED) & (_most_share(transfer) >= LEAST_SHARE)
        return cls(song, rate, transfer, shifts, peaks, heard.tolist(), {}, {})

    def _searched(self, reach: int, everywhere: bool) -> "_View":
        """With those found that stand out of what the others leave over; and hints, if asked, to the rest."""
        doubtful = [k for k, there in enumerate(self.heard) if not there]
        if not doubtful or not any(self.heard):
            return self
        rest = self.song.residual(self.shifts, self.transfer.whole * torch.tensor(self.heard))
        centre = round(median(shift for _, heard, shift in self._rows() if heard))
        stems, centres = [self.song.stems[k] for k in doubtful], [centre] * len(doubtful)
        lags = near(stems, rest, self.song.frames, centres, reach, self.rate)
        view = self._with(dict(zip(doubtful, lags, strict=True)))
        lost = [k for k in doubtful if not view.heard[k]]
        return replace(view, hints=self._hints(rest, lost)) if everywhere and lost else view

    def _with(self, lags: Mapping[int, Lag]) -> "_View":
        heard, peaks = list(self.heard), list(self.peaks)
        for k, lag in lags.items():
            heard[k] = lag.clarity >= CLEAR and lag.rival <= UNRIVALLED
            if heard[k] and abs(lag.samples - self.delays[k]) > _NEIGHBOURS:
                peaks[k] = replace(peaks[k], delay=float(lag.samples - self.shifts[k]))
        return replace(self, heard=heard, peaks=peaks, clarity={k: lag.clarity for k, lag in lags.items()})

    def _hints(self, rest: Stem, lost: Sequence[int]) -> dict[int, int]:
        """Clear peaks anywhere; whether a stem is there the halves of the song will say."""
        far = Far(rest, self.song.frames, self.rate, FAR_S)
        lags = {k: far.lag(self.song.stems[k]) for k in lost}
        clear = [k for k in lost if lags[k].clarity >= SURE]
        stems, centres = [self.song.stems[k] for k in clear], [lags[k].samples for k in clear]
        exact = near(stems, rest, self.song.frames, centres, round(_TOGETHER_S * self.rate), self.rate)
        return {k: lag.samples for k, lag in zip(clear, exact, strict=True)}


def _most_share(transfer: Transfer) -> Tensor:
    """What each stem explains of the mix, whitened or as it is heard, whichever is more."""
    return torch.maximum(transfer.shares(transfer.whitening), transfer.shares(transfer.loudness))


def _told(multitrack: Multitrack, view: _View) -> Alignments:
    plain = _plain(view)
    transfer, rate = view.transfer, multitrack.sample_rate
    rows = iter(_rows(view, plain))
    live = {stem.name for stem in view.song.stems}
    alike = duplicates(view.song.stems, transfer.spectra)
    stems = tuple(
        next(rows)
        if stem.name in live
        else Alignment(stem.name, False, 0.0, False, SILENT_DB, SILENT_DB, 0.0, 0.0)
        for stem in multitrack.stems
    )
    rivals = {stem.name: peak.rival for stem, peak in zip(view.song.stems, view.peaks, strict=True)}
    told = Alignments(
        tuple(
            replace(row, remarks=about_stem(stem, row, rivals.get(stem.name), alike.get(stem.name, ())))
            for stem, row in zip(multitrack.stems, stems, strict=True)
        ),
        rate,
        explained=sum(row.share for row in stems),
        plain=plain is not None,
        offset_samples=_offset([row.delay_samples for row in stems if row.found], rate),
        bands_hz=tuple(band_centres(rate).tolist()),
    )
    return replace(told, remarks=about_mix(multitrack, told))


def _plain(view: _View) -> PlainSum | None:
    """Gains and delays, if nothing else explains more."""
    if not any(view.heard):
        return None
    weights = view.transfer.whitening
    fraction = torch.tensor([peak.delay for peak in view.peaks])
    found = plain_sum(view.transfer.spectra, weights, fraction, view.heard)
    if found.unexplained > view.transfer.unexplained(weights):
        return None
    return found


def _rows(view: _View, plain: PlainSum | None) -> list[Alignment]:
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
            found=view.heard[k],
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


def _plain_shares(transfer: Transfer, plain: PlainSum) -> Tensor:
    """Of each stem's part of the plain sum, as :meth:`Transfer.shares`."""
    spectra, weights = transfer.spectra.delayed(plain.delays), transfer.loudness
    gains = plain.gains.to(torch.complex64)
    heard = torch.einsum("cfkl,cl->cfk", spectra.stems.expand(2, -1, -1, -1), gains)
    made = (gains[:, None] * (2 * spectra.cross - heard)).real
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
    near_by = sum(abs(delay - middle) <= _TOGETHER_S * rate for delay in delays)
    return round(middle) if 2 * near_by > len(delays) and abs(middle) > _TOGETHER_S * rate else 0
