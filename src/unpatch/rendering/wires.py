"""Signals of a batch: on each edge samples or a spectrum, converted only on demand.

Signals that one call made stay together in one tensor, so that the next call on the same rows needs no copy.

Shapes: B batch, C channel, T time, F bins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from unpatch.audio import AudioLike
from unpatch.declaration import Domain
from unpatch.dsp.spectrum import Spectrum
from unpatch.graph.data import Edge, Graph
from unpatch.rendering.energy import Scalar
from unpatch.rendering.parameters import Numbers
from unpatch.rendering.schedule import EdgeIndex, Place
from unpatch.rendering.signals import amplify, column, mix, stack, stereo_sources


@dataclass(frozen=True)
class Signal:
    """One row of a batch ``[B, C, T]``, or of bins ``[B, 2, F]``; and its energy, where that is known."""

    batch: Tensor
    row: int
    energy: Scalar | None = None

    @property
    def is_spectrum(self) -> bool:
        return self.batch.is_complex()

    @property
    def values(self) -> Tensor:
        """``[C, T]`` or ``[2, F]``."""
        return self.batch[self.row]


@dataclass(eq=False)
class Wires:
    """Signals on the edges. Each is dropped after its last reader.

    Attributes:
        like: a signal, for its length and type.
        transform: length of transforms in samples; 0 where nothing works on spectra.
    """

    graphs: Sequence[Graph]
    indices: Sequence[EdgeIndex]
    numbers: Sequence[Numbers] | None
    like: Tensor
    transform: int = 0
    _readers: Counter[tuple[int, int, str]] = field(init=False)
    _signals: dict[tuple[int, int, str], Signal] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        edges = ((g, e.source, e.outlet) for g, graph in enumerate(self.graphs) for e in graph.edges)
        self._readers = Counter(edges)

    @property
    def frames(self) -> int:
        """How long signals are, in samples."""
        return self.like.shape[-1]

    def lay_sources(self, sources: Sequence[Tensor]) -> None:
        """Sources ``[S, 2, T]`` of each graph."""
        for g, (graph, audio) in enumerate(zip(self.graphs, sources, strict=True)):
            for row, node in enumerate(graph.sources):
                self.lay((g, node), "out", Signal(audio, row))

    def lay(self, place: Place, outlet: str, signal: Signal) -> None:
        if self._readers[*place, outlet]:
            self._signals[*place, outlet] = signal

    def read(self, places: Sequence[Place], inlet: str, domain: Domain) -> list[Signal]:
        """At each place the sum of what the edges into an inlet bring, all in one domain.

        ``either`` returns a spectrum where at least one signal is one.
        """
        inputs_of = [self._sum(place, inlet) for place in places]
        target = _domain([signal for parts in inputs_of for signal in parts], domain)
        return self._single(inputs_of, target)

    def _sum(self, place: Place, inlet: str) -> list[Signal]:
        """One signal, or one of samples and one spectrum."""
        graph, node = place
        edges = [(i, edge) for i, edge in self.indices[graph].into[node] if edge.inlet == inlet]
        brought = [(self._take(graph, edge), self._gain(graph, i, edge)) for i, edge in edges]
        parts = [[one for one in brought if one[0].is_spectrum is kind] for kind in (True, False)]
        return [_added(part) for part in parts if part]

    def _single(self, inputs_of: Sequence[Sequence[Signal]], target: Domain) -> list[Signal]:
        """Convert what is in the other domain, in one call, and add it to what is not."""
        spectral = target == "frequency"
        foreign = [s for parts in inputs_of for s in parts if s.is_spectrum is not spectral]
        converted = iter(self._converted(foreign, target))
        single = []
        for parts in inputs_of:
            own = [s if s.is_spectrum is spectral else next(converted) for s in parts]
            single.append(own[0] if len(own) == 1 else _fresh(mix([s.values for s in own])))
        return single

    def _converted(self, signals: Sequence[Signal], target: Domain) -> list[Signal]:
        if not signals:
            return []
        batch = batch_of(signals)
        if target == "frequency":
            made = Spectrum.of(batch, self.transform).bins
        else:
            made = Spectrum(batch, self.transform).samples(self.frames)
        return [Signal(made, row) for row in range(len(signals))]

    def knob(self, places: Sequence[Place], name: str, default: float | Sequence[float]) -> Tensor:
        """A parameter's values ``[B]`` at places of one kind, or a curve's ``[B, size]``."""
        if self.numbers is None:
            nodes = [self.graphs[g].nodes[n] for g, n in places]
            if isinstance(default, float | int):
                return column([node.parameters.get(name, default) for node in nodes], self.like)
            return torch.tensor([node.curves.get(name, default) for node in nodes], dtype=self.like.dtype)
        rows = []
        for graph in dict.fromkeys(g for g, _ in places):
            own = [place for place, (g, _) in enumerate(places) if g == graph]
            rows.append((own, self.numbers[graph].nodes([places[i][1] for i in own], name)))
        if len(rows) == 1:
            return rows[0][1].to(self.like)
        order = torch.tensor([i for own, _ in rows for i in own]).argsort()
        return torch.cat([values for _, values in rows])[order].to(self.like)

    def _take(self, graph: int, edge: Edge) -> Signal:
        """The signal at the far end of an edge."""
        key = (graph, edge.source, edge.outlet)
        signal = self._signals[key]
        self._readers[key] -= 1
        if not self._readers[key]:
            del self._signals[key]
        return signal

    def _gain(self, graph: int, index: int, edge: Edge) -> Scalar:
        moved = None if self.numbers is None else self.numbers[graph].gain(index)
        return edge.gain if moved is None else moved


def sources_of(graphs: Sequence[Graph], sources: Sequence[AudioLike]) -> list[Tensor]:
    """For each graph ``[S, 2, T]``, all of one length."""
    stereo = [stereo_sources(graph, audio) for graph, audio in zip(graphs, sources, strict=True)]
    lengths = sorted({audio.shape[-1] for audio in stereo})
    if len(lengths) != 1:
        raise ValueError(f"a batch has sources of one length, got {lengths or 'none'}")
    return stereo


def batch_of(signals: Sequence[Signal]) -> Tensor:
    """Signals of one domain as ``[B, C, T]``; without a copy where they are a batch already."""
    batch, rows = signals[0].batch, [signal.row for signal in signals]
    if any(signal.batch is not batch for signal in signals):
        return stack([signal.values for signal in signals])
    if rows == list(range(len(batch))):
        return batch
    return batch[rows[0] : rows[0] + 1] if len(rows) == 1 else batch[torch.tensor(rows)]


def rows_of(batch: Tensor, energies: Sequence[Scalar] | None = None) -> list[Signal]:
    """The signals of a batch."""
    known: Mapping[int, Scalar] = dict(enumerate(energies or ()))
    return [Signal(batch, row, known.get(row)) for row in range(len(batch))]


def _fresh(values: Tensor) -> Signal:
    return Signal(values.unsqueeze(0), 0)


def _domain(signals: Sequence[Signal], requested: Domain) -> Domain:
    if requested != "either":
        return requested
    return "frequency" if any(signal.is_spectrum for signal in signals) else "time"


def _added(brought: Sequence[tuple[Signal, Scalar]]) -> Signal:
    """Gains worked in, and the sum of all."""
    if len(brought) == 1:
        signal, gain = brought[0]
        louder = signal.values if not _is_one(gain) else None
        return signal if louder is None else _fresh(amplify(louder, gain))
    return _fresh(mix([amplify(signal.values, gain) for signal, gain in brought]))


def _is_one(gain: Scalar) -> bool:
    return isinstance(gain, float) and gain == 1.0
