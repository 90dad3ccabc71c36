"""Examples per second of the generator: graph, adaptive parameters, ghost check, render.

    python -m bench.speed.synth [singing] [--stratum paper|engineer] [--sources DIR] [--count 200]
    python -m bench.speed.synth drums --sources GROOVES --kits CACHE [--count 200]

Worker processes of one thread each make examples side by side; a second table has the share of each
stage, in processor time of one process. Without ``--sources`` the demo voice is the only singer.
"""

import argparse
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

os.environ |= dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)  # before torch and numba are loaded

import torch

from bench.shared.folders import RESULTS, ROOT
from unpatch.blind.presets import PRESETS
from unpatch.features.pictures import CHANNELS
from unpatch.graph.canonical import canonical
from unpatch.processors import EVERYDAY, PROCESSORS
from unpatch.storage import markdown
from unpatch.synth import FRAMES, SAMPLE_RATE, Dataset, engineer, read_shards, write_shards
from unpatch.synth.delivery import delivered
from unpatch.synth.draw import Draw
from unpatch.synth.ghosts import GHOST_DB, audibility, without_ghosts
from unpatch.synth.perform import perform
from unpatch.synth.produce import use_one_core
from unpatch.synth.recording import recorded
from unpatch.synth.rendered import Rendered
from unpatch.synth.sources import DrySources
from unpatch.synth.statistics import Statistics
from unpatch.synth.strata import played_by_engineer, widened
from unpatch.synth.wiring import prototype

DEMO_VOICE = ROOT / "src" / "unpatch" / "assets"
SEED = 5
WARM_UP, WARM_UP_FIRST = 20, 10**6  # examples, and the number of the first
GOALS = {
    ("singing", "paper"): 25,
    ("drums", "paper"): 10,
    ("singing", "engineer"): 20,
    ("drums", "engineer"): 10,
}
"""Examples per second."""


def make(dataset: Dataset, first: int, count: int, ready: Barrier, spent: "Queue[float]") -> None:
    """Worker: warm up, wait for the others, make examples, wait again, report the processor time."""
    use_one_core()
    sources = dataset.sources()
    for index in range(WARM_UP):
        dataset.example(sources, WARM_UP_FIRST + index)
    ready.wait()
    start = time.process_time()
    for index in range(first, first + count):
        dataset.example(sources, index)
    spent.put(time.process_time() - start)
    ready.wait()


def per_second(dataset: Dataset, count: int, workers: int) -> tuple[float, float]:
    """Examples per second, all workers together: of wall clock, and if each had a core to itself."""
    context = multiprocessing.get_context("spawn")
    ready, spent = context.Barrier(workers + 1), context.Queue()
    share = count // workers
    crew = [
        context.Process(target=make, args=(dataset, i * share, share, ready, spent)) for i in range(workers)
    ]
    for worker in crew:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    ready.wait()
    wall = time.perf_counter() - start
    processor = sum(spent.get() for _ in crew) / workers
    for worker in crew:
        worker.join()
    return workers * share / wall, workers * share / processor


