"""REAPER: tracks, folders, sends, and an effect in JSFX for every processor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from unpatch.exports import jsfx
from unpatch.exports.circuits import DRAFTS, circuit_of
from unpatch.exports.format import exporter
from unpatch.exports.impulse import StereoImpulseResponse, has_response, response_of
from unpatch.exports.job import ExportJob
from unpatch.exports.player import Signal, knob_values, play
from unpatch.exports.printing import number
from unpatch.exports.report import Report
from unpatch.exports.strips import TrackStrip, folded, strips_of, with_buses_before_the_sink
from unpatch.exports.wave import save_floats
from unpatch.graph.data import Graph, Node
from unpatch.storage.files import write_aside
from unpatch.storage.legible import legible
from unpatch.storage.results import replacing

_EFFECTS, _MEDIA = "effects", "audio"
_SLIDERS = 64
_AFTER_EFFECTS, _PAN_LAW = 3, "-1:U"


@dataclass
class _Project:
    """What a project is made of.

    Attributes:
        stem: name of the file without its ending.
        effects: file name to text.
        responses: file name to impulse response.
    """

    job: ExportJob
    graph: Graph
    stem: str
    effects: dict[str, str] = field(default_factory=dict)
    responses: dict[str, StereoImpulseResponse] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """Of its effects, as REAPER knows it."""
        return f"unpatch {self.stem}"

    @cached_property
    def strips(self) -> list[tuple[TrackStrip, int]]:
        """With their depth, in the order of the tracks."""
        return list(folded(self.graph, strips_of(self.graph)))

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Node to the number of its track, from 0 on."""
        return {node: k for k, (strip, _) in enumerate(self.strips) for node in strip.nodes}

    def strip_of(self, node: int) -> TrackStrip:
        return self.strips[self.places[node]][0]


@exporter("REAPER project", ending=".rpp", beside=(_EFFECTS, _MEDIA))
def reaper(job: ExportJob, path: Path) -> Report:
    """Tracks, folders, sends, side chains and modulation; effects in JSFX; stems in place and polarity."""
    plain, lost = job.without(lambda kind: kind not in DRAFTS and not has_response(kind))
    project = _Project(job, with_buses_before_the_sink(plain), path.stem)
    tracks = list(_tracks(project))
    files = (path, *_write_effects(project, path), *_write_media(job, path))
    report = _report(project, lost, files)
    write_aside(path, "\n".join([*_head(job, report), *tracks, ">", ""]).encode())
    return report


def _report(project: _Project, lost: list[str], files: tuple[Path, ...]) -> Report:
    job, graph = project.job, project.graph
    copied = [f"copy the folders in {files[0].stem!r} {_EFFECTS} to REAPER's resource path, beside its own"]
    played = play(graph, job.excerpt.double().numpy(), job.sample_rate, _instead(project))
    how = f"its arithmetic, played for {played.shape[1] / job.sample_rate:g} s without REAPER"
    every = (*job.lost, *lost, *_differences(project), *copied)
    return Report("REAPER project", every, job.residual_db(played), how, files)


def _differences(project: _Project) -> Iterator[str]:
    if project.job.sources is None:
        yield "the stems: no audio was given, so that tracks are empty"
    for i, node in enumerate(project.graph.nodes):
        if _is_placed(project.graph, i):
            yield f"node {i} (alignment) is the place of an item, to the nearest sample"
        elif node.is_processor and node.kind not in DRAFTS:
            yield f"node {i} ({node.kind}) is an impulse response: its knobs stand still"
        elif node.kind in ("mono_lfo", "stereo_lfo"):
            yield f"node {i} ({node.kind}) follows the play position: play from the start of the project"


def _instead(project: _Project) -> Mapping[int, Callable[[Signal], Signal]]:
    """What nodes without a circuit do in this project."""
    graph, rate = project.graph, project.job.sample_rate
    found: dict[int, Callable[[Signal], Signal]] = {}
    for i, node in enumerate(graph.nodes):
        if _is_placed(graph, i):
            found[i] = _placed(node, rate)
        elif node.is_processor and node.kind not in DRAFTS:
            found[i] = project.responses[_response_name(i, node)].convolved
    return found


