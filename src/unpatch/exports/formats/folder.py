"""A folder: the graph as JSON, every knob and band in tables, and impulse responses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from unpatch.exports.bands import bands_of
from unpatch.exports.format import exporter
from unpatch.exports.impulse import has_response, responses_in
from unpatch.exports.job import ExportJob
from unpatch.exports.report import Report
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.rendering import oracle
from unpatch.storage.files import write_aside
from unpatch.storage.results import replacing

_TITLE = "folder"
_GRAPH, _KNOBS, _BANDS, _REPORT = "graph.json", "knobs.csv", "bands.csv", "report.txt"
_RESPONSES = "responses"


@exporter(_TITLE, ending="")
def folder(job: ExportJob, path: Path) -> Report:
    """The graph as JSON, with its gains; tables of knobs and bands; responses of all that is linear."""
    linear = [i for i, n in enumerate(job.graph.nodes) if n.is_processor and _rings(job.graph, i)]
    responses = responses_in(job.graph, linear, path / _RESPONSES, job.sample_rate)
    texts = {
        _GRAPH: job.graph.to_json(),
        _KNOBS: _table(_knobs(job.graph)),
        _BANDS: _table(_bands(job)),
    }
    read = Graph.from_json(texts[_GRAPH])
    played = oracle(read, job.excerpt, job.sample_rate, energy=False).double().numpy()
    how = "the graph read again and played without the energy rule"
    files = [path / name for name in (*texts, _REPORT)]
    residual_db = job.residual_db(played)
    report = Report(_TITLE, job.lost, residual_db, how, (*files, *responses.values()))
    with replacing(files):
        for target, text in zip(files, (*texts.values(), "\n".join([*report.lines(), ""])), strict=True):
            write_aside(target, text.encode())
    return report


def _rings(graph: Graph, i: int) -> bool:
    """Whether a node is linear and nothing moves it."""
    kind = graph.nodes[i].kind
    still = {edge.inlet for edge in graph.edges_into(i)} == {"input"}
    return kind != "mix" and has_response(kind) and still


def _table(rows: Iterator[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _knobs(graph: Graph) -> Iterator[Sequence[object]]:
    yield "node", "kind", "name", "knob", "value", "unit", "low", "high", "meaning"
    for i, node in enumerate(graph.nodes):
        values: dict[str, Sequence[float]] = {name: (value,) for name, value in node.parameters.items()}
        for name, numbers in {**values, **node.curves}.items():
            knob = {**KINDS[node.kind].parameters, **KINDS[node.kind].curves}[name]
            for place, value in enumerate(numbers):
                label = f"{name} {place + 1}" if knob.size > 1 else name
                yield i, node.kind, node.name or "", label, value, knob.unit, knob.low, knob.high, knob.doc


def _bands(job: ExportJob) -> Iterator[Sequence[object]]:
    yield "node", "kind", "shape", "frequency_hz", "gain_db", "q"
    for i, node in enumerate(job.graph.nodes):
        if node.is_processor:
            for band in bands_of(node, job.sample_rate):
                yield i, node.kind, band.shape, band.frequency_hz, band.gain_db, band.q
