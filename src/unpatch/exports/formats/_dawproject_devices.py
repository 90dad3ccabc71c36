"""Processors as the built-in devices of DAWproject 1.0, and as devices that only keep their settings.

Elements are in the order of the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Literal
from xml.etree.ElementTree import Element, SubElement

from unpatch.declaration import Parameter
from unpatch.exports.bands import Shape, bands_of, has_bands
from unpatch.exports.circuit import Circuit
from unpatch.exports.player import knob_values
from unpatch.graph.data import Node
from unpatch.processors import KINDS

Unit = Literal["linear", "normalized", "decibel", "hertz", "seconds", "semitones"]
_UNITS: Mapping[str, Unit] = {"dB": "decibel", "Hz": "hertz", "semitone": "semitones"}
_BANDS: Mapping[Shape, str] = {
    "bell": "bell",
    "low shelf": "lowShelf",
    "high shelf": "highShelf",
    "low pass": "lowPass",
    "high pass": "highPass",
    "band pass": "bandPass",
    "notch": "notch",
}
_COMPRESSORS = ("compressor", "console_compressor", "mastering_compressor", "simplified_compressor")
_GATES = ("expander", "noisegate", "console_gate")
_RANGES_DB = {"expander": 120.0, "noisegate": 60.0}


@dataclass
class Numbering:
    """Identities of elements, and those of parameters that are moved: (node, knob) to all of them."""

    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    moved: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    def next(self) -> str:
        return f"id{next(self.numbers)}"


@dataclass(frozen=True)
class Devices:
    """What a node became.

    Attributes:
        differs: what the device does in another way; one line each.
        held: whether it does what the node does at all.
    """

    elements: tuple[Element, ...]
    differs: tuple[str, ...] = ()
    held: bool = True


def real(
    parent: Element,
    tag: str,
    value: float,
    unit: Unit,
    ids: Numbering,
    ends: tuple[float, float] | None = None,
) -> str:
    """A parameter with its own identity."""
    found = SubElement(parent, tag, {"id": ids.next(), "unit": unit, "value": f"{value:.9g}"})
    if ends is not None:
        found.set("min", f"{ends[0]:.9g}")
        found.set("max", f"{ends[1]:.9g}")
    return found.attrib["id"]


def devices_of(i: int, node: Node, sample_rate: float, ids: Numbering) -> Devices:
    """The devices for a node, in their order."""
    if node.kind == "mix":
        return Devices(())
    if has_bands(node.kind):
        return _equalizer(i, node, sample_rate, ids)
    if node.kind in _COMPRESSORS:
        return _compressor(i, node, ids)
    if node.kind in _GATES:
        return _gate(i, node, ids)
    if node.kind in ("gain", "console_gain"):
        return _gain(i, node, ids)
    return Devices((_kept(i, node, ids),), held=False)


def output_gain(title: str, gain_db: float, ids: Numbering) -> tuple[Element, str]:
    """An equalizer without bands, the format's only gain inside of a channel; and its gain's identity."""
    element = _device("Equalizer", title, ids)
    return element, real(element, "OutputGain", gain_db, "decibel", ids)


def _device(tag: str, title: str, ids: Numbering) -> Element:
    attributes = {"id": ids.next(), "name": title, "deviceName": tag, "deviceRole": "audioFX"}
    element = Element(tag, attributes)
    SubElement(element, "Enabled", {"id": ids.next(), "value": "true"})
    return element


def _equalizer(i: int, node: Node, sample_rate: float, ids: Numbering) -> Devices:
    element = _device("Equalizer", f"{i} {node.kind}", ids)
    for band in bands_of(node, sample_rate) or ():
        found = SubElement(element, "Band", {"type": _BANDS[band.shape], "order": "2"})
        frequency = real(found, "Freq", band.frequency_hz, "hertz", ids)
        ids.moved.setdefault((i, "frequency_hz"), []).append(frequency)
        if band.gain_db:
            ids.moved.setdefault((i, "gain_db"), []).append(real(found, "Gain", band.gain_db, "decibel", ids))
        real(found, "Q", band.q, "linear", ids)
    return Devices((element,), tuple(_weight(node)))


def _compressor(i: int, node: Node, ids: Numbering) -> Devices:
    of, element = node.parameters, _device("Compressor", f"{i} {node.kind}", ids)
    rise_ms, fall_ms = (of[name] if name in of else of["time_ms"] for name in ("attack_ms", "release_ms"))
    real(element, "Attack", rise_ms / 1000, "seconds", ids)
    SubElement(element, "AutoMakeup", {"id": ids.next(), "value": "false"})
    real(element, "OutputGain", of.get("gain_db", 0.0), "decibel", ids)
    real(element, "Ratio", of["ratio"], "linear", ids)
    real(element, "Release", fall_ms / 1000, "seconds", ids)
    real(element, "Threshold", of["threshold_db"], "decibel", ids)
    return Devices((element,), (*_weight(node), *_knee(node)))


def _gate(i: int, node: Node, ids: Numbering) -> Devices:
    of, element = node.parameters, _device("NoiseGate", f"{i} {node.kind}", ids)
    real(element, "Attack", of["attack_ms"] / 1000, "seconds", ids)
    real(element, "Range", of.get("range_db", _RANGES_DB.get(node.kind, 0.0)), "decibel", ids)
    real(element, "Ratio", of["ratio"], "linear", ids)
    real(element, "Release", of["release_ms"] / 1000, "seconds", ids)
    real(element, "Threshold", of["threshold_db"], "decibel", ids)
    return Devices((element,), (*_weight(node), *_knee(node)))


def _gain(i: int, node: Node, ids: Numbering) -> Devices:
    element, gain = output_gain(f"{i} {node.kind}", node.parameters["gain_db"], ids)
    ids.moved[i, "gain_db"] = [gain]
    return Devices((element,), tuple(_weight(node)))


def _weight(node: Node) -> Iterator[str]:
    if node.parameters.get("weight", 1.0) != 1:
        yield f"its dry/wet weight of {node.parameters['weight']:g}"


def _knee(node: Node) -> Iterator[str]:
    if node.parameters["knee_db"] > 0:
        yield f"its knee of {node.parameters['knee_db']:g} dB"


def _kept(i: int, node: Node, ids: Numbering) -> Element:
    """A device that no program has, so that settings are not lost; it is not on."""
    title = f"unpatch {node.kind}"
    attributes = {"name": f"{i} {node.kind}", "deviceName": title, "deviceID": title.replace(" ", ".")}
    element = Element("Device", {"id": ids.next(), **attributes, "deviceRole": "audioFX", "loaded": "false"})
    parameters = SubElement(element, "Parameters")
    circuit = Circuit(KINDS[node.kind], ())
    for (name, knob), value in zip(circuit.knobs.items(), knob_values(circuit, node), strict=True):
        unit, scale = _unit(knob)
        ends = knob.low * scale, knob.high * scale
        real(parameters, "RealParameter", float(value) * scale, unit, ids, ends)
        parameters[-1].set("name", name)
    SubElement(element, "Enabled", {"id": ids.next(), "value": "false"})
    return element


def _unit(knob: Parameter) -> tuple[Unit, float]:
    """The format's unit, and what one of ours is in it."""
    return ("seconds", 0.001) if knob.unit == "ms" else (_UNITS.get(knob.unit, "linear"), 1.0)
