"""A song played through the chain of a master, block by block, with bounded memory.

The output of equalizers and dynamics goes to a temporary file, and is measured on its way; then the last
stage, clipper, gain and limiter, runs until the loudness is met.

Shapes: T time; audio ``[2, T]`` in single precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from unpatch.audio import AudioError
from unpatch.dsp.compiled import Array
from unpatch.dsp.limiter import Limiter
from unpatch.dsp.oversampled_clip import OversampledClipper
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.meter import Meter, MeterLevels
from unpatch.mastering.matching.response import MidSideFilter, impulse_response
from unpatch.mastering.matching.source import BLOCK, FramesDone, Source
from unpatch.mastering.matching.spectrum import Spectra
from unpatch.storage.drafts import scratch

_NEAR_LU, _ROUNDS = 0.04, 5
# Largest gain of the limiter beyond what the song would have without it.
_MOST_DRIVE_DB = 12.0


def through(master: Master, source: Source, size: int = BLOCK) -> Iterator[Array]:
    """The song behind input gain, equalizers, width and dynamics, as long as it was."""
    filtered = _filtered(master, source, size)
    if not master.dynamics:
        yield from filtered
        return
    stage = master.dynamics.stage(source.sample_rate)
    for block in filtered:
        yield stage.push(block)


def _filtered(master: Master, source: Source, size: int) -> Iterator[Array]:
    gain = np.float32(10 ** (master.input_db / 20))
    if not master.filters:
        for block in source.blocks(size):
            yield block if gain == 1 else block * gain
        return
    mid, side = (
        gain * impulse_response(curve, knobs, source.sample_rate)
        for curve, knobs in zip(master.curves_db, (master.mid, master.side), strict=True)
    )
    stage = MidSideFilter(mid, side, width=master.width)
    for block in source.blocks(size):
        yield stage.push(block)
    yield stage.flush()


class ProcessedSong:
    """The chain's output: its measurements, and the audio itself, which is read repeatedly."""

    def __init__(self, path: Path, sample_rate: int, levels: MeterLevels, spectra_db: Array) -> None:
        self.path, self.sample_rate = path, sample_rate
        self.levels, self.spectra_db = levels, spectra_db

    def blocks(self, size: int = BLOCK) -> Iterator[Array]:
        with self.path.open("rb") as file:
            while data := file.read(8 * size):
                yield np.ascontiguousarray(np.frombuffer(data, np.float32).reshape(-1, 2).T)


@contextmanager
def processed(
    master: Master,
    source: Source,
    folder: Path | None = None,
    size: int = BLOCK,
    report: FramesDone | None = None,
) -> Iterator[ProcessedSong]:
    """Process the song; the temporary file is in ``folder`` and removed at the end."""
    meter, spectra, done = Meter(source.sample_rate), Spectra(source.sample_rate), 0
    with scratch(folder) as place:
        path = place / "processed.f32"
        with path.open("wb") as file:
            for block in through(master, source, size):
                meter.push(np.ascontiguousarray(block))
                spectra.push(block)
                file.write(np.ascontiguousarray(block.T).tobytes())
                done += block.shape[1]
                if report:
                    report(done, source.frames)
        yield ProcessedSong(path, source.sample_rate, meter.levels(), spectra.levels_db())


def last_stage(song: ProcessedSong, master: Master, gain_db: float, size: int = BLOCK) -> Iterator[Array]:
    """The song as it comes out: clipper, gain and limiter, each only where it has something to do."""
    blocks = song.blocks(size) if master.clip_db is None else _clipped(song.blocks(size), master.clip_db)
    gain = np.float32(10 ** (gain_db / 20))
    if not needs_limiter(song, master, gain_db):
        for block in blocks:
            yield block if gain_db == 0 else block * gain
        return
    limiter = Limiter(10 ** (master.ceiling_db / 20), song.sample_rate)
    for block in blocks:
        yield limiter.push(block * gain)
    yield limiter.flush()


def _clipped(blocks: Iterable[Array], clip_db: float) -> Iterator[Array]:
    clipper = OversampledClipper(10 ** (-clip_db / 20))
    for block in blocks:
        yield clipper.push(block)
    yield clipper.flush()


def needs_limiter(song: ProcessedSong, master: Master, gain_db: float) -> bool:
    """Whether the song's true peak, after this gain in dB, exceeds the ceiling."""
    return song.levels.true_peak_db + gain_db > master.ceiling_db + 1e-9


def gain_for(song: ProcessedSong, master: Master) -> float:
    """Gain in dB into the limiter at which the master has its loudness.

    Where a ceiling is too low for a loudness, the limiter is not driven further than makes sense.
    """
    gain = first = song.levels.gain_to(master.lufs)
    if not math.isfinite(gain):
        raise AudioError("nothing audible is left behind the equalizers")
    if abs(gain) < 1e-6:
        return 0.0
    tried: list[tuple[float, float]] = []
    for _ in range(_ROUNDS):
        if not needs_limiter(song, master, gain):
            return gain
        levels = measured(last_stage(song, master, gain), song.sample_rate)
        tried.append((gain, levels.lufs))
        miss = master.lufs - levels.lufs
        if abs(miss) < _NEAR_LU or gain - first >= _MOST_DRIVE_DB:
            break
        gain = min(gain + miss / _slope(tried), first + _MOST_DRIVE_DB)
    return tried[-1][0]


def _slope(tried: Sequence[tuple[float, float]]) -> float:
    """How much louder a song gets per dB into the limiter, from the last two gains that were tried."""
    if len(tried) < 2:
        return 0.8
    (before, soft), (now, loud) = tried[-2:]
    return min(max((loud - soft) / (now - before), 0.1), 1.0) if now != before else 1.0


def measured(blocks: Iterable[Array], sample_rate: int) -> MeterLevels:
    """Loudness and peaks of audio ``[2, T]`` that comes in blocks."""
    meter = Meter(sample_rate)
    for block in blocks:
        meter.push(np.ascontiguousarray(block))
    return meter.levels()
