"""Python that plays the graph with ``pedalboard``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from unpatch.exports.bands import FilterSection, Shape, bands_of, has_bands
from unpatch.exports.circuits import DRAFTS, circuit_of
from unpatch.exports.format import exporter
from unpatch.exports.impulse import has_response, response_of, responses_in
from unpatch.exports.job import ExportJob
from unpatch.exports.player import knob_values, python_source
from unpatch.exports.report import Report
from unpatch.graph.check import outlets
from unpatch.graph.data import Graph, Node
from unpatch.graph.order import topological_order
from unpatch.processors import KINDS
from unpatch.storage.files import write_aside

_BELLS: Mapping[Shape, str] = {
    "bell": "PeakFilter",
    "low shelf": "LowShelfFilter",
    "high shelf": "HighShelfFilter",
}
_CUTS: Mapping[Shape, str] = {
    "low pass": "lowpass2",
    "high pass": "highpass2",
    "band pass": "bandpass2",
    "notch": "bandreject2",
}
_FOLDER = "responses"

_HEAD = '''\
import math
import sys
from pathlib import Path

import numpy as np
import pedalboard
from pedalboard.io import AudioFile

try:
    from numba import njit  # loops are a hundred times faster with it
except ImportError:
    def njit(function):
        return function


def board(audio, sample_rate, *effects):
    """Effects of pedalboard, one after another."""
    return pedalboard.Pedalboard(list(effects))(audio.astype(np.float32), sample_rate).astype(np.float64)


def loop(run, sample_rate, knobs, outlets, frames, *signals):
    """A loop over samples; what pedalboard has no effect for, or one that works in another way."""
    inputs = np.concatenate(signals) if signals else np.zeros((0, frames))
    made = np.zeros((2 * outlets, frames))
    run(float(sample_rate), np.array(list(knobs.values())), inputs, made)
    return [made[2 * i : 2 * i + 2] for i in range(outlets)]


def convolved(audio, sample_rate, name, lead):
    """An impulse response: left to left, left to right, right to left, right to right."""
    with AudioFile(str(Path(__file__).parent / name)) as file:
        taps = file.read(file.frames)
    padded = np.pad(audio, ((0, 0), (0, lead))).astype(np.float32)
    made = np.zeros(padded.shape)
    for i, response in enumerate(taps):
        energy = float(np.sqrt((response.astype(np.float64) ** 2).sum()))
        if energy > 0:
            # pedalboard brings every response to one energy; that is taken back.
            effect = pedalboard.Convolution(response, mix=1.0, sample_rate=sample_rate)
            made[i % 2] += effect(padded[i // 2], sample_rate) * (energy / 0.125)
    return made[:, lead:]
'''

_TAIL = """
def read(name):
    with AudioFile(name).resampled_to(SAMPLE_RATE) as file:
        audio = file.read(int(file.frames))
    return np.repeat(audio, 2, axis=0)[:2] if audio.shape[0] == 1 else audio[:2]


if __name__ == "__main__":
    *inputs, output = sys.argv[1:]
    audio = [read(name) for name in inputs]
    longest = max(signal.shape[1] for signal in audio)
    padded = [np.pad(signal, ((0, 0), (0, longest - signal.shape[1]))) for signal in audio]
    with AudioFile(output, "w", SAMPLE_RATE, 2, bit_depth=24) as file:
        file.write(process(padded, SAMPLE_RATE).astype(np.float32))
"""


@dataclass
class _Script:
    """What is gathered while nodes are written, line by line."""

    graph: Graph
    sample_rate: int
    functions: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    responses: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


@exporter("Python for pedalboard", ending=".py", beside=(_FOLDER,))
def pedalboard_code(job: ExportJob, path: Path) -> Report:
    """Effects of pedalboard where they are equal, impulse responses, and loops over samples for the rest."""
    script = _Script(job.graph, job.sample_rate)
    for i in topological_order(job.graph):
        if job.graph.nodes[i].is_processor:
            _write_node(script, i)
    folder = path.with_name(f"{path.stem} {_FOLDER}")
    written = responses_in(job.graph, script.responses, folder, job.sample_rate)
    residual_db, how = _measured(job, _text(script, Report("Python for pedalboard"), folder.name), path)
    files = (path, *written.values())
    report = Report("Python for pedalboard", (*job.lost, *script.lost), residual_db, how, files)
    write_aside(path, _text(script, report, folder.name).encode())
    return report


def _measured(job: ExportJob, text: str, path: Path) -> tuple[float | None, str]:
    """The code is run as it stands."""
    try:
        installed = version("pedalboard")
    except PackageNotFoundError:
        return None, "pedalboard is not installed here"
    scope: dict[str, Any] = {"__name__": "exported", "__file__": str(path.absolute())}
    exec(text, scope)
    played = scope["process"](list(job.excerpt.double().numpy()), job.sample_rate)
    return job.residual_db(np.asarray(played)), f"run with pedalboard {installed}"


def _text(script: _Script, report: Report, folder: str) -> str:
    head = "\n".join(report.lines()).replace("\\", "/").replace('"""', "'''")
    loops = "\n\n".join(f"@njit\n{text}" for text in script.functions.values())
    sources = ", ".join(f"node_{i}_out" for i in script.graph.sources)
    body = [f"    {sources}, = (np.asarray(source, dtype=np.float64) for source in sources)"]
    body += [f"    frames = node_{script.graph.sources[0]}_out.shape[1]"]
    body += [f"    {line}" for line in script.lines]
    body += [f"    return {_signals_into(script.graph, script.graph.sink, 'input')}"]
    process = "\n".join(['def process(sources, sample_rate):\n    """Arrays [2, T] in, one out."""', *body])
    constants = f"SAMPLE_RATE = {script.sample_rate}\nFOLDER = {folder!r}"
    return "\n\n".join([f'"""{head}\n"""', _HEAD + f"\n\n{constants}", loops, process, _TAIL])


