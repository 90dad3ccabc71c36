"""What the page reads off the registries: processors, formats, tasks and ranges. Nothing is written twice."""

from __future__ import annotations

from functools import cache
from typing import Any

from unpatch.declaration import Parameter, Processor
from unpatch.graph.certainty import LEAST
from unpatch.graph.data import DRUMS, SOURCES, TASK_SOURCES
from unpatch.graph.text import knob_label
from unpatch.processors import KINDS
from unpatch.ranges import LUFS, ROUNDS, SECONDS_OR_NONE, SHARE, TOLERANCE, TRUE_PEAK_DB, Range

FIELDS = "low", "high", "default", "unit", "scale", "neutral", "inlet", "circular", "doc", "name", "size"


@cache
def catalogue() -> dict[str, Any]:
    """Everything that is the same for every graph. The first call takes seconds: it loads all tasks."""
    from unpatch import __version__
    from unpatch.exports import FORMATS
    from unpatch.mixing.settings import PRESETS
    from unpatch.pages.studio.tasks.match import amount_names
    from unpatch.tasks import TASKS

    return {
        "version": __version__,
        "kinds": {kind: kind_entry(processor) for kind, processor in KINDS.items()},
        "sources": list(SOURCES),
        "tasks": list(TASKS),
        "task_sources": {task: list(TASK_SOURCES.get(task, SOURCES[:1])) for task in TASKS},
        "drums": list(DRUMS),
        "formats": [
            {"ending": each.ending, "title": each.title, "holds": each.holds} for each in FORMATS.values()
        ],
        "certainty": dict(LEAST),
        "amounts": list(amount_names()),
        "presets": list(PRESETS),
        "ranges": {
            "share": _range(SHARE),
            "lufs": _range(LUFS),
            "true_peak_db": _range(TRUE_PEAK_DB),
            "cpu_seconds": _range(SECONDS_OR_NONE),
            "tolerance": _range(TOLERANCE),
            "rounds": _range(ROUNDS),
        },
    }


def kind_entry(processor: Processor) -> dict[str, Any]:
    """What the canvas and the knobs need of a processor."""
    return {
        "label": processor.label,
        "family": processor.family,
        "version": processor.version,
        "summary": processor.summary,
        "inlets": [
            {"name": p.name, "signal": p.signal, "required": p.required, "moves": p.modulates}
            for p in processor.inlets
        ],
        "outlets": [{"name": p.name, "signal": p.signal} for p in processor.outlets],
        "parameters": [_knob(knob) for knob in processor.parameters.values()],
        "curves": [_knob(knob) for knob in processor.curves.values()],
    }


def _knob(knob: Parameter) -> dict[str, Any]:
    return {**{name: getattr(knob, name) for name in FIELDS}, "label": knob_label(knob)}


def _range(allowed: Range) -> dict[str, Any]:
    return {"low": allowed.low, "high": allowed.high, "unit": allowed.unit}
