"""Drums: kits in three formats, performances, what they sound like, and graphs of several tracks."""

import struct
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import mido
import numpy as np
import pytest
import soundfile
import torch
from scipy.signal import freqz

from unpatch.cli import main
from unpatch.fetch import default_cache
from unpatch.graph.check import check
from unpatch.graph.data import DRUMS
from unpatch.graph.order import groups
from unpatch.processors import PROCESSORS
from unpatch.render import oracle
from unpatch.synth import Dataset, SourceError, generate, read_shards, write_shards
from unpatch.synth.draw import Draw
from unpatch.synth.drums import prepare
from unpatch.synth.drums.catalogue import CLASSES, KITS, on_side
from unpatch.synth.drums.equalise import (
    CENTRES_HZ,
    equalised,
    minimum_phase,
    spectra_db,
    target_db,
)
from unpatch.synth.drums.folder import read_folder
from unpatch.synth.drums.groove import PITCHES, Performance, Stroke, performances
from unpatch.synth.drums.hydrogen import read_hydrogen
from unpatch.synth.drums.kit import ARTICULATIONS, STAND_INS, Floats, Kit, KitError, Take
from unpatch.synth.drums.prepare import loudness
from unpatch.synth.drums.sample import LEAD_MS, cut
from unpatch.synth.drums.soundfont import SoundFont
from unpatch.synth.drums.sources import SPLITS, DrumSources, play, present
from unpatch.synth.ghosts import GHOST_DB, audibility
from unpatch.synth.rendered import Rendered
from unpatch.synth.sketch import MAX_PROCESSORS
from unpatch.synth.sources import Segment
from unpatch.synth.wiring import prototype

SR = 44_100
FRAMES = 44_100


def burst(seconds: float, low_hz: float, high_hz: float, seed: int = 0) -> Floats:
    """A stroke: noise in a band, dying away."""
    frames = round(seconds * SR)
    spectrum = np.random.default_rng(seed).standard_normal((frames // 2 + 1, 2)) @ [1, 1j]
    frequency = np.fft.rfftfreq(frames, 1 / SR)
    spectrum[(frequency < low_hz) | (frequency > high_hz)] = 0
    noise = np.fft.irfft(spectrum, frames) * np.exp(-np.arange(frames) / frames * 7)
    return np.asarray(noise / np.abs(noise).max(), dtype=np.float32)


BANDS_HZ = {
    "kick": (40, 400), "snare": (150, 6_000), "hat": (4_000, 16_000), "tom": (80, 900),
    "ride": (2_000, 12_000), "crash": (1_000, 15_000),
}  # fmt: skip


def toy_kit(name: str = "toy", tilt: float = 0.0) -> Kit:
    """Noise for each articulation, in the band of its instrument; ``tilt`` colours the kit."""
    takes = {}
    for seed, (articulation, track) in enumerate(ARTICULATIONS.items()):
        audio = burst(0.35, *BANDS_HZ[track], seed=seed)
        takes[articulation] = [Take(1.0, (audio - tilt * np.roll(audio, 1)).astype(np.float32))]
    return Kit(name, takes)


# --- kits ----------------------------------------------------------------------------------------


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def generators(*pairs: tuple[int, int]) -> bytes:
    return b"".join(struct.pack("<HH", number, amount & 0xFFFF) for number, amount in pairs)


def write_soundfont(path: Path, samples: Floats, zones: Sequence[Sequence[tuple[int, int]]]) -> None:
    """One preset 128:0 with one instrument whose zones all play one sample, which has pitch 60 and a loop."""
    frames, count = len(samples), len(zones)
    lengths = np.cumsum([0, *map(len, zones)])
    bags = b"".join(struct.pack("<HH", int(place), 0) for place in lengths)
    header = struct.pack("<20s5IBbHH", b"s", 0, frames, 100, 541, SR, 60, 0, 0, 1)
    tables = [
        chunk(
            b"phdr", struct.pack("<20sHHH12x", b"p", 0, 128, 0) + struct.pack("<20sHHH12x", b"EOP", 0, 0, 1)
        ),
        chunk(b"pbag", struct.pack("<4H", 0, 0, 1, 0)),
        chunk(b"pgen", generators((41, 0), (0, 0))),
        chunk(b"inst", struct.pack("<20sH", b"i", 0) + struct.pack("<20sH", b"EOI", count)),
        chunk(b"ibag", bags),
        chunk(b"igen", b"".join(generators(*zone) for zone in zones) + generators((0, 0))),
        chunk(b"shdr", header + struct.pack("<20s5IBbHH", b"EOS", *[0] * 9)),
    ]
    smpl = chunk(b"smpl", np.round(32767 * samples).astype("<i2").tobytes())
    body = b"sfbk" + chunk(b"LIST", b"sdta" + smpl) + chunk(b"LIST", b"pdta" + b"".join(tables))
    path.write_bytes(chunk(b"RIFF", body))


KEY, VELOCITY, ATTENUATION, SAMPLE, LOOPS, ROOT, HOLD, DECAY, SUSTAIN = 43, 44, 48, 53, 54, 58, 35, 36, 37


def span(low: int, high: int) -> int:
    return low | high << 8


@pytest.fixture
def tone() -> Floats:
    """20 ms of 100 Hz; the samples 100 to 541 are one period."""
    return (0.5 * np.sin(2 * np.pi * 100 * np.arange(882) / SR)).astype(np.float32)


def pitch_hz(audio: Floats) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio)), 1 << 19))
    return float(np.argmax(spectrum) * SR / (1 << 19))


