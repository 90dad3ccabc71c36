"""Commands that show: ``list``, ``show``, ``draw``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter as Option
from rich import box
from rich.table import Table

from unpatch.cli.console import AsJson, Output, out, print_json, print_text
from unpatch.cli.files import read_graph
from unpatch.declaration import Parameter, Port, Processor
from unpatch.graph.check import did_you_mean
from unpatch.graph.text import knob_value
from unpatch.processors import CONSOLE, EVERYDAY, KINDS, MASTERING, PROCESSORS, PUBLISHED
from unpatch.storage.files import check_can_write
from unpatch.storage.outputs import check_outputs

_SETS: Mapping[str, Mapping[str, Processor]] = {
    "blind": PROCESSORS,
    "everyday": EVERYDAY,
    "console": CONSOLE,
    "published": PUBLISHED,
    "mastering": MASTERING,
    "all": KINDS,
}
Set = Literal["blind", "everyday", "console", "published", "mastering", "all"]


def list_kinds(
    *,
    family: str | None = None,
    set_: Annotated[Set, Option(name="--set")] = "blind",
    json: AsJson = False,
) -> None:
    """List the available processors.

    **Examples**

        unpatch list
        unpatch list --family dynamics
        unpatch list --set console
        unpatch list --json | jq '.compressor.parameters'

    Parameters
    ----------
    family:
        Only this family.
    set_:
        The 33 of the paper on blind estimation; those and further everyday ones
        (everyday); the strips of our mixing console (console) or of the published one
        (published), see `unpatch search`; the effects of a mastering chain (mastering); or all.
    """
    from unpatch.derive import catalogue

    registry = _SETS[set_]
    families = sorted({p.family for p in registry.values()})
    if family is not None and family not in families:
        raise ValueError(f"unknown family {family!r}; there are {', '.join(families)}")
    chosen = {kind: p for kind, p in registry.items() if family in (None, p.family)}
    if json:
        print_json(catalogue(chosen))
        return
    table = _table("kind", "family", "inlets", "outlets", "parameters")
    for processor in sorted(chosen.values(), key=lambda p: (p.family, p.kind)):
        table.add_row(
            processor.kind,
            processor.family,
            " ".join(map(_port, processor.inlets)) or "-",
            " ".join(port.name for port in processor.outlets),
            " ".join((*processor.parameters, *processor.curves)) or "-",
        )
    out.print(table)
    print_text(f"{len(chosen)} processors; ? marks an inlet that may be left open, ~ a modulation")


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
        _show_kind(KINDS[target], json)
    elif target.endswith(".json") or (target and Path(target).exists()):
        _show_graph(Path(target), json)
    else:
        raise ValueError(f"{target!r} is neither a processor nor a graph file{did_you_mean(target, KINDS)}")


def _show_kind(processor: Processor, json: bool) -> None:
    from unpatch.derive import catalogue

    if json:
        print_json(catalogue({processor.kind: processor})[processor.kind])
        return
    out.print(f"[bold]{processor.kind}[/]  {processor.family}, version {processor.version}")
    print_text(f"\n{processor.doc.replace('``', '')}\n")
    print_text(f"inlets   {' '.join(map(_port, processor.inlets)) or '-'}")
    print_text(f"outlets  {' '.join(port.name for port in processor.outlets)}\n")
    table = _table("parameter", "default", "range", "scale", "modulated by", "meaning")
    for knob in (*processor.parameters.values(), *processor.curves.values()):
        table.add_row(
            knob.name, knob_value(knob, knob.default), _range(knob), knob.scale, knob.inlet or "-", knob.doc
        )
    if table.rows:
        out.print(table)


def _show_graph(path: Path, json: bool) -> None:
    from unpatch.graph.text import to_text

    graph = read_graph(path)
    if json:
        print_json(graph.to_dict())
    else:
        print_text(to_text(graph, KINDS))


def draw(graph: Path, /, *, output: Output = Path("graph.svg")) -> None:
    """Draw a graph as SVG or PNG.

    **Examples**

        unpatch draw graph.json
        unpatch draw graph.json -o patch.png

    Parameters
    ----------
    graph:
        A graph file.
    output:
        The picture; its ending, .svg or .png, chooses the format.
    """
    from unpatch.drawing import FORMATS
    from unpatch.drawing import draw as draw_graph

    check_can_write(output, FORMATS)
    check_outputs({"GRAPH": graph}, {"--output": output})
    draw_graph(read_graph(graph), output)
    print_text(str(output))


def _table(*titles: str) -> Table:
    table = Table(*titles, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.columns[0].no_wrap = True
    return table


def _port(port: Port) -> str:
    return f"{'~' if port.signal == 'control' else ''}{port.name}{'' if port.required else '?'}"


def _range(knob: Parameter) -> str:
    span = f"{knob_value(knob, knob.low)} to {knob_value(knob, knob.high)}"
    return f"{knob.size} values, {span}" if knob.size > 1 else span
