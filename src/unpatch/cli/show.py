"""The command ``show``."""

from pathlib import Path

from unpatch.cli.console import AsJson, out, print_graph, print_json, print_text
from unpatch.cli.tables import port_label, range_label, table_with
from unpatch.declaration import Processor
from unpatch.graph.check import did_you_mean
from unpatch.graph.text import knob_value
from unpatch.jobs.graph_files import read_graph
from unpatch.processors import KINDS


def show(target: str, /, *, json: AsJson = False) -> None:
    """Show one processor, or the graph in a JSON file as a readable tree.

    **Examples**

        unpatch show compressor
        unpatch show console_compressor
        unpatch show out/demo/graph.json
        unpatch show compressor --json

    Parameters
    ----------
    target:
        A kind from `unpatch list --set all`, or a graph file.
    """
    if target in KINDS:
        _show_kind(KINDS[target], json=json)
    elif target.endswith(".json") or (target and Path(target).exists()):
        _show_graph(Path(target), json=json)
    else:
        raise ValueError(f"{target!r} is neither a processor nor a graph file{did_you_mean(target, KINDS)}")


def _show_kind(processor: Processor, *, json: bool) -> None:
    from unpatch.derive import catalogue

    if json:
        print_json(catalogue({processor.kind: processor})[processor.kind])
        return
    out.print(f"[bold]{processor.kind}[/]  {processor.family}, version {processor.version}")
    print_text(f"\n{processor.doc.replace('``', '')}\n")
    print_text(f"inlets   {' '.join(map(port_label, processor.inlets)) or '-'}")
    print_text(f"outlets  {' '.join(port.name for port in processor.outlets)}\n")
    table = table_with("parameter", "default", "range", "scale", "modulated by", "meaning")
    for knob in (*processor.parameters.values(), *processor.curves.values()):
        table.add_row(
            knob.name,
            knob_value(knob, knob.default),
            range_label(knob),
            knob.scale,
            knob.inlet or "-",
            knob.doc,
        )
    if table.rows:
        out.print(table)


def _show_graph(path: Path, *, json: bool) -> None:
    graph = read_graph(path)
    if json:
        print_json(graph.to_dict())
    else:
        print_graph(graph, end="")
