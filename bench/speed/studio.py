"""Size of the studio's page, and how long its renders take.

    python -m bench.speed.studio

Processor time of one thread for ten seconds of stereo at 44.1 kHz, from a graph as JSON to a WAV file with
its loudness. The page decodes it, which is not included.
"""

import gzip
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
import torch

from bench.shared.folders import ROOT
from unpatch.demo import CHAINS, embedded_graph, embedded_voice
from unpatch.pages.studio.tasks.playing import Signals, live

SECONDS = 10.0
REPEATS = 5
STATIC = ROOT / "src/unpatch/pages/studio/static"


def page_bytes() -> int:
    """All files of the page, with gzip."""
    return sum(len(gzip.compress(path.read_bytes())) for path in STATIC.rglob("*") if path.is_file())


def render_ms(order: dict[str, object], signals: Signals) -> float:
    """Median of several renders, after one that loads the file."""
    live(order, signals)
    times = []
    for _ in range(REPEATS):
        begun = time.process_time()
        live(order, signals)
        times.append(1000 * (time.process_time() - begun))
    return median(times)


def main() -> None:
    torch.set_num_threads(1)
    voice, rate = embedded_voice()
    samples = np.resize(voice.numpy().T, (round(SECONDS * rate), 2))
    print(f"page {page_bytes() / 1000:.0f} kB with gzip")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dry.wav"
        soundfile.write(path, samples, rate)
        for chain in CHAINS:
            order: dict[str, object] = {
                "graph": embedded_graph(chain).to_dict(),
                "sources": [str(path)],
                "sample_rate": rate,
                "start_s": 0.0,
                "seconds": SECONDS,
                "plays_from_s": 0.0,
                "energy": None,
            }
            print(f"{chain.words}: {render_ms(order, Signals()):.0f} ms")


if __name__ == "__main__":
    main()
