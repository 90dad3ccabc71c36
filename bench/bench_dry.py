"""What the dry signal is worth: blind estimates against ranked and refined ones, on unseen singers.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python bench/bench_dry.py --sources DIR [--clips 48] [--renders 600]

Each clip is drawn by the generator from the split ``val_unseen``. Four systems explain it: the greedy graph
of the shipped model, which hears only the recording; the candidate that comes closest when re-rendered; that
refined by moving numbers; and refined by moving structure too. The figure is MSS-full, the spectral distance
of the re-render from the recording at its own level, as in ``unpatch evaluate``. The refinement is given
renders, not seconds, so that the table is the same on every machine; processor time tells what they cost.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

os.environ |= dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)  # before torch and numba are loaded

import torch

from unpatch.dsp.cpu import configure_cpu
from unpatch.estimate import estimate
from unpatch.fit import fit
from unpatch.graph.data import Graph
from unpatch.metrics import spectral_distance
from unpatch.models.hypothesis import Decoding
from unpatch.render import render
from unpatch.synth import generate
from unpatch.synth.generate import Example
from unpatch.synth.sources import Sources

RESULTS = Path(__file__).parent / "results" / "dry.md"
SEED = 77
REFINED = 12


class Row(NamedTuple):
    """One clip: distances, and seconds of processor time of ranking and of refining with structure."""

    blind: float
    ranked: float
    numbers: float
    structure: float
    ranking_s: float
    refining_s: float


def examples(sources: Path, count: int) -> Iterator[Example]:
    opened = Sources.open(sources, "val_unseen")
    for index in range(count):
        yield generate("singing", SEED, opened, index)


def measured(example: Example, renders: int) -> Row:
    """All systems on one clip."""
    dry, wet, rate = example.dry, example.wet, example.sample_rate

    def apart(graph: Graph) -> float:
        return float(spectral_distance(render(graph, dry[:, None].expand(-1, 2, -1), rate), wet))

    blind = estimate(wet, rate, decoding=Decoding(beams=1)).graph
    begun = time.process_time()
    found = estimate(wet, rate, dry=dry)
    ranked = time.process_time()
    graphs = [candidate.graph for candidate in found.candidates[:REFINED]]
    structure = fit(graphs, dry, wet, rate, seconds=None, renders=renders)
    refined = time.process_time()
    numbers = fit(graphs, dry, wet, rate, seconds=None, renders=renders, structure=False)
    blind_apart, ranked_apart = apart(blind), apart(found.graph)
    times = ranked - begun, refined - ranked
    return Row(blind_apart, ranked_apart, apart(numbers.graph), apart(structure.graph), *times)


def table(rows: list[Row], renders: int) -> str:
    """The results as Markdown."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    names = ("blind, greedy", "ranked by re-rendering", "numbers refined", "structure refined too")
    blind = statistics.fmean(columns[0])
    lines = [
        f"| {name} | {statistics.fmean(values):.3f} | {statistics.median(values):.3f} "
        f"| {statistics.fmean(values) / blind:.2f} "
        f"| {statistics.median(v / b for v, b in zip(values, columns[0], strict=True)):.2f} |"
        for name, values in zip(names, columns, strict=False)
    ]
    ranking_s, refining_s = (statistics.median(columns[i]) for i in (4, 5))
    return "\n".join(
        [
            "# What the dry signal is worth",
            "",
            f"MSS-full on {len(rows)} clips of 3.63 s, unseen singers; {renders} renders each. "
            f"Processor time per clip, median: {ranking_s:.1f} s to estimate and rank, {refining_s:.1f} s to "
            f"refine (torch {torch.__version__}, Python {platform.python_version()}, one thread, "
            f"load {os.getloadavg()[0]:.1f}).",
            "",
            "| system | mean | median | mean over blind mean | median ratio to blind |",
            "|---|---|---|---|---|",
            *lines,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, required=True, help="folder of dry singing with index.tsv")
    parser.add_argument("--clips", type=int, default=48)
    parser.add_argument("--renders", type=int, default=600)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    configure_cpu()
    rows = []
    for example in examples(arguments.sources, arguments.clips):
        rows.append(measured(example, arguments.renders))
        print(" ".join(f"{value:.3f}" for value in rows[-1]), flush=True)
    text = table(rows, arguments.renders)
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
