"""Echoes at the start: a gradient does not find a delay time, a deconvolution does.

What gains leave over of the mix is deconvolved by a dry track (Wiener's filter): an echo stands out of the
impulse response at its time.

Shapes: K tracks, T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from unpatch.dsp.spectrum import fast_size
from unpatch.graph.data import Graph
from unpatch.search.console import WEIGHT, letter_of, prunable
from unpatch.search.levels import Levels
from unpatch.search.thresholds import dry
from unpatch.search.tree import Tree
from unpatch.spec import Processor

DELAY = "delay_ms"
FIRST_WEIGHT = 0.3
CLEAR = 8.0
"""A peak is an echo if it is so many times the response's root mean square."""
NOISE = 0.01
"""Power below this share of the track's mean is not divided by."""
SMOOTH_S = 0.0005


class Echo(NamedTuple):
    """A processor, the delay time that it should begin with, and how clear that is."""

    node: int
    delay_ms: float
    clarity: float


def echoes(
    graph: Graph,
    stems: Tensor,
    mix: Tensor,
    levels: Levels,
    sample_rate: int,
    registry: Mapping[str, Processor],
) -> list[Echo]:
    """Delays of a console for which there is an echo in the mix, the clearest first.

    Args:
        graph: a console.
        stems: dry ``[K, 2, T]``, in place.
        mix: ``[2, T]``.
        levels: gains of the stems in it.
        sample_rate: in Hz.
        registry: kind to processor.
    """
    tree = Tree.of(graph)
    gained = stems * 10 ** (levels.gains_db.to(stems)[..., None] / 20)
    tracks = {source: gained[k] for k, source in enumerate(graph.sources)}
    residual = (mix - gained.sum(0)).mean(0)
    found = []
    for node in prunable(graph):
        kind = graph.nodes[node].kind
        if letter_of(kind) == "d" and (knob := registry[kind].parameters.get(DELAY)) is not None:
            track = dry(tree, tree.branches[tree.home[node]].head, tracks).mean(0)
            delay_s, clarity = _echo(track, residual, sample_rate, knob.low / 1000, knob.high / 1000)
            if clarity >= CLEAR:
                found.append(Echo(node, 1000 * delay_s, clarity))
    return sorted(found, key=lambda echo: -echo.clarity)


def with_echo(graph: Graph, echo: Echo) -> Graph:
    """The console with a delay at work."""
    return graph.with_parameters(echo.node, {DELAY: echo.delay_ms, WEIGHT: FIRST_WEIGHT})


def _echo(
    track: Tensor, residual: Tensor, sample_rate: int, least_s: float, most_s: float
) -> tuple[float, float]:
    """Time of the highest peak of the response from ``track [T]`` to ``residual [T]``, and how high it is."""
    size = fast_size(track.shape[-1] + round(most_s * sample_rate))
    spectrum = torch.fft.rfft(track, size)
    power = spectrum.abs().square()
    response = torch.fft.irfft(
        spectrum.conj() * torch.fft.rfft(residual, size) / (power + NOISE * power.mean() + 1e-12), size
    )
    first, last = round(least_s * sample_rate), min(round(most_s * sample_rate), track.shape[-1] - 1)
    if last <= first:
        return least_s, 0.0
    energy = _smoothed(response.square(), max(1, round(SMOOTH_S * sample_rate)))[first : last + 1]
    peak = int(energy.argmax())
    return (first + peak) / sample_rate, float((energy[peak] / energy.mean().clamp_min(1e-20)).sqrt())


def _smoothed(values: Tensor, width: int) -> Tensor:
    """Running means ``[T]``, centred."""
    padded = torch.nn.functional.pad(values[None, None], (width // 2, width - 1 - width // 2))
    return torch.nn.functional.avg_pool1d(padded, width, stride=1)[0, 0]
