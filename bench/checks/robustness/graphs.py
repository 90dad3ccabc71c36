"""Mutated graphs through all that takes a graph: reading, checking, text, picture, normal form, sound."""

import json
import random
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any
from xml.dom import minidom

import torch

from bench.checks.robustness.mutations import damaged_data, damaged_text
from bench.checks.robustness.verdict import MOST_LETTERS, Tally
from unpatch.declaration import Processor
from unpatch.drawing import draw as draw_graph
from unpatch.graph.canonical import canonical
from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph, GraphError
from unpatch.graph.text import to_text
from unpatch.processors import KINDS
from unpatch.rendering import render

SECONDS = 60
RATE_HZ = 44_100
WORDS = (*KINDS, "in", "out", "kick", "input", "mid", "side", "left", "right", "sidechain", "gain", "curves")
NAMES = ("a", "Lead Vox", "😀", "<b>", "\u202e", "x" * 300, "\n", "\0", "\x1b[2J", "\ud800", "$x_{")
SERIAL = [
    kind
    for kind, processor in KINDS.items()
    if any(port.name == "out" for port in processor.outlets)
    and all(port.name == "input" for port in processor.inlets if port.required)
    and processor.inlets
]
"""Kinds that can stand in a plain chain."""


class TooLongError(Exception):
    """A step took longer than it may."""


def torture(count: int, seed: int, *, rendered: float = 0.05) -> Tally:
    """Read ``count`` graphs, most of them damaged, and do with those that are valid all that can be done.

    Args:
        rendered: share of the valid ones that is played.
    """
    rng, tally = random.Random(seed), Tally()
    for _ in range(count):
        text = _text(rng)
        stage = ["reading"]
        try:
            with time_limit(SECONDS):
                _use(text, stage, rng, rendered)
            tally.add(text, "worked")
        except GraphError as error:
            plain = "\n" not in str(error) and len(str(error)) < MOST_LETTERS
            tally.add(text, "refused" if plain else "unclear", stage[0])
        except TooLongError:
            tally.add(text, "hang", stage[0])
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{stage[0]}: {type(error).__name__} in {last.name}, {last.filename.rsplit('/', 1)[-1]}"
            tally.add(text, "traceback", f"{where}:{last.lineno}")
    return tally


def _text(rng: random.Random) -> str:
    graph = chain(rng)
    if rng.random() < 0.9:
        graph = damaged_data(graph, rng, WORDS)
    text = json.dumps(graph)
    return damaged_text(text, rng) if rng.random() < 0.3 else text


def chain(rng: random.Random) -> dict[str, Any]:
    """A valid graph as plain data: a chain, here and there with a branch around a node."""
    kinds = [rng.choice(SERIAL) for _ in range(rng.randint(1, 6))]
    nodes = [{"kind": "in"}, *(_node(KINDS[kind], rng) for kind in kinds), {"kind": "out"}]
    edges: list[dict[str, Any]] = [{"source": i, "target": i + 1} for i in range(len(nodes) - 1)]
    if rng.random() < 0.3:
        first = rng.randrange(len(nodes) - 2)
        edges.append({"source": first, "target": first + 2, "gain": rng.choice((0, -1, 1e30, 1e-30, 0.3))})
    return {"schema": "unpatch.graph", "schema_version": 1, "nodes": nodes, "edges": edges}


def _node(processor: Processor, rng: random.Random) -> dict[str, Any]:
    knobs = processor.parameters.values()
    drawn = {
        knob.name: rng.choice((knob.low, knob.high, rng.uniform(knob.low, knob.high), knob.default))
        for knob in knobs
        if rng.random() < 0.6
    }
    node: dict[str, Any] = {"kind": processor.kind, "parameters": drawn, "version": processor.version}
    if rng.random() < 0.2:
        node["name"] = rng.choice(NAMES)
    if rng.random() < 0.2:
        node["confidence"] = rng.random()
    return node


def _use(text: str, stage: list[str], rng: random.Random, rendered: float) -> None:
    """All uses of a graph; ``stage`` is the last one reached."""
    graph = Graph.from_json(text)
    stage[0] = "printing"
    _ = str(graph), hash(graph)
    stage[0] = "checking"
    graph = complete(check(graph, KINDS), KINDS)
    stage[0] = "writing"
    if Graph.from_json(graph.to_json()) != graph:
        raise AssertionError("what was written is not what is read")
    stage[0] = "text"
    to_text(graph, KINDS).encode()
    stage[0] = "picture"
    picture = draw_graph(graph).svg().encode()
    if rng.random() < 0.1:
        minidom.parseString(picture)
    stage[0] = "normal form"
    canonical(graph, KINDS)
    if rng.random() < rendered:
        stage[0] = "sound"
        _play(graph)


def _play(graph: Graph) -> None:
    noise = torch.randn(len(graph.sources), 2, 2000, generator=torch.Generator().manual_seed(0)) * 0.1
    if not render(graph, noise, RATE_HZ).isfinite().all():
        raise AssertionError("the sound is not finite")


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise TooLongError after so much processor time."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
