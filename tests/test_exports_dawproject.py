"""DAWproject files, held against the schema of DAWproject 1.0 and read again."""

import io
import os
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
import pytest
import soundfile
import torch

from tests.export_kit import one_node, residual_db, sound
from tests.random_graphs import random_graph
from unpatch.exports import export
from unpatch.graph.data import Edge, Graph, Node
from unpatch.processors import KINDS
from unpatch.rendering import oracle

SAMPLE_RATE = 44_100
SCHEMAS = os.environ.get("DAWPROJECT_SCHEMAS")
"""Folder of Project.xsd and MetaData.xsd, from the repository bitwig/dawproject."""
SOUNDING = sorted(kind for kind in KINDS if KINDS[kind].has_audio_output)


def read(path: Path) -> Element:
    with zipfile.ZipFile(path) as file:
        return ElementTree.fromstring(file.read("project.xml"))


def check_schema(path: Path) -> None:
    etree = pytest.importorskip("lxml.etree")
    if SCHEMAS is None:
        pytest.skip("name the folder of DAWproject's schemas in DAWPROJECT_SCHEMAS")
    with zipfile.ZipFile(path) as file:
        for name, schema in (("project.xml", "Project.xsd"), ("metadata.xml", "MetaData.xsd")):
            etree.XMLSchema(etree.parse(Path(SCHEMAS) / schema)).assertValid(
                etree.fromstring(file.read(name))
            )


