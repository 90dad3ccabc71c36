"""Every kind by itself, at its defaults: kinds that no analysis proposed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from unpatch.declaration import Processor
from unpatch.refining.proposals.stage import Moving, Proposal, Stage

LFO, LFO_DEPTH = "mono_lfo", 0.5


def plain(registry: Mapping[str, Processor], known: Collection[str] = ()) -> list[Proposal]:
    """Those that fit a chain and have knobs, but for the kinds that are known already."""
    found: list[Proposal] = []
    for kind, processor in registry.items():
        audio = [port for port in processor.inlets if port.signal == "audio" and port.required]
        fits = processor.has_audio_output and len(audio) == len(processor.outlets) == 1
        if kind in known or not fits or not processor.parameters:
            continue
        moved = next((p.name for p in processor.inlets if p.signal == "control" and p.required), None)
        if moved and LFO not in registry:
            continue
        found.append((Stage(kind, {}, Moving(LFO, moved, LFO_DEPTH) if moved else None),))
    return found
