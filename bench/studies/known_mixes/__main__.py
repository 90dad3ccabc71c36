"""Mixes with known sparse graphs: does a search find the processors that were played?

    python -m bench.studies.known_mixes [--sources DIR] [--mixes 20] [--steps 400] -o runs/known_mixes

Stems are excerpts from ``DIR``, which holds a folder of stems per song, or a synthetic band. Each mix is
played by our renderer from a console in which a processor stands at each place (track or group, and type)
with the probability ``SHARE``, gains and pans at ``GAINS``; its knobs are drawn so that it is audible: taking
it out raises the loss of the true graph (which is 0) by more than ``AUDIBLE``, else it is not played at all.
The search starts from the stems and the mix alone. Cells are kept: a stopped study continues.
"""

import argparse
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bench.shared.dry_stems import band
from bench.shared.folders import RESULTS
from bench.shared.kept import Kept
from bench.studies.foreign_mixes import songs
from bench.studies.known_mixes.scores import f1, scored
from unpatch.dsp.cpu import configure_cpu
from unpatch.graph.data import Graph
from unpatch.mixing.console import TYPES, WEIGHT, console, letter_of, prunable, without
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.inputs import song_of
from unpatch.mixing.search import search
from unpatch.mixing.settings import SearchSettings, laptop
from unpatch.mixing.simplification import loss_of
from unpatch.mixing.tree import Tree
from unpatch.processors import KINDS
from unpatch.rendering import render
from unpatch.stems import Multitrack, Stem, load_multitrack
from unpatch.storage import markdown
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener

PAGE = RESULTS / "known_mixes.md"
HEAD = (
    "mix", "played", "kept", "both", "F1", "loss", "knobs apart", "equalizers apart, dB", "minutes",
)  # fmt: skip
SHARE, GAINS = 0.15, 0.7
AUDIBLE = 0.02
TRACKS, SECONDS = 5, 12.0
LEAST_POWER = 10**-2.5
"""Of a stem relative to the loudest: inaudible stems are not mixed."""
SAMPLE_RATE = 44_100
GOAL_F1, GOAL_LOSS = 0.8, 0.02


@dataclass(frozen=True)
class KnownMix:
    """Stems with their mix, and the graph that played it."""

    multitrack: Multitrack
    graph: Graph


def known_mix(number: int, sources: Path | None, seed: int = 0) -> KnownMix:
    """The mix of that number, always the same."""
    draw = Draw(seed, number)
    stems = _excerpt(number, sources, draw.child(0)) if sources else _band(draw.child(0))
    graph = console({stem.name: stem.group for stem in stems}, lone=False)
    graph = _with_knobs(graph, {stem.name: stem.audio for stem in stems}, draw.child(1))
    audio = torch.stack([stem.audio for stem in stems])
    multitrack = Multitrack(tuple(stems), render(graph, audio, SAMPLE_RATE), SAMPLE_RATE)
    return _audible(KnownMix(multitrack, graph), audio)


def _excerpt(number: int, sources: Path, draw: Draw) -> list[Stem]:
    """Some stems of a song, where they are loudest together."""
    folders = songs(sources)
    whole = load_multitrack(folders[number % len(folders)], sample_rate=SAMPLE_RATE)
    frames = round(SECONDS * SAMPLE_RATE)
    energies = [stem.audio.square().sum(0) for stem in whole.stems]
    total = torch.stack([energy / energy.sum().clamp_min(1e-9) for energy in energies]).sum(0)
    hop = SAMPLE_RATE
    starts = range(0, max(1, whole.frames - frames), hop)
    start = max(starts, key=lambda at: float(total[at : at + frames].sum()))
    powers = {s.name: float(s.audio[:, start : start + frames].square().mean()) for s in whole.stems}
    audible = [s for s in whole.stems if powers[s.name] > LEAST_POWER * max(powers.values())]
    picked = draw.subset(audible, min(TRACKS, len(audible)))
    return [replace(stem, audio=stem.segment(start, frames), tape=None) for stem in picked]


def _band(draw: Draw) -> list[Stem]:
    tracks = list(band(draw, SECONDS, SAMPLE_RATE).items())[-TRACKS:]
    return [Stem(name, "all", audio.expand(2, -1).clone()) for name, audio in tracks]


