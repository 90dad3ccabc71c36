"""Pruning trials per second, with and without what a search keeps between them.

    python -m bench.speed.trials [--tracks 8 16 32] [--trials 24] [--runs 3]

A trial is the mean loss of a full console without one processor, over the passages that are judged. A song of
30 s at 30 kHz is mixed by a console whose processors are all at work; from that very console one processor
after another is taken out, drawn at random. Implementations measure the same trials in turns. See README.md.
"""

import argparse
import math
import os
from collections.abc import Mapping, Sequence
from functools import partial

from bench.shared.folders import RESULTS
from bench.shared.turns import Summary, Works, in_turns, use_threads
from bench.speed.console.peer import GROUP
from bench.speed.console.steps import SAMPLE_RATE, SONG_S, tracks
from unpatch.dsp.cpu import configure_cpu
from unpatch.graph.data import Graph
from unpatch.mixing.console import WEIGHT, console, prunable
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.initialisation import first_weights
from unpatch.mixing.pruning.objective import NONE, Gone, Objective
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import laptop
from unpatch.mixing.subgraphs import values_of
from unpatch.mixing.trials import Cached, Whole
from unpatch.processors import KINDS
from unpatch.rendering.song import render_song
from unpatch.storage import markdown
from unpatch.synth.draw import Draw

SETTINGS = laptop()
BATCH, LIMIT = SETTINGS.prune.batch, SETTINGS.prune.tolerance
PAGE = RESULTS / "trials.md"

WHOLE = "whole console"
CACHED = "only what changes"
BATCHED = f"only what changes, {BATCH} at a time"
EARLY = f"the same, refused early from {LIMIT:g} on"


def mixed(count: int) -> tuple[Graph, Evaluator]:
    """A console at work, and the judge of the mix that it plays."""
    groups = {f"track {i}": f"group {i // GROUP}" for i in range(count)}
    graph = console(groups, lone=True)
    for node in prunable(graph):
        graph = graph.with_parameters(node, knobs(graph.nodes[node].kind, Draw(0, node)))
    graph, dry = first_weights(graph), tracks(count)
    song = StemsAndMix(dry, render_song(graph, dry, SAMPLE_RATE), SAMPLE_RATE, SETTINGS.segments)
    return graph, Evaluator(song, SETTINGS.loss)


def knobs(kind: str, draw: Draw) -> dict[str, float]:
    """In the middle half of each range."""
    declared = KINDS[kind].parameters
    return {
        name: knob.from_unit(draw.number(0.25, 0.75)) for name, knob in declared.items() if name != WEIGHT
    }


def works(count: int, trials: int) -> Works:
    """Each implementation of the same trials; caches are filled once, before the first."""
    configure_cpu()
    graph, evaluator = mixed(count)
    numbers = values_of(graph)
    whole = Whole(graph, numbers, evaluator)
    cached, early = (Cached(graph, numbers, evaluator, early=early) for early in (False, True))
    nodes = sorted(prunable(graph), key=lambda node: Draw(1, node).number())[:trials]
    tried = [frozenset({node}) for node in nodes]
    wanted = _losses(whole, tried, 1)
    ways: dict[str, tuple[Objective, int, float]] = {
        WHOLE: (whole, 1, math.inf),
        CACHED: (cached, 1, math.inf),
        BATCHED: (cached, BATCH, math.inf),
        EARLY: (early, BATCH, LIMIT),
    }

    def work(objective: Objective, batch: int, limit: float) -> None:
        _check(_losses(objective, tried, batch, limit), wanted)

    return {name: partial(work, *way) for name, way in ways.items()}


def _losses(objective: Objective, trials: Sequence[Gone], batch: int, limit: float = math.inf) -> list[float]:
    starts = range(0, len(trials), batch)
    return [loss for i in starts for loss in objective.losses(NONE, trials[i : i + batch], limit)]


def _check(losses: Sequence[float], wanted: Sequence[float]) -> None:
    """All losses are equal, and every refused trial is above the limit."""
    for loss, want in zip(losses, wanted, strict=True):
        right = want >= LIMIT if loss == math.inf else math.isclose(loss, want, abs_tol=1e-5)
        if not right:
            raise AssertionError(f"a trial costs {want}, measured was {loss}")


def measured(count: int, trials: int, runs: int) -> dict[str, Summary]:
    works_of = {name: ("unpatch", name) for name in (WHOLE, CACHED, BATCHED, EARLY)}
    return in_turns({"unpatch": partial(works, count, trials)}, works_of, runs)


def table(found: Mapping[int, Mapping[str, Summary]], trials: int) -> str:
    """The results as Markdown."""
    head = ("tracks", "variant", "trials per second", "per second of processor time", "times the first")
    cells = [
        (
            count,
            name,
            f"{trials / row.wall_s:.1f}",
            f"{trials / row.processor_s:.1f}",
            f"{rows[WHOLE].processor_s / row.processor_s:.1f}",
        )
        for count, rows in found.items()
        for name, row in rows.items()
    ]
    about = (
        f"{SONG_S:g} s of stereo at {SAMPLE_RATE} Hz, {SETTINGS.segments.judged} passages of "
        f"{SETTINGS.segments.length_s:g} s, strips `ecnsgdr`, groups of {GROUP}; {trials} trials, "
        f"medians; one thread, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores. All measure "
        "the same losses."
    )
    return markdown.page("Pruning trials per second", about, markdown.table(head, cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tracks", type=int, nargs="+", default=[8, 16, 32])
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    use_threads(1)
    found = {}
    for count in options.tracks:
        found[count] = measured(count, options.trials, options.runs)
        print(count, found[count], flush=True)
    text = table(found, options.trials)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
