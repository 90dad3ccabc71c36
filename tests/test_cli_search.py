"""The command ``search``: from stems to a report, stopped and gone on with, and what it says to bad input."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
import torch
from torch import Tensor

from unpatch.audio import load
from unpatch.cli import BAD_INPUT, INTERRUPTED, main
from unpatch.graph.data import Graph
from unpatch.mixing.fitting import Fit
from unpatch.mixing.results import SearchProgress
from unpatch.pages.mix import Live
from unpatch.rendering import render
from unpatch.storage.results import RECORD

RATE = 16_000
SECONDS = 2.5
OPTIONS = ("--preset", "debug", "--chain", "eg", "--steps", 20, "--rounds", 1)
Run = Callable[..., str]


@pytest.fixture(autouse=True)
def denormals_as_before() -> Iterator[None]:
    """Commands switch denormal numbers off for the rest of their process."""
    yield
    torch.set_flush_denormal(False)


def noise(seed: int, seconds: float = SECONDS) -> Tensor:
    """Bursts of stereo noise, at other times and in other bands for each seed."""
    generator = torch.Generator().manual_seed(seed)
    white = torch.randn(2, round(seconds * RATE), generator=generator)
    spectrum = torch.fft.rfft(white)
    hz = torch.fft.rfftfreq(white.shape[-1], 1 / RATE)
    audio: Tensor = torch.fft.irfft(spectrum / (1 + (hz / (400 * (1 + seed))) ** 2), white.shape[-1])
    time = torch.arange(audio.shape[-1]) / RATE
    swell = 1 + torch.sin(2 * torch.pi * (1 + seed / 3) * time)
    return (0.2 / float(audio.abs().amax())) * audio * swell


def write(path: Path, audio: Tensor, rate: int = RATE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, audio.T.numpy(), rate, subtype="FLOAT")
    return path


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three stems and a mix in which one is 6 dB louder and one 6 dB softer."""
    folder = tmp_path_factory.mktemp("song")
    stems = {"Kick": noise(0), "Snare": noise(1), "Bass": noise(2)}
    for name, audio in stems.items():
        write(folder / "stems" / f"{name}.wav", audio)
    mix = 2.0 * stems["Kick"] + 0.5 * stems["Snare"] + stems["Bass"]
    write(folder / "song.wav", 0.5 * mix)
    return folder


def run(*arguments: object) -> None:
    """Run a command that should succeed."""
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    assert not ended.value.code


def words(song: Path, output: Path, *more: object) -> list[str]:
    return [
        str(word) for word in ("search", song / "stems", song / "song.wav", *OPTIONS, "-o", output, *more)
    ]


