"""Delays from a recording's clearest repetition, together with what a model finds.

The cepstrum of a recording that went through a delay has a peak at its time, which is more exact than any
model that has to learn it: of plain delays on voices the highest peak is within 2 ms of the time in all of
60 cases (``bench/studies/echoes.py``). Its height moves the probability of a delay, by a logistic line that
is fitted on recordings kept out of training; music that repeats itself regularly has peaks as well, so that a
peak alone is no proof. An echo is a peak of a millisecond, notes that come again make hills of many: the
height is taken from the surroundings of the peak, which separates the two far better than the height over
the median of all lags (log-likelihood of 750 held-out recordings -68 against -93, of the model alone -131).

Shapes: W windows, T samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import pad

from unpatch.blind.models.calibration import Repeats
from unpatch.declaration import Processor
from unpatch.features.echoes import FIRST_MS, HIGHEST_DB, LOWEST_DB, EchoSignal, echo_pictures
from unpatch.graph.data import Graph

SIGNALS: tuple[EchoSignal, ...] = ("left", "right", "mid")
FAMILY = "delay"
BESIDE_MS = (3, 15)
"""What a peak is compared with, on both sides of it."""
PRESENT = 0.5
"""Probability from which a delay of a graph has the measured time."""


@dataclass(frozen=True)
class Repetition:
    """The highest peak of a recording's cepstra.

    Attributes:
        delay_ms: its time.
        height_db: over everything that is 3 to 15 ms beside it.
    """

    delay_ms: float
    height_db: float


def clearest(audio: Tensor, sample_rate: int) -> Repetition:
    """Of windows ``[W, 2, T]``: the highest peak of the mean of their cepstra, of left, right or mid."""
    pictures = echo_pictures(audio, SIGNALS, sample_rate).mean(0)
    return clearest_of(pictures)


def clearest_of(pictures: Tensor) -> Repetition:
    """Of cepstra ``[E, N]`` as :func:`unpatch.features.echoes.echo_pictures` gives them."""
    levels_db = (pictures + 1) / 2 * (HIGHEST_DB - LOWEST_DB) + LOWEST_DB
    heights_db = levels_db - _beside(levels_db)
    best, place = divmod(int(heights_db.argmax()), heights_db.shape[-1])
    return Repetition(float(place + FIRST_MS), max(float(heights_db[best, place]), 0.0))


def _beside(levels_db: Tensor) -> Tensor:
    """The highest level beside each lag, not counting its own slopes ``[E, N]``."""
    near, far = BESIDE_MS
    windows = pad(levels_db, (far, far), value=LOWEST_DB).unfold(-1, 2 * far + 1, 1)
    slopes = slice(far - near + 1, far + near)
    sides = torch.cat([windows[..., : slopes.start], windows[..., slopes.stop :]], dim=-1)
    return sides.amax(-1)


def delays_among(kinds: Iterable[str], registry: Mapping[str, Processor]) -> list[str]:
    """Those of the family of delays."""
    return [kind for kind in kinds if registry[kind].family == FAMILY]


def any_of(presence: Mapping[str, float], kinds: Iterable[str]) -> float:
    """Probability of at least one of some kinds, taken for independent."""
    return 1 - math.prod(1 - presence[kind] for kind in kinds)


def informed(
    presence: Mapping[str, float], repetition: Repetition, line: Repeats, registry: Mapping[str, Processor]
) -> dict[str, float]:
    """Probabilities of kinds with those of delays moved by a repetition, in equal proportions of log odds."""
    delays = delays_among(presence, registry)
    before = any_of(presence, delays)
    if not delays or not 0 < before < 1:
        return dict(presence)
    after = line(before, repetition.height_db)
    power = math.log1p(-after) / math.log1p(-before)
    return {k: 1 - (1 - p) ** power if k in delays else p for k, p in presence.items()}


def with_delay(
    graph: Graph, repetition: Repetition, presence: Mapping[str, float], registry: Mapping[str, Processor]
) -> Graph:
    """The graph with the measured time in the first of its delays, where one is likelier than not."""
    delays = delays_among(presence, registry)
    if any_of(presence, delays) < PRESENT:
        return graph
    place = next((i for i, node in enumerate(graph.nodes) if node.kind in delays), None)
    if place is None:
        return graph
    knob = registry[graph.nodes[place].kind].parameters["delay_ms"]
    time_ms = min(max(repetition.delay_ms, knob.low), knob.high)
    nodes = list(graph.nodes)
    nodes[place] = replace(nodes[place], parameters={**nodes[place].parameters, "delay_ms": time_ms})
    return replace(graph, nodes=tuple(nodes))
