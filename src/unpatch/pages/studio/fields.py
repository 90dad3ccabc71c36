"""Fields of requests: each is read with its type and range, or refused in one line that names it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

from unpatch.graph.data import Graph, GraphError, shorten
from unpatch.pages.studio.faults import RequestError
from unpatch.pages.studio.shelf import IDENTITY
from unpatch.ranges import Range

Fields: TypeAlias = Mapping[str, Any]
MOST_LISTED = 400
"""Files or sources in one request."""


def known(fields: object, names: Collection[str]) -> Fields:
    """An object with no other fields than these."""
    if not isinstance(fields, dict):
        raise RequestError(f"an object is needed, got {shorten(fields)}")
    for name in fields:
        if name not in names:
            raise RequestError(f"unknown field {shorten(name)}; fields are {', '.join(names)}")
    return fields


def text(fields: Fields, name: str, default: str | None = None, longest: int = 200) -> str:
    """A string."""
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise RequestError(f"{name} must be a string, got {shorten(value)}")
    if len(value) > longest:
        raise RequestError(f"{name} has {len(value)} characters, at most {longest} are allowed")
    return value


def choice(fields: Fields, name: str, allowed: Collection[str], default: str) -> str:
    """One of several strings."""
    value = text(fields, name, default)
    if value not in allowed:
        raise RequestError(f"{name} is {shorten(value)}; allowed are {', '.join(allowed)}")
    return value


def number(fields: Fields, name: str, allowed: Range, default: float | None = None) -> float | None:
    """A number in a range; None where it is left out and has no default."""
    value = fields.get(name, default)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RequestError(f"{name} must be a number, got {shorten(value)}")
    if value not in allowed:
        raise RequestError(f"{name} is {shorten(value)}; allowed are {allowed}")
    return value


def flag(fields: Fields, name: str, *, default: bool | None) -> bool | None:
    """True, false, or nothing."""
    value = fields.get(name, default)
    if value is not None and not isinstance(value, bool):
        raise RequestError(f"{name} must be true or false, got {shorten(value)}")
    return value


def identity(value: object, name: str) -> str:
    """The identity of a file or job."""
    if not isinstance(value, str) or not IDENTITY.fullmatch(value):
        raise RequestError(f"{name} must be an identity of 16 hexadecimal digits, got {shorten(value)}")
    return value


def identities(fields: Fields, name: str, least: int = 1) -> list[str]:
    """A list of them, without repetition."""
    values = fields.get(name, [])
    if not isinstance(values, list) or not least <= len(values) <= MOST_LISTED:
        raise RequestError(f"{name} must be a list of {least} to {MOST_LISTED} files, got {shorten(values)}")
    found = [identity(value, name) for value in values]
    if len(set(found)) < len(found):
        raise RequestError(f"{name} names a file twice")
    return found


def sources(fields: Fields, name: str) -> dict[str, str]:
    """Name of a source to the identity of a file."""
    values = fields.get(name, {})
    if not isinstance(values, dict) or len(values) > MOST_LISTED:
        raise RequestError(f"{name} must be an object of source to file, got {shorten(values)}")
    return {source[:200]: identity(value, f"{name} {shorten(source)}") for source, value in values.items()}


def graph(fields: Fields, name: str = "graph") -> Graph:
    """A graph; whether it is valid is checked where it is used."""
    if name not in fields:
        raise RequestError(f"{name} is missing")
    try:
        return Graph.from_dict(fields[name])
    except GraphError as error:
        raise RequestError(str(error)) from None
