"""Delay times by deconvolution, since a gradient does not find them.

The residual of the mix for a console without one of its delays is deconvolved by that delay's
input (Wiener's filter): an echo is a peak of the impulse response at its time. The delay's knobs are then
fitted to that response by least squares, and stay if the loss falls.

Shapes: T samples, F bins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from unpatch.declaration import Parameter, Processor
from unpatch.dsp.spectrum import Spectrum, fast_size
from unpatch.graph.data import Graph
from unpatch.mixing.console import WEIGHT, letter_of, prunable
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.gain_merging import Diagonal, matrix, with_matrix
from unpatch.mixing.simplification import loss_of
from unpatch.mixing.subgraphs import values_of
from unpatch.mixing.tree import Tree
from unpatch.mixing.trials import Around, Cached

DELAY = "delay_ms"
CLEAR = 6.0
"""A peak is an echo from this multiple of the response's root mean square on."""
NOISE = 0.01
"""Regularisation: power below this share of the mean of a delay's input is not divided by."""
SMOOTH_S = 0.0005
LONGEST_S = 1.5
"""Length of a response for the fit of knobs, after its peak."""
EARLY_S = 0.005
"""Margin before the highest peak of an echo: filters in its loop are late."""
LOWPASSES_HZ = (1_500.0, 4_000.0, 12_000.0)
"""Initial knobs of the fit of an echo."""
LEAST, MOST = 0.2, 3.0
"""Range of the level of a dry or wet sound, as a factor."""
WORTH = 0.005
"""An echo must lower the loss by at least this share."""
QUIET = 0.02
"""Weight of a delay that is inaudible; a fit may still raise it."""
STEPS = 40
BEFORE_MS = tuple(0.05 * i for i in range(-1, 11))
"""Lead of the delay before the peak of a response, whose filters are late."""
STARTS = 2
"""Number of the best starts that are fitted."""
UNIT_MS = 0.1
"""Step of a delay time while other knobs move by a unit of their latent line."""


@dataclass(frozen=True)
class Echo:
    """A delay, its fitted knobs, and the levels of its dry and its wet sound, relative to its input."""

    node: int
    knobs: Mapping[str, float]
    dry: float
    wet: float


@dataclass(frozen=True, eq=False)
class _Response:
    """From a delay's input to the residual.

    Attributes:
        bins: ``[F]``, of ``size`` samples.
        power: of the delay's input, ``[F]``.
        dry: least-squares gain of the dry part of the delay's input.
        peak_s: where the impulse response is highest.
        clarity: its height.
    """

    bins: Tensor
    power: Tensor
    size: int
    dry: float
    peak_s: float
    clarity: float


def with_echoes(graph: Graph, evaluator: Evaluator) -> Graph:
    """A console with those of its delays set for which there is an echo in the mix, the clearest first.

    While one is analysed the others are muted: their repeats at a wrong time would hide an echo.
    """
    waiting = set(_delays(graph, evaluator.registry))
    current = _weighted(graph, dict.fromkeys(waiting, 0.0))
    loss = loss_of(current, evaluator)
    while waiting:
        found = _found(current, evaluator, waiting)
        waiting &= {echo.node for echo in found}
        tried = [(with_echo(current, echo, evaluator.registry), echo.node) for echo in found]
        losses = [loss_of(changed, evaluator) for changed, _ in tried]
        if not losses or min(losses) > loss - WORTH:
            break
        loss = min(losses)
        current, node = tried[losses.index(loss)]
        waiting.discard(node)
    return _at_rest(graph, current, evaluator)


def _at_rest(graph: Graph, current: Graph, evaluator: Evaluator) -> Graph:
    """Delays without an echo unchanged, or nearly silent if that is better."""
    rest = [
        node for node in _delays(graph, evaluator.registry) if current.nodes[node].parameters[WEIGHT] == 0.0
    ]
    before = _weighted(current, {node: graph.nodes[node].parameters[WEIGHT] for node in rest})
    silent = _weighted(current, {node: min(QUIET, graph.nodes[node].parameters[WEIGHT]) for node in rest})
    return min(before, silent, key=lambda one: loss_of(one, evaluator))