def test_a_soundfont_is_played_at_the_pitch_of_the_key(tmp_path: Path, tone: Floats) -> None:
    write_soundfont(tmp_path / "a.sf2", tone, [[(KEY, span(36, 72)), (LOOPS, 1), (SAMPLE, 0)]])
    font = SoundFont(tmp_path / "a.sf2")
    for key, expected_hz in ((60, 100), (72, 200), (48, 50)):
        (take,) = font.takes(128, 0, key)
        assert pitch_hz(take.sound()[: 2 * SR]) == pytest.approx(expected_hz, rel=0.005)
    assert font.takes(128, 0, 80) == []


def test_velocity_layers_and_attenuation_of_a_soundfont(tmp_path: Path, tone: Floats) -> None:
    """Two layers of the same sample are one, the louder; a layer alone is as soft as it says."""
    soft = [(VELOCITY, span(0, 63)), (ROOT, 60), (ATTENUATION, 200), (SAMPLE, 0)]
    write_soundfont(tmp_path / "a.sf2", tone, [[(VELOCITY, span(0, 127)), (ATTENUATION, 200), (SAMPLE, 0)]])
    (quiet,) = SoundFont(tmp_path / "a.sf2").takes(128, 0, 60)
    write_soundfont(tmp_path / "b.sf2", tone, [soft, [(VELOCITY, span(64, 127)), (SAMPLE, 0)]])
    (loud,) = SoundFont(tmp_path / "b.sf2").takes(128, 0, 60)
    assert loud.top == 1
    assert np.abs(quiet.sound()).max() == pytest.approx(0.05, rel=0.01)
    assert np.abs(loud.sound()).max() == pytest.approx(0.5, rel=0.01)


def test_the_volume_envelope_of_a_soundfont_falls_by_100_db_in_its_decay_time(
    tmp_path: Path, tone: Floats
) -> None:
    """Hold half a second, then a decay of two seconds: 25 dB down after another half second."""
    zone = [(HOLD, -1200), (DECAY, 1200), (SUSTAIN, 1000), (LOOPS, 1), (SAMPLE, 0)]
    write_soundfont(tmp_path / "a.sf2", tone, [zone])
    (take,) = SoundFont(tmp_path / "a.sf2").takes(128, 0, 60)
    levels = [np.abs(take.sound()[round(t * SR) :][:441]).max() for t in (0.1, 0.45, 1.0)]
    assert levels[1] == pytest.approx(levels[0], rel=0.01)
    assert 20 * np.log10(levels[2] / levels[0]) == pytest.approx(-25, abs=0.5)


def test_what_is_no_soundfont_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.sf2").write_bytes(b"RIFF" + bytes(200))
    with pytest.raises(KitError, match=r"a\.sf2: not a SoundFont"):
        SoundFont(tmp_path / "a.sf2")


