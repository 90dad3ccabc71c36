"""A search from a console and a song to a graph, which resumes from its checkpoints."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from unpatch.declaration import Processor
from unpatch.graph.data import Graph
from unpatch.mixing import checkpoint
from unpatch.mixing.aligned import evaluator_of
from unpatch.mixing.console import prunable
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.fitting import Fit
from unpatch.mixing.results import Report, SearchResult
from unpatch.mixing.searching import Search
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import SearchSettings
from unpatch.mixing.state import SearchState
from unpatch.processors import KINDS

FREE = ("name", "save_every")
"""Settings that may be changed in the middle of a search."""


def run_search(
    console: Graph,
    song: StemsAndMix,
    settings: SearchSettings,
    *,
    folder: Path | None = None,
    registry: Mapping[str, Processor] = KINDS,
    evaluator: Evaluator | None = None,
    report: Report = lambda progress: None,
) -> SearchResult:
    """Fit a console to a song and prune it, or resume that.

    Args:
        console: start, with its numbers; its sources are the song's tracks.
        folder: of checkpoints; one of the same search is continued.
        evaluator: that of :func:`unpatch.mixing.aligned.evaluator_of`, if it exists already.
    """
    evaluator = evaluator or evaluator_of(console, song, settings, registry)
    identity = identify(console, song, settings, registry) if folder else {}
    point = checkpoint.load(folder, identity) if folder else None
    state = SearchState.of(point) if point else first_state(console, evaluator, settings)
    return Search(evaluator, settings, state, folder, identity, report).run()


def first_state(console: Graph, evaluator: Evaluator, settings: SearchSettings) -> SearchState:
    """The state of a search that has not made a step: the whole console at its first numbers."""
    adam = Fit(console, evaluator, settings.fit).initial_adam()
    return SearchState(console, adam, console, adam.latent.clone(), adam.latent.clone())


def identify(
    console: Graph, song: StemsAndMix, settings: SearchSettings, registry: Mapping[str, Processor]
) -> dict[str, Any]:
    """What must be equal for a search to resume: dotted name to value."""
    versions = {console.nodes[node].kind: console.nodes[node].version for node in prunable(console)}
    tree = {
        "settings": {name: value for name, value in asdict(settings).items() if name not in FREE},
        "console": {"checksum": zlib.crc32(console.to_json().encode())},
        "song": {
            "stems": _checksum(song.track(k, 0, song.frames) for k in range(len(song.stems))),
            "mix": _checksum([song.mix]),
        },
        "sample_rate": song.sample_rate,
        "versions": versions,
    }
    return dict(_flat(tree))


def _checksum(signals: Iterable[Tensor]) -> int:
    found = 0
    for signal in signals:
        found = zlib.crc32(signal.contiguous().numpy().data, found)
    return found


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested mappings by their dotted names, as JSON has them."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, list(value) if isinstance(value, tuple) else value
