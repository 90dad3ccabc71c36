"""How far exports are from our render: every kind at random settings, in every format.

    python -m bench.checks.exports [--results DIR]

Faust programs are run by cyfaust in double precision, Python with pedalboard. REAPER and DAWproject cannot be
run here: their columns are what an export reports of itself (effects of REAPER projects are held against our
render by an interpreter of their language in ``tests/test_exports_reaper.py``).
"""

import argparse
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bench.shared.folders import RESULTS
from bench.shared.peers import installed
from unpatch.exports import export
from unpatch.exports.circuits import DRAFTS
from unpatch.exports.job import level_db
from unpatch.graph.check import check, complete
from unpatch.graph.data import SINK, Edge, Graph, GraphError, Node
from unpatch.processors import KINDS
from unpatch.rendering import oracle
from unpatch.storage import markdown

cyfaust: Any = installed("cyfaust")

SAMPLE_RATE, FRAMES, SEED = 44_100, 22_050, 1
REPORTED = {"REAPER": ".rpp", "pedalboard": ".py", "DAWproject": ".dawproject", "equalizer text": ".txt"}
SPREAD = {"taylor_clipper": 0.05, "chebyshev_clipper": 0.05}
"""Polynomials of order 24 leap between coefficients that are as large as they may be."""


def one_node(kind: str) -> Graph:
    """Everything plugged in, at settings that are random in the range of each knob."""
    processor, rng = KINDS[kind], random.Random(SEED)
    parameters = {name: knob.from_unit(rng.random()) for name, knob in processor.parameters.items()}
    spread = SPREAD.get(kind, 1.0)
    curves = {
        name: tuple(knob.from_unit(0.5 + spread * (rng.random() - 0.5)) for _ in range(knob.size))
        for name, knob in processor.curves.items()
    }
    nodes, edges = [Node("in"), Node(kind, parameters, processor.version, curves=curves)], list[Edge]()
    for port in processor.inlets:
        if port.signal == "control":
            nodes.append(Node("stereo_lfo", {"frequency_hz": 3.0}))
        end = (0, "out") if port.signal == "audio" else (len(nodes) - 1, "lfo")
        edges.append(Edge(end[0], 1, end[1], port.name, 1.0 if port.signal == "audio" else 0.4))
    edges.append(Edge(1, len(nodes), processor.outlets[0].name))
    return complete(check(Graph((*nodes, Node(SINK)), tuple(edges)), KINDS), KINDS)


def sound() -> Tensor:
    generator = torch.Generator().manual_seed(SEED)
    decay = torch.exp(-(torch.arange(FRAMES) % 5_000) / 1_000)
    return 0.3 * decay * torch.randn(1, 2, FRAMES, generator=generator)


def in_faust(graph: Graph, sources: Tensor, path: Path) -> float:
    wanted = oracle(graph, sources, SAMPLE_RATE, energy=False).double().numpy()
    torch.set_flush_denormal(False)  # Faust's compiler needs them
    factory = cyfaust.create_dsp_factory_from_string("exported", path.read_text(), "-double")
    effect = factory.create_dsp_instance()
    effect.init(SAMPLE_RATE)
    given = np.ascontiguousarray(sources[0].double().numpy())
    made = np.zeros_like(given)
    effect.compute(FRAMES, given.view(np.float32), made.view(np.float32))
    return level_db(float(((made - wanted) ** 2).sum()), float((wanted**2).sum()))


def row(kind: str, folder: Path) -> Iterator[str]:
    """Residuals in dB."""
    graph, sources, path = one_node(kind), sound(), folder / f"{kind}.dsp"
    if kind in DRAFTS:
        export(graph, path, sources=sources, sample_rate=SAMPLE_RATE, energy=False)
        yield _figure(in_faust(graph, sources, path))
    else:
        yield "-"
    for ending in REPORTED.values():
        path = folder / f"{kind}{ending}"
        try:
            report = export(graph, path, sources=sources, sample_rate=SAMPLE_RATE, energy=False)
        except GraphError:
            yield "-"
        else:
            yield "-" if report.residual_db is None else _figure(report.residual_db)


def _figure(residual_db: float) -> str:
    return "equal" if residual_db < -200 else f"{residual_db:.0f}"


ABOUT = f"""\
Energy of the difference to our render over that of our render, in dB, of each kind by itself at
random settings ({FRAMES / SAMPLE_RATE:g} s of bursts of noise, everything plugged in).
Faust is run by cyfaust, Python by pedalboard; REAPER's figure is of the arithmetic of its effects,
DAWproject's of what the format leaves out, equalizer text's of the equalizer by itself."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the page")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in sorted(kind for kind in KINDS if KINDS[kind].has_audio_output):
            rows.append((f"`{kind}`", *row(kind, Path(folder))))
            print(markdown.row(rows[-1]), flush=True)
    note = "<!-- Written by `python -m bench.checks.exports`; do not edit. -->"
    text = markdown.page(
        "Residuals of exports", note, ABOUT, markdown.table(("kind", "Faust", *REPORTED), rows)
    )
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / "exports.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
