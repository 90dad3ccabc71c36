"""Dry instruments and delivered recordings: what they cost, and what codecs do to a recording.

    unpatch data fetch instruments
    python -m bench.speed.sources [--cache DIR] [--count 60]

Everything is of segments of 3.63 s, in processor time of one thread. The second table has each codec at
several compressions of libsndfile: bit rate, delay after alignment, and how far the decoded signal is from
the original.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

os.environ |= dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)  # before torch and numba are loaded

import numpy as np
import soundfile
from torch import Tensor

from bench.shared.folders import RESULTS
from unpatch.storage import markdown
from unpatch.storage.fetch import default_cache
from unpatch.synth import FRAMES, SAMPLE_RATE
from unpatch.synth.delivery import (
    COMPRESSION,
    OPUS_RATE,
    Codec,
    Floats,
    coded,
    delivered,
    encoded,
    through_rate,
)
from unpatch.synth.draw import Draw
from unpatch.synth.instruments.sources import InstrumentSources
from unpatch.synth.produce import use_one_core
from unpatch.synth.recording import recorded
from unpatch.synth.sources import Segment, SourceError
from unpatch.synth.strata import widened

SECONDS = FRAMES / SAMPLE_RATE
WARM_UP = 5
STEPS = 3


def milliseconds(work: Callable[[int], object], count: int) -> list[float]:
    """Processor time of each call, after some that do not count."""
    for i in range(WARM_UP):
        work(count + i)
    taken = []
    for i in range(count):
        begun = time.process_time()
        work(i)
        taken.append(1e3 * (time.process_time() - begun))
    return taken


def row(name: str, taken: list[float]) -> tuple[str, ...]:
    """Mean, median and most of times in ms, and how many fit in a second."""
    mean = statistics.fmean(taken)
    middle, most = statistics.median(taken), max(taken)
    return name, f"{mean:.1f}", f"{middle:.1f}", f"{most:.1f}", f"{1e3 / mean:.0f}"


def costs(sources: InstrumentSources, count: int) -> Iterator[tuple[str, ...]]:
    """A row for each thing that is done to an example beside its graph."""
    segments = [sources.segment(Draw(2, i), FRAMES) for i in range(count + WARM_UP)]
    wets = [stereo(segment) for segment in segments]
    yield row("an instrument's phrase", milliseconds(lambda i: sources.segment(Draw(1, i), FRAMES), count))
    yield row("recorded", milliseconds(lambda i: recorded(segments[i], Draw(3, i)), count))
    yield row("delivered", milliseconds(lambda i: delivered(wets[i], SAMPLE_RATE, Draw(4, i)), count))


def stereo(segment: Segment) -> Tensor:
    """Left and right that differ, so that both are coded."""
    both = widened(segment.audio)[0]
    both[1] *= 0.7
    return both


def codecs(audio: Floats) -> Iterator[tuple[object, ...]]:
    """A row for each codec and compression."""
    at_48 = through_rate(audio, SAMPLE_RATE, OPUS_RATE)
    for codec in get_args(Codec):
        for compression in np.linspace(*COMPRESSION[codec], STEPS):
            level = float(compression)
            begun = time.process_time()
            out = coded(audio, SAMPLE_RATE, codec, level)
            taken = 1e3 * (time.process_time() - begun)
            data = (
                encoded(at_48, OPUS_RATE, codec, level)
                if codec == "opus"
                else encoded(audio, SAMPLE_RATE, codec, level)
            )
            apart = 10 * np.log10(np.square(audio).sum() / np.square(out - audio).sum())
            yield (
                codec,
                f"{level:.2f}",
                f"{8 * len(data) / SECONDS / 1e3:.0f}",
                lag(audio[0], out[0]),
                f"{apart:.1f}",
                f"{taken:.0f}",
            )


def lag(before: Floats, after: Floats) -> int:
    """By how many samples one signal is later than the other."""
    size = 1 << 19
    alike = np.fft.irfft(np.fft.rfft(after, size) * np.conj(np.fft.rfft(before, size)))
    place = int(alike.argmax())
    return place - size if place > size // 2 else place


def report(sources: InstrumentSources, count: int) -> str:
    music = sum(stereo(sources.segment(Draw(5, i), FRAMES)).numpy() for i in range(4))
    about = (
        f"{count} segments of {SECONDS:.2f} s, one thread; "
        f"libsndfile {soundfile.__libsndfile_version__}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}."
    )
    loud = np.asarray(0.8 * music / np.abs(music).max(), dtype=np.float32)
    return markdown.page(
        "Dry instruments, recordings and deliveries",
        about,
        markdown.table(
            ("", "ms of processor time, mean", "median", "most", "a second"), costs(sources, count)
        ),
        "Codecs, on four instruments at once:",
        markdown.table(
            ("codec", "compression", "kb/s", "delay, samples", "signal over error, dB", "ms"), codecs(loud)
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cache", type=Path, default=default_cache(), help="where the SoundFonts are")
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    use_one_core()
    try:
        sources = InstrumentSources.open([options.cache], "train")
    except SourceError:
        sys.stderr.write(f"{options.cache}: holds no instruments: unpatch data fetch instruments\n")
        raise SystemExit(2) from None
    text = report(sources, options.count)
    print(text)
    (RESULTS / "sources.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
