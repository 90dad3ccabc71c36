"""The command line: what it does with good input, and what it says to bad."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from tests.commands import printed
from unpatch.audio import load
from unpatch.blind.models import build, save_pretrained
from unpatch.blind.presets import PRESETS
from unpatch.blind.vocabulary import Vocabulary
from unpatch.cli import BAD_INPUT, main
from unpatch.cli.docs import page
from unpatch.demo import embedded_voice
from unpatch.graph.build import chain
from unpatch.graph.data import Graph
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.processors import PROCESSORS
from unpatch.rendering import render
from unpatch.storage.results import RECORD

RATE = 44_100
Run = Callable[..., str]


@pytest.fixture(autouse=True)
def denormals_as_before() -> Iterator[None]:
    """Commands switch denormal numbers off for the rest of their process, which here is that of all tests."""
    yield
    torch.set_flush_denormal(False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command that should succeed; what it printed on stdout."""

    return partial(printed, capsys)


@pytest.fixture
def refuse(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command that should refuse; its one line on stderr."""

    def refuse(*arguments: object) -> str:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        captured = capsys.readouterr()
        assert ended.value.code == BAD_INPUT
        assert captured.out == ""
        assert captured.err.startswith("unpatch: ")
        assert captured.err.count("\n") == 1
        return captured.err

    return refuse


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model."""
    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("model")
    vocabulary = Vocabulary.of(PROCESSORS, "singing")
    save_pretrained(build(PRESETS["singing_debug_proposed"].model, vocabulary), folder)
    return folder


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of the embedded voice."""
    audio, rate = embedded_voice()
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    soundfile.write(path, audio[:, : 4 * rate].T.numpy(), rate)
    return path


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph.json"
    path.write_text(chain(PROCESSORS, ("bell", {"gain_db": 9}), "compressor").to_json())
    return path


# --- good input -----------------------------------------------------------------------------------


def test_list_json_names_every_kind_with_ports_and_parameters(run: Run) -> None:
    listed = json.loads(run("list", "--json"))
    assert set(listed) == set(PROCESSORS)
    for kind, processor in PROCESSORS.items():
        for part in ("inlets", "outlets"):
            assert [p["name"] for p in listed[kind][part]] == [p.name for p in getattr(processor, part)]
        assert [p["name"] for p in listed[kind]["parameters"]] == list(processor.parameters)


def test_list_of_a_family(run: Run) -> None:
    text = run("list", "--family", "dynamics")
    assert "compressor" in text
    assert "chorus" not in text


def test_show_a_kind_and_a_graph(run: Run, graph: Path) -> None:
    assert "threshold_db" in run("show", "compressor")
    assert json.loads(run("show", "compressor", "--json"))["family"] == "dynamics"
    text = run("show", graph)
    assert text.index("bell") < text.index("compressor") < text.index("out")
    assert Graph.from_dict(json.loads(run("show", graph, "--json"))).nodes[1].parameters["gain_db"] == 9


def test_draw_writes_a_picture(run: Run, graph: Path, tmp_path: Path) -> None:
    run("draw", graph, "-o", tmp_path / "new" / "patch.svg")
    assert "+9.0 dB" in (tmp_path / "new" / "patch.svg").read_text()


def test_render_is_the_api_s_render(run: Run, graph: Path, voice: Path, tmp_path: Path) -> None:
    run("render", graph, voice, "-o", tmp_path / "wet.wav", "--no-energy")
    dry, rate = load(voice)
    expected = render(Graph.from_json(graph.read_text()), dry, rate, energy=False)
    expected = expected / expected.abs().max().clamp_min(1)
    torch.testing.assert_close(load(tmp_path / "wet.wav")[0], expected, atol=2**-22, rtol=0)


def test_render_says_by_how_much_it_lowered(
    graph: Path, voice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patch = chain(PROCESSORS, ("bell", {"gain_db": 0}))
    doubled = Graph(patch.nodes, (replace(patch.edges[0], gain=4.0), *patch.edges[1:]))
    graph.write_text(doubled.to_json())
    with pytest.raises(SystemExit):
        main(["render", str(graph), str(voice), "-o", str(tmp_path / "wet.wav"), "--no-energy"])
    peak = 4 * float(load(voice)[0].abs().max())
    assert f"lowered by {20 * np.log10(peak):.1f} dB" in capsys.readouterr().err


def test_estimate_writes_everything(run: Run, voice: Path, model: Path, tmp_path: Path) -> None:
    out = run(
        "estimate",
        voice,
        "--dry",
        voice,
        "--cpu-seconds",
        0,
        "--draws",
        0,
        "--model",
        model,
        "-o",
        tmp_path / "found",
    )
    names = {path.name for path in (tmp_path / "found").iterdir()}
    assert names == {"graph.json", "graph.svg", "rerender.wav", "report.html", RECORD}
    assert out.rstrip().endswith("report.html")
    Graph.from_json((tmp_path / "found" / "graph.json").read_text())


def test_estimate_with_the_dry_signal_measures_distances(
    run: Run, voice: Path, model: Path, tmp_path: Path
) -> None:
    options = ("--dry", voice, "--cpu-seconds", 0, "--draws", 0, "--model", model, "-o", tmp_path)
    apart = json.loads(run("estimate", voice, *options, "--json"))["distance"]
    assert apart["compared_s"] == pytest.approx(4)
    assert f"level {apart['level_db']:+.1f} dB" in run("estimate", voice, *options)
    assert json.loads(run("estimate", voice, *options[6:], "--json"))["distance"] is None


@pytest.mark.parametrize(
    ("seconds", "gain", "said"),
    [(4, 0.0, "silence"), (1 / RATE, 1.0, "equally long"), (2, 1.0, "lasts 2 s, the recording 4 s")],
)
def test_a_dry_signal_that_cannot_be_the_recording_s_is_refused(
    seconds: float, gain: float, said: str, refuse: Run, voice: Path, model: Path, tmp_path: Path
) -> None:
    audio, rate = load(voice)
    soundfile.write(tmp_path / "dry.wav", gain * audio[:, : round(seconds * rate)].T.numpy(), rate)
    line = refuse("estimate", voice, "--dry", tmp_path / "dry.wav", "--model", model, "-o", tmp_path / "out")
    assert said in line
    assert "dry.wav" in line


def test_of_a_long_recording_the_loudest_stretch_is_read(
    run: Run, refuse: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate = 8000
    audio = 0.01 * np.random.default_rng(1).standard_normal(700 * rate)
    audio[630 * rate : 634 * rate] *= 20
    path = tmp_path / "long.flac"
    soundfile.write(path, audio, rate)
    monkeypatch.setattr("unpatch.jobs.recordings.load", None)
    options = ("--dry", path, "--cpu-seconds", 0, "--draws", 0, "--model", model, "-o", tmp_path, "--json")
    found = json.loads(run("estimate", path, *options))
    assert 628 < found["windows_s"][0] < 632
    assert found["distance"]["compared_s"] == EXCERPT_S
    assert f"{EXCERPT_S} s of 700 s" in (tmp_path / "report.html").read_text()
    assert "at most 10 min" in refuse("estimate", path, "--windows", "all", "--model", model)


def test_estimate_json_is_the_graph_that_was_written(
    run: Run, voice: Path, model: Path, tmp_path: Path
) -> None:
    options = (
        "--json",
        "--windows",
        "all",
        "--draws",
        5,
        "--seed",
        4,
        "--model",
        model,
        "-o",
        tmp_path,
    )
    found = json.loads(run("estimate", voice, *options))
    assert found["graph"] == json.loads((tmp_path / "graph.json").read_text())
    assert found["graph"] == found["candidates"][0]["graph"]
    assert found["model"]["commercial_use"] is None  # a toy that names no sources


def test_demo_on_the_embedded_voice_shows_truth_and_estimate(run: Run, model: Path, tmp_path: Path) -> None:
    out = run("demo", "--model", model, "--out", tmp_path)
    assert out.index("The graph that was used: an everyday chain") < out.index("The graph that was found")
    assert out.index("The graph that was found") < out.index("The graph that was used: five effects")
    for folder in (tmp_path, tmp_path / "five_effects"):
        assert "The graph that was used" in (folder / "report.html").read_text()


def test_demo_on_a_recording_says_that_its_dry_signal_is_unknown(
    run: Run, voice: Path, model: Path, tmp_path: Path
) -> None:
    run("demo", voice, "--model", model, "--out", tmp_path)
    assert "is not known" in (tmp_path / "report.html").read_text()


def test_from_data_to_figures(run: Run, voice: Path, tmp_path: Path) -> None:
    """synth, train, evaluate, gallery."""
    data, runs = tmp_path / "data" / "singing" / "val_unseen", tmp_path / "runs"
    preset = "singing_debug_proposed"
    out = runs / preset
    options = ("--count", 2, "--shard-size", 2, "--preset", preset, "--audio", "dry", "-o", data)
    run("synth", "singing", "--sources", voice.parent, *options)
    assert "| 2 graphs |" in (data / "statistics.md").read_text()
    assert (data / "statistics.png").read_bytes().startswith(b"\x89PNG")
    run("train", preset, "--data", data, "--steps", 1, "-o", out)
    table = json.loads(run("evaluate", out / "model", "--data", data, "--json"))
    assert table["examples"] == 2
    assert table["systems"]["model"]["invalid"]["mean"] == 0
    page = tmp_path / "page.md"
    whole = ("--runs", runs, "--size", "debug", "--page", page)
    assert str(page) in run("evaluate", "--table", "--data", tmp_path / "data", *whole)
    assert "| 3 proposed | unseen |" in page.read_text()
    run("gallery", out / "model", "--data", data, "-o", tmp_path / "gallery")
    assert (tmp_path / "gallery" / "index.html").read_text().count('class="player"') == 2


@pytest.mark.parametrize(
    "command",
    ["", "list", "estimate", "fit", "demo", "search", "synth", "train", "evaluate", "gallery", "render"],
)
def test_help_has_examples(run: Run, command: str) -> None:
    text = run(*command.split(), "--help")
    assert ("Examples" if command else "estimate") in text


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["show", "bell"], ["estimate", "--help"]])
def test_looking_needs_no_heavy_module(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom unpatch.cli import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'numba', 'scipy', 'matplotlib'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_estimating_needs_no_matplotlib(voice: Path, model: Path, tmp_path: Path) -> None:
    """Its import and figures would take a second of the five that an estimate may take."""
    code = (
        "import sys\nfrom unpatch.cli import main\n"
        f"try: main(['estimate', {str(voice)!r}, '--model', {str(model)!r}, '-o', {str(tmp_path)!r}])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_reference_page_is_up_to_date() -> None:
    written = (Path(__file__).parent.parent / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m unpatch.cli.docs > docs/cli.md"


# --- bad audio ------------------------------------------------------------------------------------


def broken_audio() -> dict[str, Callable[[Path], Any]]:
    """Name to what makes the file."""
    good = 0.1 * np.random.default_rng(0).standard_normal((RATE, 2))
    nan = good.copy()
    nan[100] = np.nan

    def cut(path: Path) -> None:
        soundfile.write(path, good, RATE)
        os.truncate(path, path.stat().st_size // 2)

    def slow(path: Path) -> None:
        soundfile.write(path, good, RATE)
        data = bytearray(path.read_bytes())
        data[24:28] = struct.pack("<I", 1)
        path.write_bytes(data)

    return {
        "missing.wav": lambda path: None,
        "directory.wav": lambda path: path.mkdir(),
        "text.wav": lambda path: path.write_text("not audio\n" * 99),
        "empty.wav": lambda path: path.touch(),
        "nan.wav": lambda path: soundfile.write(path, nan, RATE, subtype="FLOAT"),
        "silence.wav": lambda path: soundfile.write(path, 0 * good, RATE),
        "one_sample.wav": lambda path: soundfile.write(path, good[:1], RATE),
        "three_hours.flac": lambda path: soundfile.write(path, np.zeros(3 * 3600 * 8000, np.int16), 8000),
        "six_channels.wav": lambda path: soundfile.write(path, np.tile(good, 3), RATE),
        "one_hertz.wav": slow,
        "cut.flac": cut,
        "headless.flac": lambda path: path.write_bytes(b"fLaC\0\0\0\x22"),
    }


SAID = {
    "missing.wav": "no such file",
    "directory.wav": "is a directory",
    "text.wav": "not readable as audio",
    "empty.wav": "is empty",
    "nan.wav": "NaN",
    "silence.wav": "nothing to estimate",
    "one_sample.wav": "at least 0.1 s",
    "three_hours.flac": "3.0 h",
    "six_channels.wav": "6 channels",
    "one_hertz.wav": "sample rate 1 Hz",
    "cut.flac": "cut off",
    "headless.flac": "not readable",
}


@pytest.mark.parametrize("name", SAID)
def test_bad_audio_is_refused_in_one_line(name: str, refuse: Run, tmp_path: Path) -> None:
    path = tmp_path / name
    broken_audio()[name](path)
    said = refuse("estimate", path, "-o", tmp_path / "out")
    assert str(path) in said
    assert SAID[name] in said
    assert not (tmp_path / "out").exists()


# --- bad graphs -----------------------------------------------------------------------------------


def changed(graph: Path, *places: str | int, value: Any) -> None:
    """Set one field of a graph file."""
    data = json.loads(graph.read_text())
    spot = data
    for place in places[:-1]:
        spot = spot[place]
    spot[places[-1]] = value
    graph.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("places", "value", "said"),
    [
        (("schema_version",), 2, "schema version 2"),
        (("edges", 0, "source"), 2, "cycle"),
        (("nodes", 1, "kind"), "bel", "did you mean 'bell'"),
        (("nodes", 1, "parameters", "q"), 99.0, "q is 99"),
        (("nodes", 1, "parameters", "q"), float("nan"), "NaN"),
        (("nodes", 1, "version"), 77, "version"),
        (("edges", 0, "inlet"), "sidechain", "sidechain"),
    ],
)
@pytest.mark.parametrize("command", ["show", "draw", "render"])
def test_bad_graphs_are_refused(
    command: str, places: tuple[str | int, ...], value: Any, said: str, graph: Path, voice: Path, refuse: Run
) -> None:
    changed(graph, *places, value=value)
    line = refuse(command, graph, *([voice] if command == "render" else []))
    assert str(graph) in line
    assert said in line


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\x00", b"null"])
def test_what_is_no_graph_is_refused(content: bytes, tmp_path: Path, refuse: Run) -> None:
    (tmp_path / "graph.json").write_bytes(content)
    assert "graph.json" in refuse("draw", tmp_path / "graph.json")


@pytest.mark.parametrize(("content", "said"), [(b"", "is empty"), (b"RIFF\xac\x00\xff", "is not text")])
def test_what_is_no_text_is_told_so(content: bytes, said: str, tmp_path: Path, refuse: Run) -> None:
    (tmp_path / "voice.wav").write_bytes(content)
    assert said in refuse("show", tmp_path / "voice.wav")


# --- bad options ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["estimate"],
        ["estimate", "VOICE", "--windows", "half"],
        ["estimate", "VOICE", "--beams", "0"],
        ["estimate", "VOICE", "--draws", "-1"],
        ["estimate", "VOICE", "--draws", "nan"],
        ["estimate", "VOICE", "--seed", "x"],
        ["estimate", "VOICE", "--frobnicate"],
        ["estimate", "VOICE", "--task", "cooking"],
        ["estimate", "VOICE", "--model", "/nowhere"],
        ["estimate", "VOICE", "--dry", "/nowhere.wav"],
        ["estimate", "VOICE", "--dry", "gong=VOICE"],
        ["estimate", "VOICE", "--dry", "VOICE", "--dry", "VOICE"],
        ["estimate", "VOICE", "--apply", "/nowhere.wav"],
        ["estimate", "VOICE", "--amount", "1.1"],
        ["estimate", "VOICE", "--top", "0"],
        ["estimate", "VOICE", "VOICE"],
        ["fit", "GRAPH", "--wet", "VOICE"],
        ["fit", "GRAPH", "--dry", "VOICE"],
        ["fit", "GRAPH", "--dry", "KICK=VOICE", "--wet", "VOICE"],
        ["fit", "VOICE", "--dry", "VOICE", "--wet", "VOICE"],
        ["fit", "GRAPH", "--dry", "VOICE", "--wet", "VOICE", "--cpu-seconds", "0"],
        ["list", "--family", "cutlery"],
        ["show", "compresor"],
        ["draw", "GRAPH", "-o", "patch.gif"],
        ["render", "GRAPH"],
        ["render", "GRAPH", "VOICE", "VOICE"],
        ["render", "GRAPH", "VOICE", "-o", "wet.xyz"],
        ["synth", "cooking", "--sources", "."],
        ["synth", "singing", "--sources", "/nowhere"],
        ["synth", "singing", "--sources", ".", "--count", "-1"],
        ["train", "cooking", "--data", "."],
        ["train", "singing_debug_proposed", "--data", "/nowhere"],
        ["evaluate", "/nowhere", "--data", "."],
        ["evaluate", "--data", "."],
        ["evaluate", ".", "--table", "--data", "."],
        ["evaluate", "--table", "--runs", "/nowhere", "--data", "/nowhere"],
        ["gallery", "--data", "."],
        ["gallery", "/nowhere", "--data", "."],
    ],
)
def test_bad_options_are_refused(
    arguments: list[str],
    voice: Path,
    graph: Path,
    refuse: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    refuse(*[{"VOICE": voice, "GRAPH": graph}.get(a, a) for a in arguments])
    assert {path.suffix for path in set(tmp_path.iterdir()) - before} <= {""}


def test_an_unexpected_or_missing_word_leads_to_the_help_page(refuse: Run, graph: Path) -> None:
    assert "unexpected 'extra'; see `unpatch draw --help`" in refuse("draw", graph, "extra")
    assert "DRY is missing; see `unpatch render --help`" in refuse("render", graph)
    assert "neither" in refuse("show", "")


# --- places that cannot be written ----------------------------------------------------------------


@pytest.mark.parametrize("command", ["draw", "render", "estimate", "demo"])
@pytest.mark.parametrize("place", ["a folder", "below a file"])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    command: str, place: str, refuse: Run, graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = {"draw": ".svg", "render": ".wav"}.get(command, "")
    target = tmp_path / f"place{ending}"
    if place == "a folder" and ending:
        target.mkdir()
    else:
        target.touch()
        target = target / f"deeper{ending}"
    monkeypatch.setattr("unpatch.jobs.recordings.opened", None)
    monkeypatch.setattr("unpatch.jobs.blocks.opened", None)
    inputs: dict[str, list[object]] = {"draw": [graph], "render": [graph, "v.wav"], "estimate": ["v.wav"]}
    line = refuse(command, *inputs.get(command, []), "-o", target)
    assert line.startswith(f"unpatch: {target}: ")
