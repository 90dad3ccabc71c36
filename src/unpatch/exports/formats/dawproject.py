"""DAWproject 1.0: tracks, groups, sends, built-in devices, automation and audio in one file."""

from __future__ import annotations

import math
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import torch
from torch import Tensor

from unpatch import __version__
from unpatch.exports.format import exporter
from unpatch.exports.formats._dawproject_devices import Devices, Numbering, devices_of, output_gain, real
from unpatch.exports.job import ExportJob
from unpatch.exports.report import Report
from unpatch.exports.strips import TrackStrip, main_inlet, sounds, strips_of, with_buses_before_the_sink
from unpatch.exports.wave import save_floats
from unpatch.graph.check import inlets, outlets
from unpatch.graph.data import Edge, Graph, Node
from unpatch.graph.order import predecessors, reached
from unpatch.processors import KINDS
from unpatch.rendering import oracle, walk
from unpatch.rendering.walk import incoming
from unpatch.storage.files import aside
from unpatch.storage.legible import legible

AUTOMATION_STEP_S = 0.01
_TEMPO_BPM = 120.0
_TITLE = "DAWproject"


@dataclass
class _Project:
    """What a project is made of; channels by their strip's first node."""

    job: ExportJob
    graph: Graph
    ids: Numbering = field(default_factory=Numbering)
    channels: dict[int, str] = field(default_factory=dict)
    tracks: dict[int, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    held: set[Edge] = field(default_factory=set)
    audio: dict[str, Tensor] = field(default_factory=dict)


@exporter(_TITLE, ending=".dawproject")
def dawproject(job: ExportJob, path: Path) -> Report:
    """Tracks, groups, sends, audio, automation; equalizers, compressors and gates as built-in devices."""
    project = _Project(job, with_buses_before_the_sink(job.graph))
    root = _root(project)
    how = "of what is left out; built-in devices, which each program has its own of, are taken as ours"
    lost = (*job.lost, *project.lost)
    report = Report(_TITLE, lost, _residual_db(project), how, (path,))
    with aside(path) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("project.xml", _text(root))
        file.writestr("metadata.xml", _text(_metadata(report)))
        for name, audio in project.audio.items():
            file.writestr(name, _wave(audio, job.sample_rate))
    return report


def _text(root: Element) -> bytes:
    ElementTree.indent(root)
    found: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return found


def _wave(audio: Tensor, sample_rate: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audio.wav"
        save_floats(path, audio, sample_rate)
        return path.read_bytes()


def _metadata(report: Report) -> Element:
    root = Element("MetaData")
    SubElement(root, "Comment").text = "\n".join(report.lines())
    return root


def _root(project: _Project) -> Element:
    root = Element("Project", {"version": "1.0"})
    SubElement(root, "Application", {"name": "unpatch", "version": __version__})
    transport = SubElement(root, "Transport")
    tempo = {"unit": "bpm", "value": f"{_TEMPO_BPM:g}", "min": "20", "max": "666"}
    SubElement(transport, "Tempo", {"id": project.ids.next(), **tempo})
    meter = {"id": project.ids.next(), "numerator": "4", "denominator": "4"}
    SubElement(transport, "TimeSignature", meter)
    structure = SubElement(root, "Structure")
    strips = [s for s in strips_of(project.graph) if sounds(project.graph, s.nodes[0])]
    _write_tracks(project, structure, strips)
    _write_arrangement(project, root, strips)
    return root


# Structure: tracks, their channels and devices.


def _write_tracks(project: _Project, structure: Element, strips: list[TrackStrip]) -> None:
    master = project.ids.next()
    project.channels[project.graph.sink] = master
    for strip in strips:
        project.channels |= dict.fromkeys(strip.nodes, project.ids.next())
    places: dict[int, Element] = {}
    for strip in reversed(strips):
        bus = strip.home.target if strip.home else project.graph.sink
        parent = structure if bus == project.graph.sink else places[bus]
        places |= dict.fromkeys(strip.nodes, _track(project, parent, strip))
    for track in places.values():
        if track.find("Track") is not None:
            track.set("contentType", "audio tracks")
    attributes = {"id": project.ids.next(), "name": "Master", "contentType": "audio"}
    channel = {"id": master, "role": "master", "audioChannels": "2"}
    SubElement(SubElement(structure, "Track", attributes), "Channel", channel)


def _track(project: _Project, parent: Element, strip: TrackStrip) -> Element:
    track_id = project.ids.next()
    project.tracks[strip.nodes[0]] = track_id
    attributes = {"id": track_id, "name": legible(strip.name), "contentType": "audio"}
    track = SubElement(parent, "Track", attributes)
    shape = {"role": _role(project.graph.nodes[strip.nodes[0]]), "audioChannels": "2"}
    channel = SubElement(track, "Channel", {"id": project.channels[strip.last], **shape})
    if strip.home is not None:
        channel.set("destination", project.channels[strip.home.target])
    devices = SubElement(channel, "Devices")
    for device in _devices(project, strip):
        devices.append(device)
    _write_pan(project, channel, strip)
    _write_sends(project, channel, strip)
    real(channel, "Volume", strip.home.gain if strip.home else 1.0, "linear", project.ids, (0.0, 2.0))
    return track


def _role(first: Node) -> str:
    return "regular" if first.is_source else "submix" if first.kind == "mix" else "effect"


def _devices(project: _Project, strip: TrackStrip) -> Iterator[Element]:
    for i in strip.nodes:
        node = project.graph.nodes[i]
        if (gain := strip.gains.get(i, 1.0)) != 1:
            yield output_gain("gain", _decibels(gain), project.ids)[0]
            if gain < 0:
                project.lost.append(f"the polarity of the wire into node {i} ({node.kind})")
        if node.is_processor and not _is_placed(project.graph, i) and not _is_pan(strip, i, node):
            made = devices_of(i, node, project.job.sample_rate, project.ids)
            _note(project, i, node, made)
            yield from made.elements


def _decibels(gain: float) -> float:
    return 20 * math.log10(max(abs(gain), 1e-6))


def _note(project: _Project, i: int, node: Node, made: Devices) -> None:
    project.lost += [f"node {i} ({node.kind}): {line}" for line in made.differs]
    if not made.held:
        project.gone.add(i)
        project.lost.append(
            f"node {i} ({node.kind}): no built-in device; its settings are kept, its sound is not"
        )


def _is_placed(graph: Graph, i: int) -> bool:
    """An alignment right behind a source that feeds nothing else: a clip's place."""
    if graph.nodes[i].kind != "alignment":
        return False
    (edge,) = graph.edges_into(i)
    return graph.nodes[edge.source].is_source and len(graph.edges_from(edge.source)) == 1 and edge.gain == 1


def _is_pan(strip: TrackStrip, i: int, node: Node) -> bool:
    return i == strip.last and node.kind == "panning"


def _write_pan(project: _Project, channel: Element, strip: TrackStrip) -> None:
    node = project.graph.nodes[strip.last]
    places = node.kind == "console_gain" and node.parameters["pan"] != 0
    if places or _is_pan(strip, strip.last, node):
        value = (node.parameters["pan"] + 1) / 2
        moved = real(channel, "Pan", value, "normalized", project.ids, (0.0, 1.0))
        project.ids.moved[strip.last, "pan"] = [moved]
        project.lost.append(f"node {strip.last} ({node.kind}): its pan follows the law of the program")
    for i in strip.nodes[:-1]:
        if project.graph.nodes[i].kind == "console_gain" and project.graph.nodes[i].parameters["pan"] != 0:
            project.lost.append(f"node {i} (console_gain): its pan, which stands before other devices")


def _write_sends(project: _Project, channel: Element, strip: TrackStrip) -> None:
    sends = [edge for edge in strip.sends if _is_plain(project.graph, edge)]
    if not sends:
        return
    element = SubElement(channel, "Sends")
    for edge in sends:
        attributes = {"id": project.ids.next(), "destination": project.channels[edge.target], "type": "pre"}
        send = SubElement(element, "Send", attributes)
        real(send, "Volume", abs(edge.gain), "linear", project.ids, (0.0, 2.0))
        if edge.gain < 0:
            project.lost.append(f"the polarity of the send from node {edge.source} to node {edge.target}")


def _is_plain(graph: Graph, edge: Edge) -> bool:
    """From a first outlet to a first inlet: what sends can carry."""
    first = outlets(graph.nodes[edge.source], KINDS)[0]
    audible = edge.target == graph.sink or sounds(graph, edge.target)
    through = edge.outlet == first.name and edge.inlet == main_inlet(graph, edge.target)
    return audible and through and first.signal == "audio"


# Arrangement: clips and automation.


def _write_arrangement(project: _Project, root: Element, strips: list[TrackStrip]) -> None:
    arrangement = SubElement(root, "Arrangement", {"id": project.ids.next()})
    lanes = SubElement(arrangement, "Lanes", {"id": project.ids.next(), "timeUnit": "seconds"})
    if project.job.sources is None:
        project.lost.append("the stems: no audio was given, so that tracks are empty")
    for strip in strips:
        lane = {"id": project.ids.next(), "track": project.tracks[strip.nodes[0]]}
        place = SubElement(lanes, "Lanes", lane)
        if project.graph.nodes[strip.nodes[0]].is_source:
            _write_clip(project, place, strip)
        for i in strip.nodes:
            _write_automation(project, place, i)
    _note_wires(project)


def _write_clip(project: _Project, lane: Element, strip: TrackStrip) -> None:
    """A stem in its place; a polarity or gain of its alignment is in the audio."""
    job, graph = project.job, project.graph
    if job.sources is None:
        return
    number = graph.sources.index(strip.nodes[0])
    late_s, gain = 0.0, 1.0
    if len(strip.nodes) > 1 and _is_placed(graph, strip.nodes[1]):
        of = graph.nodes[strip.nodes[1]].parameters
        late_s, gain = of["delay_ms"] / 1000, of["polarity"]
    name = f"audio/{number + 1}.wav"
    project.audio[name] = gain * job.sources[number]
    length_s = job.sources.shape[-1] / job.sample_rate
    clips = SubElement(lane, "Clips", {"id": project.ids.next()})
    times = {"time": late_s, "duration": length_s, "playStart": 0.0}
    if late_s < 0:
        times = {"time": 0.0, "duration": length_s + late_s, "playStart": -late_s}
    if late_s:
        alignment = f"node {strip.nodes[1]} (alignment)"
        project.lost.append(f"{alignment} is the place of a clip, which programs may round to samples")
    words = {key: f"{value:.9f}" for key, value in times.items()}
    clip = SubElement(
        clips, "Clip", {"name": legible(job.names[number]), "contentTimeUnit": "seconds", **words}
    )
    shape = {"channels": "2", "sampleRate": str(job.sample_rate), "duration": f"{length_s:.9f}"}
    audio = SubElement(clip, "Audio", {"id": project.ids.next(), **shape})
    SubElement(audio, "File", {"path": name})


def _write_automation(project: _Project, lane: Element, i: int) -> None:
    """What moves a knob, as points of the knob's values; the mean of both channels."""
    graph, node = project.graph, project.graph.nodes[i]
    if not node.is_processor or project.job.sources is None:
        return
    for port in KINDS[node.kind].inlets:
        targets = project.ids.moved.get((i, port.modulates or ""), [])
        edges = [edge for edge in graph.edges_into(i) if edge.inlet == port.name]
        if port.modulates and targets and edges:
            values = _moved(project, i, port.name, port.modulates)
            for target in targets:
                _write_points(project, lane, target, values, port.modulates)
            project.held |= set(edges)
            project.lost.append(
                f"node {i} ({node.kind}): what moves its {port.modulates} is automation in steps of "
                f"{1000 * AUTOMATION_STEP_S:g} ms, the same for left and right"
            )


def _moved(project: _Project, i: int, inlet: str, knob: str) -> list[float]:
    """Values of a knob, one for each step."""
    job, node = project.job, project.graph.nodes[i]
    assert job.sources is not None
    walked = walk(project.graph, job.sources, job.sample_rate, energy=False)
    control = incoming(project.graph, walked.signals, i)[inlet]
    value = torch.full((1, 1, 1), node.parameters[knob])
    moved = KINDS[node.kind].parameters[knob].modulate(value, control).mean(1)[0]
    found: list[float] = moved[:: max(1, round(AUTOMATION_STEP_S * job.sample_rate))].tolist()
    return found


def _write_points(project: _Project, lane: Element, target: str, values: list[float], knob: str) -> None:
    unit = {"frequency_hz": "hertz", "gain_db": "decibel", "pan": "normalized"}[knob]
    points = SubElement(lane, "Points", {"id": project.ids.next(), "unit": unit})
    SubElement(points, "Target", {"parameter": target})
    for step, value in enumerate(values):
        shown = (value + 1) / 2 if knob == "pan" else value
        point = {
            "time": f"{step * AUTOMATION_STEP_S:.4f}",
            "value": f"{shown:.6g}",
            "interpolation": "linear",
        }
        SubElement(points, "RealPoint", point)


def _note_wires(project: _Project) -> None:
    """Wires that neither groups, sends nor automation carry."""
    for edge in project.graph.edges:
        if not (_is_plain(project.graph, edge) or edge in project.held):
            ends = (f"{end} ({project.graph.nodes[end].kind})" for end in (edge.source, edge.target))
            project.lost.append(f"the wire from node {' to '.join(ends)}, {edge.outlet} to {edge.inlet}")


# The residual: the graph without what the project does not hold.


def _residual_db(project: _Project) -> float:
    played = oracle(_reduced(project), project.job.excerpt, project.job.sample_rate, energy=False)
    return project.job.residual_db(played.double().numpy())


def _reduced(project: _Project) -> Graph:
    graph = project.graph
    nodes = [Node("mix") if i in project.gone else node for i, node in enumerate(graph.nodes)]
    edges = [
        replace(
            edge,
            outlet=Edge.outlet if edge.source in project.gone else edge.outlet,
            inlet=Edge.inlet if edge.target in project.gone else edge.inlet,
            gain=abs(edge.gain) if _is_plain(graph, edge) else edge.gain,
        )
        for edge in graph.edges
        if _is_plain(graph, edge) or edge in project.held
    ]
    return _playable(Graph(tuple(nodes), tuple(edges)))


def _playable(graph: Graph) -> Graph:
    """Without what no longer reaches the sink; sources that do not, and inlets without a wire, are silent."""
    kept = sorted(reached([graph.sink], predecessors(graph)) | set(graph.sources))
    place = {old: new for new, old in enumerate(kept)}
    nodes = tuple(graph.nodes[i] for i in kept)
    edges = [
        replace(edge, source=place[edge.source], target=place[edge.target])
        for edge in graph.edges
        if edge.source in place and edge.target in place
    ]
    first, sink = place[graph.sources[0]], place[graph.sink]
    edges += [Edge(first, i, inlet=inlet, gain=0.0) for i, inlet in _unfed(nodes, edges)]
    audible = {edge.source for edge in edges}
    edges += [Edge(place[i], sink, gain=0.0) for i in graph.sources if place[i] not in audible]
    return Graph(nodes, tuple(edges))


def _unfed(nodes: tuple[Node, ...], edges: list[Edge]) -> Iterator[tuple[int, str]]:
    """Inlets that need a wire and have none."""
    fed = {(edge.target, edge.inlet) for edge in edges}
    for i, node in enumerate(nodes):
        for port in inlets(node, KINDS):
            if port.required and (i, port.name) not in fed:
                yield i, port.name
