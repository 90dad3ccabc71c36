"""Products of the spectra of stems and mix, summed over a song: all that least squares need.

Shapes: K stems, C channels of the mix (left and right), F bins, N frames.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from unpatch.stems.multitrack import Stem

# Frames that are transformed at once; neighbours share half of their samples, so both halves of a song get
# runs of frames, not every other one.
RUN = 16
# At 44.1 kHz a frame has 8192 samples.
FRAME_S = 0.2
_SHORTEST = 256
# Products of all pairs at all bins take half a gigabyte at most.
_MOST_PRODUCTS = 3e7
# A half of a song has this many frames per stem, or fits to chance would pass.
_FRAMES_PER_STEM = 4


def frame_size(stems: int, frames: int, rate: float) -> int:
    """Length of frames in samples, a power of two."""
    fine = min(FRAME_S * rate, frames / (_FRAMES_PER_STEM * stems), 2 * _MOST_PRODUCTS / stems**2)
    return max(_SHORTEST, 1 << int(math.log2(max(1.0, fine))))


@dataclass(frozen=True, eq=False)
class CrossSpectra:
    """Power and cross spectra of stems and mix, summed over frames.

    Attributes:
        stems: each stem's conjugate with each stem, complex ``[C, F, K, K]``; C is 1 where all are mono.
        cross: each stem's conjugate with the mix, complex ``[C, F, K]``.
        mix: the mix's power ``[C, F]``.
    """

    stems: Tensor
    cross: Tensor
    mix: Tensor

    def __add__(self, other: "CrossSpectra") -> "CrossSpectra":
        return CrossSpectra(self.stems + other.stems, self.cross + other.cross, self.mix + other.mix)

    @property
    def size(self) -> int:
        """Length of a frame in samples."""
        return 2 * (self.mix.shape[-1] - 1)

    @cached_property
    def powers(self) -> Tensor:
        """Of the stems, ``[C, F, K]`` for both channels."""
        return torch.diagonal(self.stems, dim1=-2, dim2=-1).real.expand(2, -1, -1)

    def delayed(self, samples: Tensor) -> "CrossSpectra":
        """With stems later by fractions ``[K]`` of a sample; what leaves a frame is neglected."""
        turns = phases(samples, self.size)
        pairs = turns.conj()[:, :, None] * turns[:, None, :]
        return CrossSpectra(self.stems * pairs, self.cross * turns.conj(), self.mix)


def phases(samples: Tensor, size: int) -> Tensor:
    """Factors that delay by these numbers of samples ``[K]``, complex ``[F, K]``."""
    omega = 2 * torch.pi * torch.arange(size // 2 + 1, dtype=torch.float64) / size
    angles = -omega[:, None] * samples.double()
    return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)


@dataclass(frozen=True, eq=False)
class SongSpectra:
    """Stems, their mix, and how both are cut into frames.

    Attributes:
        stems: K of them.
        mix: as if it were a stem.
        frames: T, of which the mix lasts.
        size: length of frames in samples.
    """

    stems: Sequence[Stem]
    mix: Stem
    frames: int
    size: int

    @property
    def mono(self) -> bool:
        return all(stem.mono for stem in self.stems)

    def measured(self, delays: Sequence[float]) -> tuple[CrossSpectra, CrossSpectra]:
        """Both halves of the song, with stems delayed by these samples; the halves alternate."""
        halves = [self._nothing(), self._nothing()]
        for number, (_, stems, mix) in enumerate(self.runs(delays)):
            _add(halves[number % 2], stems, mix)
        return halves[0], halves[1]

    def runs(self, delays: Sequence[float]) -> Iterator[tuple[int, Tensor, Tensor]]:
        """``RUN`` frames at a time: first sample, spectra of stems ``[K, C, N, F]`` and mix ``[C, N, F]``.

        Only whole frames: where an excerpt is cut out, all sounds break off at once, which would make
        them seem related.
        """
        whole = [round(delay) for delay in delays]
        turns = phases(torch.tensor([d - w for d, w in zip(delays, whole, strict=True)]), self.size)
        hop = self.size // 2
        for start in range(0, self.frames - self.size + 1, RUN * hop):
            count = min(RUN, (self.frames - self.size - start) // hop + 1)
            span = (count + 1) * hop
            stems = [self._framed(self._cut(k, start - shift, span)) for k, shift in enumerate(whole)]
            both = 1 if self.mono else 2
            played = torch.stack([one.expand(both, -1, -1) for one in stems]) * turns.T[:, None, None]
            yield start, played, self._framed(self.mix.segment(start, span))

    def _framed(self, audio: Tensor) -> Tensor:
        """Spectra ``[C, N, F]`` of frames that overlap by half; their windows sum to one."""
        frames = torch.Tensor.unfold(audio, -1, self.size, self.size // 2)
        spectra: Tensor = torch.fft.rfft(frames * torch.hann_window(self.size))
        return spectra

    def _cut(self, k: int, start: int, span: int) -> Tensor:
        """``[1, span]`` of a mono stem, ``[2, span]`` of another."""
        cut = self.stems[k].segment(start, span)
        return cut[:1] if self.stems[k].mono else cut

    def residual(self, delays: Sequence[float], transfer: Tensor) -> Stem:
        """The mix without what stems contribute by transfer functions ``[C, F, K]``."""
        rest, hop = self.mix.segment(0, self.frames), self.size // 2
        end = hop
        for start, stems, _ in self.runs(delays):
            predicted = torch.einsum("cfk,kcnf->cnf", transfer, stems.expand(-1, 2, -1, -1))
            for n, frame in enumerate(torch.fft.irfft(predicted, self.size).unbind(1)):
                end = start + (n + 1) * hop
                rest[:, end - hop : end + hop] -= frame
        rest[:, :hop], rest[:, end:] = 0.0, 0.0
        return Stem("rest", "", rest)

    def _nothing(self) -> CrossSpectra:
        stems, bins, channels = len(self.stems), self.size // 2 + 1, 1 if self.mono else 2
        return CrossSpectra(
            torch.zeros(channels, bins, stems, stems, dtype=torch.complex64),
            torch.zeros(2, bins, stems, dtype=torch.complex64),
            torch.zeros(2, bins),
        )


def _add(sums: CrossSpectra, stems: Tensor, mix: Tensor) -> None:
    """Products of a run, added in place."""
    mine, theirs = stems.permute(1, 3, 0, 2), mix.permute(0, 2, 1)[..., None]
    sums.stems.add_(mine.conj() @ mine.transpose(-1, -2))
    sums.cross.add_((mine.conj() @ theirs)[..., 0])
    sums.mix.add_(mix.abs().square().sum(1))
