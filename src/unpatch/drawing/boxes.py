"""Layout of one node: a titled box with a row per knob and its ports on both sides.

An inlet that moves a knob is beside that knob's row; other inlets and outlets are beside the title
or in separate rows. Pixels throughout; y grows downwards.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from unpatch.declaration import Port, Processor, Signal
from unpatch.drawing import labels, theme
from unpatch.drawing.text import text_width
from unpatch.graph.certainty import certainty
from unpatch.graph.check import inlets, outlets
from unpatch.graph.data import Graph, Node
from unpatch.graph.simplify import MIX
from unpatch.graph.text import knob_label, knob_value
from unpatch.mixing.console import WEIGHT
from unpatch.storage.legible import label

TITLE_SIZE = 12.0
TEXT_SIZE = 10.5
NUMBER_SIZE = 8.5
NUMBER_GAP = 5.0
TITLE_HEIGHT = 24.0
ROW_HEIGHT = 16.0
PADDING = 8.0
PILL_HEIGHT = 26.0
COLUMN_GAP = 14.0
MIN_WIDTH = 46.0
MARK_GAP = 14.0
# Of a small box below its title.
WET_HEIGHT = 4.0
# A share that rounds to 100 % is not printed.
ALL_WET = 0.995
# Bold letters are wider by about this factor.
BOLD = 1.12


@dataclass(frozen=True)
class Pin:
    """A port on a box: ``y`` is measured from the top of the box; an empty label is not written."""

    name: str
    signal: Signal
    y: float
    label: str = ""


@dataclass(frozen=True)
class KnobRow:
    """One knob: ``y`` of its text's middle from the top of the box."""

    label: str
    value: str
    y: float


@dataclass(frozen=True)
class Box:
    """A node before it has a place.

    ``number`` is its position in the graph, ``family`` selects its colour, ``tooltip`` has all details;
    ``confidence`` is a share that is shown, in a console that of the processed sound.
    """

    title: str
    number: str
    family: str
    width: float
    height: float
    rows: tuple[KnobRow, ...]
    inlets: tuple[Pin, ...]
    outlets: tuple[Pin, ...]
    tooltip: str
    confidence: float | None
    mark: str

    @property
    def is_pill(self) -> bool:
        return not self.rows and self.height <= PILL_HEIGHT

    def inlet(self, name: str) -> Pin:
        return next(pin for pin in self.inlets if pin.name == name)

    def outlet(self, name: str) -> Pin:
        return next(pin for pin in self.outlets if pin.name == name)


def make_boxes(graph: Graph, registry: Mapping[str, Processor]) -> tuple[Box, ...]:
    """The box of every node of a checked graph."""
    used: list[set[str]] = [set() for _ in graph.nodes]
    for edge in graph.edges:
        used[edge.target].add(edge.inlet)
    return tuple(_make_box(node, i, used[i], registry) for i, node in enumerate(graph.nodes))


def _make_box(node: Node, index: int, used: Collection[str], registry: Mapping[str, Processor]) -> Box:
    ports_in = [port for port in inlets(node, registry) if port.required or port.name in used]
    ports_out = outlets(node, registry)
    knobs = registry[node.kind].parameters if node.is_processor else {}
    shown = {name: knob for name, knob in knobs.items() if name in node.parameters}
    lines = _extra_lines(ports_in, ports_out, shown)
    start = TITLE_HEIGHT + PADDING / 2
    rows = tuple(
        KnobRow(
            knob_label(knob), knob_value(knob, node.parameters[name]), start + ROW_HEIGHT * (lines + i + 0.5)
        )
        for i, (name, knob) in enumerate(shown.items())
    )
    count = lines + len(rows)
    row_of = dict(zip(shown, (row.y for row in rows), strict=True))
    return Box(
        title=_title(node),
        number=str(index),
        family=_family(node, registry),
        width=_width(node, str(index), rows, ports_in, ports_out),
        height=start + ROW_HEIGHT * count + PADDING / 2 if count else PILL_HEIGHT,
        rows=rows,
        inlets=_pins(ports_in, row_of, has_title=bool(count)),
        outlets=_pins(ports_out, {}, has_title=bool(count)),
        tooltip=_tooltip(node, index, registry),
        confidence=node.confidence if node.is_processor else None,
        mark=_mark(node),
    )