def _weighted(graph: Graph, weights: Mapping[int, float]) -> Graph:
    for node, weight in weights.items():
        graph = graph.with_parameters(node, {WEIGHT: weight})
    return graph


def with_echo(graph: Graph, echo: Echo, registry: Mapping[str, Processor]) -> Graph:
    """The console with a delay in use, and the strip's gain compensating for its weight."""
    level = echo.dry + echo.wet
    graph = graph.with_parameters(echo.node, {**echo.knobs, WEIGHT: echo.wet / level})
    tree = Tree.of(graph)
    faders = {node for node in prunable(graph) if letter_of(graph.nodes[node].kind) == "g"}
    for node in tree.branches[tree.home[echo.node]].nodes:
        own = matrix(graph.nodes[node], registry) if node in faders else None
        if own and (turned := with_matrix(graph.nodes[node], own.times(Diagonal(level, level)), registry)):
            nodes = list(graph.nodes)
            nodes[node] = turned
            return replace(graph, nodes=tuple(nodes))
    return graph


def _delays(graph: Graph, registry: Mapping[str, Processor]) -> list[int]:
    """Those with a delay time."""
    return [
        node
        for node in prunable(graph)
        if letter_of(graph.nodes[node].kind) == "d" and DELAY in registry[graph.nodes[node].kind].parameters
    ]


def _found(graph: Graph, evaluator: Evaluator, nodes: set[int]) -> list[Echo]:
    """Of some delays, those for which there is an echo."""
    cached = Cached(graph, values_of(graph, evaluator.registry), evaluator, early=False)
    found = []
    for node in sorted(nodes):
        processor = evaluator.registry[graph.nodes[node].kind]
        response = _response(list(cached.around(node)), evaluator, processor.parameters[DELAY])
        if response is not None and response.clarity >= CLEAR:
            echo = _fitted(node, processor, response, evaluator.song.sample_rate)
            if echo is not None:
                found.append(echo)
    return found


# --- the impulse response ---------------------------------------------------------------------------


