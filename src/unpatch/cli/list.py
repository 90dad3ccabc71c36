"""The command ``list``."""

from collections.abc import Mapping
from typing import Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import AsJson, out, print_json, print_text
from unpatch.cli.tables import port_label, table_with
from unpatch.declaration import Processor
from unpatch.processors import SETS

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

    chosen = _of_family(SETS[set_], family)
    if json:
        print_json(catalogue(chosen))
        return
    table = table_with("kind", "family", "inlets", "outlets", "parameters")
    for processor in sorted(chosen.values(), key=lambda p: (p.family, p.kind)):
        table.add_row(
            processor.kind,
            processor.family,
            " ".join(map(port_label, processor.inlets)) or "-",
            " ".join(port.name for port in processor.outlets),
            " ".join((*processor.parameters, *processor.curves)) or "-",
        )
    out.print(table)
    print_text(f"{len(chosen)} processors; ? marks an inlet that may be left open, ~ a modulation")


def _of_family(registry: Mapping[str, Processor], family: str | None) -> dict[str, Processor]:
    families = sorted({p.family for p in registry.values()})
    if family is not None and family not in families:
        raise ValueError(f"unknown family {family!r}; there are {', '.join(families)}")
    return {kind: p for kind, p in registry.items() if family in (None, p.family)}
