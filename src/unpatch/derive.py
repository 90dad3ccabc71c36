"""What is read off the declarations: catalogue, reference page, JSON schema.

``python -m unpatch.derive`` writes the reference page to standard output.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from itertools import groupby
from typing import Any

from unpatch.declaration import Movement, Parameter, Port, Processor, Typical, Varied
from unpatch.declaration.typical import MEASURED_SHARES
from unpatch.graph.data import SCHEMA, SCHEMA_VERSION, SINK, SOURCES, Node
from unpatch.processors import KINDS, PROCESSORS
from unpatch.storage.markdown import table

Registry = Mapping[str, Processor]
KNOB_COLUMNS = ("parameter", "range", "default", "neutral", "scale", "moved by", "usual", "meaning")


def catalogue(registry: Registry = PROCESSORS) -> dict[str, dict[str, Any]]:
    """Everything declared, as plain data: kind to its family, ports, parameters and so on."""
    return {kind: _entry(processor) for kind, processor in registry.items()}


def _entry(processor: Processor) -> dict[str, Any]:
    return {
        "family": processor.family,
        "akin": processor.akin,
        "version": processor.version,
        "summary": processor.summary,
        "lti": processor.lti,
        "channels": processor.channels,
        "inlets": [asdict(port) for port in processor.inlets],
        "outlets": [{"name": port.name, "signal": port.signal} for port in processor.outlets],
        "parameters": [_knob_entry(knob) for knob in processor.parameters.values()],
        "curves": [_knob_entry(knob) for knob in processor.curves.values()],
        "no_gradient": sorted(processor.no_gradient),
        "device": processor.device,
        "keeps_energy": processor.keeps_energy,
        "spreads": processor.spreads,
        "roles": [asdict(role) for role in processor.roles],
        "tools": [asdict(tool) for tool in processor.tools],
    }


def _knob_entry(knob: Parameter) -> dict[str, Any]:
    plain = {field.name: getattr(knob, field.name) for field in fields(knob)}
    return {
        **plain,
        "typical": _quantiles(knob.typical),
        "movement": _movement(knob.movement),
        "varied": _rule(knob.varied),
    }


def _rule(varied: Varied | None) -> dict[str, Any] | None:
    return None if varied is None else {"rule": type(varied).__name__, **asdict(varied)}


def _movement(moved: Movement | None) -> dict[str, Any] | None:
    if moved is None:
        return None
    return {name: _quantiles(getattr(moved, name)) for name in ("rate_hz", "depth", "around")}


def _quantiles(usual: Typical | None) -> dict[str, float] | None:
    return None if usual is None else {f"{q:g}": usual.quantile(q) for q in MEASURED_SHARES}


def json_schema(registry: Registry = KINDS) -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a graph file.

    It covers kinds, versions, parameters and ranges; properties of the whole graph (cycles,
    ports, inlets left open) is for :func:`unpatch.graph.check.check`.
    """
    nodes = [_end_schema(kind) for kind in (*SOURCES, SINK)] + [_node_schema(p) for p in registry.values()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "unpatch graph",
        **_object(
            {
                "schema": {"const": SCHEMA},
                "schema_version": {"const": SCHEMA_VERSION},
                "nodes": {"type": "array", "items": {"oneOf": nodes}},
                "edges": {"type": "array", "items": _edge_schema(registry)},
            },
            ("schema", "schema_version", "nodes", "edges"),
        ),
    }


_CONFIDENCE = {"type": ["number", "null"], "minimum": 0, "maximum": 1}