class Stopwatch:
    """Processor time by stage, in seconds."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.process_time()
        yield
        self.taken[name] += time.process_time() - start


def stages(dataset: Dataset, count: int) -> dict[str, float]:
    """Seconds of processor time per example of each stage of :func:`unpatch.synth.generate`."""
    watch, sources = Stopwatch(), dataset.sources()
    make_one = paper_stages if dataset.stratum == "paper" else engineer_stages
    for index in range(-WARM_UP, count):
        if index == 0:
            watch.taken.clear()
        make_one(watch, sources, Draw(SEED, index + WARM_UP))
    return {name: taken / count for name, taken in watch.taken.items()}


def paper_stages(watch: Stopwatch, sources: DrySources, draw: Draw) -> None:
    with watch.stage("dry segment"):
        segment = sources.segment(draw.child(0), FRAMES)
    with watch.stage("graph: motifs, wiring, normal form"):
        sketched = canonical(prototype(PROCESSORS, draw.child(1), segment.names), PROCESSORS)
    with watch.stage("parameters drawn while rendering"):
        played = perform(sketched, widened(segment.audio), SAMPLE_RATE, PROCESSORS, draw.child(2))
    with watch.stage("ghost check and pruning"):
        without_ghosts(played.rendered())


def engineer_stages(watch: Stopwatch, sources: DrySources, draw: Draw) -> None:
    with watch.stage("dry segment"):
        segment = sources.segment(draw.child(0), FRAMES)
    with watch.stage("how it was recorded"):
        segment = recorded(segment, draw.child(1))
    with watch.stage("graph: tools, wiring, normal form"):
        sketched = canonical(engineer.prototype(EVERYDAY, draw.child(2), segment.names), EVERYDAY)
    with watch.stage("parameters drawn while rendering"):
        played = played_by_engineer(sketched, segment, draw.child(3))
    with watch.stage("ghost check and pruning"):
        wet = without_ghosts(played.rendered()).audio
    with watch.stage("delivery: codecs, rates, dither"):
        delivered(wet, SAMPLE_RATE, draw.child(4))


def ghosts(dataset: Dataset, count: int) -> tuple[int, int, int]:
    """Parts, parts below the threshold, and graphs that have one: of the whole signal, without shortcuts."""
    parts = faint = graphs = 0
    sources = dataset.sources()
    for index in range(count):
        example = dataset.example(sources, index)
        audibilities = audibility(Rendered.of(example.graph, example.sources, SAMPLE_RATE, dataset.registry))
        below = sum(distance < GHOST_DB for distance in audibilities.values())
        parts, faint, graphs = parts + len(audibilities), faint + below, graphs + (below > 0)
    return parts, faint, graphs


def describe(dataset: Dataset, count: int, workers: int) -> tuple[Statistics, float]:
    """Statistics of a small data set, written and read as shards, and its bytes per example."""
    pictures = PRESETS[f"{dataset.task}_small_proposed"].model.features
    with tempfile.TemporaryDirectory() as folder:
        small = replace(dataset, shard_size=-(-count // (4 * workers)))
        paths = write_shards(
            folder, small, count, pictures=replace(pictures, channels=CHANNELS), workers=workers
        )
        found = Statistics.of(stored.graph for stored in read_shards(paths, parts=()))
        return found, sum(path.stat().st_size for path in paths) / found.count


def report(
    dataset: Dataset,
    rounds: list[tuple[float, float]],
    workers: int,
    shares: dict[str, float],
    checked: tuple[int, int, int],
    n: int,
) -> str:
    """The results as Markdown, without the statistics."""
    total = sum(shares.values())
    parts, faint, graphs = checked
    clocks = ("wall clock", "processor time of each worker")
    goal = GOALS[dataset.task, dataset.stratum]
    about = (
        f"{FRAMES} frames of stereo at {SAMPLE_RATE} Hz, {workers} workers of one thread; "
        f"torch {torch.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[1]:.1f} beside and with them."
    )
    return markdown.page(
        f"Generator: {dataset.task}, {dataset.stratum} stratum",
        about,
        markdown.table(
            ("by", f"examples per second, median of {len(rounds)}", "x goal", "least", "most"),
            (
                row(clock, speeds, goal)
                for clock, speeds in zip(clocks, zip(*rounds, strict=True), strict=True)
            ),
        ),
        markdown.table(
            ("stage", "ms of processor time", "share"),
            (
                (name, f"{1e3 * taken:.1f}", f"{taken / total:.0%}")
                for name, taken in {**shares, "all": total}.items()
            ),
        ),
        f"Ghosts: {faint} ({faint / parts:.2%}) of {parts} parts, in {graphs} of {n} graphs, change the "
        f"output by less than {GHOST_DB:g} dB when they are taken out.",
    )


def row(clock: str, speeds: Sequence[float], goal: float) -> tuple[str, ...]:
    """Cells of the table."""
    middle = statistics.median(speeds)
    return clock, f"{middle:.1f}", f"{middle / goal:.2f}", f"{min(speeds):.1f}", f"{max(speeds):.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("task", nargs="?", choices=["singing", "drums"], default="singing")
    parser.add_argument("--sources", default=str(DEMO_VOICE), help="folder of dry singing, or of grooves")
    parser.add_argument("--kits", action="append", default=[], help="folder of drum kits")
    parser.add_argument("--stratum", choices=["paper", "engineer"], default="paper")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--rounds", type=int, default=5, help="of which medians count")
    options = parser.parse_args()
    use_one_core()
    dataset = Dataset(
        options.sources, options.task, seed=SEED, kits=tuple(options.kits), stratum=options.stratum
    )
    name = f"synth_{options.task}" + ("" if options.stratum == "paper" else f"_{options.stratum}")
    count, workers = options.count, options.workers
    rounds = [per_second(dataset, count, workers) for _ in range(options.rounds)]
    shares = stages(dataset, count)
    checked = ghosts(dataset, count // 2)
    text = report(dataset, rounds, workers, shares, checked, count // 2)
    found, size = describe(dataset, count, workers)
    found.draw(RESULTS / f"{name}.png")
    text += f"\nAn example takes {size / 1e6:.2f} MB with pictures and dry tracks.\n\n{found.table()}\n"
    print(text)
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
