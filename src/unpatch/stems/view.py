"""All stems of a song together: expected place and presence of each.

Where a stem is and whether it is there is decided by what all stems explain of the mix
(:mod:`~unpatch.stems.transfer`). A stem that correlates with the residual of the others, anywhere in a song,
is tried there: it stays where it explains more.

Shapes: K stems that sound.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import torch
from torch import Tensor

from unpatch.stems.lags import Far, Lag, StemOffset, near
from unpatch.stems.multitrack import Stem
from unpatch.stems.spectra import SongSpectra
from unpatch.stems.transfer import Peak, TransferFunctions

# Measured on stems of other songs: their correlations with a mix had peaks of clarity 9 at most, with what
# the right stems leave over 12, but then with a rival of 0.85 and more; two halves of a song agreed on them
# to 0.45 at most, but then they made less than a twenty-thousandth of the mix.
SURE, CLEAR, UNRIVALLED, AGREED, LEAST_SHARE = 12.0, 9.0, 0.8, 0.35, 5e-5
# Another place than the given one is accepted if it explains this many times more.
RATHER = 1.5
ROUNDS = 3
# Delays that differ by less are one.
TOGETHER_S = 0.001
# A lag and a peak that are so close, in samples, are the same; the peak is finer.
_NEIGHBOURS = 2
# Where stems leave less of the whitened mix unexplained, none of them can be misplaced.
_NOTHING_LEFT = 1e-4

Report = Callable[[int, int], None]


def first_places(song: SongSpectra, rate: float, reach: int) -> list[int]:
    """Whole samples of each stem's delay, as far as its own correlation with the mix is clear."""
    stems = song.stems
    far = Far(song.mix, song.frames, rate)
    centre = _common([far.place(stem, 0) for stem in stems], reach)
    lags = near(stems, song.mix, song.frames, [centre] * len(stems), reach, rate)
    return [lag.samples if lag.clarity >= SURE else centre for lag in lags]


def _common(places: Sequence[StemOffset], reach: int) -> int:
    """The place near which most stems are: where they should be, if nothing else is much clearer."""

    def around(samples: int) -> list[StemOffset]:
        return [place for place in places if abs(place.samples - samples) <= reach]

    def score(samples: int) -> float:
        return sum(max(place.clarity - SURE, 0.0) for place in around(samples))

    best = max((place.samples for place in places), key=score)
    if score(best) <= RATHER * score(0):
        return 0
    return round(median(place.samples for place in around(best) if place.clarity >= SURE))