def _placed(node: Node, sample_rate: int) -> Callable[[Signal], Signal]:
    shift = round(node.parameters["delay_ms"] * sample_rate / 1000)

    def move(audio: Signal) -> Signal:
        late, early = max(shift, 0), max(-shift, 0)
        padded = np.pad(audio, ((0, 0), (late, early)))[:, early : early + audio.shape[1]]
        moved: Signal = padded * node.parameters["polarity"]
        return moved

    return move


def _is_placed(graph: Graph, i: int) -> bool:
    """An alignment right behind a source that feeds nothing else."""
    if graph.nodes[i].kind != "alignment":
        return False
    (edge,) = graph.edges_into(i)
    return graph.nodes[edge.source].is_source and len(graph.edges_from(edge.source)) == 1 and edge.gain == 1


# The text of the project. Lines are those that REAPER itself writes.


def _head(job: ExportJob, report: Report) -> Iterator[str]:
    yield '<REAPER_PROJECT 0.1 "6.80/unpatch" 0'
    yield "  <NOTES 0 2"
    yield from (f"    |{line}" for line in report.lines())
    yield "  >"
    yield f"  SAMPLERATE {job.sample_rate} 1 0"
    yield "  TEMPO 120 4 4"


def _tracks(project: _Project) -> Iterator[str]:
    depths = [depth for _, depth in project.strips]
    for (strip, depth), following in zip(project.strips, [*depths[1:], 0], strict=True):
        yield from _track(project, strip, following - depth)


def _track(project: _Project, strip: TrackStrip, step: int) -> Iterator[str]:
    """``step`` is by how many folders the next track is deeper."""
    volume = strip.home.gain if strip.home else 1.0
    yield "  <TRACK"
    yield f"    NAME {_quoted(strip.name)}"
    yield f"    VOLPAN {number(volume)} 0 -1 -1 1"
    yield "    MUTESOLO 0 0 0"
    yield f"    ISBUS {1 if step > 0 else 2 if step < 0 else 0} {step}"
    yield f"    NCHAN {strip.channels}"
    yield f"    MAINSEND {int(strip.home is not None)} 0"
    yield from (f"    {line}" for line in _receives(project, strip))
    yield from _chain(project, strip)
    yield from _item(project, strip)
    yield "  >"


def _receives(project: _Project, strip: TrackStrip) -> Iterator[str]:
    """What comes from other tracks, and not by way of a folder."""
    for node in strip.nodes:
        for edge in project.graph.edges_into(node):
            sender = project.strip_of(edge.source)
            if sender is not strip and edge != sender.home:
                gain, turned = number(abs(edge.gain)), int(edge.gain < 0)
                channels = f"{sender.pairs[edge.source, edge.outlet]} {strip.pairs[node, edge.inlet]}"
                ends = f"{project.places[edge.source]} {_AFTER_EFFECTS} {gain} 0 0 0 {turned} {channels}"
                yield f"AUXRECV {ends} {_PAN_LAW} 0 -1 ''"


def _chain(project: _Project, strip: TrackStrip) -> Iterator[str]:
    yield "    <FXCHAIN"
    yield "      SHOW 0"
    for node in strip.nodes:
        if node in strip.gains:
            yield from _effect(
                project, "wire gain.jsfx", jsfx.gain("unpatch: wire gain"), "gain", [strip.gains[node]]
            )
        if _has_effect(project.graph, node):
            yield from _effect(project, *_effect_of(project, strip, node))
    yield "    >"


def _has_effect(graph: Graph, node: int) -> bool:
    kind = graph.nodes[node].kind
    return graph.nodes[node].is_processor and kind != "mix" and not _is_placed(graph, node)


