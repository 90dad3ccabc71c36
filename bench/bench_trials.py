"""Pruning trials per second, with and without what a search keeps between them.

    python bench/bench_trials.py [--tracks 8 16 32] [--trials 24] [--runs 3]

A trial is the mean loss of a full console without one processor, over the passages that are judged. A song of
30 s at 30 kHz is mixed by a console whose processors are all at work; from that very console one processor
after another is taken out, drawn at random. Contestants hear the same trials in turns. See README.md.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bench_console import SAMPLE_RATE, SONG_S, tracks
from peer_console import GROUP
from turns import use_threads
from unpatch.dsp.cpu import configure_cpu
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.render.song import render_song
from unpatch.search.beginning import first_weights
from unpatch.search.console import WEIGHT, console, prunable
from unpatch.search.judge import Judge
from unpatch.search.parts import values_of
from unpatch.search.pruning.objective import NONE, Gone, Objective
from unpatch.search.segments import Song
from unpatch.search.settings import laptop
from unpatch.search.trials import Cached, Whole
from unpatch.synth.draw import Draw

SETTINGS = laptop()
BATCH, LIMIT = SETTINGS.prune.batch, SETTINGS.prune.tolerance
RESULTS = Path(__file__).parent / "results" / "trials.md"

Hear: TypeAlias = Callable[[Sequence[Gone]], list[float]]
WHOLE = "whole console"
CACHED = "only what changes"
BATCHED = f"only what changes, {BATCH} at a time"
EARLY = f"the same, refused early from {LIMIT:g} on"


def mixed(count: int) -> tuple[Graph, Judge]:
    """A console at work, and the judge of the mix that it plays."""
    groups = {f"track {i}": f"group {i // GROUP}" for i in range(count)}
    graph = console(groups, lone=True)
    for node in prunable(graph):
        graph = graph.with_parameters(node, knobs(graph.nodes[node].kind, Draw(0, node)))
    graph, dry = first_weights(graph), tracks(count)
    song = Song(dry, render_song(graph, dry, SAMPLE_RATE), SAMPLE_RATE, SETTINGS.segments)
    return graph, Judge(song, SETTINGS.loss)


def knobs(kind: str, draw: Draw) -> dict[str, float]:
    """In the middle half of each range."""
    declared = KINDS[kind].parameters
    return {
        name: knob.from_unit(draw.number(0.25, 0.75)) for name, knob in declared.items() if name != WEIGHT
    }


def contestants(graph: Graph, judge: Judge) -> dict[str, Hear]:
    """Name to what hears trials; what is kept is made once, before the first."""
    numbers = values_of(graph)
    whole = Whole(graph, numbers, judge)
    cached, early = (Cached(graph, numbers, judge, early=early) for early in (False, True))
    return {
        WHOLE: lambda trials: _one_by_one(whole, trials),
        CACHED: lambda trials: _one_by_one(cached, trials),
        BATCHED: lambda trials: _in_batches(cached, trials),
        EARLY: lambda trials: _in_batches(early, trials, LIMIT),
    }


def _one_by_one(objective: Objective, trials: Sequence[Gone]) -> list[float]:
    return [objective.losses(NONE, [trial])[0] for trial in trials]


def _in_batches(objective: Objective, trials: Sequence[Gone], limit: float = float("inf")) -> list[float]:
    starts = range(0, len(trials), BATCH)
    return [loss for i in starts for loss in objective.losses(NONE, trials[i : i + BATCH], limit)]


def measured(count: int, trials: int, runs: int) -> tuple[dict[str, float], dict[str, float]]:
    """Trials per second of processor time, medians; how far losses are from the first contestant's."""
    graph, judge = mixed(count)
    nodes = sorted(prunable(graph), key=lambda node: Draw(1, node).number())[:trials]
    tried = [frozenset({node}) for node in nodes]
    ways = contestants(graph, judge)
    heard = {name: hear(tried[:BATCH]) for name, hear in ways.items()}  # what is kept is made now
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, hear in ways.items():
            begun = time.process_time()
            heard[name] = hear(tried)
            seconds[name].append(time.process_time() - begun)
    apart = {name: _apart(losses, heard[WHOLE]) for name, losses in heard.items()}
    return {name: len(tried) / statistics.median(taken) for name, taken in seconds.items()}, apart


def _apart(losses: Sequence[float], wanted: Sequence[float]) -> float:
    """Those that were refused must be above the limit."""
    refused = [loss == float("inf") for loss in losses]
    pairs = list(zip(losses, wanted, refused, strict=True))
    assert all(want >= LIMIT for _, want, no in pairs if no), "a good trial was refused"
    return max((abs(loss - want) for loss, want, no in pairs if not no), default=0.0)


def table(found: Mapping[int, tuple[Mapping[str, float], Mapping[str, float]]], trials: int) -> str:
    """The results as Markdown."""
    rows = [
        f"| {count} | {name} | {rate:.1f} | {rate / rates[WHOLE]:.1f} | {apart[name]:.0e} |"
        for count, (rates, apart) in found.items()
        for name, rate in rates.items()
    ]
    return "\n".join(
        [
            "# Pruning trials per second",
            "",
            f"{SONG_S:g} s of stereo at {SAMPLE_RATE} Hz, {SETTINGS.segments.judged} passages of "
            f"{SETTINGS.segments.length_s:g} s, strips `ecnsgdr`, groups of {GROUP}; {trials} "
            "trials, medians; seconds of processor time of one thread, as other work goes on beside (load "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores).",
            "",
            "| tracks | hears | trials per second | times the first | losses apart |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tracks", type=int, nargs="+", default=[8, 16, 32])
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    use_threads(1)
    configure_cpu()
    found = {}
    for count in options.tracks:
        found[count] = measured(count, options.trials, options.runs)
        print(count, found[count], flush=True)
    text = table(found, options.trials)
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
