"""The study of the mixing-graph search: what consoles explain, and what each way of pruning leaves.

    python -m bench.studies.search STEMS MIXES [--songs NAME ...] [--steps 400] -o runs/search_study

``STEMS`` holds a folder of stems per song, ``MIXES`` a mix of each, such as ``bench.studies.foreign_mixes``
makes. Two tables: the console built up from nothing to all seven types, of our strips and of the published
ones; and ways of pruning, all of which begin with the same fitted console and refit for as many steps. Every
cell is kept: a stopped study continues. The tables go into ``docs/mixing-search.md``, between the markers of
the block that ``--block`` names, so that songs may be added by a second study.
"""

import argparse
import math
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from bench.shared.folders import ROOT
from bench.shared.kept import Kept
from unpatch.dsp.cpu import configure_cpu
from unpatch.graph.data import Graph
from unpatch.mixing.console import TYPES, Strip
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.inputs import song_of
from unpatch.mixing.resumable import run_search
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import Method, SearchSettings, laptop, with_published_strips
from unpatch.mixing.simplification import loss_of
from unpatch.mixing.start import first_console, placed
from unpatch.stems import Multitrack, align, load_multitrack
from unpatch.storage.markdown import Section, table

PAGE = ROOT / "docs" / "mixing-search.md"
BUILD_UP = ("", "g", "sg", "esg", "esgr", "ecsgr", "ecnsgr", "ecnsgdr")
RATIO = "\N{GREEK SMALL LETTER RHO}"
RATE = 0.01
"""Of every fit, as published."""
STRIPS: tuple[Strip, ...] = ("ours", "published")


class Way(NamedTuple):
    """A way of pruning."""

    method: Method
    tolerance: float

    @property
    def name(self) -> str:
        return f"{self.method}-{self.tolerance:g}"


WAYS = (
    Way("ours", 0.01),
    Way("hybrid", 0.01),
    Way("dw", 0.01),
    Way("bf", 0.01),
    Way("hybrid", 0.001),
    Way("hybrid", 0.1),
)
WORDS: Mapping[str, str] = {"bf": "brute force", "dw": "dry/wet", "hybrid": "hybrid", "ours": "ours"}


@dataclass(frozen=True)
class Budget:
    """Steps of the console and after each round, and rounds."""

    steps: int
    refit_steps: int
    rounds: int


@dataclass(frozen=True)
class Case:
    """A song, its settings for a kind of strip, and what is kept of it."""

    name: str
    multitrack: Multitrack
    budget: Budget
    kept: Kept

    def settings(self, strip: Strip, chain: str) -> SearchSettings:
        base = laptop() if strip == "ours" else with_published_strips(laptop())
        return replace(
            base,
            console=replace(base.console, chain=chain),
            fit=replace(
                base.fit,
                steps=self.budget.steps,
                refit_steps=self.budget.refit_steps,
                rate=RATE,
                last_rate=1.0,
            ),
            prune=replace(base.prune, rounds=0),
            finish=False,
        )

    def fitted(self, strip: Strip, chain: str) -> dict[str, Any]:
        """A console, fitted."""
        return self.kept.cell(f"{self.name}/{strip}-{chain or 'none'}", lambda: self._fit(strip, chain))

    def pruned(self, way: Way) -> dict[str, Any]:
        """Our full console, pruned."""
        return self.kept.cell(f"{self.name}/prune-{way.name}", lambda: self._prune(way))

    def _fit(self, strip: Strip, chain: str) -> dict[str, Any]:
        settings = self.settings(strip, chain)
        song = song_of(self.multitrack, settings)
        graph = first_console(self.multitrack, song, None, settings)
        if not chain:
            settings = replace(settings, fit=replace(settings.fit, steps=0))
        return self._figures(graph, song, settings)

    def _prune(self, way: Way) -> dict[str, Any]:
        settings = self.settings("ours", "ecnsgdr")
        ours = way.method == "ours"
        settings = replace(
            settings,
            fit=replace(settings.fit, steps=0),
            prune=replace(
                settings.prune,
                method=way.method,
                tolerance=way.tolerance,
                rounds=self.budget.rounds,
                early=ours,
                batch=settings.prune.batch if ours else 1,
            ),
            finish=ours,
        )
        console = Graph.from_dict(self.fitted("ours", "ecnsgdr")["graph"])
        song = song_of(self.multitrack, settings)
        return self._figures(console, song, settings)

    def _figures(self, graph: Graph, song: StemsAndMix, settings: SearchSettings) -> dict[str, Any]:
        """A search from a graph on, in figures; its minutes are those of the processor."""
        begun_at = time.process_time()
        found = run_search(graph, song, settings)
        minutes = (time.process_time() - begun_at) / 60
        loss = replace(settings.loss, warmup_s=song.settings.warmup_s)
        evaluators = {n: Evaluator(song, replace(loss, normalisation=n)) for n in ("published", "standard")}
        return {
            **{name: loss_of(found.graph, evaluator) for name, evaluator in evaluators.items()},
            "console": found.loss_console,
            "ratio": found.pruning_ratio,
            "ratios": found.pruning_ratios,
            "minutes": minutes,
            "trials": sum(moment.trials for moment in found.history),
            "graph": found.graph.to_dict(),
        }


