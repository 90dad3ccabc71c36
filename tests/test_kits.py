"""Drum kits: three formats, the catalogue, and how they are made ready."""

from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
import soundfile
from scipy.signal import freqz

from tests.toy_kits import BANDS_HZ, SR, burst, toy_kit
from unpatch.graph.data import DRUMS
from unpatch.storage.fetch import default_cache
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
from unpatch.synth.drums.hydrogen import read_hydrogen
from unpatch.synth.drums.kit import ARTICULATIONS, STAND_INS, Kit, KitError, Take
from unpatch.synth.drums.prepare import loudness
from unpatch.synth.drums.sample import LEAD_MS, cut

# --- kits ----------------------------------------------------------------------------------------


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


@pytest.mark.parametrize("top", ["nan", "inf", "-1", "loud", "0", "1.01", "127"])
def test_a_hydrogen_layer_has_a_velocity(tmp_path: Path, top: str) -> None:
    soundfile.write(tmp_path / "hit.wav", np.zeros(9), SR)
    write_hydrogen(tmp_path, {"Kick": [("hit.wav", 0.5)]})
    path = tmp_path / "drumkit.xml"
    path.write_text(path.read_text().replace("0.5", top))
    with pytest.raises(KitError, match=rf"drumkit.xml: a layer has max '{top}'"):
        read_hydrogen(tmp_path, {"kick": "Kick"})


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