def _object(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _end_schema(kind: str) -> dict[str, Any]:
    """A source or the sink: no parameters."""
    properties = {
        "kind": {"const": kind},
        "parameters": _object({}),
        "version": {"type": "integer"},
        "confidence": _CONFIDENCE,
        "name": {"type": ["string", "null"]},
        "curves": _object({}),
    }
    return _object(properties, ("kind",))


def _node_schema(processor: Processor) -> dict[str, Any]:
    schema = _end_schema(processor.kind)
    if processor.version != Node.version:
        schema["required"].append("version")  # one left out is the first
    schema["description"] = processor.summary
    schema["properties"]["version"] = {"const": processor.version}
    schema["properties"]["parameters"] = _object(
        {name: _value_schema(knob) for name, knob in processor.parameters.items()}
    )
    schema["properties"]["curves"] = _object(
        {name: _curve_schema(knob) for name, knob in processor.curves.items()}
    )
    return schema


def _curve_schema(knob: Parameter) -> dict[str, Any]:
    return {"type": "array", "items": _value_schema(knob), "minItems": knob.size, "maxItems": knob.size}


def _value_schema(knob: Parameter) -> dict[str, Any]:
    return {
        "type": "number",
        "minimum": knob.low,
        "maximum": knob.high,
        "default": knob.default,
        "description": " ".join(filter(None, (knob.doc, f"[{knob.unit}]" if knob.unit else ""))),
    }


def _edge_schema(registry: Registry) -> dict[str, Any]:
    place = {"type": "integer", "minimum": 0}
    properties = {
        "source": place,
        "target": place,
        "outlet": {"enum": sorted({"out"} | {port.name for p in registry.values() for port in p.outlets})},
        "inlet": {"enum": sorted({"input"} | {port.name for p in registry.values() for port in p.inlets})},
        "gain": {"type": "number", "default": 1},
        "confidence": _CONFIDENCE,
    }
    return _object(properties, ("source", "target"))


def reference(registry: Registry = KINDS) -> str:
    """The reference page in markdown."""
    by_family = sorted(registry.values(), key=lambda processor: processor.family)
    families = groupby(by_family, key=lambda processor: processor.family)
    body = [line for family, members in families for line in _family_lines(family, list(members))]
    return "\n".join([*_head_lines(registry), *body]).rstrip() + "\n"


def _head_lines(registry: Registry) -> list[str]:
    return [
        "# Processors",
        "",
        "<!-- Written by `python -m unpatch.derive > docs/processors.md`; do not edit. -->",
        "",
        f"{len(registry)} kinds. A `?` marks an inlet that may stay open, a `~` a control signal (LFO in",
        "[-1, 1], envelope in [0, 1]). With all *neutral* values set, the sound passes on as it is.",
        "*Usual* are 90 % of the settings that engineers choose: measured where a collection is cited (see",
        "[priors](../bench/results/priors.md)), a judgement elsewhere; *re loud parts* means for a sound",
        "whose loud parts are at 0 dBFS.",
        "",
        "A corner frequency is in place up to 0.49 of the sample rate. From there to half the sample rate a",
        "filter fades into what it does far below its corner, and above it does just that: a low-pass, a",
        "bell, a band-reject and a high shelf leave the signal alone, a low shelf applies its gain to all of",
        "it, a high-pass and a band-pass are silent, a phaser turns no phase.",
        "",
    ]


def _family_lines(family: str, members: list[Processor]) -> Iterator[str]:
    yield from (f"## {family.capitalize()}", "")
    for processor in members:
        yield from _processor_lines(processor)


def _processor_lines(processor: Processor) -> Iterator[str]:
    inlets = ", ".join(map(_port_text, processor.inlets)) or "none"
    outlets = ", ".join(map(_port_text, processor.outlets))
    traits = [f"version {processor.version}"]
    if processor.akin != processor.kind:
        traits.append(f"akin to every other {processor.akin}")
    if processor.lti:
        traits.append("linear and time-invariant while nothing modulates it")
    if processor.no_gradient:
        traits.append("no gradient to " + ", ".join(f"`{name}`" for name in sorted(processor.no_gradient)))
    yield from (f"### `{processor.kind}`", "", processor.doc, "")
    yield from (f"{inlets} → {outlets} · {'; '.join(traits)}", "")
    if processor.parameters or processor.curves:
        knobs = (*processor.parameters.values(), *processor.curves.values())
        yield from (table(KNOB_COLUMNS, map(_parameter_row, knobs)), "")


def _port_text(port: Port) -> str:
    control = "~" if port.signal == "control" else ""
    return f"{control}`{port.name}`{'' if port.required else '?'}"


def _parameter_row(knob: Parameter) -> tuple[str, ...]:
    unit = f" {knob.unit}" if knob.unit else ""
    neutral = "" if knob.neutral is None else f"{knob.neutral:g}"
    moved_by = f"`{knob.inlet}`" if knob.inlet else ""
    count = f"{knob.size} values, " if knob.size > 1 else ""
    span = f"{count}{knob.low:g} to {knob.high:g}{unit}"
    usual = _usual(knob)
    return (f"`{knob.name}`", span, f"{knob.default:g}", neutral, knob.scale, moved_by, usual, knob.doc)


def _usual(knob: Parameter) -> str:
    """Nine tenths of the settings of engineers, and where that was measured."""
    if knob.typical is None:
        return ""
    low, middle, high = (f"{knob.typical.quantile(q):.3g}" for q in (0.05, 0.5, 0.95))
    source = f" ({knob.typical.source})" if knob.typical.source else ""
    relative = ", re loud parts" if knob.follows_level else ""
    return f"{middle}{relative}{source}" if low == high else f"{low} to {high}{relative}{source}"


if __name__ == "__main__":
    sys.stdout.write(reference())
