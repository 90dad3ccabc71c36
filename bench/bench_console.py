"""One optimisation step of a full mixing console: unpatch against grafx, the library of the paper's authors.

    python bench/bench_console.py [--tracks 8 16 32] [--runs 7] [--threads 2]

Forward, loss, backward and optimiser, 3.8 s of stereo at 30 kHz, strips ``ecnsgdr`` on every track and on
every group of four. Each side runs in a process of its own; they take turns, so that whatever else the
machine does meets all of them. See README.md.
"""

import argparse
import os
import platform
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from dry_stems import band
from peer_console import GROUP, patch, stepper, without_torchaudio
from peers import check_installed
from published_loss import PublishedLoss
from turns import Summary, Works, in_turns, use_threads
from unpatch.dsp.cpu import configure_cpu
from unpatch.mixing.console import Strip, console
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.fitting import Fit
from unpatch.mixing.loss import MixTarget
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import SearchSettings, paper, with_published_strips
from unpatch.synth.draw import Draw

SAMPLE_RATE = 30_000
PASSAGE = 114_000
SONG_S = 30.0
RESULTS = Path(__file__).parent / "results" / "console.md"

STOCK, PATCHED, THEIRS, OURS = "grafx", "grafx, patched", "unpatch, published kinds", "unpatch, our kinds"
SAME_LOSS = f"{PATCHED}, our loss"
ROWS = {
    STOCK: (STOCK, "their loss"),
    PATCHED: (PATCHED, "their loss"),
    SAME_LOSS: (PATCHED, "our loss"),
    THEIRS: (THEIRS, "step"),
    OURS: (OURS, "step"),
}
"""Row of the table to an implementation and its work."""


def tracks(count: int) -> Tensor:
    """Dry tracks ``[K, 2, T]`` of one band after another, with noise at -80 dB: none is ever silent."""
    bands = [band(Draw(0, i), SONG_S, SAMPLE_RATE) for i in range(-(-count // 8))]
    mono = torch.stack([track for players in bands for track in players.values()][:count])
    return mono[:, None] + 1e-4 * torch.randn(
        count, 2, mono.shape[-1], generator=torch.Generator().manual_seed(0)
    )


def mix(dry: Tensor) -> Tensor:
    """Tracks at other levels, so that there is something to fit, ``[2, T]``."""
    gains = torch.linspace(0.2, 1.0, 2 * len(dry)).reshape(len(dry), 2, 1)
    return (gains * dry).sum(0)


def peer(count: int, patched: bool) -> Works:
    """Steps of grafx, under the loss of its authors or under ours."""
    without_torchaudio()
    if patched:
        patch()
    dry = tracks(count)[..., -PASSAGE:].contiguous()
    target, step = mix(dry), stepper(dry)
    theirs = published_loss(target)
    return {
        "their loss": lambda: step(theirs),
        "our loss": lambda: step(lambda found: MixTarget(target, SAMPLE_RATE).loss(found)),
    }


def published_loss(target: Tensor) -> PublishedLoss:
    return PublishedLoss.of(target, SAMPLE_RATE)


def ours(count: int, strip: Strip) -> Works:
    """Steps of a fit as a search makes them: the passage is drawn again each time."""
    configure_cpu()
    settings = settings_of(strip)
    dry = tracks(count)
    groups = {f"track {i}": f"group {i // GROUP}" for i in range(count)}
    graph = console(groups, strip=strip, lone=True)
    evaluator = Evaluator(StemsAndMix(dry, mix(dry), SAMPLE_RATE, settings.segments), settings.loss)
    fit = Fit(graph, evaluator, settings.fit)
    state, draws = fit.initial_adam(), iter(range(1_000_000))

    def step() -> None:
        nonlocal state
        state, _ = fit.stepped(state, Draw(0, next(draws)), settings.fit.rate, settings.fit.sparsity)

    return {"step": step}


def settings_of(strip: Strip) -> SearchSettings:
    """Loss and regularisers of the paper for both."""
    return paper() if strip == "published" else with_published_strips(paper())


def contestants(count: int) -> dict[str, Callable[[], Works]]:
    return {
        STOCK: partial(peer, count, patched=False),
        PATCHED: partial(peer, count, patched=True),
        THEIRS: partial(ours, count, "published"),
        OURS: partial(ours, count, "ours"),
    }


def table(found: dict[int, dict[str, Summary]], runs: int, threads: int) -> str:
    """The results as Markdown."""
    return "\n".join(
        [
            "# One optimisation step of a mixing console",
            "",
            f"{PASSAGE / SAMPLE_RATE:g} s of stereo at {SAMPLE_RATE} Hz, strips `ecnsgdr`, groups of "
            f"{GROUP}; medians of {runs} steps taken in turns, {threads} threads on {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f}; torch {torch.__version__}, grafx {metadata.version('grafx')}, "
            f"Python {platform.python_version()}. Peak memory is beyond what is held before the first step. "
            "Ratios are to the published kinds of ours.",
            "",
            "| tracks | step of | ms | processor ms | peak MB | x ms | x processor ms | x MB |",
            "|---|---|---|---|---|---|---|---|",
            *(line(count, name, rows) for count, rows in found.items() for name in rows),
            "",
            "| growth per doubling of the tracks | ms | peak MB |",
            "|---|---|---|",
            *(growth(name, found) for name in ROWS if len(found) > 1),
            "",
        ]
    )


def line(count: int, name: str, rows: dict[str, Summary]) -> str:
    own, base = rows[name], rows[THEIRS]
    ratios = (
        own.wall_s / base.wall_s,
        own.processor_s / base.processor_s,
        own.peak_mb / base.peak_mb,
    )
    cells = [f"{1e3 * own.wall_s:,.0f}", f"{1e3 * own.processor_s:,.0f}", f"{own.peak_mb:,.0f}"]
    return f"| {count} | {name} | {' | '.join(cells)} | {' | '.join(f'{ratio:.2f}' for ratio in ratios)} |"


def growth(name: str, found: dict[int, dict[str, Summary]]) -> str:
    """By what factor time and memory rise when there are twice as many tracks."""
    counts = sorted(found)
    pairs = [(found[a][name], found[b][name]) for a, b in pairwise(counts)]
    times = ", ".join(f"{after.wall_s / before.wall_s:.2f}" for before, after in pairs)
    memory = ", ".join(f"{after.peak_mb / before.peak_mb:.2f}" for before, after in pairs)
    return f"| {name}, {' to '.join(map(str, counts))} | {times} | {memory} |"


def measured(counts: Sequence[int], runs: int) -> dict[int, dict[str, Summary]]:
    found = {}
    for count in counts:
        found[count] = in_turns(contestants(count), ROWS, runs)
        for name in found[count]:
            print(line(count, name, found[count]), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tracks", type=int, nargs="+", default=[8, 16, 32])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    check_installed("grafx")
    use_threads(options.threads)
    text = table(measured(options.tracks, options.runs), options.runs, options.threads)
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
