"""Plays what was exported: graphs of circuits, sample by sample, as the printed text does.

So the difference between an export's arithmetic and our render is measured and not assumed.

Shapes: S sources, T samples.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unpatch.dsp.compiled import generated
from unpatch.exports.circuit import Circuit
from unpatch.exports.circuits import circuit_of
from unpatch.exports.printing import INFIX, Language, number, printed
from unpatch.graph.check import outlets
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.order import topological_order
from unpatch.processors import KINDS

Signal = NDArray[np.float64]
_COMPILED_FROM = 200_000
"""Samples from which on compiling a circuit is worth its while."""

PYTHON = Language(
    {
        **INFIX,
        "min": "min({0}, {1})",
        "max": "max({0}, {1})",
        "abs": "abs({0})",
        "pow": "({0} ** {1})",
        **{
            name: f"math.{name}({{0}})"
            for name in ("exp", "log", "sin", "cos", "tan", "tanh", "sqrt", "floor")
        },
        "where": "({2} if {0} < {1} else {3})",
        "knob": "{what}",
        "sample_rate": "sample_rate",
        "seconds": "(t / sample_rate)",
        "input": "{what}[t]",
        "register": "{what}",
        "line": "{what}[int(t - {0}) % len({what})]",
    }
)


def play(
    graph: Graph,
    sources: Signal,
    sample_rate: float,
    instead: Mapping[int, Callable[[Signal], Signal]] | None = None,
) -> Signal:
    """``[2, T]`` of a graph from sources ``[S, 2, T]``; no energy rule.

    ``instead`` renders the nodes without a circuit.
    """
    other = instead or {}
    made: dict[tuple[int, str], Signal] = {}
    for node in topological_order(graph):
        inlets = _incoming(graph, made, node)
        if graph.nodes[node].is_source:
            made[node, "out"] = sources[graph.sources.index(node)]
        elif graph.nodes[node].is_sink:
            return inlets["input"]
        elif node in other:
            made[node, Edge.outlet] = other[node](inlets["input"])
        else:
            found = play_node(graph.nodes[node], inlets, sources.shape[-1], sample_rate)
            names = (port.name for port in outlets(graph.nodes[node], KINDS))
            made |= {(node, name): signal for name, signal in zip(names, found, strict=True)}
    raise AssertionError("a checked graph has a sink")


def play_node(node: Node, inlets: dict[str, Signal], frames: int, sample_rate: float) -> list[Signal]:
    """Signals ``[2, T]`` of each outlet."""
    circuit = circuit_of(node.kind, tuple(inlets))
    signals = np.zeros((len(circuit.input_names), frames))
    for i, inlet in enumerate(circuit.inlets):
        signals[2 * i : 2 * i + 2] = inlets[inlet]
    run = _function(node.kind, circuit.inlets, compiled=frames >= _COMPILED_FROM)
    made = np.zeros((len(circuit.outputs), frames))
    run(float(sample_rate), knob_values(circuit, node), signals, made)
    return [made[i : i + 2] for i in range(0, len(made), 2)]


def knob_values(circuit: Circuit, node: Node) -> Signal:
    """Settings in the order of :attr:`Circuit.knobs`."""
    curves = {f"{name}_{i + 1}": v for name, values in node.curves.items() for i, v in enumerate(values)}
    given = {**node.parameters, **curves}
    return np.array([given.get(name, knob.default) for name, knob in circuit.knobs.items()], dtype=np.float64)


@lru_cache(maxsize=128)
def _function(kind: str, inlets: tuple[str, ...], *, compiled: bool) -> Callable[..., None]:
    scope: dict[str, Any] = {}
    exec(_HEAD + python_source(circuit_of(kind, inlets)), scope)
    run: Callable[..., None] = scope["run"]
    return generated(run) if compiled else run


_HEAD = "import math\nimport numpy as np\n"


def python_source(circuit: Circuit) -> str:
    """A function that fills ``made`` from ``signals``."""
    text = printed(circuit, PYTHON)
    lines = [f"{name} = knobs[{i}]" for i, name in enumerate(circuit.knobs)]
    lines += [f"{name} = signals[{i}]" for i, name in enumerate(circuit.input_names)]
    lines += [f"{name} = {expression}" for name, expression in text.still]
    lines += [f"{register.name} = 0.0" for register in circuit.registers]
    lines += [f"{li.name} = np.zeros(int({number(li.longest_s)} * sample_rate) + 8)" for li in circuit.lines]
    lines += ["for t in range(made.shape[1]):"]
    lines += [f"    {line}" for line in _sample(text.moving, text.outputs, text.kept, text.written)]
    return "def run(sample_rate, knobs, signals, made):\n" + "\n".join(f"    {line}" for line in lines) + "\n"


def _sample(
    moving: Sequence[tuple[str, str]],
    outputs: Sequence[str],
    kept: Sequence[tuple[str, str]],
    written: Sequence[tuple[str, str]],
) -> list[str]:
    lines = [f"{name} = {expression}" for name, expression in moving]
    lines += [f"made[{i}, t] = {expression}" for i, expression in enumerate(outputs)]
    lines += [f"{name}[t % len({name})] = {expression}" for name, expression in written]
    names, values = zip(*kept, strict=True) if kept else ((), ())
    return lines + ([f"{', '.join(names)}, = {', '.join(values)},"] if kept else [])


def _incoming(graph: Graph, made: dict[tuple[int, str], Signal], node: int) -> dict[str, Signal]:
    signals: dict[str, Signal] = {}
    for edge in graph.edges_into(node):
        signal = made[edge.source, edge.outlet] * edge.gain
        signals[edge.inlet] = signals[edge.inlet] + signal if edge.inlet in signals else signal
    return signals
