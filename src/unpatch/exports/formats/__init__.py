"""The formats: this folder is the list; one file each, named like what it declares."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from unpatch.exports.format import Format


def _load(name: str) -> Format:
    found = getattr(import_module(f"{__name__}.{name}"), name)
    if not isinstance(found, Format):
        raise TypeError(f"{__name__}.{name} must declare the format {name!r}")
    return found


_FOUND = [_load(module.name) for module in iter_modules(__path__) if not module.name.startswith("_")]
FORMATS: Mapping[str, Format] = {format_.ending: format_ for format_ in _FOUND}
"""Ending to format."""
