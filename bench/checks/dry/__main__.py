"""What the dry signal is worth: effects as engineers set them, found with dry and wet signal at hand.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python -m bench.checks.dry --sources DIR [--chains 16] [--seed 0]

Every effect alone, played by ``pedalboard`` and by our processors, and chains of two and three, on singers of
the split ``val_unseen``. The shipped model's candidates are ranked and refined with default settings, as
``unpatch estimate --dry`` does. Distances are the multi-scale spectral distance of the re-render from the
recording, levels matched, over that of the dry signal itself.
"""

import argparse
import math
import os
import platform
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import torch

from bench.checks.dry.clips import Clip, Played, clips, families_of
from bench.checks.outside.families import FAMILIES
from bench.shared.folders import RESULTS
from unpatch.audio import level_db
from unpatch.estimation import estimate
from unpatch.graph.data import Graph, Node
from unpatch.metrics import Figure
from unpatch.metrics.bootstrap import Bootstrap
from unpatch.metrics.tally import Tally
from unpatch.refining import Fitted, fit
from unpatch.refining.fitting import CPU_SECONDS
from unpatch.rendering.walk import walk
from unpatch.storage import markdown
from unpatch.synth.produce import use_one_core
from unpatch.synth.sources import SAMPLE_RATE, Sources

PAGE = RESULTS / "dry.md"
GROUPS = (
    "clips", "n", "distance over nothing, median", "nearer than nothing", "effect-set F1",
    "all effects, none else", "processor time, median",
)  # fmt: skip
CLIPS = ("played", "by", "found", "distance of nothing", "refined", "over nothing", "knobs: true, found")
"""Heads of the tables of groups of clips, and of single ones."""
REFINED = 12
TOLERANCES: Mapping[str, tuple[str, float]] = {
    "semitone": ("0.1 semitones", 0.1),
    "delay_ms": ("2 ms", 2.0),
    "gain_db": ("1 dB", 1.0),
    "frequency_hz": ("10 %", 0.10),
    "ratio": ("20 %", 0.20),
    "threshold_db": ("2 dB, for the level that comes in", 2.0),
    "pan": ("0.05", 0.05),
}
RELATIVE = ("frequency_hz", "ratio")


class Knob(NamedTuple):
    """One setting: as it was, and as it was found; NaN where its effect was not."""

    name: str
    true: float
    found: float

    @property
    def is_right(self) -> bool:
        most = TOLERANCES[self.name][1]
        if self.name in RELATIVE:
            return abs(math.log(self.found / self.true)) <= math.log(1 + most)
        return abs(self.found - self.true) <= most


class Row(NamedTuple):
    """One clip, its results, and processor seconds to estimate and to refine."""

    clip: Clip
    fitted: Fitted
    knobs: Sequence[Knob]
    estimating_s: float
    refining_s: float

    @property
    def ratio(self) -> float:
        return self.fitted.after / self.fitted.nothing

    @property
    def found(self) -> set[str]:
        return families_of(self.fitted.graph)

    @property
    def f1(self) -> float:
        return 2 * len(self.found & self.clip.families) / max(1, len(self.found) + len(self.clip.families))


def measured(clip: Clip, cpu_seconds: float) -> Row:
    """As the command line does it."""
    begun = time.process_time()
    found = estimate(clip.wet, SAMPLE_RATE, dry=clip.dry)
    graphs = [candidate.graph for candidate in found.candidates[:REFINED]]
    estimated = time.process_time()
    fitted = fit(graphs, clip.dry, clip.wet, SAMPLE_RATE, cpu_seconds=cpu_seconds)
    times = estimated - begun, time.process_time() - estimated
    return Row(clip, fitted, knobs_of(clip, fitted.graph), *times)


def knobs_of(clip: Clip, graph: Graph) -> list[Knob]:
    """The settings that can be compared."""
    nodes = incoming(graph, clip.dry)
    found = []
    for effect, came_db in zip(clip.effects, clip.levels_db, strict=True):
        node, level = nearest(effect, nodes)
        for name in effect.knobs:
            value = math.nan if node is None else node.parameters.get(name, math.nan)
            moved = came_db - level if name == "threshold_db" else 0.0
            found.append(Knob(name, effect.stage.settings[name], value + moved))
    return found


def nearest(effect: Played, nodes: Sequence[tuple[Node, float]]) -> tuple[Node | None, float]:
    """Of the effect's family, the node of its kind and with the first of its knobs most alike."""

    def apart(one: tuple[Node, float]) -> tuple[bool, float]:
        true = effect.stage.settings.get(effect.knobs[0], 0.0) if effect.knobs else 0.0
        own = one[0].parameters.get(effect.knobs[0], math.inf) if effect.knobs else 0.0
        return one[0].kind != effect.stage.kind, abs(own - true)

    return min((one for one in nodes if is_of(one[0], effect)), key=apart, default=(None, 0.0))