def _write_node(script: _Script, i: int) -> None:
    node = script.graph.nodes[i]
    moved = {edge.inlet for edge in script.graph.edges_into(i)} != {"input"}
    effects = None if moved else _effects(node, script.sample_rate)
    signals = _signals_into(script.graph, i, "input")
    if effects is not None:
        _write_effects(script, i, *effects)
    elif node.kind in DRAFTS:
        _write_loop(script, i)
    elif has_response(node.kind):
        script.responses.append(i)
        lead = response_of(node, script.sample_rate).lead
        name = f'FOLDER + "/node_{i}_{node.kind}.wav"'
        script.lines.append(f"node_{i}_out = convolved({signals}, sample_rate, {name}, {lead})")
    else:
        effect = f"pedalboard.PitchShift(semitones={node.parameters['semitone']!r})"
        script.lines.append(f"node_{i}_out = board({signals}, sample_rate, {effect})")
        script.lost.append(f"node {i} ({node.kind}) is pedalboard's own, which works in another way")


def _effects(node: Node, sample_rate: float) -> tuple[list[str], list[FilterSection]] | None:
    """Effects of pedalboard that are equal to a node, and cuts, which it does not have."""
    of = node.parameters
    if node.kind == "gain":
        return [f"pedalboard.Gain(gain_db={of['gain_db']!r})"], []
    if node.kind == "bitcrush":
        return [f"pedalboard.Bitcrush(bit_depth={of['bit'] - 1!r})"], []
    if node.kind == "distortion" and of["hardness"] == of["asymmetry"] == 0:
        return [f"pedalboard.Distortion(drive_db={of['gain_db']!r})"], []
    if not has_bands(node.kind) or of.get("weight", 1.0) != 1:
        return None
    bands = bands_of(node, sample_rate)
    held = [band for band in bands if band.shape in _BELLS]
    if not held or any(band.frequency_hz > 0.45 * sample_rate for band in held):
        return None
    return [_bell(band) for band in held], [band for band in bands if band.shape in _CUTS]


def _bell(band: FilterSection) -> str:
    numbers = f"cutoff_frequency_hz={band.frequency_hz!r}, gain_db={band.gain_db!r}, q={band.q!r}"
    return f"pedalboard.{_BELLS[band.shape]}({numbers})"


def _write_effects(script: _Script, i: int, effects: list[str], cuts: list[FilterSection]) -> None:
    inner = "".join(f"\n        {effect}," for effect in effects)
    signals = _signals_into(script.graph, i, "input")
    script.lines.append(f"node_{i}_out = board(\n        {signals},\n        sample_rate,{inner}\n    )")
    for cut in cuts:
        kind = _CUTS[cut.shape]
        _add_function(script, kind, ("input",))
        knobs = f"{{'frequency_hz': {cut.frequency_hz!r}, 'q': {cut.q!r}}}"
        script.lines.append(f"node_{i}_out, = loop({kind}, sample_rate, {knobs}, 1, frames, node_{i}_out)")


def _write_loop(script: _Script, i: int) -> None:
    node = script.graph.nodes[i]
    circuit = circuit_of(node.kind, [edge.inlet for edge in script.graph.edges_into(i)])
    name = _add_function(script, node.kind, circuit.inlets)
    names = [f"node_{i}_{port.name}" for port in outlets(node, KINDS)]
    signals = "".join(f", {_signals_into(script.graph, i, inlet)}" for inlet in circuit.inlets)
    knobs = dict(zip(circuit.knobs, knob_values(circuit, node).tolist(), strict=True))
    script.lines.append(
        f"{', '.join(names)}, = loop({name}, sample_rate, {knobs}, {len(names)}, frames{signals})"
    )


def _add_function(script: _Script, kind: str, inlets: tuple[str, ...]) -> str:
    optional = [port.name for port in KINDS[kind].inlets if not port.required and port.name in inlets]
    name = "_by_".join((kind, *optional))
    source = python_source(circuit_of(kind, inlets))
    script.functions[name] = source.replace("def run(", f"def {name}(", 1)
    return name


def _signals_into(graph: Graph, i: int, inlet: str) -> str:
    """The sum of what arrives at an inlet."""
    found = [edge for edge in graph.edges_into(i) if edge.inlet == inlet]
    terms: Iterator[str] = (
        f"node_{e.source}_{e.outlet}" + ("" if e.gain == 1 else f" * {e.gain!r}") for e in found
    )
    return " + ".join(terms)
