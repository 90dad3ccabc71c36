"""What all exports have in common, and the command."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tests.commands import printed
from tests.export_kit import one_node, sound
from unpatch.cli import main
from unpatch.exports import FORMATS, export
from unpatch.exports.circuits import DRAFTS
from unpatch.exports.job import make_job
from unpatch.graph.data import Edge, Graph, GraphError, Node
from unpatch.processors import KINDS
from unpatch.rendering import oracle, render
from unpatch.storage.outputs import OutputError

SAMPLE_RATE = 44_100
WITHOUT_CIRCUIT = {
    "alignment",
    "console_delay",
    "console_reverb",
    "pitchshift",
    "published_delay",
    "published_equalizer",
    "published_reverb",
}
EQUALIZED = Graph(
    (Node("in"), Node("bell"), Node("distortion"), Node("out")), (Edge(0, 1), Edge(1, 2), Edge(2, 3))
)


def test_every_kind_without_a_transform_has_a_circuit() -> None:
    assert set(KINDS) - set(DRAFTS) == WITHOUT_CIRCUIT


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_every_export_tells_what_it_holds_and_how_far_it_is(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"song{ending}"
    report = export(EQUALIZED, path, sources=sound(1, 4_000), sample_rate=SAMPLE_RATE)
    assert report.files and all(file.exists() for file in report.files)
    assert report.residual_db is not None
    assert report.measured and FORMATS[ending].holds


@pytest.mark.parametrize("ending", sorted(FORMATS))
def test_gains_of_the_energy_rule_are_asked_for(ending: str, tmp_path: Path) -> None:
    report = export(EQUALIZED, tmp_path / f"song{ending}")
    assert any("energy rule" in line for line in report.lost)


def test_a_folder_holds_graph_tables_and_responses(tmp_path: Path) -> None:
    heard = sound(1, 4_000)
    graph, folder = one_node("console_equalizer", 1), tmp_path / "patch"
    report = export(graph, folder, sources=heard, sample_rate=SAMPLE_RATE)
    assert report.residual_db is not None and report.residual_db < -120 and not report.lost
    read = Graph.from_json((folder / "graph.json").read_text())
    assert torch.equal(render(read, heard, SAMPLE_RATE), render(graph, heard, SAMPLE_RATE))
    knobs = list(csv.DictReader((folder / "knobs.csv").read_text().splitlines()))
    assert float(knobs[0]["value"]) == graph.nodes[1].parameters[knobs[0]["knob"]]
    assert len(list(csv.DictReader((folder / "bands.csv").read_text().splitlines()))) >= 6
    taps, rate = soundfile.read(folder / "responses" / "node_1_console_equalizer.wav")
    impulse = torch.zeros(2, len(taps))
    impulse[0, 0] = 1
    wanted = oracle(graph, impulse, SAMPLE_RATE)[0].numpy() / graph.edges[-1].gain
    assert rate == SAMPLE_RATE and np.abs(taps[:, 0] - wanted).max() < 1e-4


@pytest.mark.parametrize("name", ["song", "song.rpp"])
def test_files_of_the_user_are_not_replaced(name: str, tmp_path: Path) -> None:
    """Unlike what an export has written there before."""
    graph, path = one_node("console_reverb", 1), tmp_path / name
    export(graph, path)
    written = export(graph, path).files[-1]
    written.write_bytes(b"my own")
    with pytest.raises(OutputError, match="is there already"):
        export(graph, path)
    assert written.read_bytes() == b"my own"


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"exports end in .*\.rpp"):
        export(EQUALIZED, tmp_path / "song.als")


def test_a_graph_that_cannot_be_rendered_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphError):
        export(Graph((Node("in"),)), tmp_path / "song.dsp")


def test_sources_with_one_name_are_told_apart() -> None:
    nodes = (Node("in"), Node("in"), Node("kick", name="kick"), Node("out"))
    job = make_job(Graph(nodes, (Edge(0, 3), Edge(1, 3), Edge(2, 3))), None, None, energy=None)
    assert job.names == ("in 1", "in 2", "kick")


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line that a command ends with."""
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and said.count("\n") == 1
    return said


def test_the_command_writes_and_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph, audio = tmp_path / "graph.json", tmp_path / "voice.wav"
    graph.write_text(EQUALIZED.to_json())
    soundfile.write(audio, sound(1, 4_000)[0].T.numpy(), SAMPLE_RATE)
    said = printed(capsys, "export", graph, audio, "-o", tmp_path / "patch.dsp")
    assert "everything in the graph is held" in said and str(tmp_path / "patch.dsp") in said
    found = json.loads(printed(capsys, "export", graph, "-o", tmp_path / "eq.txt", "--json"))
    assert len(found["lost"]) == 2 and found["residual_db"] < -60


def test_the_command_replaces_no_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    graph, audio = tmp_path / "graph.json", tmp_path / "song audio" / "in.wav"
    graph.write_text(EQUALIZED.to_json())
    audio.parent.mkdir()
    soundfile.write(audio, sound(1, 4_000)[0].T.numpy(), SAMPLE_RATE)
    assert "exports end in" in refused(capsys, "export", graph, "-o", graph)
    assert "is an input" in refused(capsys, "export", graph, audio, "-o", tmp_path / "song.rpp")
    assert "is an input" in refused(capsys, "export", graph, "-o", tmp_path)
    assert "--output is missing" in refused(capsys, "export", graph)
