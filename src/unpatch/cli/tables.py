"""Tables of processors."""

from rich import box
from rich.table import Table

from unpatch.declaration import Parameter, Port
from unpatch.graph.text import knob_value


def table_with(*titles: str) -> Table:
    """An empty table with these columns."""
    table = Table(*titles, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.columns[0].no_wrap = True
    return table


def port_label(port: Port) -> str:
    """Name of an inlet; ~ marks a modulation, ? one that may be left open."""
    return f"{'~' if port.signal == 'control' else ''}{port.name}{'' if port.required else '?'}"


def range_label(knob: Parameter) -> str:
    """Lowest and highest value with their unit."""
    span = f"{knob_value(knob, knob.low)} to {knob_value(knob, knob.high)}"
    return f"{knob.size} values, {span}" if knob.size > 1 else span
