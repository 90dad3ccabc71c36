"""A serial chain of eight effects on a minute of stereo, one thread: unpatch against pedalboard.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python -m bench.speed.chain [--seconds 60] [--runs 9]

Both play the same chain with like settings, in turns in one process; medians count. See README.md.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ |= dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)  # before torch and numba are loaded

import numpy as np
import torch
from numpy.typing import NDArray

from bench.shared.folders import RESULTS
from bench.shared.peers import installed
from unpatch.dsp.cpu import configure_cpu
from unpatch.graph.build import chain
from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS
from unpatch.rendering import render
from unpatch.rendering.walk import incoming, run_node, walk
from unpatch.storage import markdown

pedalboard: Any = installed("pedalboard")

SAMPLE_RATE = 44_100
PAGE = RESULTS / "chain.md"

CHAIN = (
    ("highpass2", {"frequency_hz": 120.0}),
    ("lowshelf", {"frequency_hz": 250.0, "gain_db": 4.0}),
    ("bell", {"frequency_hz": 2_500.0, "gain_db": -5.0, "q": 1.2}),
    ("compressor", {"threshold_db": -24.0, "ratio": 4.0, "attack_ms": 5.0, "release_ms": 100.0}),
    ("distortion", {"gain_db": 12.0}),
    ("chorus", {"delay_ms": 7.0, "mix": 0.5, "mod": ("mono_lfo", {"frequency_hz": 1.0})}),
    ("mono_delay", {"delay_ms": 350.0, "feedback": 0.4, "mix": 0.3}),
    ("stereo_reverb", {"size": 0.6, "damping": 0.5, "mix": 0.3}),
)


def peer() -> Callable[[NDArray[np.float32], int], NDArray[np.float32]]:
    """The same chain in pedalboard."""
    board: Callable[[NDArray[np.float32], int], NDArray[np.float32]] = pedalboard.Pedalboard(
        [
            pedalboard.HighpassFilter(120),
            pedalboard.LowShelfFilter(250, 4.0),
            pedalboard.PeakFilter(2_500, -5.0, 1.2),
            pedalboard.Compressor(-24, 4, 5, 100),
            pedalboard.Distortion(12),
            pedalboard.Chorus(rate_hz=1.0, depth=0.25, centre_delay_ms=7.0, mix=0.5),
            pedalboard.Delay(0.35, 0.4, 0.3),
            pedalboard.Reverb(room_size=0.6, damping=0.5, wet_level=0.3, dry_level=0.7),
        ]
    )
    return board


def noise(seconds: float) -> torch.Tensor:
    """Noise whose level swells four times a second, so that the compressor has work."""
    frames = round(seconds * SAMPLE_RATE)
    swell = 0.2 + 0.8 * torch.arange(frames).mul(2 * np.pi * 4 / SAMPLE_RATE).sin().abs()
    return 0.2 * torch.randn(2, frames, generator=torch.Generator().manual_seed(0)) * swell


def in_turns(works: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Median seconds of processor time of each, taken in turns after one warm-up round."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(runs + 1):
        for name, work in works.items():
            start = time.process_time()
            work()
            taken[name].append(time.process_time() - start)
    return {name: statistics.median(times[1:]) for name, times in taken.items()}


def per_node(graph: Graph, audio: torch.Tensor, runs: int) -> dict[str, float]:
    """Median seconds of each kind alone, on the signals it meets in the chain."""
    signals = walk(graph, audio, SAMPLE_RATE).signals
    works: dict[str, Callable[[], object]] = {
        node.kind: partial(run_node, node, incoming(graph, signals, i), audio, SAMPLE_RATE, energy=False)
        for i, node in enumerate(graph.nodes)
        if node.is_processor
    }
    return in_turns(works, runs)


def table(chains: dict[str, float], kinds: dict[str, float], seconds: float) -> str:
    """The results as Markdown."""
    frames = seconds * SAMPLE_RATE
    base = chains["pedalboard"]
    rows = [
        (name, f"{1e3 * taken:.0f}", f"{seconds / taken:.0f}", f"{base / taken:.2f}")
        for name, taken in chains.items()
    ]
    nodes = [
        (kind, f"{1e3 * taken:.1f}", f"{1e9 * taken / frames:.2f}", f"{seconds / taken:,.0f}")
        for kind, taken in kinds.items()
    ]
    about = (
        f"{seconds:g} s of stereo at {SAMPLE_RATE} Hz, one thread, medians of processor time; "
        f"torch {torch.__version__}, pedalboard {pedalboard.__version__}, "
        f"Python {platform.python_version()}."
    )
    return markdown.page(
        "Chain of eight effects",
        about,
        markdown.table(("chain", "ms", "x realtime", "x pedalboard"), rows),
        markdown.table(("node of the chain", "ms", "ns per stereo frame", "x realtime"), nodes),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    torch.set_num_threads(1)
    configure_cpu()
    graph, audio = chain(PROCESSORS, *CHAIN), noise(options.seconds)
    board, samples = peer(), audio.numpy()
    works: dict[str, Callable[[], object]] = {
        "pedalboard": lambda: board(samples, SAMPLE_RATE),
        "unpatch": lambda: render(graph, audio, SAMPLE_RATE, energy=False),
        "unpatch, energy rule": lambda: render(graph, audio, SAMPLE_RATE),
    }
    text = table(in_turns(works, options.runs), per_node(graph, audio, options.runs), options.seconds)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
