"""Equalizers as text: the filters of Equalizer APO, which REW and AutoEq read and write, too."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import sosfilt

from unpatch.dsp.warp import HIGHEST
from unpatch.exports.bands import FilterSection, Shape, bands_of, has_bands
from unpatch.exports.format import exporter
from unpatch.exports.job import ExportJob, level_db
from unpatch.exports.report import Report
from unpatch.graph.data import Graph, GraphError
from unpatch.graph.order import topological_order
from unpatch.rendering import render
from unpatch.rendering.runs import chain_of
from unpatch.storage.files import write_aside

CURVE_KINDS = ("published_equalizer",)
"""Equalizers without bands, written as points of their curve."""
POINTS = 127
LOWEST_HZ, HIGHEST_HZ = 20.0, 20_000.0
_RESPONSE_FRAMES = 2**18
_FLAT = np.array([1.0, 0, 0, 1, 0, 0])
_DEEP_DB = -60
_LEAST = 1e-9
_WORDS: Mapping[Shape, str] = {
    "bell": "PK",
    "low shelf": "LSC",
    "high shelf": "HSC",
    "low pass": "LPQ",
    "high pass": "HPQ",
    "band pass": "BP",
    "notch": "NO",
}


@exporter("Equalizer text", ending=".txt")
def equalizer_text(job: ExportJob, path: Path) -> Report:
    """Equalizers and filters: one for each place in the graph, and gains along a chain as a preamp."""
    runs = equalizer_runs(job.graph)
    if not runs:
        raise GraphError("the graph has no equalizer or filter that this text could hold")
    found, how = _measure(job, runs[0])
    report = Report("Equalizer text", (*job.lost, *_lost(job.graph, runs)), found, how, (path,))
    write_aside(path, "\n".join(_lines(job, runs, report)).encode())
    return report


def equalizer_runs(graph: Graph) -> list[tuple[int, ...]]:
    """Equalizers in series; of a graph that is one chain all of them, whatever stands in between."""
    order = [i for i in topological_order(graph) if _is_equalizer(graph, i)]
    if _is_chain(graph):
        return [tuple(order)] if order else []
    runs: list[list[int]] = []
    for i in order:
        before = next((run for run in runs if _follows(graph, run[-1], i)), None)
        if before is None:
            runs.append([i])
        else:
            before.append(i)
    return [tuple(run) for run in runs]


def _is_equalizer(graph: Graph, i: int) -> bool:
    return has_bands(graph.nodes[i].kind) or graph.nodes[i].kind in CURVE_KINDS


def _is_chain(graph: Graph) -> bool:
    ends = [(edge.source, edge.target) for edge in graph.edges]
    return len(ends) == len(graph) - 1 and all(
        len(set(side)) == len(ends) for side in zip(*ends, strict=True)
    )


def _follows(graph: Graph, last: int, i: int) -> bool:
    out_of, into = graph.edges_from(last), graph.edges_into(i)
    return len(out_of) == len(into) == 1 and out_of[0] == into[0]


def _lost(graph: Graph, runs: Sequence[tuple[int, ...]]) -> Iterator[str]:
    """One line on everything that is not an equalizer, and on what its text cannot hold."""
    held = {i for run in runs for i in run}
    others = [f"{i} ({n.kind})" for i, n in enumerate(graph.nodes) if n.is_processor and i not in held]
    if others:
        yield f"all that is no equalizer: nodes {', '.join(others)}"
    for i in sorted(held):
        node = graph.nodes[i]
        if node.parameters.get("weight", 1.0) != 1:
            yield f"node {i} ({node.kind}): its dry/wet weight of {node.parameters['weight']:g}"
        if moved := [edge.inlet for edge in graph.edges_into(i) if edge.inlet != "input"]:
            yield f"node {i} ({node.kind}): what moves its {' and '.join(moved)}"
    if len(runs) > 1:
        yield f"{len(runs)} equalizers stand in different places; all but the first are comments"


def _lines(job: ExportJob, runs: Sequence[tuple[int, ...]], report: Report) -> Iterator[str]:
    yield from (f"# {line}" for line in report.lines())
    for number, run in enumerate(runs):
        yield ""
        yield f"# {_title(job.graph, run)}"
        yield from _table(job, run)
        mark = "# " if number else ""
        yield from (f"{mark}{line}" for line in _section(job, run))
    yield ""


def _title(graph: Graph, run: Sequence[int]) -> str:
    return ", ".join(f"node {i} {graph.nodes[i].name or graph.nodes[i].kind}" for i in run)


def _table(job: ExportJob, run: Sequence[int]) -> Iterator[str]:
    """The bands for people."""
    yield "# node  shape        frequency/Hz   gain/dB        Q"
    for i in run:
        for band in bands_of(job.graph.nodes[i], job.sample_rate):
            yield f"# {i:4d}  {band.shape:11s} {band.frequency_hz:13.1f} {band.gain_db:9.2f} {band.q:8.4f}"


def _section(job: ExportJob, run: Sequence[int]) -> Iterator[str]:
    yield f"Preamp: {_preamp_db(job.graph):.2f} dB"
    for number, band in enumerate(_bands(job, run)):
        yield f"Filter {number + 1}: {filter_text(band)}"
    for i in run:
        if job.graph.nodes[i].kind in CURVE_KINDS:
            yield _graphic(job, i)


def filter_text(band: FilterSection) -> str:
    gain = f" Gain {band.gain_db:.3f} dB" if band.gain_db else ""
    return f"ON {_WORDS[band.shape]} Fc {band.frequency_hz:.3f} Hz{gain} Q {band.q:.5f}"


def _graphic(job: ExportJob, i: int) -> str:
    frequencies = _frequencies(job.sample_rate)
    curve = _curve_db(job, (i,), frequencies)
    return "GraphicEQ: " + "; ".join(f"{hz:.1f} {db:.2f}" for hz, db in zip(frequencies, curve, strict=True))


def _bands(job: ExportJob, run: Sequence[int]) -> list[FilterSection]:
    return [band for i in run for band in bands_of(job.graph.nodes[i], job.sample_rate)]


def _preamp_db(graph: Graph) -> float:
    """The gains of a chain's edges and gain nodes; none where sounds meet or part."""
    if not _is_chain(graph):
        return 0.0
    gain = math.prod(abs(edge.gain) for edge in graph.edges)
    nodes = sum(n.parameters["gain_db"] for n in graph.nodes if n.kind in ("gain", "console_gain"))
    return nodes + (20 * math.log10(gain) if gain else -math.inf)


