"""What a match has found, as a file that masters other songs too.

The graph is an ordinary one (``unpatch show``, ``draw`` and ``render`` take it) for songs of one loudness,
to which every song is brought before it. Beside it are the residual curve, which is not a parameter of any
processor, and what the last stage aims at: loudness and true peak.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from unpatch.dsp.compiled import Array
from unpatch.graph.check import check, complete
from unpatch.graph.data import SINK, Edge, Graph, GraphError, Node
from unpatch.mastering.matching.bands import KIND as EQUALIZER
from unpatch.mastering.matching.dynamics import COMPRESSOR, EXPANDER, KNEE_DB, DynamicsMatch
from unpatch.mastering.matching.spectrum import POINTS_HZ
from unpatch.processors import KINDS
from unpatch.storage.documents import parse_json, reading
from unpatch.storage.files import write_aside

SCHEMA, VERSION = "unpatch.master", 1
Knobs = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Master:
    """The settings of a mastering chain.

    Attributes:
        mid, side: knobs of the equalizers; None where one is flat.
        curves_db: residual curves of mid and side ``[2, P]``.
        width: gain of the side signal.
        dynamics: compressor or expander.
        clip_db: gain into a hard clipper.
        made_for_lufs: loudness that a song must have at the graph's input, to which its thresholds refer.
        lufs: loudness of the output.
        ceiling_db: true peak that is not exceeded, dBTP.
        input_db: gain that brings the song at hand to ``made_for_lufs``; 0 where it stays as it is.
        limits: what the match would have set outside of a processor's range, one sentence each; not part of
            a preset.
    """

    mid: Knobs | None
    side: Knobs | None
    curves_db: Array
    width: float
    dynamics: DynamicsMatch | None
    clip_db: float | None
    made_for_lufs: float
    lufs: float
    ceiling_db: float
    input_db: float = 0.0
    limits: tuple[str, ...] = ()

    @property
    def filters(self) -> bool:
        """Whether equalizers, curves or width change anything."""
        return self.mid is not None or self.side is not None or self.width != 1 or bool(self.curves_db.any())

    def at(self, lufs: float | None, ceiling_db: float | None) -> Master:
        """With another loudness or true peak, where one is given."""
        return replace(
            self,
            lufs=self.lufs if lufs is None else lufs,
            ceiling_db=self.ceiling_db if ceiling_db is None else ceiling_db,
        )

    def graph(self) -> Graph:
        """All but curve and last stage; a wire alone where nothing was found."""
        steps = _Steps(10 ** (self.input_db / 20))
        steps.equalizers(self.mid, self.side)
        if self.width != 1:
            steps.add("imager", {"width": self.width})
        if self.dynamics:
            steps.add(*_dynamics_node(self.dynamics))
        if self.clip_db is not None:
            steps.add("clipper", {"gain_db": self.clip_db, "offset": 0.0, "hardness": 2.0})
        return steps.done()

    def to_json(self) -> str:
        data = {
            "schema": SCHEMA,
            "schema_version": VERSION,
            "graph": replace(self, input_db=0.0).graph().to_dict(),
            "curve": {
                "frequency_hz": [round(float(hz), 3) for hz in POINTS_HZ],
                "mid_db": [round(float(db), 4) for db in self.curves_db[0]],
                "side_db": [round(float(db), 4) for db in self.curves_db[1]],
            },
            "made_for_lufs": self.made_for_lufs,
            "lufs": self.lufs,
            "true_peak_db": self.ceiling_db,
        }
        return json.dumps(data, indent=2, allow_nan=False) + "\n"

    def save(self, path: Path) -> None:
        write_aside(path, self.to_json().encode())

    @classmethod
    def load(cls, path: Path) -> Master:
        """Read a preset; raises GraphError, with the file's name, if it is not one."""
        with reading(path, GraphError, "; not a mastering preset"):
            return _read(parse_json(path.read_bytes()))


