"""Small graphs and sounds for tests of exports."""

import random

import torch
from torch import Tensor

from tests.random_graphs import sample
from unpatch.exports.job import level_db
from unpatch.graph.check import check, complete
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.processors import KINDS


def sound(sources: int, frames: int) -> Tensor:
    """Bursts of noise that die away, ``[S, 2, T]``."""
    generator = torch.Generator().manual_seed(1)
    decay = torch.exp(-(torch.arange(frames) % 3_000) / 600)
    return 0.3 * decay * torch.randn(sources, 2, frames, generator=generator)


def residual_db(found: Tensor, wanted: Tensor) -> float:
    return level_db(float((found - wanted).double().square().sum()), float(wanted.double().square().sum()))


def one_node(kind: str, seed: int) -> Graph:
    """A processor with everything plugged in at random settings; at its defaults for seed 0."""
    processor, rng = KINDS[kind], random.Random(seed)
    parameters = sample(processor, rng.random) if seed else {}
    # Polynomials of order 24 leap between coefficients that are as large as they may be.
    spread = 0.05 if "clipper" in kind else 0.5
    curves = {
        name: tuple(knob.from_unit(0.5 + spread * rng.uniform(-1, 1)) for _ in range(knob.size))
        for name, knob in processor.curves.items()
    }
    nodes = [Node("in"), Node(kind, parameters, processor.version, curves=curves if seed else {})]
    edges = []
    for port in processor.inlets:
        if port.signal == "audio":
            edges.append(Edge(0, 1, inlet=port.name))
        elif port.required or seed:
            nodes.append(Node("stereo_lfo", {"frequency_hz": 5.0}))
            edges.append(Edge(len(nodes) - 1, 1, "lfo", port.name, 0.4))
    edges += [Edge(1, len(nodes), outlet.name, gain=0.7) for outlet in processor.outlets[:1]]
    return complete(check(Graph((*nodes, Node(SINK)), tuple(edges)), KINDS), KINDS)