def write_hydrogen(
    folder: Path, instruments: dict[str, list[tuple[str, float]]], namespace: str = ""
) -> None:
    """A kit with the layers (file, hardest stroke) of each instrument; one of hardness 0 is no layer."""
    body = ""
    for name, layers in instruments.items():
        inner = "".join(
            f"<layer><filename>{file}</filename><min>0</min><max>{top}</max></layer>" if top else
            f"<filename>{file}</filename>"
            for file, top in layers
        )  # fmt: skip
        body += f"<instrument><name>{escape(name)}</name>{inner}</instrument>"
    text = f"<drumkit_info{namespace}><instrumentList>{body}</instrumentList></drumkit_info>"
    (folder / "drumkit.xml").write_text(text)


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.hydrogen-music.org/drumkit"'])
def test_hydrogen_layers_come_from_soft_to_hard(tmp_path: Path, namespace: str) -> None:
    for file, level in (("soft.wav", 0.1), ("hard.wav", 0.8)):
        soundfile.write(tmp_path / file, np.full((100, 2), level), SR)
    layers = {"Kick (22 inch)": [("hard.wav", 1.0), ("soft.wav", 0.4)], "Kick": [("hard.wav", 0.0)]}
    write_hydrogen(tmp_path, layers, namespace)
    found = read_hydrogen(tmp_path, {"kick": "Kick", "snare": "Kick ("})
    assert [take.top for take in found["kick"]] == [1.0]
    assert [take.top for take in found["snare"]] == [0.4, 1.0]
    assert [take.sound()[50] for take in found["snare"]] == pytest.approx([0.1, 0.8], abs=1e-3)
    with pytest.raises(KitError, match="no instrument is called 'Gong'"):
        read_hydrogen(tmp_path, {"crash": "Gong"})


def test_a_broken_hydrogen_kit_is_named(tmp_path: Path) -> None:
    (tmp_path / "drumkit.xml").write_text("<drumkit_info>")
    with pytest.raises(KitError, match=r"drumkit\.xml: not XML"):
        read_hydrogen(tmp_path, {"kick": "Kick"})


def write_folder_kit(root: Path, name: str) -> None:
    """A plain kit of one take each, as the folder format has it."""
    rows = ["file\tkit\tclass\tvelocity_rank\tn_velocities"]
    for seed, (articulation, kind) in enumerate(CLASSES.items()):
        soundfile.write(
            root / f"{kind}.wav", burst(0.3, *BANDS_HZ[ARTICULATIONS[articulation]], seed=seed), SR
        )
        rows.append(f"{kind}.wav\t{name}\t{kind}\t1\t1")
    (root / "index.tsv").write_text("\n".join(rows) + "\n")


def test_a_plain_folder_is_read_by_its_table(tmp_path: Path) -> None:
    write_folder_kit(tmp_path, "mine")
    found = read_folder(tmp_path, "mine", CLASSES)
    assert found.keys() == CLASSES.keys()
    with pytest.raises(KitError, match="lists no kit 'other'"):
        read_folder(tmp_path, "other", CLASSES)


def test_a_kit_comes_back_from_disk(tmp_path: Path) -> None:
    kit = toy_kit()
    kit.save(tmp_path)
    loaded = Kit.load(tmp_path, "toy")
    assert Kit.is_saved(tmp_path, "toy") and not Kit.is_saved(tmp_path, "other")
    for articulation in ARTICULATIONS:
        before, after = kit.struck(articulation, 0.5), loaded.struck(articulation, 0.5)
        np.testing.assert_allclose(after, before, atol=2**-15)


def test_what_a_kit_lacks_is_struck_on_the_next_best_thing() -> None:
    takes = {name: takes for name, takes in toy_kit().takes.items() if name not in STAND_INS}
    kit = Kit("small", {**takes, "tom_mid": toy_kit().takes["tom_mid"]})
    np.testing.assert_array_equal(kit.struck("rim", 1), kit.struck("snare", 1))
    np.testing.assert_array_equal(kit.struck("tom_high", 1), kit.struck("tom_mid", 1))
    with pytest.raises(KitError, match="kit small has no tom"):
        Kit("small", takes)


def test_the_take_is_that_of_the_velocity() -> None:
    takes = [Take(top, np.full(10, top, dtype=np.float32)) for top in (0.3, 0.7, 0.9)]
    kit = Kit("layers", {**toy_kit().takes, "kick": takes})
    heard = [float(kit.struck("kick", velocity)[0]) for velocity in (0.1, 0.3, 0.31, 0.9, 1.0)]
    assert heard == pytest.approx([0.3, 0.3, 0.7, 0.9, 0.9])