@pytest.mark.parametrize("kind", SOUNDING)
def test_every_kind_is_valid(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "song.dawproject"
    export(one_node(kind, 1), path, sources=sound(1, 3_000), sample_rate=SAMPLE_RATE, energy=False)
    check_schema(path)


@pytest.mark.parametrize("seed", range(8))
def test_random_graphs_are_valid_and_measured(seed: int, tmp_path: Path) -> None:
    graph = random_graph(seed, 9, registry=KINDS, kinds=SOUNDING, sources=("in", "kick"))
    path = tmp_path / "song.dawproject"
    report = export(graph, path, sources=sound(2, 3_000), sample_rate=SAMPLE_RATE, energy=False)
    check_schema(path)
    assert report.residual_db is not None


def devices_gain(channel: Element) -> float:
    decibels = [float(each.attrib["value"]) for each in channel.iter("OutputGain")]
    return float(10 ** (sum(decibels) / 20))


def gains_of(root: Element, channel: str) -> float:
    """From a channel to the master, along groups."""
    channels = {each.attrib["id"]: each for each in root.iter("Channel")}
    gain = 1.0
    while channels[channel].attrib["role"] != "master":
        volume = channels[channel].find("Volume")
        assert volume is not None
        gain *= float(volume.attrib["value"]) * devices_gain(channels[channel])
        channel = channels[channel].attrib["destination"]
    return gain


def test_groups_sends_and_clips_sum_up_to_the_mix(tmp_path: Path) -> None:
    """Read again: clips in their places, through volumes, destinations and sends."""
    late = {"delay_ms": 441 / SAMPLE_RATE * 1000, "polarity": -1.0}
    nodes = (
        Node("kick", name="kick"),
        Node("in", name="vocal"),
        Node("alignment", late),
        Node("mix", name="drums"),
        Node("mix", name="parallel"),
        Node("out"),
    )
    edges = (
        Edge(0, 3, gain=0.8),
        Edge(1, 2),
        Edge(2, 4, gain=0.4),
        Edge(2, 5, gain=0.5),
        Edge(3, 5, gain=0.9),
        Edge(4, 5, gain=0.7),
    )
    graph, sources, path = Graph(nodes, edges), sound(2, 3_000), tmp_path / "song.dawproject"
    report = export(graph, path, sources=sources, sample_rate=SAMPLE_RATE)
    root, found = read(path), np.zeros((2, 3_000))
    tracks = {track.attrib["id"]: track for track in root.iter("Track")}
    with zipfile.ZipFile(path) as file:
        for lane in root.iter("Lanes"):
            for clip in lane.findall("Clips/Clip"):
                channel = tracks[lane.attrib["track"]].find("Channel")
                name = clip.find("Audio/File")
                assert channel is not None and name is not None
                audio, _ = soundfile.read(io.BytesIO(file.read(name.attrib["path"])), always_2d=True)
                start = round(float(clip.attrib["time"]) * SAMPLE_RATE)
                gain = gains_of(root, channel.attrib["id"])
                for send in channel.findall("Sends/Send"):
                    volume = send.find("Volume")
                    assert volume is not None
                    own = float(volume.attrib["value"]) * devices_gain(channel)
                    gain += own * gains_of(root, send.attrib["destination"])
                found[:, start:] += gain * audio.T[:, : 3_000 - start]
    wanted = oracle(graph, sources, SAMPLE_RATE)
    assert residual_db(torch.from_numpy(found), wanted) <= -40  # the ends of a shifted clip
    assert report.residual_db is not None and report.residual_db <= -100


def test_a_group_lies_around_its_tracks(tmp_path: Path) -> None:
    nodes = (Node("kick", name="kick"), Node("snare", name="snare"), Node("mix", name="drums"), Node("out"))
    edges = (Edge(0, 2), Edge(1, 2), Edge(2, 3))
    export(Graph(nodes, edges), tmp_path / "song.dawproject")
    (group, _) = read(tmp_path / "song.dawproject").findall("Structure/Track")
    assert group.attrib["name"] == "drums" and group.attrib["contentType"] == "audio tracks"
    assert {part.attrib["name"] for part in group.findall("Track")} == {"kick", "snare"}


def test_devices_have_our_settings(tmp_path: Path) -> None:
    bell = {"frequency_hz": 500.0, "q": 2.0, "gain_db": -4.0}
    squeeze = {"threshold_db": -20.0, "ratio": 3.0, "attack_ms": 5.0, "release_ms": 80.0, "knee_db": 0.0}
    nodes = (Node("in"), Node("bell", bell), Node("compressor", squeeze), Node("bitcrush"), Node("out"))
    graph = Graph(nodes, tuple(Edge(i, i + 1) for i in range(4)))
    report = export(graph, tmp_path / "song.dawproject", energy=False)
    root = read(tmp_path / "song.dawproject")
    values = {each.tag: float(each.attrib["value"]) for each in root.iter() if each.attrib.get("unit")}
    assert (values["Freq"], values["Gain"], values["Q"]) == (500, -4, 2)
    assert (values["Threshold"], values["Ratio"], values["Attack"]) == (-20, 3, 0.005)
    (kept,) = root.iter("Device")
    assert kept.attrib["deviceName"] == "unpatch bitcrush" and kept.attrib["loaded"] == "false"
    assert any("node 3 (bitcrush)" in line for line in report.lost)


def test_a_moved_gain_is_automation(tmp_path: Path) -> None:
    nodes = (Node("in"), Node("gain"), Node("mono_lfo", {"frequency_hz": 5.0}), Node("out"))
    edges = (Edge(0, 1), Edge(2, 1, "lfo", "gain", 0.25), Edge(1, 3))
    path = tmp_path / "song.dawproject"
    export(Graph(nodes, edges), path, sources=sound(1, SAMPLE_RATE), sample_rate=SAMPLE_RATE, energy=False)
    check_schema(path)
    (points,) = read(path).iter("Points")
    target, (moved,) = points.find("Target"), read(path).iter("OutputGain")
    assert target is not None and target.attrib["parameter"] == moved.attrib["id"]
    times, values = np.array(
        [(float(p.attrib["time"]), float(p.attrib["value"])) for p in points.iter("RealPoint")]
    ).T
    assert np.abs(values - 6 * np.sin(2 * np.pi * 5 * times)).max() < 0.01
