"""No output is an input and no two outputs are one file: every command, every file that it writes."""

import json
from collections.abc import Iterator
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
import torch
from cyclopts import App

from unpatch.cli import BAD_INPUT, main
from unpatch.cli.app import app
from unpatch.graph.build import chain
from unpatch.graph.data import SINK, Edge, Graph, Node
from unpatch.processors import PROCESSORS
from unpatch.stems.layout import planned
from unpatch.storage import outputs
from unpatch.storage.files import all_aside
from unpatch.storage.outputs import SEARCH_STATE, OutputError, check_outputs, place_of

RATE = 16_000

CASES: dict[str, list[tuple[str, str]]] = {
    "list": [],
    "show": [],
    "data list": [],
    "data fetch": [("speech --cache cache", "cache/klettres-data")],
    "data prepare": [
        ("mastering --root album -o album", "album"),
        ("mastering --root album --unseen unseen -o unseen", "unseen"),
        ("mastering --root tracks -o to_tracks", "to_tracks/test.npy"),
    ],
    "draw": [("graph.json -o to_graph.svg", "to_graph.svg")],
    "render": [
        ("graph.json dry.wav -o dry.wav", "dry.wav"),
        ("graph.json dry.wav -o linked/dry.wav", "linked/dry.wav"),
        ("graph.json dry.wav -o hard.wav", "hard.wav"),
        ("graph.json dry.wav -o to_graph.wav", "to_graph.wav"),
        ("tracks.json song/stems -o song/stems/Kick.wav", "song/stems/Kick.wav"),
        ("tracks.json Kick=dry.wav song/stems/Snare.wav -o dry.wav", "dry.wav"),
    ],
    "export": [
        ("graph.json dry.wav -o to_graph.dsp", "to_graph.dsp"),
        ("graph.json album/a.wav -o album", "album/a.wav"),
        ("out/graph.json -o out", "out/graph.json"),
    ],
    "estimate": [
        ("out/rerender.wav -o out", "out/rerender.wav"),
        ("dry.wav --dry out/rerender.wav -o out", "out/rerender.wav"),
        ("dry.wav --apply out/applied.wav -o out", "out/applied.wav"),
        ("dry.wav --model model -o to_model", "to_model/graph.json"),
        ("dry.wav hard.wav -o twice", "twice/hard/graph.json"),
    ],
    "demo": [
        ("out/rerender.wav -o out", "out/rerender.wav"),
        ("--model model -o to_model", "to_model/graph.json"),
    ],
    "studio": [("--no-browser -o dry.wav", "dry.wav")],
    "mcp": [],
    "fit": [
        ("out/graph.json --dry dry.wav --wet wet.wav -o out", "out/graph.json"),
        ("graph.json --dry in=out/rerender.wav --wet wet.wav -o out", "out/rerender.wav"),
        ("graph.json --dry dry.wav --wet out/rerender.wav -o out", "out/rerender.wav"),
    ],
    "search": [
        ("song -o song", "song/mix.wav"),
        ("song/stems song/mix.wav -o song", "song/mix.wav"),
        ("song/stems song/mix.wav -o song/stems", "song/stems"),
        ("song/stems dry.wav -o to_groups --groups groups.yaml", "to_groups/report.html"),
        ("out/responses dry.wav -o out", "out/responses"),
    ],
    "match": [
        ("dry.wav wet.wav -o dry.wav", "dry.wav"),
        ("dry.wav wet.wav -o hard.wav", "hard.wav"),
        ("dry.wav wet.wav -o wet.wav", "wet.wav"),
        ("dry.wav album -o album/b.wav", "album/b.wav"),
        ("album wet.wav -o album", "album/a.wav"),
        ("album wet.wav -o linked/album", "linked/album/a.wav"),
        ("ab/before.wav wet.wav -o m.wav --ab ab", "ab/before.wav"),
        ("dry.wav ab -o m.wav --ab ab", "ab/before.wav"),
        ("dry.wav album -o m.wav --ab album", "album"),
        ("dry.wav wet.wav -o to_wet.wav", "to_wet.wav"),
        ("dry.wav wet.wav -o m.wav --report to_wet.html", "to_wet.html"),
        ("dry.wav --preset preset.json -o m.wav --save-preset preset.json", "preset.json"),
        ("dry.wav wet.wav -o ab/after.wav --ab ab", "ab/after.wav"),
        ("dry.wav wet.wav -o m.wav --report n/m.html --save-preset n/m.html/p.json", "n/m.html"),
        ("twins wet.wav -o masters", "masters/a.wav"),
    ],
    "synth": [
        ("singing --sources album -o album", "album"),
        ("singing --sources album -o to_album", "to_album/statistics.md"),
        ("drums --sources grooves --kits kits -o grooves", "grooves"),
        ("drums --sources grooves --kits kits -o kits", "kits"),
    ],
    "train": [
        ("singing_debug_proposed --data shards -o shards", "shards"),
        ("singing_debug_proposed --data shards --validation album -o album", "album"),
        ("singing_debug_proposed --data shards -o to_shards", "to_shards/resume.pt"),
        ("mastering_debug_chain_ours --data shards -o shards", "shards"),
        ("singing_debug_proposed --sources album -o album", "album"),
        ("singing_debug_proposed --sources album --from model -o model", "model"),
    ],
    "evaluate": [
        ("model --data shards --cache shards", "shards"),
        ("model --data shards --cache linked/model", "linked/model"),
        ("model --data shards --baseline runs/x/model --cache runs/x/model", "runs/x/model"),
        ("--table --data all --runs runs --page runs/x/model/config.md", "runs/x/model/config.json"),
        ("--table --data all --runs runs --page figures.json", "figures.json"),
        ("--table --data all --runs runs --page p.md --cache all/singing/val_seen", "all/singing/val_seen"),
        ("--table --study mastering --data tracks --runs runs --page tracks/train.md", "tracks/train.json"),
    ],
    "gallery": [
        ("model --data shards -o to_shards", "to_shards/index.html"),
        ("model --data shards -o gallery_model", "gallery_model/index.html"),
    ],
}
"""Command to command lines that must be refused, each with the file or folder that the message names."""

