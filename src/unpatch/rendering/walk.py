"""Rendering node by node: the plain way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor

from unpatch.audio import AudioLike, as_rate
from unpatch.declaration import Processor
from unpatch.graph.check import check
from unpatch.graph.data import Graph, Node
from unpatch.graph.order import topological_order
from unpatch.processors import KINDS
from unpatch.rendering import energy as rule
from unpatch.rendering.energy import Scalar
from unpatch.rendering.signals import amplify, column, stereo_sources

Signals: TypeAlias = dict[tuple[int, str], Tensor]
"""(node, outlet) to signal ``[1, C, T]``, after the energy rule."""


@dataclass(frozen=True)
class Walked:
    """A graph, its output ``[2, T]`` and every signal on the way."""

    graph: Graph
    audio: Tensor
    signals: Signals


def walk(
    graph: Graph,
    sources: AudioLike,
    sample_rate: float,
    *,
    known: Signals | None = None,
    energy: bool | None = None,
    registry: Mapping[str, Processor] = KINDS,
) -> Walked:
    """Render in topological order and keep every signal.

    Args:
        graph: what to render.
        sources: ``[S, 2, T]`` in the order of the graph's sources, or ``[C, T]`` for one source.
        sample_rate: in Hz.
        known: signals taken as they are; a processor all of whose outlets are known does not run.
            Feeding a node's input to its outlet here bypasses it, for the price of what follows.
        energy: whether the energy rule applies; left out, it does for all but mixing consoles.
        registry: kind to processor.
    """
    sample_rate, dry = as_rate(sample_rate), stereo_sources(check(graph, registry), sources)
    energy = rule.holds([graph]) if energy is None else energy
    signals = dict(known or {})
    signals |= {(node, "out"): dry[i : i + 1] for i, node in enumerate(graph.sources)}
    for position in topological_order(graph):
        node = graph.nodes[position]
        if node.is_processor and not _is_known(signals, position, registry[node.kind]):
            inputs = incoming(graph, signals, position)
            made = run_node(node, inputs, dry, sample_rate, energy=energy, registry=registry)
            signals |= {(position, outlet): signal for outlet, signal in made.items()}
    audio = incoming(graph, signals, graph.sink)["input"][0]
    return Walked(graph, audio, signals)


def oracle(
    graph: Graph,
    sources: AudioLike,
    sample_rate: float,
    *,
    energy: bool | None = None,
    registry: Mapping[str, Processor] = KINDS,
) -> Tensor:
    """Render one node after another; the reference for :func:`unpatch.rendering.render`."""
    return walk(graph, sources, sample_rate, energy=energy, registry=registry).audio


def incoming(graph: Graph, signals: Signals, position: int) -> dict[str, Tensor]:
    """Inlet to the sum of what its edges bring, for one node."""
    inputs: dict[str, Tensor] = {}
    for edge in graph.edges_into(position):
        signal = amplify(signals[edge.source, edge.outlet], edge.gain)
        inputs[edge.inlet] = inputs[edge.inlet] + signal if edge.inlet in inputs else signal
    return inputs


def _is_known(signals: Signals, position: int, processor: Processor) -> bool:
    return all((position, port.name) in signals for port in processor.outlets)


def run_node(
    node: Node,
    inputs: Mapping[str, Tensor],
    like: Tensor,
    sample_rate: float,
    *,
    energy: bool = True,
    registry: Mapping[str, Processor] = KINDS,
    start: int = 0,
) -> dict[str, Tensor]:
    """Outlet to signal ``[B, C, T]`` of one node; length and type are those of ``like``.

    Each row of the inputs ``[B, C, T]`` is processed by itself, with the same parameters. ``start`` is the
    number of the first sample: the zero of oscillators.
    """
    processor = registry[node.kind]
    values = {name: column([value], like) for name, value in node.parameters.items()}
    values |= {name: like.new_tensor([curve]) for name, curve in node.curves.items()}
    frames = range(start, start + like.shape[-1])
    outputs = processor(inputs, sample_rate=sample_rate, frames=frames, **values)
    return _conserve(processor, inputs, outputs) if energy and rule.applies(processor) else outputs


def _conserve(
    processor: Processor, inputs: Mapping[str, Tensor], outputs: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Outputs with the audio ones rescaled by the energy rule, row by row."""
    came = [inputs[name] for name in rule.counted(processor)]
    went = {name: outputs[name] for name in rule.scaled(processor)}
    samples = came[0][0].numel()
    rows = zip(_energies(came), _energies(went.values()), strict=True)
    gains = [rule.gain(before, after, samples) for before, after in rows]
    taken = [_memory(signal) for signal in (*inputs.values(), *outputs.values())]
    return outputs | {
        name: rule.rescale(signal, gains, in_place=taken.count(_memory(signal)) == 1)[0]
        for name, signal in went.items()
    }


def _memory(signal: Tensor) -> int:
    """Address of the signal; equal for views of one memory."""
    return signal.untyped_storage().data_ptr()


def _energies(signals: Iterable[Tensor]) -> list[tuple[Scalar, ...]]:
    """For each row the energies of all signals."""
    return list(zip(*(rule.energies(signal) for signal in signals), strict=True))
