"""Drums: performances, what they sound like on a kit, graphs of several tracks, data sets."""

from collections.abc import Sequence
from pathlib import Path

import mido
import numpy as np
import pytest
import torch

from tests.toy_kits import SR, burst, toy_kit
from unpatch.blind.grammar import Grammar
from unpatch.blind.tokens import encode, in_decoding_order
from unpatch.blind.vocabulary import Vocabulary
from unpatch.cli import main
from unpatch.graph.canonical import canonical
from unpatch.graph.check import check
from unpatch.graph.data import DRUMS
from unpatch.graph.order import groups
from unpatch.processors import PROCESSORS
from unpatch.rendering import oracle
from unpatch.synth import Dataset, SourceError, generate, read_shards, write_shards
from unpatch.synth.credits import Credit
from unpatch.synth.draw import Draw
from unpatch.synth.drums import prepare
from unpatch.synth.drums.catalogue import KITS
from unpatch.synth.drums.groove import PITCHES, GrooveFile, Stroke, performances
from unpatch.synth.drums.kit import ARTICULATIONS
from unpatch.synth.drums.sources import SPLITS, DrumSources, play, present
from unpatch.synth.ghosts import GHOST_DB, audibility
from unpatch.synth.rendered import Rendered
from unpatch.synth.sketch import MAX_PROCESSORS
from unpatch.synth.sources import Segment
from unpatch.synth.wiring import prototype

FRAMES = 44_100


# --- performances --------------------------------------------------------------------------------


def write_midi(path: Path, notes: Sequence[tuple[float, int, int]], bpm: float = 90) -> None:
    """Strokes (time in seconds, pitch, velocity), on the finest grid of 480 ticks a beat."""
    track, now = mido.MidiTrack(), 0
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm)))
    for seconds, pitch, velocity in notes:
        tick = round(seconds * bpm / 60 * 480)
        track.append(mido.Message("note_on", note=pitch, velocity=velocity, time=tick - now, channel=9))
        track.append(mido.Message("note_on", note=pitch, velocity=0, time=0, channel=9))
        now = tick
    path.parent.mkdir(parents=True, exist_ok=True)
    mido.MidiFile(ticks_per_beat=480, tracks=[track]).save(path)


BEAT = [(i * 0.25, (36, 42, 38, 42, 36, 26, 38, 44)[i % 8], 60 + 10 * (i % 5)) for i in range(40)]


def test_strokes_are_read_with_their_times_whatever_the_tempo(tmp_path: Path) -> None:
    write_midi(tmp_path / "a.mid", [(0.5, 36, 127), (1.25, 40, 64), (1.5, 99, 64)], bpm=137)
    first, second = GrooveFile(tmp_path / "a.mid", 2).strokes()
    assert (first.articulation, second.articulation) == ("kick", "snare")
    assert (first.time_s, second.time_s) == pytest.approx((0.5, 1.25), abs=1e-3)
    assert (first.velocity, second.velocity) == pytest.approx((1.0, 64 / 127))


def test_all_pitches_of_the_td_11_are_known() -> None:
    """The list on the page of the Groove MIDI Dataset."""
    paper = {36, 38, 40, 37, 48, 50, 45, 47, 43, 58, 46, 26, 42, 22, 44, 49, 55, 57, 52, 51, 59, 53}
    assert paper <= PITCHES.keys()
    assert set(PITCHES.values()) == set(ARTICULATIONS)


