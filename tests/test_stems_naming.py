"""Groups by the names of files."""

import pytest

from unpatch.stems.naming import group_of, words

NAMES = {
    "drums": "Kick In, 02_SnareTop, HiHat, hi-hat, OH_L, OHs, Overheads, FloorTom, RackTom1, BD, bass drum, "
    "Kick Sub, DRUMS-Hat-M60, snare_sample, Room, DrumLoop, slow_beat, kickin, glitch_hh",
    "percussion": "Tambourine, 06_Shaker, HandClaps, Perc_Loop, steel drum, Congas L",
    "bass": "Bass, BassDI, 07_Bass_Amp, bass guitar, SynthBass, bass synth, Double Bass, bassamp, sub",
    "guitars": "ElecGtr1, AcGtr2, EGTR, AGTRs, E GUITAR 1, lead guitar, elecgtrL, Banjo-DI, Lap Steel",
    "keys": "Piano, Rhodes, HammondB3, B3 low, Wurli, ORGAN LEFT, Keys_Lead, electric piano",
    "synths": "Synth1, LeadSynth, SynthPad, arp, Pluck, synth strings, Lead",
    "strings": "Violin1, Strings, Celli, fiddle",
    "brass": "Trumpet, French Horn, sax_A, TROMBONE B",
    "winds": "Flute, bass clarinet, harmonica",
    "vocals": "LeadVox, vox_lead, LeadVoxDT, Vocals, LeadVocalDouble, leadvox, Vox 2, vocal fx",
    "backing vocals": "BackingVox1, BGVs, bg_vox, vocals-BV1, Choir, VoxHarmony, bgvox_ooh, Gang Vox",
    "fx": "SFX1, Riser, organ_sweep_effect, noise",
    "other": "beep, Track 07, 12, x",
}


@pytest.mark.parametrize(
    ("name", "group"), [(name, group) for group, names in NAMES.items() for name in names.split(", ")]
)
def test_group_by_name(name: str, group: str) -> None:
    assert group_of(name) == group


def test_names_are_cut_into_words() -> None:
    assert words("04_LeadVoxDT.L-2") == ["04", "lead", "vox", "dt", "l", "2"]
    assert words("BGVs OHLeft kick") == ["bgvs", "oh", "left", "kick"]
    assert words("Gitarre Ä1") == ["gitarre", "ä", "1"]