def make_small_box(node: Node, index: int, registry: Mapping[str, Processor]) -> Box:
    """A node without rows, its ports half way down; what a processor keeps of the dry signal is shown."""
    named = node.is_source or node.is_sink or node.kind == MIX
    wet = node.parameters.get(WEIGHT) if node.is_processor else None
    share = None if wet is None or wet > ALL_WET else wet
    title = _title(node) if named else registry[node.kind].label
    height = PILL_HEIGHT if named else TITLE_HEIGHT + WET_HEIGHT
    wide = BOLD * text_width(title, TITLE_SIZE) + _mark_width("" if share is None else f"{share:.0%}")
    return Box(
        title=title,
        number="",
        family=_family(node, registry),
        width=max(MIN_WIDTH, wide + 2 * PADDING + 4),
        height=height,
        rows=(),
        inlets=tuple(Pin(port.name, port.signal, height / 2) for port in inlets(node, registry)[:1]),
        outlets=tuple(Pin(port.name, port.signal, height / 2) for port in outlets(node, registry)[:1]),
        tooltip=_tooltip(node, index, registry),
        confidence=share,
        mark="" if share is None else f"{share:.0%}",
    )


def _family(node: Node, registry: Mapping[str, Processor]) -> str:
    """What its colour goes by."""
    if node.is_processor:
        return theme.group(registry[node.kind])
    return "sink" if node.is_sink else "source"


def _title(node: Node) -> str:
    return label(node.name) if node.name else node.kind.replace("_", " ")


def _moves(port: Port, shown: Collection[str]) -> bool:
    return port.modulates is not None and port.modulates in shown


def _extra_lines(ports_in: Sequence[Port], ports_out: Sequence[Port], shown: Collection[str]) -> int:
    """Rows needed by ports without a knob beside them: all but a first plain one on each side."""
    plain_in = sum(not _moves(port, shown) for port in ports_in)
    return max(_beside_rows(plain_in), _beside_rows(len(ports_out)))


def _beside_rows(count: int) -> int:
    """One port goes beside the title; several need the title's line left free for symmetry."""
    return count if count > 1 else 0


def _pins(ports: Sequence[Port], row_of: Mapping[str, float], *, has_title: bool) -> tuple[Pin, ...]:
    plain = [port for port in ports if not _moves(port, row_of)]
    start = TITLE_HEIGHT + PADDING / 2
    heights = {port.name: start + ROW_HEIGHT * (i + 0.5) for i, port in enumerate(plain)}
    if len(plain) == 1:
        heights = {plain[0].name: (TITLE_HEIGHT if has_title else PILL_HEIGHT) / 2}
    labels = {port.name: port.name for port in plain if len(plain) > 1}
    heights |= {
        port.name: row_of[port.modulates] for port in ports if port.modulates and port.modulates in row_of
    }
    return tuple(Pin(p.name, p.signal, heights[p.name], labels.get(p.name, "")) for p in ports)


def _width(
    node: Node, number: str, rows: Sequence[KnobRow], ports_in: Sequence[Port], ports_out: Sequence[Port]
) -> float:
    title = number_width(number) + BOLD * text_width(_title(node), TITLE_SIZE) + _mark_width(_mark(node))
    wide = [title] + [
        text_width(row.label, TEXT_SIZE) + text_width(row.value, TEXT_SIZE) + COLUMN_GAP for row in rows
    ]
    if len(ports_in) > 1 or len(ports_out) > 1:
        wide.append(
            sum(max(text_width(p.name, TEXT_SIZE) for p in side) for side in (ports_in, ports_out) if side)
        )
    return max(MIN_WIDTH, max(wide) + 2 * PADDING + 4)


def number_width(number: str) -> float:
    """Room for a node's number and the gap behind it, if it is shown."""
    return text_width(number, NUMBER_SIZE) + NUMBER_GAP if number else 0.0


def _mark(node: Node) -> str:
    """How sure a processor is, in a word and a number. Only processors are in doubt."""
    if not node.is_processor or node.confidence is None:
        return ""
    return f"{certainty(node.confidence)} {node.confidence:.0%}"


def _mark_width(mark: str) -> float:
    """Room for a mark and the gap before it."""
    return text_width(mark, labels.SIZE) + MARK_GAP if mark else 0.0


def _tooltip(node: Node, index: int, registry: Mapping[str, Processor]) -> str:
    lines = [f"{index}: {node.kind}"]
    if node.is_processor:
        lines.append(registry[node.kind].summary)
    lines += [f"{name} = {value:.6g}" for name, value in node.parameters.items()]
    if node.confidence is not None:
        lines.append(_mark(node))
    return "\n".join(lines)