def _measure(job: ExportJob, run: Sequence[int]) -> tuple[float | None, str]:
    """Residual of the filters of the first equalizer, with a note."""
    if any(job.graph.nodes[i].kind in CURVE_KINDS for i in run):
        return None, "points of a curve are played in many ways; those of the first equalizer lie on ours"
    sections = np.stack([band.section(job.sample_rate) for band in _bands(job, run)] or [_FLAT])
    wanted = render(_alone(job.graph, run), job.excerpt[0], job.sample_rate, energy=False).double().numpy()
    made = sosfilt(sections, job.excerpt[0].double().numpy())
    off = _largest_distance_db(job, run, sections)
    how = f"first equalizer by itself; its curve is {off:.2f} dB off at most where it is above {_DEEP_DB} dB"
    return level_db(float(((made - wanted) ** 2).sum()), float((wanted**2).sum())), how


def _largest_distance_db(job: ExportJob, run: Sequence[int], sections: NDArray[np.float64]) -> float:
    frequencies = _frequencies(job.sample_rate)
    z = np.exp(-2j * math.pi * frequencies / job.sample_rate)
    responses = [(s[0] + (s[1] + s[2] * z) * z) / (s[3] + (s[4] + s[5] * z) * z) for s in sections]
    ours, theirs = (
        _curve_db(job, run, frequencies),
        20 * np.log10(np.abs(np.prod(responses, axis=0)) + _LEAST),
    )
    return float(np.abs(ours - theirs)[ours > _DEEP_DB].max(initial=0.0))


def _frequencies(sample_rate: int) -> NDArray[np.float64]:
    """Bins that lie next to logarithmic steps."""
    step = sample_rate / _RESPONSE_FRAMES
    steps = np.geomspace(LOWEST_HZ, min(HIGHEST_HZ, HIGHEST * sample_rate), POINTS)
    found: NDArray[np.float64] = np.unique(np.round(steps / step)) * step
    return found


def _alone(graph: Graph, run: Sequence[int]) -> Graph:
    """A run as a graph of its own, without what moves it and the gains around it."""
    whole = chain_of(graph, run)
    return Graph(whole.nodes, tuple(type(edge)(edge.source, edge.target) for edge in whole.edges))


def _curve_db(job: ExportJob, run: Sequence[int], frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a run does in these bins, of an impulse early on."""
    impulse = torch.zeros(2, _RESPONSE_FRAMES, dtype=torch.float64)
    impulse[:, _RESPONSE_FRAMES // 16] = 1
    response = render(_alone(job.graph, run), impulse, job.sample_rate, energy=False)[0].numpy()
    bins = np.round(frequencies * _RESPONSE_FRAMES / job.sample_rate).astype(int)
    found: NDArray[np.float64] = 20 * np.log10(np.abs(np.fft.rfft(response))[bins] + _LEAST)
    return found
