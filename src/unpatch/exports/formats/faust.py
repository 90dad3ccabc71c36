"""Faust: the whole graph as one program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from unpatch.declaration import Parameter
from unpatch.exports.circuit import Circuit
from unpatch.exports.circuits import DRAFTS, circuit_of
from unpatch.exports.format import exporter
from unpatch.exports.job import ExportJob
from unpatch.exports.player import knob_values, play
from unpatch.exports.printing import INFIX, Language, Printed, number, printed
from unpatch.exports.report import Report
from unpatch.graph.check import outlets
from unpatch.graph.data import Edge, Graph
from unpatch.graph.order import topological_order
from unpatch.processors import KINDS
from unpatch.storage.files import write_aside

HIGHEST_RATE = 192_000
"""Delay lines are long enough up to this sample rate, in Hz."""
_SIDES = ("left", "right")

FAUST = Language(
    {
        **INFIX,
        **{name: f"{name}({{0}}, {{1}})" for name in ("min", "max", "pow")},
        **{name: f"{name}({{0}})" for name in ("abs", "exp", "log", "sin", "cos", "tan", "sqrt", "floor")},
        "tanh": "ma.tanh({0})",
        "where": "select2({0} < {1}, {3}, {2})",
        "knob": "{what}",
        "sample_rate": "ma.SR",
        "seconds": "(ba.time / ma.SR)",
        "input": "{what}",
        "register": "{what}",
        "line": "({what} @ int(max(0, min({what}_longest, {0} - 1))))",
    }
)


@exporter("Faust program", ending=".dsp")
def faust(job: ExportJob, path: Path) -> Report:
    """Every kind that has no transform inside, a slider for each parameter, the wiring with its gains."""
    graph, lost = job.without(lambda kind: kind not in DRAFTS)
    played = play(graph, job.excerpt.double().numpy(), job.sample_rate)
    measured = f"its arithmetic in double precision, played for {played.shape[1] / job.sample_rate:g} s"
    report = Report("Faust program", (*job.lost, *lost), job.residual_db(played), measured, (path,))
    write_aside(path, program(graph, report).encode())
    return report


def program(graph: Graph, report: Report) -> str:
    """The text of a graph whose kinds all have circuits."""
    head = [f"// {line}" for line in report.lines()]
    head += [
        "// compile with -double: oscillators and low corner frequencies need it",
        "",
        'import("stdfaust.lib");',
        "",
    ]
    return "\n".join([*head, *_definitions(graph), _process(graph), ""])


def _definitions(graph: Graph) -> Iterator[str]:
    """Each kind with the inlets that are connected somewhere, once."""
    found = {_name(circuit): circuit for _, circuit in _circuits(graph)}
    for name in sorted(found):
        yield definition(found[name], name)


def _circuits(graph: Graph) -> Iterator[tuple[int, Circuit]]:
    for i in topological_order(graph):
        if graph.nodes[i].is_processor:
            yield i, circuit_of(graph.nodes[i].kind, [edge.inlet for edge in graph.edges_into(i)])


def _name(circuit: Circuit) -> str:
    """The kind, with the inlets that need not be connected and are."""
    more = [port.name for port in circuit.processor.inlets if not port.required and circuit.has(port.name)]
    return "_by_".join((circuit.processor.kind, *more))


def definition(circuit: Circuit, name: str) -> str:
    """A function of knobs and inputs."""
    text = printed(circuit, FAUST)
    arguments = ", ".join((*circuit.knobs, *circuit.input_names))
    memory = [name for name, _ in (*text.kept, *text.written)]
    body = [f"    {name} = {expression};" for name, expression in text.still]
    body += [f"    {line.name}_longest = {int(line.longest_s * HIGHEST_RATE) + 8};" for line in circuit.lines]
    return "\n".join(
        [
            f"{name}({arguments}) = {_loop(memory, len(circuit.outputs))}",
            "with {",
            *body,
            *_step(text, memory),
            "};",
            "",
        ]
    )


def _loop(memory: list[str], outputs: int) -> str:
    """Memory goes round: its next values are the first outputs of the step and its first inputs."""
    count = len(memory)
    return f"(step ~ si.bus({count})) : si.block({count}), si.bus({outputs})" if count else "step"


def _step(text: Printed, memory: list[str]) -> list[str]:
    following = [expression for _, expression in (*text.kept, *text.written)]
    results = ", ".join((*following, *text.outputs))
    head = f"    step({', '.join(memory)}) = {results}" if memory else f"    step = {results}"
    inner = [f"        {name} = {expression};" for name, expression in text.moving]
    return [head, "    with {", *inner, "    };"] if inner else [f"{head};"]


def _process(graph: Graph) -> str:
    inputs = [f"source_{i + 1}_{side}" for i in range(len(graph.sources)) for side in _SIDES]
    results = ", ".join(_sum(graph, graph.sink, Edge.inlet, side) for side in _SIDES)
    lines = [f"process({', '.join(inputs)}) = {results}", "with {"]
    for i, circuit in _circuits(graph):
        lines += _placed(graph, i, circuit)
    return "\n".join([*lines, "};"])


def _placed(graph: Graph, i: int, circuit: Circuit) -> Iterator[str]:
    """A node with its sliders, and its outputs by name."""
    values = knob_values(circuit, graph.nodes[i]).tolist()
    sliders = [
        _slider(f"{i} {graph.nodes[i].kind}", *knob, value)
        for knob, value in zip(circuit.knobs.items(), values, strict=True)
    ]
    inputs = [_sum(graph, i, inlet, side) for inlet in circuit.inlets for side in _SIDES]
    arguments = ", ".join((*sliders, *inputs))
    yield f"    node_{i} = {_name(circuit)}({arguments});"
    names = [f"{port.name}_{side}" for port in outlets(graph.nodes[i], KINDS) for side in _SIDES]
    for place, name in enumerate(names):
        yield f"    node_{i}_{name} = node_{i} : ba.selector({place}, {len(names)});"


def _sum(graph: Graph, i: int, inlet: str, side: str) -> str:
    """What arrives at an inlet."""
    found = [
        _scaled(_tap(graph, edge, side), edge.gain) for edge in graph.edges_into(i) if edge.inlet == inlet
    ]
    return " + ".join(found)


def _tap(graph: Graph, edge: Edge, side: str) -> str:
    if graph.nodes[edge.source].is_source:
        return f"source_{graph.sources.index(edge.source) + 1}_{side}"
    return f"node_{edge.source}_{edge.outlet}_{side}"


def _scaled(tap: str, gain: float) -> str:
    return tap if gain == 1 else f"{tap} * {number(gain)}"


def _slider(group: str, name: str, knob: Parameter, value: float) -> str:
    """With unit, scale and meaning as declared."""
    unit = f" [unit:{knob.unit}]" if knob.unit else ""
    scale = " [scale:log]" if knob.scale == "log" else ""
    ends = ", ".join(number(each) for each in (value, knob.low, knob.high))
    return f'hslider("v:{group}/{name}{unit}{scale}", {ends}, {number(_grain(knob))})'


def _grain(knob: Parameter) -> float:
    """A thousandth of the range, or of the lowest value of a logarithmic knob."""
    return (knob.low if knob.scale == "log" else knob.high - knob.low) / 1000
