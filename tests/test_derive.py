"""What is derived from the declarations agrees with them."""

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from tests.random_graphs import random_graph
from unpatch.derive import catalogue, json_schema, reference
from unpatch.graph.check import check
from unpatch.graph.data import Graph, GraphError
from unpatch.processors import PROCESSORS

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("seed", range(20))
def test_valid_graphs_pass_the_schema(seed: int) -> None:
    VALIDATOR.validate(json.loads(random_graph(seed, sources=("kick", "snare")).to_json()))


def graph_file(**changes: Any) -> dict[str, Any]:
    """in -> bell -> out with some fields of the bell changed."""
    bell = {"kind": "bell", "parameters": {"q": 1.0}} | changes
    return {
        "schema": "unpatch.graph",
        "schema_version": 1,
        "nodes": [{"kind": "in"}, bell, {"kind": "out"}],
        "edges": [{"source": 0, "target": 1}, {"source": 1, "target": 2}],
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "bel"},
        {"kind": None},
        {"version": 99},
        {"confidence": 2},
        {"parameters": {"q": 100.0}},
        {"parameters": {"q": "1"}},
        {"parameters": {"gain": 1.0}},
        {"parameters": None},
        {"colour": "red"},
    ],
)
def test_schema_and_check_refuse_the_same_nodes(changes: dict[str, Any]) -> None:
    data = graph_file(**changes)
    assert VALIDATOR.is_valid(graph_file())
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(GraphError):
        check(Graph.from_dict(data), PROCESSORS)


def test_a_second_version_must_be_named() -> None:
    """A version that is left out is the first."""
    registry = {**PROCESSORS, "bell": replace(PROCESSORS["bell"], version=2)}
    validator = jsonschema.Draft202012Validator(json_schema(registry))
    unnamed, named = graph_file(), graph_file(version=2)
    assert validator.is_valid(named) and not validator.is_valid(unnamed)
    check(Graph.from_dict(named), registry)
    with pytest.raises(GraphError, match="version 1"):
        check(Graph.from_dict(unnamed), registry)


@pytest.mark.parametrize("field", ["schema", "schema_version", "nodes", "edges"])
def test_no_top_field_may_be_missing(field: str) -> None:
    data = graph_file()
    del data[field]
    assert not VALIDATOR.is_valid(data)


@pytest.mark.parametrize("kind", PROCESSORS)
def test_catalogue_names_every_port_and_parameter(kind: str) -> None:
    entry = json.loads(json.dumps(catalogue()))[kind]
    declared = PROCESSORS[kind]
    assert [port["name"] for port in entry["inlets"]] == [port.name for port in declared.inlets]
    assert [port["name"] for port in entry["outlets"]] == [port.name for port in declared.outlets]
    assert {p["name"]: (p["low"], p["high"], p["default"], p["unit"]) for p in entry["parameters"]} == {
        name: (knob.low, knob.high, knob.default, knob.unit) for name, knob in declared.parameters.items()
    }


@pytest.mark.parametrize("kind", PROCESSORS)
def test_reference_describes_every_kind(kind: str) -> None:
    page = reference()
    _, _, section = page.partition(f"### `{kind}`")
    section = section.partition("\n### ")[0]
    assert PROCESSORS[kind].summary in section
    for name, knob in PROCESSORS[kind].parameters.items():
        assert f"| `{name}` | {knob.low:g} to {knob.high:g}" in section
