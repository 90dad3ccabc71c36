"""The command line with the dry signal, another recording, or several recordings at hand."""

import json
from pathlib import Path

import pytest
import soundfile
import torch

from tests.test_cli import Run, denormals_as_before, model, refuse, run, voice
from unpatch.audio import AudioError, level_db, load, save
from unpatch.graph.build import chain
from unpatch.graph.certainty import certainty
from unpatch.graph.data import Edge, Graph, Node
from unpatch.jobs.dry_files import dry_files
from unpatch.processors import PROCESSORS
from unpatch.rendering import render
from unpatch.storage.results import RECORD

__all__ = ["denormals_as_before", "model", "refuse", "run", "voice"]

RATE = 44_100


def test_words_for_dry_signals(tmp_path: Path) -> None:
    stems = tmp_path / "stems"
    stems.mkdir()
    for name in ("Kick.wav", "snare.flac", "room.wav", "notes.txt"):
        (stems / name).touch()
    voice = tmp_path / "voice.wav"
    assert dry_files([str(voice)]) == {"in": voice}
    assert dry_files(["KICK=k.wav", "Hat=h.wav"]) == {"kick": Path("k.wav"), "hat": Path("h.wav")}
    assert dry_files([str(stems)]) == {"kick": stems / "Kick.wav", "snare": stems / "snare.flac"}
    assert dry_files([]) == {}
    with pytest.raises(AudioError, match="no source 'gong'"):
        dry_files(["gong=g.wav"])
    with pytest.raises(AudioError, match="already"):
        dry_files(["kick=a.wav", str(stems)])
    with pytest.raises(AudioError, match="called like a source"):
        dry_files([str(tmp_path)])


def test_fit_refines_a_graph_and_says_so(run: Run, voice: Path, tmp_path: Path) -> None:
    dry, rate = load(voice)
    truth = chain(PROCESSORS, ("lowpass2", {"frequency_hz": 700}))
    save(tmp_path / "wet.wav", 0.5 * render(truth, dry, rate), rate)
    start = tmp_path / "start.json"
    start.write_text(chain(PROCESSORS, ("lowpass2", {"frequency_hz": 5_000})).to_json())
    words = (start, "--dry", voice, "--wet", tmp_path / "wet.wav", "-o", tmp_path / "out", "--renders", 80)
    told = json.loads(run("fit", *words, "--no-structure", "--json"))
    assert told["fit"]["after"] < 0.5 * told["fit"]["before"]
    assert told["fit"]["moments"][0]["by"] == "candidate"
    found = Graph.from_json((tmp_path / "out" / "graph.json").read_text())
    assert found.to_dict() == told["graph"]
    assert found.nodes[1].parameters["frequency_hz"] < 2_500
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "graph.json", "graph.svg", "rerender.wav", "report.html", RECORD,
    }  # fmt: skip


def test_fit_of_drums(run: Run, voice: Path, tmp_path: Path) -> None:
    """Stems are named; a source of the graph for which there is none is silent."""
    dry, rate = load(voice)
    stems = tmp_path / "stems"
    for name, audio in {"kick": dry[:, :rate], "snare": dry[:, rate : 2 * rate]}.items():
        save(stems / f"{name}.wav", audio, rate)
    nodes = tuple(Node(kind, version=1) for kind in ("kick", "snare", "tom", "mix", "out"))
    graph = Graph(nodes, (Edge(0, 3), Edge(1, 3, gain=0.5), Edge(2, 3), Edge(3, 4)))
    (tmp_path / "drums.json").write_text(graph.to_json())
    save(tmp_path / "mix.wav", dry[:, :rate] + 0.1 * dry[:, rate : 2 * rate], rate)
    words = ("--dry", stems, "--wet", tmp_path / "mix.wav", "-o", tmp_path / "out", "--renders", 60)
    told = json.loads(run("fit", tmp_path / "drums.json", *words, "--no-structure", "--json"))
    assert told["fit"]["after"] < 0.5 * told["fit"]["before"]


def test_estimate_with_the_dry_signal_is_refined(run: Run, voice: Path, model: Path, tmp_path: Path) -> None:
    options = (
        "--dry",
        voice,
        "--cpu-seconds",
        0.5,
        "--draws",
        2,
        "--model",
        model,
        "--top",
        2,
        "-o",
        tmp_path,
    )
    told = json.loads(run("estimate", voice, *options, "--json"))
    assert told["fit"]["after"] <= told["fit"]["before"]
    assert "candidates" not in told
    assert told["fit"]["nothing"] >= 0
    distances = [candidate["distance"] for candidate in told["without_dry"]["candidates"]]
    assert len(distances) == 2
    assert distances == sorted(distances)
    assert told["graph"] == json.loads((tmp_path / "graph.json").read_text())
    text = run("estimate", voice, *options)
    assert text.count("distance") >= 2
    assert "share" not in text
    assert "\n  1  " not in text
    assert "Without the dry signal" in (tmp_path / "report.html").read_text()


def test_top_tells_so_many_candidates(run: Run, voice: Path, model: Path, tmp_path: Path) -> None:
    options = ("--model", model, "--draws", 9, "--beams", 5, "-o", tmp_path)
    told = json.loads(run("estimate", voice, *options, "--top", 3, "--json"))
    expected = [candidate["expected_f1"] for candidate in told["candidates"]]
    assert len(expected) == 3
    assert expected == sorted(expected, reverse=True)
    assert 0 < sum(candidate["share"] for candidate in told["candidates"]) <= 1 + 1e-9
    assert 0 <= told["certainty"]["no_audible_processing"] <= 1
    for told_of in told["certainty"]["processors"]:
        assert told_of["certainty"] == certainty(told_of["probability"])
    text = run("estimate", voice, *options, "--top", 2)
    assert "  1  " in text
    assert "  2  " in text


def test_the_graph_is_put_on_another_recording(run: Run, voice: Path, model: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.wav"
    audio = 0.05 * torch.randn(1, 3 * 22_050, generator=torch.Generator().manual_seed(0))
    soundfile.write(mine, audio.T.numpy(), 22_050)
    words = ("estimate", voice, "--model", model, "-o", tmp_path / "out", "--apply", mine)
    said = run(*words)
    applied, rate = load(tmp_path / "out" / "applied.wav")
    assert "applied.wav" in said
    assert (rate, applied.shape[-1]) == (RATE, 3 * RATE)
    peak = float(applied.abs().max())
    kept = level_db(applied) == pytest.approx(level_db(audio), abs=0.3)
    assert kept or 0.8 < peak <= 1, "as loud as it came in, or as loud as full scale allows"
    run(*words, "--amount", 0)
    dry, _ = load(tmp_path / "out" / "applied.wav")
    assert float((dry[0] - dry[1]).abs().max()) < 1e-6


def test_several_recordings_get_a_folder_each(
    run: Run, refuse: Run, voice: Path, model: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.flac"
    audio, rate = load(voice)
    save(other, audio[:, :rate], rate)
    told = json.loads(run("estimate", voice, other, "--model", model, "-o", tmp_path / "out", "--json"))
    assert [Path(one["files"]["graph"]).parent.name for one in told] == ["voice", "other"]
    assert (tmp_path / "out" / "other" / "report.html").exists()
    assert "one recording" in refuse("estimate", voice, other, "--dry", voice, "--model", model)
    assert "one folder" in refuse("estimate", voice, voice, "--model", model)
