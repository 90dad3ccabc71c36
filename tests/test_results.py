"""Files whose names a command has chosen replace only what a command has written; empty paths are none."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from cyclopts.argument import Argument

from bench.checks.robustness.command_lines import RIGHT
from tests.test_outputs import commands, contents
from tests.test_outputs import files as files_fixture
from unpatch.cli import BAD_INPUT, main
from unpatch.cli.conversion import takes_files
from unpatch.storage.outputs import OutputError
from unpatch.storage.results import RECORD, check_own, claim, replacing

files = files_fixture

MINE = "the user's own"
CHOSEN: dict[str, tuple[str, ...]] = {
    "estimate dry.wav -o new": ("graph.json", "graph.svg", "rerender.wav", "report.html"),
    "estimate dry.wav --apply wet.wav -o new": ("applied.wav",),
    "estimate dry.wav wet.wav -o new": ("dry/graph.json", "wet/report.html"),
    "demo -o new": ("graph.json", "graph.svg", "rerender.wav", "report.html"),
    "demo dry.wav -o new": ("graph.json",),
    "fit graph.json --dry dry.wav --wet wet.wav -o new": ("graph.json", "rerender.wav", "report.html"),
    "search song/stems song/mix.wav -o new": (
        "graph.json", "console.json", "graph.svg", "mix.wav", "report.html", "live.html",
        "responses/index.json",
    ),
    "match dry.wav wet.wav -o new/m.wav --ab new": ("before.wav", "after.wav"),
    "match album wet.wav -o new": ("a.wav", "b.wav"),
    "synth singing --sources album -o new": ("statistics.md", "statistics.png"),
    "data prepare mastering --root tracks -o new": ("train.npy", "train.json", "test.npy", "unseen.json"),
    "gallery model --data shards -o new": ("index.html",),
    "train singing_debug_proposed --data shards -o new": ("model/config.json", "model/model.safetensors"),
    "train mastering_debug_chain_ours --data tracks -o new": ("model/model.safetensors",),
    "evaluate --table --data all --runs runs --page new/p.md": ("p.json",),
    "evaluate --table --study mastering --data tracks --runs runs --page new/p.md": ("p.json",),
}  # fmt: skip
"""Command lines, and the files that they would write under names which stand in no word of them."""


@pytest.fixture(autouse=True)
def denormals_as_before() -> Iterator[None]:
    yield
    torch.set_flush_denormal(False)


def refused(line: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line with which a command ends."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(line)
    said = capsys.readouterr().err
    assert ended.value.code == BAD_INPUT, said
    assert said.startswith("unpatch: ")
    assert said.count("\n") == 1
    return said


@pytest.mark.parametrize(("line", "name"), [(line, name) for line, names in CHOSEN.items() for name in names])
def test_a_file_of_the_user_stays(
    line: str, name: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path("new") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MINE)
    before = contents(files)
    assert str(path.parent) in refused(line.split(), capsys)
    assert contents(files) == before


def test_results_replace_results_but_not_what_was_changed_since(tmp_path: Path) -> None:
    path = tmp_path / "new" / "graph.json"
    for text in ("one", "two"):
        with replacing([path]):
            path.write_text(text)
    check_own([path])
    path.write_text("two, and edited")
    with pytest.raises(OutputError, match=r"graph.json: is there already"), replacing([path]):
        raise AssertionError("refused before anything is written")
    assert path.read_text() == "two, and edited"
    path.unlink()
    check_own([path])


def test_a_killed_process_does_not_keep_the_next_one_from_its_results(tmp_path: Path) -> None:
    """What is left of it is that files are claimed, and some written."""
    path = tmp_path / "graph.json"
    with replacing([path]):
        path.write_text("first")
    claim([path])
    path.write_text("second")
    check_own([path])


def test_a_block_that_fails_leaves_a_record_of_what_is_there(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b")]
    with replacing(paths[:1]):
        paths[0].write_text("one")
    with suppress(KeyboardInterrupt), replacing(paths):
        raise KeyboardInterrupt
    assert set(json.loads((tmp_path / RECORD).read_text())["files"]) == {"a"}
    paths[0].write_text("edited")
    paths[1].write_text("the user's")
    for path in paths:
        with pytest.raises(OutputError, match=f"{path.name}: is there"):
            check_own([path])


def test_a_record_keeps_what_it_says_of_other_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with replacing([tmp_path / name]):
            (tmp_path / name).write_text(name)
    check_own([tmp_path / "a", tmp_path / "b"])
    (tmp_path / "a").write_text("edited")
    with replacing([tmp_path / "b"]):
        (tmp_path / "b").write_text("again")
    with pytest.raises(OutputError, match="a: is there already"):
        check_own([tmp_path / "a", tmp_path / "b"])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"files": {"a": null}}'])
def test_a_damaged_record_protects_everything(text: str, tmp_path: Path) -> None:
    with replacing([tmp_path / "a"]):
        (tmp_path / "a").write_text("one")
    (tmp_path / RECORD).write_text(text)
    with pytest.raises(OutputError, match="a: is there already"):
        check_own([tmp_path / "a"])


# --- empty words ----------------------------------------------------------------------------------


def paths_of(command: str) -> list[Argument]:
    found = dict(commands())[command].assemble_argument_collection(parse_docstring=False)
    return [argument for argument in found if takes_files(argument.hint)]


EMPTY = [(command, argument) for command, _ in commands() for argument in paths_of(command)]


@pytest.mark.parametrize(("command", "argument"), EMPTY, ids=lambda part: getattr(part, "name", part))
def test_an_empty_path_is_refused_by_the_name_of_its_option(
    command: str, argument: Argument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    begin, right = command.split(), list(RIGHT[tuple(command.split())])
    for name in argument.names:
        if name in right:
            del right[right.index(name) : right.index(name) + 2]
    if argument.name.startswith("-"):
        lines = [[*begin, *right, name, ""] for name in argument.names]
        lines.append([*begin, *right, f"{argument.name}="])
    else:
        lines = [[*begin, *(right[: argument.index] if right else []), ""]]
    for line in lines:
        said = refused(line, capsys)
        assert any(f"for {name}: a path is needed" in said for name in argument.names)
    assert not list(tmp_path.iterdir())


def test_every_path_is_among_them() -> None:
    """Outputs and inputs of every command; words that name files where they stand in lists."""
    named = {argument.name for _, argument in EMPTY}
    assert named >= {"--output", "--out", "--ab", "--report", "--save-preset", "--page", "--cache", "--data"}
    assert named >= {
        "GRAPH",
        "DRY",
        "AUDIO",
        "TARGET",
        "REFERENCES",
        "STEMS",
        "MIX",
        "MODEL",
        "--dry",
        "--apply",
    }
    assert len(EMPTY) > 35
