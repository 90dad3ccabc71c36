"""Drum kits of the drum machine Hydrogen: a folder of samples and drumkit.xml."""

import math
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from unpatch.synth.drums.kit import KitError, Take
from unpatch.synth.drums.sample import read_sample

DESCRIPTION = "drumkit.xml"


def read_hydrogen(folder: Path, instruments: Mapping[str, str]) -> dict[str, list[Take]]:
    """Takes of some articulations; ``instruments`` are the kit's names of them, in whole or their start."""
    listed = _instruments(folder / DESCRIPTION)
    return {
        articulation: _takes(folder, _named(listed, name, folder))
        for articulation, name in instruments.items()
    }


def _instruments(path: Path) -> dict[str, ElementTree.Element]:
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise KitError(f"{path}: not XML: {error}") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]  # newer kits name a namespace
    found: dict[str, ElementTree.Element] = {}
    for instrument in root.iter("instrument"):
        found.setdefault(instrument.findtext("name", ""), instrument)
    return found


def _named(listed: Mapping[str, ElementTree.Element], name: str, folder: Path) -> ElementTree.Element:
    for known in (name, *(known for known in listed if known.startswith(name))):
        if known in listed:
            return listed[known]
    raise KitError(f"{folder}: no instrument is called {name!r}")


def _takes(folder: Path, instrument: ElementTree.Element) -> list[Take]:
    """Its layers from soft to hard, or its one sample."""
    layers = list(instrument.iter("layer"))
    if not layers:
        return [Take(1.0, read_sample(folder / instrument.findtext("filename", "")))]
    layers.sort(key=lambda layer: _hardest(folder, layer))
    return [
        Take(_hardest(folder, layer), read_sample(folder / layer.findtext("filename", "")))
        for layer in layers
    ]


def _hardest(folder: Path, layer: ElementTree.Element) -> float:
    """Highest velocity of a layer, where 1 is the hardest stroke."""
    given = layer.findtext("max", "1")
    try:
        velocity = float(given)
    except ValueError:
        velocity = math.nan
    if not 0 < velocity <= 1:
        raise KitError(
            f"{folder / DESCRIPTION}: a layer has max {given[:20]!r}; velocities are above 0, at most 1"
        )
    return velocity