def _with_knobs(graph: Graph, tracks: Mapping[str, Tensor], draw: Draw) -> Graph:
    """Some of its processors, with knobs that were drawn."""
    tree = Tree.of(graph)
    gone, compressed = [], set[int]()
    for node in prunable(graph):
        own, kind = draw.child(node), graph.nodes[node].kind
        head = tree.branches[tree.home[node]].head
        # Behind a compressor's make-up a gate's threshold would be anywhere.
        ruled_out = letter_of(kind) == "n" and head in compressed
        if own.chance(GAINS if letter_of(kind) == "g" else SHARE) and not ruled_out:
            compressed |= {head} if letter_of(kind) == "c" else set()
            analysis = Listener(_before(graph, tree, head, tracks)[None], SAMPLE_RATE)
            graph = graph.with_parameters(node, _knobs(kind, analysis, own))
        else:
            gone.append(node)
    return without(graph, gone)


def _before(graph: Graph, tree: Tree, head: int, tracks: Mapping[str, Tensor]) -> Tensor:
    """The dry track ``[2, T]``, or the sum of a group's."""
    if graph.nodes[head].is_source:
        return tracks[str(graph.nodes[head].name)]
    feeding = [tree.branches[branch].head for branch in tree.feeding(head)]
    return torch.stack([_before(graph, tree, other, tracks) for other in feeding]).sum(0)


def _knobs(kind: str, analysis: Listener, draw: Draw) -> dict[str, float]:
    """Between a fifth and four fifths of each range, but for what must be stronger or gentler to be a mix."""
    found = {
        name: knob.from_unit(draw.number(0.2, 0.8))
        for name, knob in KINDS[kind].parameters.items()
        if name != WEIGHT
    }
    return {**found, WEIGHT: 1.0, **OWN[letter_of(kind)](found, analysis, draw)}


def _dynamics(threshold_db: float) -> dict[str, float]:
    return {"threshold_db": min(max(threshold_db, -60.0), -1.0), "knee_db": 6.0}


def _compressor(found: Mapping[str, float], analysis: Listener, draw: Draw) -> dict[str, float]:
    times = {"attack_ms": draw.number(1, 30), "release_ms": draw.number(50, 300)}
    curve, ratio = _dynamics(analysis.level_db(draw.number(0.2, 0.5))), draw.number(3, 8)
    above_db = analysis.level_db(0.8) - curve["threshold_db"]
    return {**curve, **times, "ratio": ratio, "gain_db": min(max(above_db, 0.0) * (1 - 1 / ratio), 24.0)}


def _gate(found: Mapping[str, float], analysis: Listener, draw: Draw) -> dict[str, float]:
    times = {"attack_ms": draw.number(0.5, 5), "release_ms": draw.number(50, 300)}
    curve = _dynamics(analysis.level_db(draw.number(0.3, 0.6)))
    return {**curve, **times, "ratio": draw.number(2, 6), "range_db": draw.number(15, 40)}


def _equalizer(found: Mapping[str, float], analysis: Listener, draw: Draw) -> dict[str, float]:
    """Half of the bands at rest, the others by 4 to 10 dB; one cut or none."""
    gains = {
        name: draw.chance(0.5) * draw.sign() * draw.number(4, 10) for name in found if name.endswith("_db")
    }
    low, high = (draw.chance(0.3) for _ in range(2))
    cuts = {
        "low_cut_hz": draw.number(100, 400) if low else 10.0,
        "high_cut_hz": draw.number(3_000, 10_000) if high else 24_000.0,
    }
    return {**gains, **cuts, "low_cut_q": 0.71, "high_cut_q": 0.71}


def _reverb(found: Mapping[str, float], analysis: Listener, draw: Draw) -> dict[str, float]:
    levels = {name: draw.number(-6, 6) for name in found if name.startswith("gain_")}
    return {**levels, "crossfeed": 0.5, WEIGHT: draw.number(0.15, 0.4)}


OWN: Mapping[str, Callable[[Mapping[str, float], Listener, Draw], dict[str, float]]] = {
    "e": _equalizer,
    "c": _compressor,
    "n": _gate,
    "s": lambda _, analysis, draw: {"width": draw.choice([draw.number(0, 0.4), draw.number(1.6, 2)])},
    "g": lambda _, analysis, draw: {
        "gain_db": draw.sign() * draw.number(2, 9),
        "pan": draw.number(-0.8, 0.8),
    },
    "d": lambda _, analysis, draw: {"stereo_offset": 0.0, WEIGHT: draw.number(0.2, 0.45)},
    "r": _reverb,
}
"""Letter to knobs of its own."""