class _Steps:
    """A chain as it grows; ``gain`` is that of its first edge."""

    def __init__(self, gain: float) -> None:
        self.nodes, self.edges = [Node("in")], list[Edge]()
        self.last, self.gain = 0, gain

    def add(self, kind: str, knobs: Knobs) -> int:
        place = self._node(kind, knobs)
        self.edges.append(Edge(self.last, place, gain=1.0 if self.last else self.gain))
        self.last = place
        return place

    def equalizers(self, mid: Knobs | None, side: Knobs | None) -> None:
        if mid is None and side is None:
            return
        split = self.add("midside_split", {})
        ends = []
        for outlet, knobs in (("mid", mid), ("side", side)):
            if knobs is None:
                ends.append((split, outlet))
                continue
            place = self._node(EQUALIZER, knobs, name=outlet)
            self.edges.append(Edge(split, place, outlet=outlet))
            ends.append((place, "out"))
        self.last = self._node("midside_merge", {})
        for (source, outlet), inlet in zip(ends, ("mid", "side"), strict=True):
            self.edges.append(Edge(source, self.last, outlet=outlet, inlet=inlet))

    def done(self) -> Graph:
        self.nodes.append(Node(SINK))
        self.edges.append(Edge(self.last, len(self.nodes) - 1))
        return complete(check(Graph(tuple(self.nodes), tuple(self.edges)), KINDS), KINDS)

    def _node(self, kind: str, knobs: Knobs, name: str | None = None) -> int:
        self.nodes.append(Node(kind, dict(knobs), KINDS[kind].version, name=name))
        return len(self.nodes) - 1


def _dynamics_node(found: DynamicsMatch) -> tuple[str, Knobs]:
    knobs = {
        "threshold_db": found.threshold_db,
        "ratio": found.ratio,
        "attack_ms": found.attack_ms,
        "release_ms": found.release_ms,
        "knee_db": KNEE_DB,
    }
    return found.kind, knobs if found.above else {**knobs, "range_db": found.range_db}


def _read(data: Any) -> Master:
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise GraphError(f"its schema is not {SCHEMA!r}")
    if data.get("schema_version") != VERSION:
        raise GraphError(f"this program reads version {VERSION}")
    graph = complete(check(Graph.from_dict(data["graph"]), KINDS), KINDS)
    by_kind = {(node.kind, node.name): node.parameters for node in graph.nodes}
    curves = _read_curves(data["curve"])
    numbers = [float(data[name]) for name in ("made_for_lufs", "lufs", "true_peak_db")]
    if not (np.isfinite(curves).all() and np.isfinite(numbers).all()):
        raise GraphError("holds a number that is not finite")
    clip = by_kind.get(("clipper", None))
    return Master(
        mid=by_kind.get((EQUALIZER, "mid")),
        side=by_kind.get((EQUALIZER, "side")),
        curves_db=np.stack(curves),
        width=by_kind.get(("imager", None), {"width": 1.0})["width"],
        dynamics=_read_dynamics(by_kind),
        clip_db=clip["gain_db"] if clip else None,
        made_for_lufs=numbers[0],
        lufs=numbers[1],
        ceiling_db=numbers[2],
    )


def _read_curves(curve: Mapping[str, Any]) -> list[Array]:
    """Mid and side at our frequencies; points are joined on a logarithmic axis of frequency."""
    hz = np.array(curve["frequency_hz"], float)
    if hz.ndim != 1 or not len(hz) or not (np.isfinite(hz).all() and hz[0] > 0 and (np.diff(hz) > 0).all()):
        raise GraphError("frequencies of its curve must be positive and rise")
    levels = [np.array(curve[f"{channel}_db"], float) for channel in ("mid", "side")]
    return [np.interp(np.log(POINTS_HZ), np.log(hz), level) for level in levels]


def _read_dynamics(by_kind: Mapping[tuple[str, str | None], Knobs]) -> DynamicsMatch | None:
    if knobs := by_kind.get((COMPRESSOR, None)):
        return DynamicsMatch(
            above=True,
            threshold_db=knobs["threshold_db"],
            slope=1 - 1 / knobs["ratio"],
            attack_ms=knobs["attack_ms"],
            release_ms=knobs["release_ms"],
        )
    if knobs := by_kind.get((EXPANDER, None)):
        return DynamicsMatch(
            above=False,
            threshold_db=knobs["threshold_db"],
            slope=knobs["ratio"] - 1,
            attack_ms=knobs["attack_ms"],
            release_ms=knobs["release_ms"],
            range_db=knobs["range_db"],
        )
    return None
