"""What the dry signal is worth: blind estimates against ranked and refined ones, on unseen singers.

    python bench/check_dry.py --sources DIR [--clips 48] [--renders 1200] [--numbers]

Each clip is drawn by the generator from the split ``val_unseen``. Several systems explain it: the greedy
graph of the shipped model, which hears only the recording; the candidate that comes closest when re-rendered;
that refined by moving numbers and structure; and, if asked for, by moving numbers alone. The figure is
MSS-full, the spectral distance of the re-render from the recording at its own level, as in ``unpatch
evaluate``. The refinement is given renders, not seconds, so that the table is the same on every machine;
processor time tells what they cost.
"""

import argparse
import os
import platform
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import torch

from unpatch.estimate import estimate
from unpatch.fit import fit
from unpatch.graph.data import Graph
from unpatch.metrics import spectral_distance
from unpatch.models.deciding import Deciding
from unpatch.render import render
from unpatch.synth.generate import Example
from unpatch.synth.produce import use_one_core
from unseen import examples

RESULTS = Path(__file__).parent / "results" / "dry.md"
REFINED = 12


class Row(NamedTuple):
    """One clip: seconds of processor time of ranking and of refining, and distances."""

    ranking_s: float
    refining_s: float
    blind: float
    ranked: float
    refined: float
    numbers: float | None


def measured(example: Example, renders: int, with_numbers: bool) -> Row:
    """All systems on one clip."""
    dry, wet, rate = example.dry, example.wet, example.sample_rate

    def apart(graph: Graph) -> float:
        return float(spectral_distance(render(graph, dry[:, None].expand(-1, 2, -1), rate), wet))

    def refined(structure: bool) -> Graph:
        return fit(graphs, dry, wet, rate, cpu_seconds=None, renders=renders, structure=structure).graph

    blind = estimate(wet, rate, deciding=Deciding(beams=1, draws=0)).graph
    begun = time.process_time()
    found = estimate(wet, rate, dry=dry)
    graphs = [candidate.graph for candidate in found.candidates[:REFINED]]
    ranked = time.process_time()
    best = refined(structure=True)
    times = ranked - begun, time.process_time() - ranked
    numbers = apart(refined(structure=False)) if with_numbers else None
    return Row(*times, apart(blind), apart(found.graph), apart(best), numbers)


def table(rows: list[Row], renders: int) -> str:
    """The results as Markdown."""
    blind = [row.blind for row in rows]
    columns = {
        "blind, greedy": blind,
        "ranked by re-rendering": [row.ranked for row in rows],
        "refined": [row.refined for row in rows],
        "refined, numbers alone": [row.numbers for row in rows if row.numbers is not None],
    }
    ranking_s = statistics.median(row.ranking_s for row in rows)
    refining_s = statistics.median(row.refining_s for row in rows)
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
            *(line(name, values, blind) for name, values in columns.items() if values),
            "",
        ]
    )


def line(name: str, values: list[float], blind: list[float]) -> str:
    mean, middle = statistics.fmean(values), statistics.median(values)
    ratio = statistics.median(value / b for value, b in zip(values, blind, strict=True))
    return f"| {name} | {mean:.3f} | {middle:.3f} | {mean / statistics.fmean(blind):.2f} | {ratio:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, required=True, help="folder of dry singing with index.tsv")
    parser.add_argument("--clips", type=int, default=48)
    parser.add_argument("--renders", type=int, default=1200)
    parser.add_argument("--numbers", action="store_true", help="also refine numbers alone")
    arguments = parser.parse_args()
    use_one_core()
    rows = []
    for example in examples(arguments.sources, arguments.clips):
        rows.append(measured(example, arguments.renders, arguments.numbers))
        print(" ".join(f"{value:.3f}" for value in rows[-1] if value is not None), flush=True)
        RESULTS.write_text(table(rows, arguments.renders), encoding="utf-8")
    print(table(rows, arguments.renders))


if __name__ == "__main__":
    main()