def test_what_is_no_midi_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_text("no midi at all")
    with pytest.raises(SourceError, match=r"a\.mid: not readable as MIDI"):
        performances(tmp_path, "train")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Performances with a split, as the dataset has them."""
    folder = tmp_path_factory.mktemp("groove")
    rows = ["midi_filename,duration,split"]
    for i, split in enumerate(("train", "train", "validation", "test")):
        write_midi(folder / f"d{i}/{i}.mid", BEAT[i:], bpm=80 + 10 * i)
        rows.append(f"d{i}/{i}.mid,9.75,{split}")
    (folder / "info.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_splits_share_no_performance(root: Path) -> None:
    found = [{p.path for p in performances(root, part)} for _, part in SPLITS.values()]
    assert [len(paths) for paths in found] == [2, 1, 1]
    assert not set.intersection(*found)
    assert len(set.union(*found)) == 4
    with pytest.raises(SourceError, match="no performances of split 'other'"):
        performances(root, "other")


# --- playing -------------------------------------------------------------------------------------


def test_a_stroke_falls_on_its_sample_at_its_level() -> None:
    """Half the velocity is 9 dB less."""
    kit = toy_kit()
    tracks = play(kit, [Stroke(0.1, "kick", 1.0), Stroke(0.6, "kick", 0.5)], FRAMES)
    audio = kit.struck("kick", 1.0)
    np.testing.assert_allclose(tracks["kick"][4_410 : 4_410 + len(audio)], audio)
    np.testing.assert_allclose(tracks["kick"][26_460 : 26_460 + len(audio)], 0.5**1.5 * audio, rtol=1e-5)
    assert not any(track.any() for name, track in tracks.items() if name != "kick")


def test_strokes_before_the_beginning_still_ring_and_at_the_end_are_cut() -> None:
    kit = toy_kit()
    audio = kit.struck("crash", 1.0)
    tracks = play(kit, [Stroke(-0.1, "crash", 1.0), Stroke(0.9, "crash", 1.0)], FRAMES)
    np.testing.assert_allclose(tracks["crash"][: len(audio) - 4_410], audio[4_410:])
    np.testing.assert_allclose(tracks["crash"][39_690:], audio[:4_410])


def test_the_pedal_ends_an_open_hat_but_no_closed_one_or_crash() -> None:
    kit, end = toy_kit(), round(0.15 * SR)
    strokes = [Stroke(0.0, "hat_open", 1.0), Stroke(0.0, "crash", 1.0), Stroke(0.13, "hat_pedal", 0.01)]
    tracks = play(kit, strokes, FRAMES)
    pedal = 0.01**1.5 * kit.struck("hat_pedal", 1.0)
    start = round(0.13 * SR)
    tracks["hat"][start : start + len(pedal)] -= pedal
    assert np.abs(tracks["hat"][end:]).max() < 1e-6
    np.testing.assert_allclose(tracks["hat"][:start], kit.struck("hat_open", 1.0)[:start])
    assert np.abs(tracks["crash"][end:]).max() > 0.01


def test_only_tracks_with_energy_are_there() -> None:
    tracks = play(toy_kit(), [Stroke(0.0, "kick", 1.0), Stroke(0.0, "ride", 0.02)], FRAMES)
    assert present(tracks) == ("kick",)


@pytest.fixture(scope="module")
def sources(root: Path) -> DrumSources:
    kits = [toy_kit("a"), toy_kit("b", tilt=0.5)]
    return DrumSources(kits, performances(root, "train"), root, "train")


def test_segments_are_mono_tracks_in_the_order_of_the_sources(sources: DrumSources) -> None:
    for i in range(10):
        segment = sources.segment(Draw(i), FRAMES)
        assert segment.audio.shape == (len(segment.names), FRAMES)
        assert segment.audio.dtype == torch.float32
        assert list(segment.names) == [name for name in DRUMS if name in segment.names]
        assert float(segment.audio.abs().max()) <= 1
        assert float(segment.audio.sum(0).abs().max()) <= 1.0001
        assert segment.performer in "ab"


def test_a_segment_is_the_same_again(sources: DrumSources) -> None:
    one, other = (sources.segment(Draw(5), FRAMES) for _ in range(2))
    assert one.files == other.files
    assert torch.equal(one.audio, other.audio)
    assert not torch.equal(one.audio[0], sources.segment(Draw(6), FRAMES).audio[0])


def test_a_performance_that_is_missing_is_named(root: Path, tmp_path: Path) -> None:
    gone = DrumSources([toy_kit()], [GrooveFile(tmp_path / "gone.mid", 5)], tmp_path, "train")
    with pytest.raises(SourceError, match=r"gone\.mid: no such file"):
        gone.check()


# --- graphs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 4, 6])
def test_prototypes_of_several_tracks_are_valid_and_small(count: int) -> None:
    sizes, keyed = [], 0
    for i in range(150):
        graph = check(prototype(PROCESSORS, Draw(8, i), DRUMS[:count]), PROCESSORS)
        assert [graph.nodes[s].kind for s in graph.sources] == list(DRUMS[:count])
        assert graph.processor_count <= MAX_PROCESSORS
        track = groups(graph)
        keyed += any(e.inlet == "sidechain" and track[e.source] != track[e.target] for e in graph.edges)
        sizes.append(graph.processor_count)
    assert np.mean(sizes) > 6
    assert keyed > 15


def test_drum_graphs_can_be_said_under_the_grammar() -> None:
    """Decoded bus first and then track by track, every token is a legal one."""
    words = Vocabulary.of(PROCESSORS, "drums")
    grammar = Grammar(words, PROCESSORS)
    for i in range(40):
        names = DRUMS[: 1 + i % len(DRUMS)]
        graph = canonical(prototype(PROCESSORS, Draw(10, i), names), PROCESSORS)
        state = grammar.start()
        for row in encode(in_decoding_order(graph, words), words)[1:]:
            assert state.legal()[state.action_of(row)]
            state.take(state.action_of(row))


def test_tracks_get_the_same_room_whichever_stands_first() -> None:
    """Six tracks and a bus do not fit in 30 processors: nobody is to be the last in line."""
    sizes = np.zeros(len(DRUMS))
    for i in range(400):
        graph = prototype(PROCESSORS, Draw(9, i), DRUMS)
        track = groups(graph)
        sizes += [sum(own == source for own in track) - 1 for source in graph.sources]
    assert sizes.max() < 1.4 * sizes.min()


def test_examples_of_drums_sound_as_their_graphs_say_and_hold_no_ghosts(sources: DrumSources) -> None:
    faint = total = 0
    for index in range(4):
        example = generate("drums", 1, sources, index, frames=FRAMES)
        graph = check(example.graph, PROCESSORS)
        assert tuple(graph.nodes[s].kind for s in graph.sources) == example.segment.names
        assert example.dry.shape == (len(graph.sources), FRAMES)
        torch.testing.assert_close(
            oracle(graph, example.sources, SR),
            example.wet,
            rtol=0,
            atol=1e-6 * float(example.wet.abs().max()),
        )
        heard = audibility(Rendered.of(graph, example.sources, SR, PROCESSORS))
        total, faint = (
            total + len(heard),
            faint + sum(distance < 0.9 * GHOST_DB for distance in heard.values()),
        )
    assert total > 20
    assert faint <= 0.02 * total


class Doubled:
    """A kick, and a hat that is the same 40 dB down: nobody can hear it beside the kick."""

    split = "train"

    def check(self) -> None:
        pass

    def credits(self) -> list[Credit]:
        return []

    def segment(self, draw: Draw, frames: int) -> Segment:
        kick = torch.from_numpy(np.tile(burst(0.2, 40, 9_000, seed=1), -(-frames // 8_820))[:frames])
        return Segment(torch.stack([kick, 0.01 * kick]), ("kick", "hat"), "doubled", ())


def test_a_track_that_cannot_be_heard_is_no_source() -> None:
    """It is left out of the graph and of the dry tracks alike."""
    found = [generate("drums", 1, Doubled(), i, frames=FRAMES) for i in range(4)]
    alone = [example for example in found if example.segment.names == ("kick",)]
    assert len(alone) >= 2
    for example in alone:
        assert [example.graph.nodes[s].kind for s in example.graph.sources] == ["kick"]
        assert torch.equal(example.dry, Doubled().segment(Draw(0), FRAMES).audio[:1])


# --- data sets -----------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A folder in which all kits are prepared already."""
    for entry in KITS:
        toy_kit(entry.name).save(tmp_path / "cache" / prepare.FOLDER)
    return tmp_path / "cache"


