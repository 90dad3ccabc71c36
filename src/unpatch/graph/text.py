"""A graph as text that reads from top to bottom like the signal flows::

    0  in
    1  highpass2  frequency 120 Hz · q 0.71                              sure     96 %
    2  crossover  frequency 850 Hz                                       likely   81 %
    3  ~ frequency, depth 0.3: mono_lfo  frequency 0.5 Hz · phase 0 cyc
    4  ├─ [low] distortion  gain 12.0 dB · hardness 0.3
    5  │  bell  frequency 90 Hz · q 1 · gain +3.0 dB
    6  ├─ [high] bitcrush  bit 6 bit → −6.0 dB
    7  mix
    8  compressor  threshold −18.0 dB · ratio 4
       < sidechain from 1 highpass2
    9  out

A serial chain runs straight down. Branches come one after the other between the split and the
node that merges them. Brackets hold the outlet, and the gain of the wire from it;
behind an arrow are inlet and gain of the wire that leads to the merge. Numbers are positions in
the graph. Units are from the registry's declarations; without a registry the parameters are printed
there by their full names, which carry their units.

Numbers are written by the functions here wherever people read them: tree, picture, report.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from unpatch.declaration import Parameter, Processor
from unpatch.graph import order
from unpatch.graph.certainty import certainty
from unpatch.graph.data import Edge, Graph, GraphError
from unpatch.storage.legible import label

SIDECHAIN = "sidechain"
MINUS = "\N{MINUS SIGN}"
TURNED = "ø"
UNIT_SIGNS = {"semitone": "st", "octave": "oct", "cycle": "cyc"}
# Gains nearer to 1 are not printed.
LEAST_SHOWN_DB = 0.1
DEEPEST = 64
"""Branches within branches, or what moves a knob of what moves a knob."""


def to_text(graph: Graph, registry: Mapping[str, Processor] | None = None) -> str:
    """The graph, one line a node, without a line break at the end.

    Raises:
        GraphError: branches are nested deeper than text can show.
    """
    lines = _Printer(graph, registry or {}).lines()
    gutter = len(str(len(graph) - 1))
    width = max(len(line.text) for line in lines)
    return "\n".join(line.format(gutter, width) for line in lines)


# --- numbers --------------------------------------------------------------------------------------


def knob_label(parameter: Parameter) -> str:
    """``frequency_hz`` as ``frequency``: the unit is beside the value."""
    words = parameter.name.split("_")
    if len(words) > 1 and words[-1] == parameter.unit.lower():
        words.pop()
    return " ".join(words)


def knob_value(parameter: Parameter, value: float) -> str:
    """A value as an engineer would write it: ``1.25 kHz``, ``120 ms``, ``−6.0 dB``, ``7 st``."""
    unit = UNIT_SIGNS.get(parameter.unit, parameter.unit)
    return quantity(value, unit, is_signed=parameter.low < 0)


def quantity(value: float, unit: str = "", *, is_signed: bool = True) -> str:
    """A number with three digits, its unit and a real minus sign; decibels may carry a plus."""
    if unit == "dB":
        return _decibels(value, is_signed=is_signed)
    if unit == "Hz" and value >= 1000:
        return f"{_three_digits(value / 1000)} kHz"
    if unit == "ms" and value >= 1000:
        return f"{_three_digits(value / 1000)} s"
    return f"{_three_digits(value)} {unit}".rstrip()


def _decibels(value: float, *, is_signed: bool) -> str:
    if abs(value) < LEAST_SHOWN_DB / 2:
        return "0 dB"
    digits = f"{abs(value):.1f}" if abs(value) < 99.95 else f"{abs(value):.0f}"
    return f"{MINUS if value < 0 else '+' if is_signed else ''}{digits} dB"


def _three_digits(value: float) -> str:
    text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", MINUS)


def gain_text(gain: float) -> str:
    """An edge's linear gain in dB, with the studio's sign where polarity is turned; empty at unity."""
    if gain == 0:
        return f"{MINUS}∞ dB"
    level = 20 * math.log10(abs(gain))
    shown = quantity(level, "dB") if abs(level) >= LEAST_SHOWN_DB else ""
    return " ".join(part for part in (TURNED if gain < 0 else "", shown) if part)


# --- tree -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    text: str
    number: int | None = None
    confidence: float | None = None

    def format(self, gutter: int, width: int) -> str:
        number = "" if self.number is None else str(self.number)
        share = "" if self.confidence is None else self._sureness(self.confidence)
        return f"{number:>{gutter}}  {self.text:<{width}}  {share}".rstrip()

    def _sureness(self, confidence: float) -> str:
        """Words are for processors: what a model gives wires is not calibrated."""
        word = "" if self.number is None else certainty(confidence)
        return f"{word:<7} {100 * confidence:3.0f} %"


class _Printer:
    """Walks from ``out`` against the main audio edges.

    What feeds only other inlets (side edges) is printed under the node that uses it first.
    """

    def __init__(self, graph: Graph, registry: Mapping[str, Processor]) -> None:
        self.graph, self.registry = graph, registry
        self.main: dict[int, list[Edge]] = defaultdict(list)
        self.side: dict[int, list[Edge]] = defaultdict(list)
        for node in range(len(graph)):
            edges = list(graph.edges_into(node))
            has_input = any(edge.inlet == Edge.inlet for edge in edges)
            for edge in edges:
                (self.side if has_input and edge.inlet != Edge.inlet else self.main)[node].append(edge)
        audio = Graph(graph.nodes, tuple(edge for edges in self.main.values() for edge in edges))
        self.gates = order.gates(audio)
        self.trunk = order.reached([graph.sink], order.predecessors(audio))
        self.printed: set[int] = set()
        self.depth = 0

    def lines(self) -> list[_Line]:
        return list(self._chain(self.graph.sink, None))

    def _chain(self, end: int, gate: int | None, onward: str = "") -> Iterator[_Line]:
        """Everything from behind a gate, printed just above, to ``end``; ``onward`` is printed behind it."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise GraphError(f"branches are nested more than {DEEPEST} deep, too deep to be shown as text")
        chain = [end]
        while self._continues(before := self.gates.get(chain[-1]), gate, end):
            chain.append(before)  # type: ignore[arg-type]
        above = gate
        for node in reversed(chain):
            yield from self._branches(node, above)
            yield from self._node(node, above, onward if node == end else "")
            above = node
        self.depth -= 1

    def _continues(self, before: int | None, gate: int | None, end: int) -> bool:
        """Whether a chain's upper part is still to be printed, and here."""
        is_new = before is not None and before != gate and before not in self.printed
        return is_new and (before in self.trunk) == (end in self.trunk)

    def _branches(self, node: int, gate: int | None) -> Iterator[_Line]:
        """What a node merges."""
        if len(self.main[node]) > 1:
            for edge in self.main[node]:
                yield from _indented(self._branch(edge, gate), "├─ ", "│  ")

    def _branch(self, edge: Edge, gate: int | None) -> Iterator[_Line]:
        onward = _joined("" if edge.inlet == Edge.inlet else edge.inlet, gain_text(edge.gain))
        if edge.source == gate or edge.source in self.printed:
            origin = self._origin(edge, gate) or "direct"
            yield _Line(f"{origin} → {onward}" if onward else origin, None, edge.confidence)
        else:
            outlet = "" if edge.outlet == Edge.outlet else f"  [{edge.outlet}]"
            yield from self._chain(edge.source, gate, f"{outlet} → {onward}" if onward else outlet)

    def _node(self, node: int, above: int | None, onward: str) -> Iterator[_Line]:
        self.printed.add(node)
        shown = self.graph.nodes[node]
        edges = self.main[node]
        coming = _joined(self._origin(edges[0], above), gain_text(edges[0].gain)) if len(edges) == 1 else ""
        values = " · ".join(self._setting(shown.kind, *pair) for pair in shown.parameters.items())
        title = f"{shown.kind} “{label(shown.name)}”" if shown.name else shown.kind
        text = f"{f'[{coming}] ' if coming else ''}{title}{f'  {values}' if values else ''}"
        yield _Line(text + onward, node, shown.confidence)
        for edge in self.side[node]:
            yield from self._side(edge)

    def _setting(self, kind: str, name: str, value: float) -> str:
        knob = self.registry[kind].parameters.get(name) if kind in self.registry else None
        return f"{knob_label(knob)} {knob_value(knob, value)}" if knob else f"{name} {_three_digits(value)}"

    def _side(self, edge: Edge) -> Iterator[_Line]:
        """What feeds a sidechain or moves a parameter."""
        if edge.inlet == SIDECHAIN:
            head = _joined(f"< {edge.inlet}", gain_text(edge.gain))
        else:
            head = f"~ {edge.inlet}, depth {_three_digits(edge.gain)}"
        if edge.source in self.trunk or edge.source in self.printed:
            yield _Line(f"{head} {self._origin(edge, None)}", None, edge.confidence)
            return
        lines = list(self._chain(edge.source, None))
        if len(lines) > 1:
            yield _Line(f"{head}:", None, edge.confidence)
        yield from _indented(lines, f"{head}: " if len(lines) == 1 else "  ", "  ")

    def _origin(self, edge: Edge, above: int | None) -> str:
        """Where an edge comes from, as far as that is not plain from the line above."""
        outlet = "" if edge.outlet == Edge.outlet else edge.outlet
        if edge.source == above:
            return outlet
        name = f"from {edge.source} {self.graph.nodes[edge.source].kind}"
        return f"{name}.{outlet}" if outlet and self._has_several_outlets(edge.source) else name

    def _has_several_outlets(self, node: int) -> bool:
        return len({edge.outlet for edge in self.graph.edges_from(node)}) > 1


def _indented(lines: Iterable[_Line], first: str, rest: str) -> Iterator[_Line]:
    for place, line in enumerate(lines):
        yield replace(line, text=(rest if place else first) + line.text)


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
