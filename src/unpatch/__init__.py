"""unpatch: hear a sound, get the patch.

The public API. Names load on first use, so that importing the package costs nothing.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unpatch.apply import apply
    from unpatch.audio import load, save
    from unpatch.draw import draw
    from unpatch.estimate import Estimate, estimate
    from unpatch.exports import export
    from unpatch.fit import Fitted, fit
    from unpatch.graph.build import chain
    from unpatch.graph.data import Edge, Graph, GraphError, Node
    from unpatch.mastering.matching.song import match
    from unpatch.models.hypothesis import Decoding
    from unpatch.processors import PROCESSORS
    from unpatch.render import bake, render, render_batch
    from unpatch.report import report
    from unpatch.search.entrance import search
    from unpatch.search.found import Found
    from unpatch.synth import generate

__version__ = "0.1.0"

_HOMES = {
    "apply": "apply",
    "load": "audio",
    "save": "audio",
    "draw": "draw",
    "Estimate": "estimate",
    "estimate": "estimate",
    "Fitted": "fit",
    "export": "exports",
    "fit": "fit",
    "chain": "graph.build",
    "Edge": "graph.data",
    "Graph": "graph.data",
    "GraphError": "graph.data",
    "Node": "graph.data",
    "match": "mastering.matching.song",
    "Decoding": "models.hypothesis",
    "PROCESSORS": "processors",
    "bake": "render",
    "render": "render",
    "render_batch": "render",
    "report": "report",
    "search": "search.entrance",
    "Found": "search.found",
    "generate": "synth",
}

__all__ = [
    "PROCESSORS",
    "Decoding",
    "Edge",
    "Estimate",
    "Fitted",
    "Found",
    "Graph",
    "GraphError",
    "Node",
    "apply",
    "bake",
    "chain",
    "draw",
    "estimate",
    "export",
    "fit",
    "generate",
    "load",
    "match",
    "render",
    "render_batch",
    "report",
    "save",
    "search",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'unpatch' has no attribute {name!r}")
    value = getattr(import_module(f"unpatch.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """Keeps ``unpatch.render`` the function: importing the submodule would bind the module to its name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