def _audible(mix: KnownMix, audio: Tensor) -> KnownMix:
    """Without the hardly audible processors; the mix is rendered again."""
    while True:
        evaluator = _evaluator(mix.multitrack, laptop())
        rises = {node: loss_of(without(mix.graph, [node]), evaluator) for node in prunable(mix.graph)}
        weak = [node for node, rise in rises.items() if rise < AUDIBLE]
        if not weak:
            return mix
        graph = without(mix.graph, [min(weak, key=lambda node: rises[node])])
        mix = KnownMix(replace(mix.multitrack, mix=render(graph, audio, SAMPLE_RATE)), graph)


def _evaluator(multitrack: Multitrack, settings: SearchSettings) -> Evaluator:
    song = song_of(multitrack, settings)
    return Evaluator(song, replace(settings.loss, warmup_s=song.settings.warmup_s))


def searched(mix: KnownMix, settings: SearchSettings) -> dict[str, Any]:
    """A search, and how close it came."""
    begun = time.perf_counter()
    found = search(mix.multitrack, settings=settings)
    evaluator = _evaluator(mix.multitrack, settings)
    return {
        **asdict(scored(mix.graph, found.graph)),
        "loss": loss_of(found.graph, evaluator),
        "loss_console": found.loss_console,
        "loss_true": loss_of(mix.graph, evaluator),
        "pruning_ratio": found.pruning_ratio,
        "minutes": (time.perf_counter() - begun) / 60,
        "graph": found.graph.to_dict(),
        "true_graph": mix.graph.to_dict(),
    }


def table(cells: Sequence[tuple[str, Mapping[str, Any]]], settings: SearchSettings) -> str:
    """The results as Markdown."""
    total = [sum(cell[part] for _, cell in cells) for part in ("true", "found", "both")]
    losses = [cell["loss"] - cell["loss_true"] for _, cell in cells]
    rows = [
        (
            name,
            *(cell[part] for part in ("true", "found", "both")),
            f"{_f1(cell):.2f}",
            f"{cell['loss']:.3f}",
            _text(cell["parameter_error"]),
            _text(cell["equalizer_db"]),
            f"{cell['minutes']:.1f}",
        )
        for name, cell in cells
    ]
    about = (
        f"{len(cells)} mixes of {SECONDS:g} s, {TRACKS} tracks at most; {settings.fit.steps} steps, then "
        f"{settings.prune.rounds} rounds of pruning and {settings.fit.refit_steps} steps; load "
        f"{os.getloadavg()[0]:.1f}."
    )
    summary = (
        f"F1 of all places together {f1(*total):.2f} (goal {GOAL_F1}), mean of the mixes "
        f"{statistics.fmean(_f1(cell) for _, cell in cells):.2f}; precision {total[2] / total[1]:.2f}, "
        f"recall {total[2] / total[0]:.2f}. Loss above the true graph's: median "
        f"{statistics.median(losses):.3f}, within {GOAL_LOSS} in {sum(x <= GOAL_LOSS for x in losses)} "
        f"of {len(losses)}."
    )
    types = markdown.table(("type", "played", "kept", "both", "F1"), _types([cell for _, cell in cells]))
    return markdown.page("Mixes with known graphs", about, summary, types, markdown.table(HEAD, rows))


def _types(cells: Sequence[Mapping[str, Any]]) -> Iterator[tuple[object, ...]]:
    for letter, name in TYPES.items():
        counts = [sum(cell["by_letter"].get(letter, (0, 0, 0))[i] for cell in cells) for i in range(3)]
        yield name, *counts, _text(f1(*counts))


def _f1(cell: Mapping[str, Any]) -> float:
    return f1(cell["true"], cell["found"], cell["both"])


def _text(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, help="folder with a folder of stems for each song")
    parser.add_argument("--mixes", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="number of the first mix")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--refit-steps", type=int, default=35)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/known_mixes"))
    options = parser.parse_args()
    configure_cpu()
    base = laptop()
    settings = replace(
        base,
        fit=replace(base.fit, steps=options.steps, refit_steps=options.refit_steps),
        prune=replace(base.prune, rounds=options.rounds),
    )
    kept = Kept(options.out)
    for number in range(options.first, options.first + options.mixes):
        name = f"{number:02d}"
        cell = kept.cell(name, lambda n=number: searched(known_mix(n, options.sources), settings))  # type: ignore[misc]
        told = {part: cell[part] for part in ("true", "found", "both", "loss", "loss_true", "minutes")}
        print(name, json.dumps(told), flush=True)
        PAGE.write_text(table(list(kept), settings), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