def _effect_of(project: _Project, strip: TrackStrip, i: int) -> tuple[str, str, str, list[float]]:
    """File name, text, title on the track, and settings."""
    node = project.graph.nodes[i]
    title = f"{i} {node.kind}"
    if node.kind not in DRAFTS:
        name = _response_name(i, node)
        response = project.responses.setdefault(name, response_of(node, project.job.sample_rate))
        text = jsfx.convolution(f"unpatch: {title}", f"{project.folder}/{name}", response.lead)
        return f"{title}.jsfx", text, title, []
    pairs = {port: first for (k, port), first in strip.pairs.items() if k == i}
    connected = [edge.inlet for edge in project.graph.edges_into(i)]
    circuit = circuit_of(node.kind, connected)
    sides = [f"{port} {first + 1}" for port, first in pairs.items() if first]
    name = " ".join([node.kind, *sides])
    text = jsfx.effect(circuit, f"unpatch: {name}", pairs)
    return f"{name}.jsfx", text, title, knob_values(circuit, node).tolist()


def _response_name(i: int, node: Node) -> str:
    return f"node_{i}_{node.kind}.wav"


def _effect(project: _Project, name: str, text: str, title: str, settings: list[float]) -> Iterator[str]:
    project.effects[name] = text
    yield "      BYPASS 0 0 0"
    yield f"      <JS {_quoted(f'{project.folder}/{name}')} {_quoted(title)}"
    yield f"        {' '.join([*(_plain(value) for value in settings), *['-'] * (_SLIDERS - len(settings))])}"
    yield "      >"


def _plain(value: float) -> str:
    return number(value).strip("()")


def _item(project: _Project, strip: TrackStrip) -> Iterator[str]:
    """The stem of a source: where it lies, and its polarity as the sign of the take's volume."""
    job, graph = project.job, project.graph
    if job.sources is None or not graph.nodes[strip.nodes[0]].is_source:
        return
    late_s, volume = 0.0, 1.0
    if len(strip.nodes) > 1 and _is_placed(graph, strip.nodes[1]):
        of = graph.nodes[strip.nodes[1]].parameters
        late_s, volume = of["delay_ms"] / 1000, of["polarity"]
    name = job.names[graph.sources.index(strip.nodes[0])]
    length_s, offset_s = job.sources.shape[-1] / job.sample_rate, max(-late_s, 0.0) + 0.0
    yield "    <ITEM"
    yield f"      POSITION {number(max(late_s, 0.0))}"
    yield f"      LENGTH {number(length_s - offset_s)}"
    yield "      LOOP 0"
    yield f"      NAME {_quoted(name)}"
    yield f"      VOLPAN 1 0 {_plain(volume)} -1"
    yield f"      SOFFS {number(offset_s)}"
    yield "      <SOURCE WAVE"
    yield f"        FILE {_quoted(f'{project.stem} {_MEDIA}/{media_name(name)}')}"
    yield "      >"
    yield "    >"


def _quoted(text: str) -> str:
    """In the quotes that the text does not hold."""
    plain = legible(text)
    mark = next((mark for mark in "\"'`" if mark not in plain), "`")
    return f"{mark}{plain.replace('`', chr(39)) if mark == '`' else plain}{mark}"


def media_name(name: str) -> str:
    """A file's name that every system takes."""
    return "".join(c if c.isalnum() or c in " -_." else "_" for c in name).strip() + ".wav"


def _write_effects(project: _Project, path: Path) -> list[Path]:
    """As they lie in REAPER's resource path: effects and what they read."""
    top, rate = path.with_name(f"{path.stem} {_EFFECTS}"), project.job.sample_rate
    texts = {top / "Effects" / project.folder / name: text for name, text in project.effects.items()}
    taps = {top / "Data" / project.folder / name: each for name, each in project.responses.items()}
    with replacing((*texts, *taps)):
        for target, text in texts.items():
            write_aside(target, text.encode())
        for target, response in taps.items():
            response.save(target, rate)
    return sorted((*texts, *taps))


def _write_media(job: ExportJob, path: Path) -> list[Path]:
    if job.sources is None:
        return []
    folder = path.with_name(f"{path.stem} {_MEDIA}")
    targets = [folder / media_name(name) for name in job.names]
    with replacing(targets):
        for target, audio in zip(targets, job.sources, strict=True):
            save_floats(target, audio, job.sample_rate)
    return targets