def is_of(node: Node, effect: Played) -> bool:
    return node.kind in FAMILIES.get(effect.family, (effect.family,))


def incoming(graph: Graph, dry: torch.Tensor) -> list[tuple[Node, float]]:
    """Processors, and the level of what comes in."""
    signals = walk(graph, dry, SAMPLE_RATE).signals
    found = []
    for i, node in enumerate(graph.nodes):
        wire = next((edge for edge in graph.edges_into(i) if edge.inlet == "input"), None)
        if node.is_processor and wire is not None:
            found.append((node, level_db(signals[wire.source, wire.outlet][0])))
    return found


def report(rows: Sequence[Row], cpu_seconds: float) -> str:
    """The results as Markdown."""
    alone = [row for row in rows if len(row.clip.effects) == 1]
    groups = {"all": rows, "one effect": alone, "chains": [row for row in rows if len(row.clip.effects) > 1]}
    groups |= {
        "ours": [r for r in rows if not r.clip.theirs],
        "pedalboard": [r for r in rows if r.clip.theirs],
    }
    singers = len({row.clip.singer for row in rows})
    about = (
        f"{len(rows)} clips of 3.63 s, {singers} singers that no model was trained on; every effect "
        f"alone, played by our processors and by pedalboard {metadata.version('pedalboard')}, and chains "
        f"of two and three. The shipped model's candidates, ranked and refined for {cpu_seconds:g} s of "
        f"processor time (torch {torch.__version__}, Python {platform.python_version()}, one thread, "
        f"load {os.getloadavg()[0]:.1f}). Distance: multi-scale, levels matched, over that of the dry "
        "signal. In brackets the 95 % interval, a bootstrap over singers."
    )
    return markdown.page(
        "What the dry signal is worth",
        about,
        markdown.table(GROUPS, (summary(name, some) for name, some in groups.items() if some)),
        markdown.table(("knob", "tolerance", "right", "of"), knob_rows(rows)),
        "Right are knobs within the tolerance; where the effect was not found, none is.",
        markdown.table(CLIPS, map(cells, rows)),
    )


def summary(name: str, rows: Sequence[Row]) -> tuple[object, ...]:
    """Figures of a group of clips."""
    ratio = statistics.median(row.ratio for row in rows)
    nearer = sum(row.ratio < 1 for row in rows)
    f1 = Bootstrap([row.clip.singer for row in rows]).figure(Tally.of([row.f1 for row in rows]))
    whole = sum(row.found == row.clip.families for row in rows)
    seconds = statistics.median(row.estimating_s + row.refining_s for row in rows)
    return (
        name,
        len(rows),
        f"{ratio:.2f}",
        f"{nearer} of {len(rows)}",
        cell(f1),
        f"{whole} of {len(rows)}",
        f"{seconds:.1f} s",
    )


def cell(figure: Figure) -> str:
    return f"{figure.mean:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def knob_rows(rows: Sequence[Row]) -> Iterator[tuple[object, ...]]:
    """How many of each knob are right."""
    for name, (words, _) in TOLERANCES.items():
        some = [knob for row in rows for knob in row.knobs if knob.name == name]
        if some:
            yield name, words, sum(knob.is_right for knob in some), len(some)


def cells(row: Row) -> tuple[str, ...]:
    """A clip's row."""
    played = ", ".join(effect.stage.kind for effect in row.clip.effects)
    found = ", ".join(node.kind for node in row.fitted.graph.nodes if node.is_processor) or "none"
    knobs = "; ".join(
        f"{k.name} {k.true:.4g}, {k.found:.4g}{'' if k.is_right else ' (!)'}" for k in row.knobs
    )
    by = "pedalboard" if row.clip.theirs else "ours"
    figures = (f"{row.fitted.nothing:.3f}", f"{row.fitted.after:.3f}", f"{row.ratio:.2f}")
    return played, by, found, *figures, knobs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, required=True, help="folder of dry singing with index.tsv")
    parser.add_argument("--chains", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cpu-seconds", type=float, default=CPU_SECONDS)
    parser.add_argument("--part", default="0/1", help="every n-th clip only, as in 0/2; writes no page")
    arguments = parser.parse_args()
    use_one_core()
    part, parts = map(int, arguments.part.split("/"))
    rows: list[Row] = []
    sources = Sources.open(arguments.sources, "val_unseen")
    for i, clip in enumerate(clips(sources, arguments.chains, arguments.seed)):
        if i % parts == part:
            rows.append(measured(clip, arguments.cpu_seconds))
            seconds = f"{rows[-1].estimating_s:.1f} + {rows[-1].refining_s:.1f} s"
            print(f"{markdown.row(cells(rows[-1]))} F1 {rows[-1].f1:.2f}, {seconds}", flush=True)
    print(report(rows, arguments.cpu_seconds))
    if parts == 1:
        PAGE.write_text(report(rows, arguments.cpu_seconds), encoding="utf-8")


if __name__ == "__main__":
    main()