@pytest.mark.parametrize(("split", "side"), [("train", "seen"), ("val_unseen", "unseen")])
def test_a_data_set_of_drums_keeps_to_its_side(
    root: Path, cache: Path, tmp_path: Path, split: str, side: str
) -> None:
    dataset = Dataset(str(root), "drums", split, 3, FRAMES, ("dry",), 2, (str(cache),))
    stored = list(read_shards(write_shards(tmp_path / "out", dataset, 2)))
    for item in stored:
        assert item.meta["performer"] in {entry.name for entry in KITS if entry.side == side}
        assert item.meta["sources"] == [item.graph.nodes[s].kind for s in item.graph.sources]
        assert item.dry is not None and len(item.dry) == len(item.meta["sources"])
    other = {
        path for p in performances(root, SPLITS[split][1]) for path in [p.path.relative_to(root).as_posix()]
    }
    assert {file for item in stored for file in item.meta["files"]} <= other


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "drums need kits"),
        (["--kits", "nowhere"], "is not in nowhere; try `unpatch data fetch drums`"),
        (
            ["--kits", "nowhere", "--split", "other"],
            "unknown split 'other' of drums; there are train, val_seen",
        ),
    ],
)
def test_what_drums_lack_is_said_in_one_line(
    root: Path, tmp_path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["synth", "drums", "--sources", str(root), "-o", str(tmp_path / "out"), *options])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert message in said and said.count("\n") == 1
    assert not (tmp_path / "out").exists()
