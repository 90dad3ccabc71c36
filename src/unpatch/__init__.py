"""unpatch: hear a sound, get the patch.

The public API. Names load on first use, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unpatch.audio import load, save
    from unpatch.blind.models.hypothesis import Decoding
    from unpatch.drawing import draw
    from unpatch.estimates import Estimate
    from unpatch.estimation import estimate
    from unpatch.exports import export
    from unpatch.graph.build import chain
    from unpatch.graph.data import Edge, Graph, GraphError, Node
    from unpatch.mastering.matching.song import match
    from unpatch.mixing.results import SearchResult
    from unpatch.mixing.search import search
    from unpatch.pages.estimate import report
    from unpatch.processors import PROCESSORS
    from unpatch.refining import Fitted, fit
    from unpatch.refining.applying import apply
    from unpatch.rendering import bake, render, render_batch
    from unpatch.synth import generate

__version__ = "0.1.0"

_HOMES = {
    "apply": "refining.applying",
    "load": "audio",
    "save": "audio",
    "draw": "drawing",
    "Estimate": "estimates",
    "estimate": "estimation",
    "export": "exports",
    "Fitted": "refining",
    "fit": "refining",
    "chain": "graph.build",
    "Edge": "graph.data",
    "Graph": "graph.data",
    "GraphError": "graph.data",
    "Node": "graph.data",
    "match": "mastering.matching.song",
    "Decoding": "blind.models.hypothesis",
    "PROCESSORS": "processors",
    "bake": "rendering",
    "render": "rendering",
    "render_batch": "rendering",
    "report": "pages.estimate",
    "search": "mixing.search",
    "SearchResult": "mixing.results",
    "generate": "synth",
}

__all__ = [
    "PROCESSORS",
    "Decoding",
    "Edge",
    "Estimate",
    "Fitted",
    "Graph",
    "GraphError",
    "Node",
    "SearchResult",
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
