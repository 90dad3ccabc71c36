"""Phrases: in their key, within the instrument, in time, and the same from equal draws."""

from collections import Counter
from itertools import pairwise

import pytest

from unpatch.synth.draw import Draw
from unpatch.synth.instruments.catalogue import FAMILIES, FONTS, PROGRAMS, programs_of
from unpatch.synth.instruments.phrases import PENTATONIC, SCALES, STYLES, Harmony, Player, phrase
from unpatch.synth.licences import is_permissive

SECONDS = 3.63


@pytest.mark.parametrize("style", STYLES)
def test_phrases_stay_in_their_key_and_on_their_instrument(style: str) -> None:
    for program in PROGRAMS[::4]:
        player = Player(program.low, program.high, {style: 1.0}, 5, 0.02, rings=True)  # type: ignore[dict-item]
        for i in range(8):
            harmony, notes = phrase(player, Draw(1, i), SECONDS)
            assert notes == sorted(notes)
            for note in notes:
                assert note.key % 12 in harmony.pitch_classes
                assert program.low <= note.key <= program.high
                assert 1 <= note.velocity <= 127
                assert note.length_s > 0
                assert -note.length_s < note.start_s < SECONDS


def test_phrases_are_reproducible_and_differ() -> None:
    player = PROGRAMS[0].player
    drawn = [phrase(player, Draw(2, i), SECONDS) for i in range(30)]
    assert drawn[7] == phrase(player, Draw(2, 7), SECONDS)
    assert len({tuple(notes) for _, notes in drawn}) == 30
    assert len({harmony.tonic for harmony, _ in drawn}) > 6


def test_people_play_unevenly_but_in_time() -> None:
    """Onsets of a bass line on eighths: within 12 ms of a grid that fits them, at various velocities."""
    player = Player(28, 55, {"bass": 1.0})
    for i in range(10):
        _, notes = phrase(player, Draw(3, i), 8.0)
        if len(notes) < 6:
            continue
        assert len({note.velocity for note in notes}) > 2
        gaps = sorted(b.start_s - a.start_s for a, b in pairwise(notes))
        # Lines are on sixteenths at 172 beats a minute at most.
        assert gaps[0] > 60 / 172 / 4 - 0.025


def test_chords_are_of_two_notes_or_more_and_of_thirds() -> None:
    player = Player(40, 83, {"chords": 1.0}, 6, 0.02)
    sizes = []
    for i in range(20):
        harmony, notes = phrase(player, Draw(4, i), SECONDS)
        assert len({note.key % 12 for note in notes}) >= 2
        sizes.append(len(notes))
        triads = [{harmony.key(d + k) % 12 for k in (0, 2, 4, 6)} for d in range(7)]
        first = {note.key % 12 for note in notes if note.start_s < notes[0].start_s + 0.2}
        assert any(first <= triad for triad in triads)
    assert min(sizes) >= 2


def test_degrees_are_the_notes_of_a_scale() -> None:
    assert [Harmony(9, "minor", (0,)).key(d) for d in range(-1, 8)] == [7, 9, 11, 12, 14, 16, 17, 19, 21]
    assert Harmony(0, "major", (0,)).nearest(61, [0, 2, 4]) == 35  # middle C, key 60
    assert set(PENTATONIC) == set(SCALES)
    for steps in SCALES.values():
        assert len(set(steps)) == 7


def test_no_instrument_stands_on_two_sides() -> None:
    assert len({(p.bank, p.number) for p in PROGRAMS}) == len({p.name for p in PROGRAMS}) == len(PROGRAMS)
    sides = {split: set(programs_of(split)) for split in ("train", "dev", "val_unseen")}
    assert sum(map(len, sides.values())) == len(PROGRAMS) == len(set.union(*sides.values()))
    assert set(programs_of("val_seen")) == sides["train"]
    assert set(programs_of("all")) == set(PROGRAMS)
    assert {p.family for p in sides["train"]} == set(FAMILIES)
    assert min(Counter(p.side for p in PROGRAMS).values()) >= 6


def test_soundfonts_are_permissive() -> None:
    assert all(is_permissive(font.licence) for font in FONTS)