# --- the catalogue -------------------------------------------------------------------------------


def test_eleven_kits_are_seen_and_three_are_not() -> None:
    assert (len(on_side("seen")), len(on_side("unseen"))) == (11, 3)
    assert len({entry.name for entry in KITS}) == len(KITS)


def test_kits_that_share_recordings_stand_on_one_side() -> None:
    sides: dict[str, set[str]] = {}
    for entry in KITS:
        sides.setdefault(entry.family, set()).add(entry.side)
        # Two kits of one file are of one family, whatever the table says.
        sides.setdefault(entry.place.rpartition("/")[0] if ".sf2" in entry.place else entry.place, set()).add(
            entry.side
        )
    assert all(len(found) == 1 for found in sides.values())


def test_a_kit_that_is_not_there_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(KitError, match=r"kit forzee: .* is not in .*; try `unpatch data fetch drums`"):
        KITS[0].find([tmp_path])


@pytest.mark.skipif(not (default_cache() / prepare.FOLDER).is_dir(), reason="needs unpatch data fetch drums")
def test_the_real_kits_are_complete_and_of_one_colour() -> None:
    """Equalised kits: the mean spectrum of each instrument is within a few decibels of the average kit's."""
    kits = prepare.prepared(on_side("seen"), [default_cache()])
    spectra = [spectra_db(kit.takes) for kit in kits]
    for track in DRUMS:
        levels = np.array([spectrum[track] for spectrum in spectra])
        relative = levels - levels.mean(axis=1, keepdims=True)
        assert np.median(np.abs(relative - np.median(relative, axis=0))) < 2.5


# --- preparing -----------------------------------------------------------------------------------


def test_silence_before_a_stroke_and_after_it_is_cut() -> None:
    stroke = burst(0.3, 100, 5_000)
    found = cut(np.concatenate([np.zeros(5_000), stroke, np.zeros(50_000)]).astype(np.float32))
    assert len(found) < len(stroke) + 100
    onset = int(np.argmax(np.abs(found) > 0.01))
    assert onset <= round((LEAD_MS + 0.1) / 1000 * SR)
    assert len(cut(np.zeros(100, dtype=np.float32))) == 0


def test_minimum_phase_has_the_gains_asked_for_and_comes_at_once() -> None:
    gains = 6 * np.sin(np.arange(len(CENTRES_HZ)) / 3)
    response = minimum_phase(gains)
    _, found = freqz(response, worN=CENTRES_HZ[4:], fs=SR)
    np.testing.assert_allclose(20 * np.log10(np.abs(found)), gains[4:], atol=0.7)
    energy = np.cumsum(response**2)
    assert energy[20] > 0.8 * energy[-1]


def test_equalised_kits_have_one_spectrum() -> None:
    kits = [toy_kit("a").takes, toy_kit("b", tilt=0.8).takes]
    target = target_db([spectra_db(kit) for kit in kits])
    apart = [np.abs(spectra_db(kits[0])[t] - spectra_db(kits[1])[t]).mean() for t in DRUMS]
    after = [spectra_db(equalised(kit, target)) for kit in kits]
    for track, before in zip(DRUMS, apart, strict=True):
        low_hz, high_hz = BANDS_HZ[track]
        inside = np.abs(np.log(CENTRES_HZ**2 / low_hz / high_hz)) < np.log(high_hz / low_hz / 1.7)
        assert np.abs(after[0][track] - after[1][track])[inside].mean() < min(1.0, 0.3 * before)


def test_layers_are_levelled_so_that_velocity_means_the_same() -> None:
    takes = [Take(0.5, 0.01 * burst(0.3, 40, 400)), Take(1.0, burst(0.3, 40, 400, seed=1))]
    levels = [loudness(take.sound()) for take in prepare._levelled(takes)]
    assert levels[0] == pytest.approx(levels[1], rel=1e-4)
    assert levels[1] == pytest.approx(loudness(takes[1].sound()), rel=1e-4)


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
    first, second = Performance(tmp_path / "a.mid", 2).strokes()
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
    gone = DrumSources([toy_kit()], [Performance(tmp_path / "gone.mid", 5)], tmp_path, "train")
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
