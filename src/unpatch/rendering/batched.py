"""Rendering many nodes per call: ready nodes of one kind, over all graphs of a batch, run together.

Where the energy rule is off, what works on spectra hands on spectra: a run of such nodes costs one
transform on each side, and signals are summed before they are transformed.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from torch import Tensor

from unpatch.audio import AudioLike, as_rate
from unpatch.declaration import Domain, Processor
from unpatch.dsp.spectrum import Spectrum, fast_size
from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.processors import KINDS
from unpatch.rendering import energy as rule
from unpatch.rendering.energy import Scalar
from unpatch.rendering.parameters import Numbers, slots
from unpatch.rendering.ringing import room_s
from unpatch.rendering.schedule import BatchedCall, EdgeIndex, Place, schedule
from unpatch.rendering.wires import Signal, Wires, batch_of, rows_of, sources_of


def render(
    graph: Graph,
    sources: AudioLike,
    sample_rate: float,
    *,
    numbers: Numbers | None = None,
    energy: bool | None = None,
    registry: Mapping[str, Processor] = KINDS,
) -> Tensor:
    """Play dry audio through a graph; a pure function, differentiable in sources and numbers.

    Args:
        graph: of any shape.
        sources: dry audio ``[S, 2, T]`` in the order of its sources, or ``[C, T]`` where it has one.
        sample_rate: in Hz.
        numbers: in place of those written in the graph.
        energy: whether each processor's audio is rescaled to the energy that came in; left out, that is done
            for all but mixing consoles, see :mod:`unpatch.rendering.energy`.
        registry: kind to processor.

    Returns:
        Audio ``[2, T]``.

    Raises:
        GraphError: the graph is not valid.
        ValueError: sources that do not fit it.

    Example:
        >>> import torch, unpatch
        >>> graph = unpatch.chain(unpatch.PROCESSORS, ("bell", {"gain_db": 6}))
        >>> unpatch.render(graph, torch.zeros(1, 44_100), 44_100).shape
        torch.Size([2, 44100])
    """
    batch = None if numbers is None else [numbers]
    return render_batch([graph], [sources], sample_rate, numbers=batch, energy=energy, registry=registry)[0]


def render_batch(
    graphs: Sequence[Graph],
    sources: Sequence[AudioLike],
    sample_rate: float,
    *,
    numbers: Sequence[Numbers] | None = None,
    energy: bool | None = None,
    registry: Mapping[str, Processor] = KINDS,
) -> Tensor:
    """Render graphs together; a pure function, differentiable in sources and numbers.

    Args:
        graphs: G of them, of any shapes.
        sources: for each graph ``[S, 2, T]`` in the order of its sources, or ``[C, T]`` where it
            has one; all of the same length.
        sample_rate: in Hz.
        numbers: for each graph its numbers, in place of those written in it.
        energy: whether each processor's audio is rescaled to the energy that came in; left out, that is done
            for all but mixing consoles, see :mod:`unpatch.rendering.energy`.
        registry: kind to processor.

    Returns:
        Audio ``[G, 2, T]``.

    Raises:
        GraphError: a graph is not valid.
        ValueError: sources that do not fit a graph, or have different lengths.

    Example:
        >>> import torch, unpatch
        >>> graphs = [unpatch.chain(unpatch.PROCESSORS, kind) for kind in ("bell", "compressor")]
        >>> unpatch.render_batch(graphs, [torch.zeros(2, 1_000)] * 2, 44_100).shape
        torch.Size([2, 2, 1000])
    """
    return run(graphs, sources, sample_rate, numbers=numbers, energy=energy, registry=registry)[0]


def run(
    graphs: Sequence[Graph],
    sources: Sequence[AudioLike],
    sample_rate: float,
    *,
    numbers: Sequence[Numbers] | None = None,
    energy: bool | None = None,
    registry: Mapping[str, Processor] = KINDS,
) -> tuple[Tensor, dict[Place, Scalar]]:
    """The audio ``[G, 2, T]`` and the gain that the energy rule applied to each node."""
    indices = [EdgeIndex(check(graph, registry)) for graph in graphs]
    energy = rule.holds(graphs) if energy is None else energy
    if numbers is not None:
        _check_numbers(graphs, numbers, registry)
    sample_rate = as_rate(sample_rate)
    stereo = sources_of(graphs, sources)
    wires = Wires(graphs, indices, numbers, stereo[0])
    if not energy:
        wires.transform = _transform(graphs, wires, sample_rate, registry)
    wires.lay_sources(stereo)
    gains: dict[Place, Scalar] = {}
    for step in schedule(graphs, indices):
        gains |= _run_step(step, wires, sample_rate, energy=energy, processor=registry[step.kind])
    sinks = [(g, graph.sink) for g, graph in enumerate(graphs)]
    return batch_of(wires.read(sinks, "input", "time")), gains


def _transform(
    graphs: Sequence[Graph], wires: Wires, sample_rate: float, registry: Mapping[str, Processor]
) -> int:
    """Lengths of the transforms: the ringing must not wrap around to the start.

    The energy rule looks at samples behind every node: with it there are no spectra on the wires.
    """
    places: dict[str, list[Place]] = defaultdict(list)
    for g, graph in enumerate(graphs):
        for n, node in enumerate(graph.nodes):
            if node.is_processor and registry[node.kind].domain != "time":
                places[node.kind].append((g, n))
    memories = {
        kind: registry[kind].memory(_Knobs(wires, where, registry[kind]), sample_rate)
        for kind, where in places.items()
    }
    longest_s = max((room_s(graph, memories, registry) for graph in graphs), default=0.0)
    return fast_size(wires.frames + math.ceil(longest_s * sample_rate))


class _Knobs(Mapping[str, Tensor]):
    """Knobs of one kind at some places ``[B]``, gathered on demand."""

    def __init__(self, wires: Wires, places: Sequence[Place], processor: Processor) -> None:
        self.wires, self.places, self.parameters = wires, places, processor.parameters

    def __getitem__(self, name: str) -> Tensor:
        return self.wires.knob(self.places, name, self.parameters[name].default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)


def _check_numbers(
    graphs: Sequence[Graph], numbers: Sequence[Numbers], registry: Mapping[str, Processor]
) -> None:
    """As many as there are graphs, each with one value for every number of its graph."""
    if len(numbers) != len(graphs):
        raise ValueError(f"{len(graphs)} graph(s) take as many sets of numbers, got {len(numbers)}")
    for g, (graph, own) in enumerate(zip(graphs, numbers, strict=True)):
        if own.slots not in (slots(graph, registry), slots(graph, registry, edges=False)):
            raise ValueError(f"the numbers for graph {g} were read from another graph")


def _run_step(
    step: BatchedCall, wires: Wires, sample_rate: float, *, energy: bool, processor: Processor
) -> dict[Place, Scalar]:
    """Call the processor once for all places of a step, and lay its outputs on the wires."""
    domain: Domain = "time" if energy else processor.domain
    signals_of = {inlet: wires.read(step.places, inlet, domain) for inlet in step.inlets}
    inputs = {inlet: batch_of(signals) for inlet, signals in signals_of.items()}
    knobs = (*processor.parameters.values(), *processor.curves.values())
    values = {knob.name: wires.knob(step.places, knob.name, knob.value) for knob in knobs}
    outputs = _called(processor, inputs, wires, sample_rate, values)
    gains = _gains(processor, signals_of, inputs, outputs) if energy and rule.applies(processor) else []
    owned = _owned(outputs, inputs)
    del signals_of, inputs  # their memory is of use again
    for outlet, raw in outputs.items():
        signals = _rows(raw, gains if outlet in rule.scaled(processor) else [], owned=outlet in owned)
        for place, signal in zip(step.places, signals, strict=True):
            wires.lay(place, outlet, signal)
    return dict(zip(step.places, gains, strict=bool(gains)))


def _called(
    processor: Processor,
    inputs: Mapping[str, Tensor],
    wires: Wires,
    sample_rate: float,
    values: Mapping[str, Tensor],
) -> dict[str, Tensor]:
    """Outlet to samples, or bins where bins came in."""
    first = next(iter(inputs.values()), None)
    if first is None or not first.is_complex() or processor.domain == "either":
        return processor(inputs, sample_rate=sample_rate, frames=wires.frames, **values)
    spectrum = Spectrum(first, wires.transform)
    return {
        processor.outlets[0].name: processor.on_spectrum(spectrum, sample_rate=sample_rate, **values).bins
    }


def _owned(outputs: Mapping[str, Tensor], inputs: Mapping[str, Tensor]) -> set[str]:
    """Outlets whose memory is new: kinds that leave a signal as it is may hand on what they got."""
    users = Counter(_memory(signal) for signal in (*outputs.values(), *inputs.values()))
    return {outlet for outlet, signal in outputs.items() if users[_memory(signal)] == 1}


def _memory(signal: Tensor) -> int:
    return signal.untyped_storage().data_ptr()


def _rows(signal: Tensor, gains: Sequence[Scalar], *, owned: bool) -> list[Signal]:
    """The signals of each row, rescaled where there are gains."""
    if not gains:
        return rows_of(signal)
    return rows_of(*rule.rescale(signal, gains, in_place=owned))


def _gains(
    processor: Processor,
    signals_of: Mapping[str, Sequence[Signal]],
    inputs: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
) -> list[Scalar]:
    """What the energy rule scales each row by."""
    counted = rule.counted(processor)
    energies = zip(*(_energies(signals_of[inlet], inputs[inlet]) for inlet in counted), strict=True)
    made = zip(*(rule.energies(outputs[outlet]) for outlet in rule.scaled(processor)), strict=True)
    samples = inputs[counted[0]][0].numel()
    return [rule.gain(before, after, samples) for before, after in zip(energies, made, strict=True)]


def _energies(signals_of: Sequence[Signal], stacked: Tensor) -> list[Scalar]:
    """Energy of each row; computed only where it does not follow from the signal upstream."""
    known = [signal.energy for signal in signals_of]
    if any(energy is None for energy in known):
        return rule.energies(stacked)
    return [energy for energy in known if energy is not None]
