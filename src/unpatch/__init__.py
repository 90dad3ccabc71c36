"""unpatch: hear a sound, get the patch.

The public API. Names load on first use, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unpatch.audio import load, save
    from unpatch.blind.models.deciding import Deciding
    from unpatch.blind.models.hypothesis import Decoding
    from unpatch.drawing import Picture, draw
    from unpatch.estimates import Candidate, Estimate
    from unpatch.estimation import estimate
    from unpatch.exports import export
    from unpatch.graph.build import chain
    from unpatch.graph.data import Edge, Graph, GraphError, Node
    from unpatch.jobs.evaluating import Evaluation, evaluate
    from unpatch.jobs.training import train
    from unpatch.mastering.masters import MasterEstimate
    from unpatch.mastering.matching.matching import Amounts
    from unpatch.mastering.matching.song import Matched, match
    from unpatch.mixing.results import SearchResult
    from unpatch.mixing.search import search
    from unpatch.mixing.settings import SearchSettings
    from unpatch.pages.estimate import report
    from unpatch.processors import PROCESSORS
    from unpatch.refining import Fitted, fit
    from unpatch.refining.applying import apply
    from unpatch.rendering import bake, render, render_batch
    from unpatch.stems import Multitrack, load_multitrack
    from unpatch.synth import generate
    from unpatch.tasks import presets

__version__ = "0.1.0"

_HOMES = {
    "load": "audio",
    "save": "audio",
    "Deciding": "blind.models.deciding",
    "Decoding": "blind.models.hypothesis",
    "Picture": "drawing",
    "draw": "drawing",
    "Candidate": "estimates",
    "Estimate": "estimates",
    "estimate": "estimation",
    "export": "exports",
    "chain": "graph.build",
    "Edge": "graph.data",
    "Graph": "graph.data",
    "GraphError": "graph.data",
    "Node": "graph.data",
    "Evaluation": "jobs.evaluating",
    "evaluate": "jobs.evaluating",
    "train": "jobs.training",
    "MasterEstimate": "mastering.masters",
    "Amounts": "mastering.matching.matching",
    "Matched": "mastering.matching.song",
    "match": "mastering.matching.song",
    "SearchResult": "mixing.results",
    "search": "mixing.search",
    "SearchSettings": "mixing.settings",
    "report": "pages.estimate",
    "PROCESSORS": "processors",
    "Fitted": "refining",
    "fit": "refining",
    "apply": "refining.applying",
    "bake": "rendering",
    "render": "rendering",
    "render_batch": "rendering",
    "Multitrack": "stems",
    "load_multitrack": "stems",
    "generate": "synth",
    "presets": "tasks",
}

__all__ = [
    "PROCESSORS",
    "Amounts",
    "Candidate",
    "Deciding",
    "Decoding",
    "Edge",
    "Estimate",
    "Evaluation",
    "Fitted",
    "Graph",
    "GraphError",
    "MasterEstimate",
    "Matched",
    "Multitrack",
    "Node",
    "Picture",
    "SearchResult",
    "SearchSettings",
    "apply",
    "bake",
    "chain",
    "draw",
    "estimate",
    "evaluate",
    "export",
    "fit",
    "generate",
    "load",
    "load_multitrack",
    "match",
    "presets",
    "render",
    "render_batch",
    "report",
    "save",
    "search",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'unpatch' has no attribute {name!r}")
    value = getattr(import_module(f"unpatch.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