def cases(stems: Path, mixes: Path, names: Sequence[str], budget: Budget, kept: Kept) -> Iterator[Case]:
    for folder in sorted(stems.iterdir()):
        mix = mixes / f"{folder.name}.flac"
        if folder.is_dir() and mix.exists() and (not names or folder.name in names):
            loaded = load_multitrack(folder, mix)
            yield Case(folder.name, placed(loaded, align(loaded)), budget, kept)


# --- tables -----------------------------------------------------------------------------------------


def tables(kept: Kept, budget: Budget) -> str:
    """Of songs that every way has pruned, as Markdown: means must be of the same songs."""
    cells = dict(kept)
    begun_songs = sorted({name.split("/")[0] for name in cells})
    songs = [song for song in begun_songs if all(f"{song}/prune-{way.name}" in cells for way in WAYS)]
    if not songs:
        return "No song is done."
    head = (
        f"{len(songs)} song(s): {', '.join(songs)}. {budget.steps} steps of the console, "
        f"{budget.rounds} rounds of pruning with {budget.refit_steps} steps each; load "
        f"{os.getloadavg()[0]:.1f}."
    )
    built_up = [_build_up(cells, songs)] if any(f"{song}/ours-none" in cells for song in songs) else []
    return "\n\n".join([head, *built_up, _pruning(cells, songs), _by_song(cells, songs)])


def _mean(cells: Mapping[str, Mapping[str, Any]], songs: Sequence[str], name: str, *path: str) -> float:
    found = []
    for song in songs:
        value: Any = cells.get(f"{song}/{name}")
        for step in path:
            value = None if value is None else value.get(step)
        if value is not None:
            found.append(float(value))
    return statistics.fmean(found) if found else math.nan


def _build_up(cells: Mapping[str, Mapping[str, Any]], songs: Sequence[str]) -> str:
    rows = []
    for chain in BUILD_UP:
        name = chain or "none"
        losses = [_mean(cells, songs, f"{s}-{name}", n) for s in STRIPS for n in ("published", "standard")]
        rows.append((name, *map(_number, losses)))
    head = (f"{whose}, {loss}" for whose in ("ours", "published") for loss in ("L_a", "by the target"))
    return table(("strips of", *head), rows)


def _pruning(cells: Mapping[str, Mapping[str, Any]], songs: Sequence[str]) -> str:
    full = "ours-ecnsgdr"
    whole = (_number(_mean(cells, songs, full, name)) for name in ("published", "standard"))
    rows = [("full console", "", *whole, *[""] * (len(TYPES) + 3))]
    for way in WAYS:
        name = f"prune-{way.name}"
        ratios = [_mean(cells, songs, name, "ratios", letter) for letter in TYPES]
        figures = [
            _mean(cells, songs, name, "published"),
            _mean(cells, songs, name, "standard"),
            _mean(cells, songs, name, "ratio"),
            *ratios,
        ]
        minutes, trials = (_mean(cells, songs, name, part) for part in ("minutes", "trials"))
        way_words = (WORDS[way.method], f"{way.tolerance:g}")
        rows.append((*way_words, *map(_number, figures), f"{minutes:.1f}", f"{trials:.0f}"))
    letters = (f"{RATIO} {name}" for name in TYPES.values())
    head = ("pruning", "tolerance", "L_a", "by the target", RATIO, *letters, "minutes", "trials")
    return table(head, rows)


def _by_song(cells: Mapping[str, Mapping[str, Any]], songs: Sequence[str]) -> str:
    """Ways of pruning with the tolerance that counts, song by song."""
    ways = [way for way in WAYS if way.tolerance == WAYS[0].tolerance]
    columns = (f"{WORDS[way.method]}: L_a, {RATIO}, minutes" for way in ways)
    rows = []
    for song in songs:
        row = [song, _number(_mean(cells, [song], "ours-ecnsgdr", "published"))]
        for way in ways:
            parts = ("published", "ratio", "minutes")
            loss, ratio, minutes = (_mean(cells, [song], f"prune-{way.name}", part) for part in parts)
            row.append(f"{_number(loss)}, {_number(ratio)}, {minutes:.1f}")
        rows.append(row)
    return table(("song", "full console, L_a", *columns), rows)


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def into_page(text: str, block: str) -> None:
    Section(block, "python -m bench.studies.search").write(text, PAGE, "The search for mixing graphs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("stems", type=Path)
    parser.add_argument("mixes", type=Path)
    parser.add_argument("--songs", nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--refit-steps", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--build-up", action="store_true", help="also the console built up")
    parser.add_argument("--block", default="study", help="of the page that the tables replace")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/search_study"))
    options = parser.parse_args()
    configure_cpu()
    budget, kept = Budget(options.steps, options.refit_steps, options.rounds), Kept(options.out)
    for case in cases(options.stems, options.mixes, options.songs, budget, kept):
        for way in WAYS:
            begun_at = time.perf_counter()
            cell = case.pruned(way)
            row = " ".join(f"{cell[part]:.3f}" for part in ("published", "ratio", "minutes"))
            print(case.name, way.name, row, f"{time.perf_counter() - begun_at:.0f} s", flush=True)
            into_page(tables(kept, budget), options.block)
        for strip in STRIPS if options.build_up else ():
            for chain in BUILD_UP:
                print(
                    case.name,
                    strip,
                    chain or "none",
                    f"{case.fitted(strip, chain)['published']:.3f}",
                    flush=True,
                )
                into_page(tables(kept, budget), options.block)


if __name__ == "__main__":
    main()