def _response(around: Sequence[Around], evaluator: Evaluator, knob: Parameter) -> _Response | None:
    """None where the delay's input is silent, or a passage is too short for the shortest time."""
    if not around:
        return None
    rate, warmup = evaluator.song.sample_rate, evaluator.song.warmup
    frames = around[0].input.shape[-1]
    size = fast_size(2 * frames)
    cross, power = torch.zeros(size // 2 + 1, dtype=torch.complex64), torch.zeros(size // 2 + 1)
    for one in around:
        missing = one.missing.clone()
        missing[:, :warmup] = 0.0
        spectrum = torch.fft.rfft(one.input, size)
        cross += (spectrum.conj() * torch.fft.rfft(missing, size)).sum(0)
        power += spectrum.abs().square().sum(0)
    cross *= frames / (frames - warmup)
    impulse = torch.fft.irfft(cross / (power + NOISE * power.mean() + 1e-12), size)
    first = round(knob.low / 1000 * rate)
    last = min(round(knob.high / 1000 * rate), frames - 1)
    if last <= first:
        return None
    energy = _smoothed(impulse.square(), max(1, round(SMOOTH_S * rate)))[first : last + 1]
    peak = first + int(energy.argmax())
    clarity = float((energy.max() / energy.mean().clamp_min(1e-20)).sqrt())
    begin, end = max(0, peak - round(EARLY_S * rate)), min(frames, peak + round(LONGEST_S * rate))
    cut = torch.zeros_like(impulse)
    cut[begin:end] = impulse[begin:end]
    dry = 1 + _in_place(cross, power)
    return _Response(torch.fft.rfft(cut, size), power, size, dry, peak / rate, clarity)


def _in_place(cross: Tensor, power: Tensor) -> float:
    """Gain of the input in the residual, without delay."""
    return float(cross.real.sum() / power.sum().clamp_min(1e-20))


def _smoothed(values: Tensor, width: int) -> Tensor:
    """Running means ``[T]``, centred."""
    padded = torch.nn.functional.pad(values[None, None], (width // 2, width - 1 - width // 2))
    return torch.nn.functional.avg_pool1d(padded, width, stride=1)[0, 0]


# --- knobs of the echo -----------------------------------------------------------------------------


def _fitted(node: int, processor: Processor, response: _Response, sample_rate: int) -> Echo | None:
    """The best of several fits; None if the echo would have to be inverted."""
    fit = _Fit(processor, response, sample_rate)
    begun = [(lowpass_hz, before_ms) for lowpass_hz in LOWPASSES_HZ for before_ms in BEFORE_MS]
    begun.sort(key=lambda start: fit.error_at(*start))
    found = [fit.run(*start) for start in begun[:STARTS]]
    error, knobs, amount = min(found, key=lambda one: one[0])
    dry = min(max(response.dry, LEAST), MOST)
    return Echo(node, knobs, dry, min(amount, MOST)) if amount > 0 and error < 1 else None


class _Fit:
    """Knobs of a delay by least squares on a response."""

    def __init__(self, processor: Processor, response: _Response, sample_rate: int) -> None:
        self._processor, self._response, self._sample_rate = processor, response, sample_rate
        self._declared = processor.parameters
        self._moved = {n: k for n, k in self._declared.items() if n not in {DELAY, WEIGHT, "stereo_offset"}}
        self._share = response.power / response.power.sum()
        self._total = self._energy(response.bins).clamp_min(1e-20)
        self._dry = Spectrum(torch.ones((1, 2, len(self._share)), dtype=torch.complex64), response.size)

    def error_at(self, lowpass_hz: float, before_ms: float) -> float:
        """The initial residual, as a share."""
        with torch.no_grad():
            return float(self._error(*self._begin(lowpass_hz, before_ms)))

    def run(self, lowpass_hz: float, before_ms: float) -> tuple[float, dict[str, float], float]:
        """The residual, as a share; knobs; level of the wet sound."""
        start_ms, inputs = self._begin(lowpass_hz, before_ms)
        optimiser = torch.optim.LBFGS(
            [value.requires_grad_() for value in inputs], max_iter=STEPS, line_search_fn="strong_wolfe"
        )

        def closure() -> Tensor:
            optimiser.zero_grad()
            error = self._error(start_ms, inputs)
            error.backward()  # type: ignore[no-untyped-call]
            return error

        optimiser.step(closure)  # type: ignore[no-untyped-call]
        with torch.no_grad():
            knobs = {name: float(value) for name, value in self._knobs(start_ms, inputs).items()}
            amount = float(self._amount(self._wet(start_ms, inputs)))
            return float(self._error(start_ms, inputs)), knobs, amount

    def _begin(self, lowpass_hz: float, before_ms: float) -> tuple[float, list[Tensor]]:
        """A delay time, and latent numbers of the other knobs, as tensors to fit."""
        begun = {name: knob.default for name, knob in self._moved.items()} | {"lowpass_hz": lowpass_hz}
        latents = [torch.tensor(knob.to_latent(begun[name])) for name, knob in self._moved.items()]
        return 1000 * self._response.peak_s - before_ms, [*latents, torch.zeros(())]

    def _knobs(self, start_ms: float, inputs: Sequence[Tensor]) -> dict[str, Tensor]:
        own = {n: k.from_latent(value) for (n, k), value in zip(self._moved.items(), inputs, strict=False)}
        knob = self._declared[DELAY]
        return {**own, DELAY: (start_ms + UNIT_MS * inputs[-1]).clamp(knob.low, knob.high)}

    def _wet(self, start_ms: float, inputs: Sequence[Tensor]) -> Tensor:
        knobs = self._knobs(start_ms, inputs) | {WEIGHT: torch.ones(())}
        rows = {name: value.reshape(1) for name, value in knobs.items()}
        return self._processor.on_spectrum(self._dry, sample_rate=self._sample_rate, **rows).bins[0, 0]

    def _error(self, start_ms: float, inputs: Sequence[Tensor]) -> Tensor:
        wet = self._wet(start_ms, inputs)
        return self._energy(self._response.bins - self._amount(wet) * wet) / self._total

    def _amount(self, wet: Tensor) -> Tensor:
        together = (self._share * (wet.conj() * self._response.bins).real).sum()
        return together.clamp_min(0.0) / self._energy(wet).clamp_min(1e-20)

    def _energy(self, bins: Tensor) -> Tensor:
        return (self._share * bins.abs().square()).sum()
