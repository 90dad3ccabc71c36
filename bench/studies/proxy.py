"""Train the neural proxy of the mastering compressor, and measure it on held-out music.

    python -m bench.studies.proxy FOLDER [--cache DIR] [--steps 6000] [--published]

Music is that of `unpatch data fetch mastering`. The folder takes the run, which continues where it was left;
`bench/results/proxy.md` has the distance of the proxy from the exact compressor.
"""

import argparse
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from bench.shared.folders import RESULTS
from unpatch.audio import opened, read, resample
from unpatch.learning.runs import Progress
from unpatch.mastering.proxy import NeuralCompressor, ProxySettings, published
from unpatch.mastering.proxy_training import (
    ProxyError,
    ProxyTraining,
    measure_proxy,
    train_proxy,
)
from unpatch.mastering.sources import Track, tracks_of
from unpatch.storage import markdown
from unpatch.storage.fetch import default_cache

PAGE = RESULTS / "proxy.md"
TRACKS, EXCERPTS, EXCERPT_S = 16, 3, 10.0
CHECKS, CHECK_SEED = 50, 1


def excerpts(tracks: Sequence[Track], rate: int) -> Iterator[Tensor]:
    """Mono excerpts ``[T]``, spread over each track."""
    for track in tracks:
        with opened(track.path) as file:
            own = int(file.samplerate)
            size = round(EXCERPT_S * own)
            if file.frames < size:
                continue
            for i in range(1, EXCERPTS + 1):
                samples = read(track.path, file, size, (file.frames - size) * i // (EXCERPTS + 1))
                yield resample(torch.from_numpy(samples.mean(1))[None], own, rate)[0]


def chosen(tracks: Sequence[Track], *splits: str) -> list[Track]:
    """So many tracks of some splits, collections by turns."""
    groups = [[t for t in tracks if t.split in splits and t.collection == c] for c in _collections(tracks)]
    turns = itertools.chain.from_iterable(itertools.zip_longest(*groups))
    return [track for track in turns if track is not None][:TRACKS]


def _collections(tracks: Sequence[Track]) -> list[str]:
    return sorted({track.collection for track in tracks})


def table(proxy: NeuralCompressor, training: ProxyTraining, error: ProxyError) -> str:
    s = proxy.settings
    about = (
        f"{sum(p.numel() for p in proxy.parameters())} parameters, {s.blocks} blocks of {s.channels} "
        f"channels, {s.hop} samples per gain, receptive field {proxy.receptive_s:.2f} s; "
        f"{training.steps} steps of {training.batch} passages of {training.passage_s:g} s.\n"
        f"Errors are means over {CHECKS * training.batch} passages of tracks of no training set, "
        "settings uniform in the unit range of each knob."
    )
    head = ("mean absolute error of the audio", "of the gain, dB", "audio error of doing nothing")
    cells = f"{error.audio:.4f}", f"{error.gain_db:.2f}", f"{error.identity:.4f}"
    return markdown.page(
        "The neural proxy against the exact compressor", about, markdown.table(head, [cells])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--steps", type=int, default=6_000)
    parser.add_argument("--published", action="store_true", help="the network of the paper")
    options = parser.parse_args()
    training = ProxyTraining(published() if options.published else ProxySettings(), steps=options.steps)
    tracks = tracks_of(options.cache)
    rate = training.network.sample_rate
    seen, unseen = (list(excerpts(chosen(tracks, *s), rate)) for s in (("train",), ("test", "unseen")))
    proxy = train_proxy(seen, options.folder, training, predicted)
    error = measure_proxy(proxy, unseen, ProxyTraining(training.network, seed=CHECK_SEED), CHECKS)
    text = table(proxy, training, error)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


def predicted(progress: Progress) -> None:
    errors = "  ".join(f"{name} {error:.4f}" for name, error in progress.values.items())
    print(f"{progress.step}/{progress.steps} {progress.seconds:.0f} s {errors}", flush=True)


if __name__ == "__main__":
    main()
