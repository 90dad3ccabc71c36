"""Rendering many nodes per call: ready nodes of one kind, over all graphs of a batch, run together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph
from unpatch.parameters import Numbers, slots
from unpatch.processors import PROCESSORS
from unpatch.render import energy as rule
from unpatch.render.energy import Scalar
from unpatch.render.schedule import Place, Step, Wiring, schedule
from unpatch.render.signals import amplify, column, mix, stack, stereo_sources
from unpatch.spec import Processor


def render(
    graph: Graph,
    sources: Tensor,
    sample_rate: float,
    *,
    numbers: Numbers | None = None,
    energy: bool = True,
    registry: Mapping[str, Processor] = PROCESSORS,
) -> Tensor:
    """Audio ``[2, T]`` of one graph; see :func:`render_batch`."""
    batch = None if numbers is None else [numbers]
    return render_batch([graph], [sources], sample_rate, numbers=batch, energy=energy, registry=registry)[0]


def render_batch(
    graphs: Sequence[Graph],
    sources: Sequence[Tensor],
    sample_rate: float,
    *,
    numbers: Sequence[Numbers] | None = None,
    energy: bool = True,
    registry: Mapping[str, Processor] = PROCESSORS,
) -> Tensor:
    """Render graphs together; a pure function, differentiable in sources and numbers.

    Args:
        graphs: G of them, of any shapes.
        sources: for each graph ``[S, 2, T]`` in the order of its sources, or ``[C, T]`` where it
            has one; all of the same length.
        sample_rate: in Hz.
        numbers: for each graph its numbers, in place of those written in it.
        energy: whether each processor's audio is rescaled to the energy that came in.
        registry: kind to processor.

    Returns:
        Audio ``[G, 2, T]``.
    """
    return run(graphs, sources, sample_rate, numbers=numbers, energy=energy, registry=registry)[0]


def run(
    graphs: Sequence[Graph],
    sources: Sequence[Tensor],
    sample_rate: float,
    *,
    numbers: Sequence[Numbers] | None = None,
    energy: bool = True,
    registry: Mapping[str, Processor] = PROCESSORS,
) -> tuple[Tensor, dict[Place, Scalar]]:
    """The audio ``[G, 2, T]`` and the gain that the energy rule applied to each node."""
    wirings = [Wiring(check(graph, registry)) for graph in graphs]
    if numbers is not None:
        _check_numbers(graphs, numbers, registry)
    steps = schedule(graphs, wirings)
    wires = _Wires(graphs, wirings, sources, numbers)
    gains: dict[Place, Scalar] = {}
    for step in steps:
        gains |= _run_step(step, wires, sample_rate, energy, registry[step.kind])
    return stack([wires.hear((g, graph.sink), "input").samples for g, graph in enumerate(graphs)]), gains


@dataclass(frozen=True)
class _Signal:
    """``[C, T]`` and its energy, where that is already known."""

    samples: Tensor
    energy: Scalar | None = None


class _Wires:
    """Signals under way. Each is dropped as soon as its last reader has heard it."""

    def __init__(
        self,
        graphs: Sequence[Graph],
        wirings: Sequence[Wiring],
        sources: Sequence[Tensor],
        numbers: Sequence[Numbers] | None,
    ) -> None:
        self.graphs, self.wirings, self.numbers = graphs, wirings, numbers
        self._readers = Counter(
            (g, e.source, e.outlet) for g, graph in enumerate(graphs) for e in graph.edges
        )
        self._signals: dict[tuple[int, int, str], _Signal] = {}
        stereo = [stereo_sources(graph, audio) for graph, audio in zip(graphs, sources, strict=True)]
        self.like = _one_length(stereo)
        for g, (graph, audio) in enumerate(zip(graphs, stereo, strict=True)):
            for node, samples in zip(graph.sources, audio, strict=True):
                self.lay((g, node), "out", _Signal(samples))

    def lay(self, place: Place, outlet: str, signal: _Signal) -> None:
        if self._readers[*place, outlet]:
            self._signals[*place, outlet] = signal

    def hear(self, place: Place, inlet: str) -> _Signal:
        """The sum of what the edges into an inlet bring, with the gains worked in."""
        graph, node = place
        edges = [(i, edge) for i, edge in self.wirings[graph].into[node] if edge.inlet == inlet]
        heard = [self._through(graph, i, edge) for i, edge in edges]
        return heard[0] if len(heard) == 1 else _Signal(mix([signal.samples for signal in heard]))

    def value(self, place: Place, name: str, default: float) -> Scalar:
        graph, node = place
        if self.numbers is not None:
            return self.numbers[graph].node(node, name)
        return self.graphs[graph].nodes[node].parameters.get(name, default)

    def _through(self, graph: int, index: int, edge: Edge) -> _Signal:
        """The signal at the far end of an edge."""
        key = (graph, edge.source, edge.outlet)
        signal = self._signals[key]
        self._readers[key] -= 1
        if not self._readers[key]:
            del self._signals[key]
        gain = edge.gain if self.numbers is None else self.numbers[graph].gain(index)
        louder = amplify(signal.samples, gain)
        return signal if louder is signal.samples else _Signal(louder)


def _check_numbers(
    graphs: Sequence[Graph], numbers: Sequence[Numbers], registry: Mapping[str, Processor]
) -> None:
    """As many as there are graphs, each with one value for every number of its graph."""
    if len(numbers) != len(graphs):
        raise ValueError(f"{len(graphs)} graph(s) take as many sets of numbers, got {len(numbers)}")
    for g, (graph, own) in enumerate(zip(graphs, numbers, strict=True)):
        if own.slots != slots(graph, registry):
            raise ValueError(f"the numbers for graph {g} were read from another graph")


def _one_length(sources: Sequence[Tensor]) -> Tensor:
    """The first of them, if all have its length."""
    lengths = sorted({audio.shape[-1] for audio in sources})
    if len(lengths) != 1:
        raise ValueError(f"a batch has sources of one length, got {lengths or 'none'}")
    return sources[0]


def _run_step(
    step: Step, wires: _Wires, sample_rate: float, energy: bool, processor: Processor
) -> dict[Place, Scalar]:
    """Call the processor once for all places of a step, and lay its outputs on the wires."""
    heard = {inlet: [wires.hear(place, inlet) for place in step.places] for inlet in step.inlets}
    inputs = {inlet: stack([signal.samples for signal in rows]) for inlet, rows in heard.items()}
    values = {
        name: column([wires.value(place, name, parameter.default) for place in step.places], wires.like)
        for name, parameter in processor.parameters.items()
    }
    outputs = processor(inputs, sample_rate=sample_rate, frames=wires.like.shape[-1], **values)
    gains = _gains(processor, heard, inputs, outputs) if energy and rule.applies(processor) else []
    owned = _owned(outputs, inputs)
    del heard, inputs  # their memory is of use again
    for outlet, raw in outputs.items():
        signals = _rows(raw, gains if outlet in rule.scaled(processor) else [], outlet in owned)
        for place, signal in zip(step.places, signals, strict=True):
            wires.lay(place, outlet, signal)
    return dict(zip(step.places, gains, strict=bool(gains)))


def _owned(outputs: Mapping[str, Tensor], inputs: Mapping[str, Tensor]) -> set[str]:
    """Outlets whose memory is new: kinds that leave a signal as it is may hand on what they got."""
    users = Counter(_memory(signal) for signal in (*outputs.values(), *inputs.values()))
    return {outlet for outlet, signal in outputs.items() if users[_memory(signal)] == 1}


def _memory(signal: Tensor) -> int:
    return signal.untyped_storage().data_ptr()


def _rows(signal: Tensor, gains: Sequence[Scalar], owned: bool) -> list[_Signal]:
    """The signals of each row, rescaled where there are gains."""
    if not gains:
        return [_Signal(row) for row in signal]
    rescaled, energies = rule.rescale(signal, gains, in_place=owned)
    return [_Signal(row, energy) for row, energy in zip(rescaled, energies, strict=True)]


def _gains(
    processor: Processor,
    heard: Mapping[str, Sequence[_Signal]],
    inputs: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
) -> list[Scalar]:
    """What the energy rule scales each row by."""
    counted = rule.counted(processor)
    came = zip(*(_energies(heard[inlet], inputs[inlet]) for inlet in counted), strict=True)
    made = zip(*(rule.energies(outputs[outlet]) for outlet in rule.scaled(processor)), strict=True)
    samples = inputs[counted[0]][0].numel()
    return [rule.gain(before, after, samples) for before, after in zip(came, made, strict=True)]


def _energies(heard: Sequence[_Signal], stacked: Tensor) -> list[Scalar]:
    """Energy of each row; computed only where it does not follow from the signal upstream."""
    known = [signal.energy for signal in heard]
    if any(energy is None for energy in known):
        return rule.energies(stacked)
    return [energy for energy in known if energy is not None]