@dataclass(frozen=True, eq=False)
class View:
    """All stems together.

    Attributes:
        song: stems and mix.
        rate: sample rate in Hz.
        transfer: what each stem went through.
        shifts: samples by which stems are late, whole ones.
        peaks: where they are relative to that.
        found: whether each is in the mix.
        clarity: of those that were searched for in the residual of the others.
        alike: for each stem that was moved, in how many other places it would fit nearly as well.
    """

    song: SongSpectra
    rate: float
    transfer: TransferFunctions
    shifts: Sequence[int]
    peaks: Sequence[Peak]
    found: Sequence[bool]
    clarity: Mapping[int, float] = field(default_factory=dict)
    alike: Mapping[int, int] = field(default_factory=dict)

    @property
    def delays(self) -> list[float]:
        return [shift + peak.delay for shift, peak in zip(self.shifts, self.peaks, strict=True)]

    @property
    def better(self) -> list[int]:
        """Whole samples as they are known now."""
        return [round(delay) if found else shift for delay, found, shift in self._rows()]

    @property
    def _moving(self) -> bool:
        """Whether a stem is not at its expected place."""
        return max(abs(a - b) for a, b in zip(self.better, self.shifts, strict=True)) > 1

    def _rows(self) -> Iterator[tuple[float, bool, int]]:
        return zip(self.delays, self.found, self.shifts, strict=True)

    @classmethod
    def of(cls, song: SongSpectra, rate: float, reach_s: float, report: Report) -> "View":
        """Measured again until every stem is at its expected place."""
        report(0, ROUNDS + 2)
        reach = round(reach_s * rate)
        view = cls._measured(song, first_places(song, rate, reach), rate)
        report(1, ROUNDS + 2)
        view = view._tried_elsewhere()
        for number in range(ROUNDS):
            report(2 + number, ROUNDS + 2)
            view = view._searched(reach)
            if number == ROUNDS - 1 or not view._moving:
                break
            view = replace(cls._measured(song, view.better, rate), alike=view.alike)
        report(ROUNDS + 2, ROUNDS + 2)
        return view

    @classmethod
    def _measured(cls, song: SongSpectra, shifts: Sequence[int], rate: float) -> "View":
        transfer = TransferFunctions(song.measured(shifts), rate)
        peaks = [transfer.peak(k) for k in range(len(shifts))]
        found = (transfer.agreement >= AGREED) & (_most_share(transfer) >= LEAST_SHARE)
        return cls(song, rate, transfer, shifts, peaks, found.tolist())

    # --- anywhere in the song ---------------------------------------------------------------------

    def _tried_elsewhere(self) -> "View":
        """With stems moved to their peaks in the residual, if they explain more there."""
        places = self._elsewhere()
        if not places:
            return self
        tried = self._at(places)
        explained = _most_share(self.transfer).where(torch.tensor(self.found), torch.tensor(LEAST_SHARE))
        more = (_most_share(tried.transfer) > RATHER * explained) & torch.tensor(tried.found)
        better = {k: place for k, place in places.items() if more[k]}
        if len(better) == len(places):
            return tried
        return self._at(better) if better else self

    def _elsewhere(self) -> dict[int, StemOffset]:
        """Clear places, away from where the stems are now, in what all of them leave over."""
        if self.transfer.unexplained(self.transfer.whitening) < _NOTHING_LEFT:
            return {}
        far = Far(self._rest(), self.song.frames, self.rate)
        together = TOGETHER_S * self.rate
        places = {k: far.place(stem, self.shifts[k]) for k, stem in enumerate(self.song.stems)}
        return {
            k: place
            for k, place in places.items()
            if place.clarity >= CLEAR and abs(place.samples - self.delays[k]) > together
        }

    def _at(self, places: Mapping[int, StemOffset]) -> "View":
        """Measured with some stems at other places, which are known to a few samples."""
        shifts = list(self.shifts)
        for k, place in places.items():
            shifts[k] = place.samples
        alike = {k: place.alike for k, place in places.items()}
        return replace(self._measured(self.song, shifts, self.rate), alike=alike)

    def _rest(self) -> Stem:
        return self.song.residual(self.shifts, self.transfer.whole * torch.tensor(self.found))

    # --- near the others --------------------------------------------------------------------------

    def _searched(self, reach: int) -> "View":
        """With those found that have a peak in the residual of the others, near the place of most."""
        doubtful = [k for k, there in enumerate(self.found) if not there]
        if not doubtful or not any(self.found):
            return self
        centre = round(median(shift for _, found, shift in self._rows() if found))
        stems, centres = [self.song.stems[k] for k in doubtful], [centre] * len(doubtful)
        lags = near(stems, self._rest(), self.song.frames, centres, reach, self.rate)
        return self._with(dict(zip(doubtful, lags, strict=True)))

    def _with(self, lags: Mapping[int, Lag]) -> "View":
        found, peaks = list(self.found), list(self.peaks)
        for k, lag in lags.items():
            found[k] = lag.clarity >= CLEAR and lag.rival <= UNRIVALLED
            if found[k] and abs(lag.samples - self.delays[k]) > _NEIGHBOURS:
                peaks[k] = replace(peaks[k], delay=float(lag.samples - self.shifts[k]))
        return replace(self, found=found, peaks=peaks, clarity={k: lag.clarity for k, lag in lags.items()})


def _most_share(transfer: TransferFunctions) -> Tensor:
    """Share of the mix that each stem explains, whitened or weighted by loudness, the larger one."""
    return torch.maximum(transfer.shares(transfer.whitening), transfer.shares(transfer.loudness))