@pytest.fixture(scope="module")
def searched(song: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a whole search."""
    output = tmp_path_factory.mktemp("found")
    run(*words(song, output))
    return output


@pytest.fixture
def refuse(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command that should refuse; the line that says so."""

    def refuse(*arguments: object) -> str:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        captured = capsys.readouterr()
        assert ended.value.code == BAD_INPUT
        assert captured.out == ""
        said = [line for line in captured.err.splitlines() if line.startswith("unpatch: ")]
        assert len(said) == 1
        assert captured.err.rstrip().endswith(said[0])
        return said[0]

    return refuse


# --- good input -----------------------------------------------------------------------------------


def test_everything_is_written(searched: Path) -> None:
    names = {path.name for path in searched.iterdir()}
    wanted = {"graph.json", "console.json", "graph.svg", "mix.wav", "report.html", "live.html", "responses"}
    assert names == wanted | {"search", RECORD}
    assert "report.html" in (searched / "live.html").read_text()
    assert json.loads((searched / "responses" / "index.json").read_text()) is not None


def test_the_re_creation_is_the_graph_s_and_like_the_mix(searched: Path, song: Path) -> None:
    graph = Graph.from_json((searched / "graph.json").read_text())
    names = [graph.nodes[source].name for source in graph.sources]
    assert sorted(map(str, names)) == ["Bass", "Kick", "Snare"]
    stems = torch.stack([load(song / "stems" / f"{name}.wav")[0] for name in names])
    expected = render(graph, stems, RATE)
    found, mix = load(searched / "mix.wav")[0], load(song / "song.wav")[0]
    torch.testing.assert_close(found, expected / expected.abs().max().clamp_min(1), atol=1e-4, rtol=0)
    assert float((found - mix).square().mean() / mix.square().mean()) < 0.05


def test_render_takes_stems_by_name(searched: Path, song: Path, tmp_path: Path) -> None:
    expected = load(searched / "mix.wav")[0]
    files = [song / "stems" / f"{name}.wav" for name in ("Snare", "Bass", "Kick")]
    other = tmp_path / "beat.wav"
    other.write_bytes(files[2].read_bytes())
    for given in ([song / "stems"], files, [*files[:2], f"kick={other}"]):
        run("render", searched / "graph.json", *given, "-o", tmp_path / "mix.wav")
        torch.testing.assert_close(load(tmp_path / "mix.wav")[0], expected, atol=2e-6, rtol=0)


def test_render_names_the_tracks_that_are_missing(searched: Path, song: Path, refuse: Run) -> None:
    graph, stems = searched / "graph.json", song / "stems"
    assert "Kick, Snare" in refuse("render", graph, stems / "Bass.wav")
    assert "no track 'song'" in refuse("render", graph, song / "song.wav")
    assert "already" in refuse("render", graph, stems / "Bass.wav", f"Bass={stems / 'Kick.wav'}")


def test_a_finished_search_is_not_searched_again(
    searched: Path, song: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (searched / "graph.json").read_text()
    monkeypatch.setattr(Fit, "stepped", None)
    capsys.readouterr()
    run(*words(song, searched, "--json"))
    found = json.loads(capsys.readouterr().out)
    assert (searched / "graph.json").read_text() == before
    assert found["graph"] == json.loads(before)
    assert set(found["losses"]) == {"Re-creation", "Full console", "Plain sum"}
    assert (
        found["losses"]["Re-creation"]["standard"]["total"]
        < found["losses"]["Plain sum"]["standard"]["total"]
    )
    assert found["alignments"]["related"]
    assert found["history"][-1]["judged"]


def test_stopped_and_gone_on_with_finds_the_same(
    searched: Path,
    song: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    original = Live.update

    def interrupted(self: Live, progress: SearchProgress) -> None:
        original(self, progress)
        if progress.stage == "console" and progress.step >= 20:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Live, "update", interrupted)
        with pytest.raises(SystemExit) as ended:
            main(words(song, tmp_path))
    assert ended.value.code == INTERRUPTED
    assert capsys.readouterr().err.endswith("unpatch: stopped; run the same command again to continue\n")
    assert "Stopped" in (tmp_path / "live.html").read_text()
    assert not (tmp_path / "graph.json").exists()
    run(*words(song, tmp_path))
    assert (tmp_path / "graph.json").read_text() == (searched / "graph.json").read_text()


def test_another_search_in_the_same_folder_is_refused(searched: Path, song: Path, refuse: Run) -> None:
    line = refuse(*words(song, searched, "--seed", 1))
    assert "of another search" in line
    assert "seed is 1, was 0" in line
    assert "settings.loss.dealt is 0.5, was 0.0" in refuse(*words(song, searched, "--loss", "ours"))


# --- bad input ------------------------------------------------------------------------------------


def test_bad_input_is_said_in_one_line(song: Path, tmp_path: Path, refuse: Run) -> None:
    stems, mix = song / "stems", song / "song.wav"
    empty, silent, lone = tmp_path / "empty", tmp_path / "silent", tmp_path / "lone"
    empty.mkdir()
    write(silent / "a.wav", torch.zeros(2, RATE))
    write(lone / "voice.wav", noise(5))
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    quiet = write(tmp_path / "quiet.wav", torch.zeros(2, RATE))
    groups = tmp_path / "groups.yaml"
    groups.write_text("- no\n- mapping\n")
    output = ("-o", tmp_path / "out")
    table: list[tuple[tuple[object, ...], str]] = [
        ((tmp_path / "nowhere", mix), "nowhere"),
        ((empty, mix), "no stems"),
        ((silent, mix), "silent"),
        ((stems, tmp_path / "nowhere.wav"), "nowhere.wav"),
        ((stems, text), "text.wav"),
        ((stems, quiet), "silent"),
        ((stems,), "called a mix"),
        ((stems, mix, "--groups", groups), "groups.yaml"),
        ((stems, mix, "--chain", "ge"), "ecnsgdr"),
        ((stems, mix, "--tolerance", "-1"), "tolerance"),
        ((stems, mix, "--preset", "huge"), "preset"),
        ((stems, mix, "--loss", "huge"), "loss"),
        ((lone, mix), "nothing to do with the stems"),
    ]
    for arguments, said in table:
        assert said.lower() in refuse("search", *arguments, *output).lower()
    assert not (tmp_path / "out" / "graph.json").exists()


def test_a_damaged_checkpoint_is_said_plainly(song: Path, tmp_path: Path, refuse: Run) -> None:
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "state.json").write_text("{")
    assert "damaged" in refuse(*words(song, tmp_path))


def test_an_unreadable_output_folder_is_refused_first(
    song: Path, tmp_path: Path, refuse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("unpatch.jobs.searching.load_multitrack", None)
    assert "file" in refuse(*words(song, tmp_path / "file" / "out"))


# --- sets of processors ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [("console", "console_gate"), ("published", "published_gate")])
def test_list_knows_the_consoles(name: str, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("list", "--set", name, "--json")
    listed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert kind in listed
    assert "chorus" not in listed
    run("list", "--set", "all", "--json")
    assert {kind, "chorus"} <= set(json.loads(capsys.readouterr().out))


def test_show_knows_the_consoles_and_curves(capsys: pytest.CaptureFixture[str], searched: Path) -> None:
    run("show", "published_equalizer")
    assert "1024 values" in capsys.readouterr().out
    run("show", searched / "graph.json")
    assert "Kick" in capsys.readouterr().out
