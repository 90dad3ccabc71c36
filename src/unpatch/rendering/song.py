"""Rendering a whole song: the same as :func:`unpatch.rendering.render`, block by block.

A graph is gone through depth first, one track after another, and each node, or run of linear nodes in series,
goes over the whole song before the next starts. Its input is a block together with the part before, as long
as its memory, and the part after, as long as its lookahead (:mod:`unpatch.declaration.memory`): linear or
not, its output for a block is then as within the whole, to -120 dB. The energy rule needs a node's total
energies: they are summed over the blocks, and the gain is applied by the next reader. Signals in between are
held on tapes (:mod:`unpatch.rendering.tape`), in memory or in files.

A kind of unlimited memory (the pitch shifter carries phases on from frame to frame) is streamed: its state
goes from block to block.

Source of the method: S. Boyd, L. Chua, Fading Memory and the Problem of Approximating Nonlinear Operators
with Volterra Series, IEEE Trans. CAS 32(11), 1985.

Shapes: S sources, C channels, T samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from unpatch.declaration import Memory, Processor
from unpatch.graph.check import check
from unpatch.graph.data import Edge, Graph, Node
from unpatch.processors import KINDS
from unpatch.rendering import energy as rule
from unpatch.rendering.batched import render
from unpatch.rendering.ringing import memory_of
from unpatch.rendering.runs import chain_of, is_linear, on_spectra, runs
from unpatch.rendering.signals import stereo_sources
from unpatch.rendering.tape import Tape, TapeInput, TapeStore
from unpatch.rendering.walk import run_node

BLOCK = 2**20
"""Least number of samples in a block of a node; more where its memory is longer."""
MARGIN_S = 0.5
"""Extra margin of spectral nodes on both sides: fractions of a sample ring as 1/t around a sound."""


def render_song(
    graph: Graph,
    sources: Tensor | Sequence[Tensor],
    sample_rate: float,
    *,
    energy: bool = False,
    registry: Mapping[str, Processor] = KINDS,
    block: int | None = None,
) -> Tensor:
    """Audio ``[2, T]`` of a graph.

    Args:
        graph: what to render.
        sources: ``[S, 2, T]``, or as many ``[2, T]``, in the order of the graph's sources; each is read
            when it is needed, once.
        sample_rate: in Hz.
        energy: whether the energy rule applies, see :mod:`unpatch.rendering.energy`.
        registry: kind to processor.
        block: samples that processors work on at a time; left out, :data:`BLOCK` or more.
    """
    if len(sources) != len(graph.sources):
        raise ValueError(f"the graph has {len(graph.sources)} source(s), got audio for {len(sources)}")
    first, store = sources[0], TapeStore()
    frames, dtype = first.shape[-1], first.dtype
    del first
    rolls = (store.record(iter([stereo_sources(_ONE_SOURCE, audio)[0]]), frames) for audio in sources)
    wire = play(
        graph,
        rolls,
        frames,
        sample_rate,
        store,
        energy=energy,
        registry=registry,
        block=block,
        dtype=dtype,
    )
    return wire.read(0, frames).clone()


def play(
    graph: Graph,
    sources: Iterator[Tape],
    frames: int,
    sample_rate: float,
    store: TapeStore,
    *,
    energy: bool,
    registry: Mapping[str, Processor] = KINDS,
    block: int | None = None,
    dtype: torch.dtype = torch.float32,
) -> TapeInput:
    """What arrives at the sink.

    Args:
        graph: what to render.
        sources: stereo, in the order of the graph's sources; the next is read when it is needed.
        frames: how long the song is.
        sample_rate: in Hz.
        store: where signals are held in between.
        energy: whether the energy rule applies.
        registry: kind to processor.
        block: samples that processors work on at a time; left out, :data:`BLOCK` or more.
        dtype: of all signals.
    """
    checked = check(graph, registry)
    player = _Player(checked, frames, sample_rate, store, energy, registry, block, dtype)
    place = {node: i for i, node in enumerate(graph.sources)}
    early, next_source = dict[int, Tape](), 0
    for run in runs(graph, registry, apart=energy):
        if run[0] in place:
            while place[run[0]] >= next_source:
                early[next_source], next_source = next(sources), next_source + 1
            player.send(run[0], {Edge.outlet: TapeInput(early.pop(place[run[0]]))})
        elif not graph.nodes[run[0]].is_sink:
            player.send(run[-1], player.through(run))
    return player.waiting[graph.sink, Edge.inlet]


@dataclass(eq=False)
class _Player:
    """A graph on its way: what has been sent to nodes and not been taken yet, by node and inlet."""

    graph: Graph
    frames: int
    sample_rate: float
    store: TapeStore
    energy: bool
    registry: Mapping[str, Processor]
    block: int | None
    dtype: torch.dtype
    waiting: dict[tuple[int, str], TapeInput] = field(default_factory=dict)

    def send(self, node: int, made: Mapping[str, TapeInput]) -> None:
        """Pass a node's signals on to its readers."""
        for edge in self.graph.edges_from(node):
            key, wire = (edge.target, edge.inlet), made[edge.outlet]
            louder = TapeInput(wire.tape, wire.gain * edge.gain)
            there = self.waiting.get(key)
            self.waiting[key] = louder if there is None else self._sum(there, louder)

    def through(self, run: Sequence[int]) -> dict[str, TapeInput]:
        """What the last node of a run gives out, by outlet."""
        inlets = {edge.inlet for edge in self.graph.edges_into(run[0])}
        wires = {inlet: self.waiting.pop((run[0], inlet)) for inlet in inlets}
        memory = sum((memory_of(self.graph, i, self.sample_rate, self.registry) for i in run), Memory())
        spectral = on_spectra(self.graph, run[0], self.registry)
        extent = self._extent(wires, memory) if spectral and self._rings_on(run[-1]) else (0, self.frames)
        tapes = {port.name: self.store.tape(*extent) for port in self.registry[self._kind(run[-1])].outlets}
        sums = _Energies(self.registry[self._kind(run[0])], holds=self.energy)
        in_blocks = self._in_blocks(run, wires, extent, memory, spectral=spectral)
        for inputs, made in in_blocks if memory.is_bounded else self._streamed(run[0], wires):
            sums.add(inputs, made)
            for outlet, tape in tapes.items():
                tape.append(made[outlet])
        return {outlet: TapeInput(tape, sums.gain(outlet, self.frames)) for outlet, tape in tapes.items()}

    def _in_blocks(
        self,
        run: Sequence[int],
        wires: Mapping[str, TapeInput],
        extent: tuple[int, int],
        memory: Memory,
        *,
        spectral: bool,
    ) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
        """Blocks of a run's inlets, for the energy rule, and of its outlets."""
        for start, stop in self._spans(extent, memory):
            core = {inlet: wire.read(start, stop) for inlet, wire in wires.items()} if self.energy else {}
            yield core, self._block(run, wires, start, stop, memory, spectral=spectral)

    def _streamed(
        self, node: int, wires: Mapping[str, TapeInput]
    ) -> Iterator[tuple[dict[str, Tensor], dict[str, Tensor]]]:
        """The same of a kind of unlimited memory, with one inlet; its output is late."""
        processor, ((inlet, wire),) = self.registry[self._kind(node)], wires.items()
        stream, outlet = processor.streamed(self.graph.nodes[node].parameters, self.sample_rate), Edge.outlet
        for block in wire.blocks(self.frames, self.block or BLOCK):
            yield {inlet: block}, {outlet: stream.push(block)}
        rest = stream.flush()
        yield {inlet: rest[:, :0]}, {outlet: rest}

    def _kind(self, node: int) -> str:
        return self.graph.nodes[node].kind

    def _rings_on(self, node: int) -> bool:
        """Whether anything needs the signal beyond both ends of the song."""
        targets = (edge.target for edge in self.graph.edges_from(node))
        return not self.energy and any(on_spectra(self.graph, i, self.registry) for i in targets)

    def _extent(self, wires: Mapping[str, TapeInput], memory: Memory) -> tuple[int, int]:
        """Spectra hold what rings beyond both ends of the song, for those that come after them."""
        first = min((wire.tape.first for wire in wires.values()), default=0)
        stop = max((wire.tape.stop for wire in wires.values()), default=self.frames)
        return first - self._frames(memory.lead_s), stop + self._frames(memory.tail_s)

    def _frames(self, seconds: float) -> int:
        return math.ceil(seconds * self.sample_rate)

    def _spans(self, extent: tuple[int, int], memory: Memory) -> Iterator[tuple[int, int]]:
        first, stop = extent
        block = self.block or max(BLOCK, 2 * self._frames(memory.room_s))
        for start in range(first, stop, block):
            yield start, min(start + block, stop)

    def _block(
        self,
        run: Sequence[int],
        wires: Mapping[str, TapeInput],
        start: int,
        stop: int,
        memory: Memory,
        *,
        spectral: bool,
    ) -> dict[str, Tensor]:
        """What a run makes of the samples from ``start`` to ``stop``, ``[C, stop - start]`` by outlet."""
        begin, end = self._around(start, stop, memory, spectral=spectral)
        rows = {inlet: wire.read(begin, end)[None] for inlet, wire in wires.items()}
        made = self._made(run, rows, begin, end)
        return {outlet: signal[0, :, start - begin : stop - begin] for outlet, signal in made.items()}

    def _around(self, start: int, stop: int, memory: Memory, *, spectral: bool) -> tuple[int, int]:
        """Range of the song that a run needs."""
        margin_s = MARGIN_S if spectral else 0.0
        begin = start - self._frames(memory.tail_s + margin_s)
        end = stop + self._frames(memory.lead_s + margin_s)
        return (begin, end) if spectral else (max(begin, 0), min(end, self.frames))

    def _made(
        self, run: Sequence[int], rows: Mapping[str, Tensor], begin: int, end: int
    ) -> dict[str, Tensor]:
        if len(run) > 1 or is_linear(self.graph, run[0], self.registry):
            chain, audio = chain_of(self.graph, run), rows[Edge.inlet][0]
            found = render(chain, audio, self.sample_rate, energy=False, registry=self.registry)
            return {Edge.outlet: found[None]}
        like = torch.empty(1, 2, end - begin, dtype=self.dtype)
        node = self.graph.nodes[run[0]]
        return run_node(node, rows, like, self.sample_rate, energy=False, registry=self.registry, start=begin)

    def _sum(self, one: TapeInput, other: TapeInput) -> TapeInput:
        first = min(one.tape.first, other.tape.first)
        stop = max(one.tape.stop, other.tape.stop)
        tape = self.store.tape(first, stop)
        for start in range(first, stop, BLOCK):
            end = min(start + BLOCK, stop)
            tape.append(one.read(start, end) + other.read(start, end))
        return TapeInput(tape)


class _Energies:
    """What the energy rule counts of a node, block by block."""

    def __init__(self, processor: Processor, *, holds: bool) -> None:
        self.counted, self.scaled = rule.counted(processor), rule.scaled(processor)
        self.holds = holds and rule.applies(processor)
        self.energy_in, self.energy_out = 0.0, 0.0

    def add(self, inputs: Mapping[str, Tensor], made: Mapping[str, Tensor]) -> None:
        if self.holds:
            self.energy_in += sum(rule.energy(inputs[inlet]) for inlet in self.counted)
            self.energy_out += sum(rule.energy(made[outlet]) for outlet in self.scaled)

    def gain(self, outlet: str, frames: int) -> float:
        if not self.holds or outlet not in self.scaled:
            return 1.0
        return float(rule.gain([self.energy_in], [self.energy_out], 2 * frames))


_ONE_SOURCE = Graph((Node("in"), Node("out")), (Edge(0, 1),))