READS = {
    "THING", "GRAPH", "DRY", "--root", "--unseen", "--sources", "--kits", "--data", "--validation", "MODEL",
    "--baseline", "--from", "--runs", "MODELS", "AUDIO", "--dry", "--apply", "--model", "--wet", "STEMS",
    "MIX", "--groups", "TARGET", "REFERENCES", "match --preset", "data list --cache", "data prepare --cache",
}  # fmt: skip
WRITES = {
    "--output", "--out", "--page", "--ab", "--report", "--save-preset", "data fetch --cache",
    "evaluate --cache",
}  # fmt: skip
"""Arguments and options that are paths, by name or by command and name."""


def commands(group: App = app, chain: tuple[str, ...] = ()) -> Iterator[tuple[str, App]]:
    """Every command by its words."""
    for name in group:
        if not name.startswith("-"):
            inner = list(commands(group[name], (*chain, name)))
            yield from inner or [(" ".join((*chain, name)), group[name])]


def test_every_command_has_an_entry_here() -> None:
    assert {name for name, _ in commands()} == set(CASES)


def test_every_path_is_declared_here_and_every_written_one_is_tried() -> None:
    for name, command in commands():
        for argument in command.assemble_argument_collection(parse_docstring=False):
            if "Path" in str(argument.hint):
                known = {argument.name, f"{name} {argument.name}"}
                assert known & (READS | WRITES), f"{name} {argument.name}: is it read or written?"
                written = bool(known & WRITES)
                flags = {*argument.parameter.name}  # type: ignore[misc]
                tried = any(flags & set(line.split()) for line, _ in CASES[name])
                assert tried or not written, f"{name} {argument.name} is never tried"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of inputs, and of links to them where outputs go."""
    monkeypatch.chdir(tmp_path)
    names = ["dry", "wet", "song/stems/Kick", "song/stems/Snare", "song/mix", "album/a", "album/b"]
    names += ["out/rerender", "out/applied", "out/responses/Bass", "ab/before", "tracks/t", "unseen/u"]
    for name in [*names, "twins/a"]:
        sound(Path(f"{name}.wav"), seconds=13 if name == "tracks/t" else 1)
    sound(Path("twins/a.flac"))
    texts = ["model/config.json", "model/model.safetensors", "runs/x/model/config.json", "shards/0.tar"]
    texts += ["all/singing/val_seen/0.tar", "tracks/train.json", "tracks/train.npy", "preset.json"]
    texts += ["kits/k", "cache/klettres-data/mine.wav"]
    for text in texts:
        write(Path(text), text)
    (tmp_path / "grooves").mkdir()
    stroke = mido.MidiTrack([mido.Message("note_on", note=36, velocity=99, time=9)])
    mido.MidiFile(tracks=[stroke]).save(tmp_path / "grooves" / "g.mid")
    write(Path("groups.yaml"), "all: [Kick, Snare]\n")
    for path in ("graph.json", "out/graph.json"):
        write(Path(path), chain(PROCESSORS, "bell").to_json())
    write(Path("tracks.json"), two_tracks().to_json())
    link("linked", ".")
    link("to_graph.svg", "graph.json")
    link("to_graph.wav", "graph.json")
    link("to_graph.dsp", "graph.json")
    for ending in ("wav", "html"):
        link(f"to_wet.{ending}", "wet.wav")
    link("to_model/graph.json", "../model/model.safetensors")
    link("to_groups/report.html", "../groups.yaml")
    link("to_album/statistics.md", "../album/a.wav")
    link("to_shards/resume.pt", "../shards/0.tar")
    link("to_shards/index.html", "../shards/0.tar")
    link("gallery_model/index.html", "../model/config.json")
    link("to_tracks/test.npy", "../tracks/t.wav")
    link("twice/hard", "dry", missing=True)
    Path("hard.wav").hardlink_to("dry.wav")
    return tmp_path


def sound(path: Path, seconds: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    audio = np.random.default_rng(0).standard_normal((seconds * RATE, 2))
    soundfile.write(path, (0.1 * audio).clip(-1, 1), RATE, subtype="PCM_24")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def link(path: str, target: str, missing: bool = False) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).symlink_to(target)
    assert Path(path).exists() or missing


def two_tracks() -> Graph:
    nodes = Node("in", name="Kick"), Node("in", name="Snare"), Node(SINK)
    return Graph(nodes, (Edge(0, 2), Edge(1, 2)))


def contents(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder, and where links lead to."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[str(path)] = str(path.readlink())
        elif path.is_file():
            found[str(path)] = path.read_bytes()
    return found


@pytest.fixture(autouse=True)
def denormals_as_before() -> Iterator[None]:
    yield
    torch.set_flush_denormal(False)


@pytest.mark.parametrize(
    ("line", "named"),
    [(f"{command} {line}", named) for command, lines in CASES.items() for line, named in lines],
    ids=lambda text: str(text).replace("/", "|"),
)
def test_an_output_that_is_an_input_is_refused(
    line: str, named: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(files)
    with pytest.raises(SystemExit) as ended:
        main(line.split())
    said = capsys.readouterr().err
    assert ended.value.code == BAD_INPUT, said
    assert said.startswith("unpatch: ")
    assert said.count("\n") == 1
    assert named in said
    assert contents(files) == before


# --- the rule -------------------------------------------------------------------------------------


def test_paths_that_do_not_exist_are_compared_by_where_they_lead(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "dangling.wav").symlink_to("later.wav")
    paths = [tmp_path / name for name in ("later.wav", "link/later.wav", "x/../later.wav", "dangling.wav")]
    assert len({place_of(path) for path in paths}) == 1
    for path in paths[1:]:
        with pytest.raises(OutputError, match="two results"):
            check_outputs({}, {"--output": [paths[0], path]})
    check_outputs({"AUDIO": paths[0]}, {"--output": [tmp_path / "other.wav"]})


@pytest.mark.parametrize("other", ["Master.WAV", "m\u0061\u0308ster.wav"])
def test_names_that_a_file_system_takes_for_one(
    other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = "master.wav" if other.isascii() else "m\u00e4ster.wav"
    pair = [tmp_path / "new" / first, tmp_path / "new" / other]
    check_outputs({}, {"--output": pair})  # as the file system of tests tells them apart
    monkeypatch.setattr(outputs, "takes_for_one", lambda *_: True)
    with pytest.raises(OutputError, match="two results"):
        check_outputs({}, {"--output": pair})


def test_what_a_file_system_takes_for_one_is_tried_out(tmp_path: Path) -> None:
    assert outputs.takes_for_one(tmp_path, "a.wav", "a.wav")
    assert not outputs.takes_for_one(tmp_path, "a.wav", "b.wav")
    assert not list(tmp_path.iterdir())


def test_a_result_below_another_is_refused(tmp_path: Path) -> None:
    pair = {"--output": tmp_path / "new.wav", "--ab": tmp_path / "new.wav" / "before.wav"}
    with pytest.raises(OutputError, match="is below"):
        check_outputs({}, pair)


def test_a_link_that_leads_to_itself_is_a_path_like_others(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    check_outputs({"AUDIO": tmp_path / "a.wav"}, {"--output": tmp_path / "loop"})


def test_files_written_together_are_different_ones(tmp_path: Path) -> None:
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OutputError, match="two results"), all_aside([tmp_path / "a", tmp_path / "b"]):
        raise AssertionError("refused before anything is written")


def test_results_of_a_search_are_no_stems(tmp_path: Path) -> None:
    """A second run, with the results in a folder among those of the groups, finds the same stems."""
    for name in ("drums/Kick.wav", "bass/Bass.wav", "song_mix.wav"):
        sound(tmp_path / name)
    first = planned(tmp_path)
    for name in ("mix.wav", "responses/drums 1.wav"):
        sound(tmp_path / "found" / name)
    write(tmp_path / "found" / SEARCH_STATE, json.dumps({}))
    assert planned(tmp_path).tracks == first.tracks
    assert planned(tmp_path).mix == first.mix
