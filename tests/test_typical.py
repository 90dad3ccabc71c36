"""How knobs are usually set: distributions in declarations, against their claims and the measured tables."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from unpatch.declaration import (
    Movement,
    Parameter,
    Typical,
    amount,
    both_signs,
    db,
    log_normal,
    log_uniform,
    measured,
    mixture,
    negative,
    normal,
    steps,
    uniform,
)
from unpatch.declaration.typical import MEASURED_SHARES, Bell, QuantileLine
from unpatch.processors import EVERYDAY
from unpatch.synth.draw import Draw

PRIORS = Path(__file__).parent.parent / "bench" / "results" / "priors.md"


def drawn(usual: Typical, count: int = 4_000, seed: int = 1) -> NDArray[np.float64]:
    draw = Draw(seed)
    return np.array([usual.draw(draw.number) for _ in range(count)])


def test_log_normal_has_its_median_and_spread() -> None:
    values = drawn(log_normal(100, 2, 1, 10_000))
    assert np.median(values) == pytest.approx(100, rel=0.06)
    assert np.quantile(values, 0.8413) == pytest.approx(200, rel=0.08)
    assert np.log(values).std() == pytest.approx(math.log(2), rel=0.05)


def test_normal_is_cut_off_at_both_ends() -> None:
    values = drawn(normal(0, 1, -0.5, 0.5))
    assert -0.5 <= values.min() < -0.48 and 0.48 < values.max() <= 0.5
    assert abs(values.mean()) < 0.02


def test_uniform_on_its_scale() -> None:
    assert np.quantile(drawn(uniform(2, 4)), MEASURED_SHARES) == pytest.approx(
        [2.1, 2.5, 3, 3.5, 3.9], rel=0.02
    )
    assert np.median(drawn(log_uniform(1, 100))) == pytest.approx(10, rel=0.1)


def test_a_grid_gives_whole_steps() -> None:
    assert set(drawn(uniform(-2, 2, grid=1))) == {-2, -1, 0, 1, 2}


def test_steps_are_equally_likely() -> None:
    values, counts = np.unique(drawn(steps(1, 2, 5)), return_counts=True)
    assert values.tolist() == [1, 2, 5]
    assert counts / counts.sum() == pytest.approx([1 / 3] * 3, abs=0.03)


def test_signs_and_mixtures_keep_their_weights() -> None:
    size = log_uniform(1, 10)
    values = drawn(both_signs(size, positive=0.8))
    assert (values > 0).mean() == pytest.approx(0.8, abs=0.02)
    assert np.median(-values[values < 0]) == pytest.approx(math.sqrt(10), rel=0.12)
    mixed = drawn(mixture((3, steps(0)), (1, both_signs(size, positive=0.8))))
    assert (mixed == 0).mean() == pytest.approx(0.75, abs=0.03)
    assert (mixed < 0).mean() == pytest.approx(0.05, abs=0.01)


def test_turned_round_is_the_mirror_image() -> None:
    usual = log_normal(10, 2, 2, 60)
    turned = negative(usual)
    assert (turned.low, turned.high) == (-60, -2)
    for share in (0.1, 0.5, 0.9):
        assert turned.quantile(share) == pytest.approx(-usual.quantile(1 - share), rel=0.01)


def test_quantiles_are_those_of_what_is_drawn() -> None:
    usual = mixture((1, steps(5)), (2, log_uniform(1, 100)), (1, negative(uniform(0, 3))))
    values = drawn(usual, 20_000)
    for share in (0.05, 0.2, 0.5, 0.8, 0.95):
        assert (values < usual.quantile(share) - 0.02).mean() <= share + 0.01
        assert (values <= usual.quantile(share) + 0.02).mean() >= share - 0.01


@pytest.mark.parametrize(
    "make",
    [
        lambda: QuantileLine((0.0, 1.0), (2.0, 1.0)),
        lambda: QuantileLine((0.0, 0.5), (1.0, 2.0)),
        lambda: QuantileLine((0.0, 1.0), (0.0, 2.0), log=True),
        lambda: Typical(()),
        lambda: Bell(5, 2, 1, 4),
        lambda: Bell(3, 1, 1, 4, log=True),
        lambda: mixture((0.0, uniform(0, 1))),
        lambda: amount(0, 1, 0.5, typical=uniform(0, 2)),
        lambda: amount(0, 1, 0.5, movement=Movement(uniform(1, 2), uniform(0, 1), around=uniform(-1, 0))),
    ],
)
def test_what_makes_no_distribution_is_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError):
        make()


def test_a_knob_that_follows_the_level_is_set_beside_it() -> None:
    """Its distribution is relative, so that it may lie outside of the range."""
    knob = db(-60, 0, -18, follows_level=1, typical=uniform(-80, 10))
    assert knob.typical.low not in knob


KNOBS = [(kind, knob) for kind, processor in EVERYDAY.items() for knob in processor.parameters.values()]
NAMES = [f"{kind} {knob.name}" for kind, knob in KNOBS]


@pytest.mark.parametrize(("kind", "knob"), KNOBS, ids=NAMES)
def test_every_knob_says_how_it_is_usually_set(kind: str, knob: Parameter) -> None:
    """Samples lie in the range; those of knobs that follow the level for a sound at a usual level."""
    assert knob.typical is not None
    level_db = -12 * knob.follows_level
    values = drawn(knob.typical, 400) + level_db
    inside = np.mean([knob.low <= value <= knob.high for value in values])
    assert inside == 1 if not knob.follows_level else inside > 0.95


@pytest.mark.parametrize(("kind", "knob"), KNOBS, ids=NAMES)
def test_movements_stay_within_what_an_lfo_can(kind: str, knob: Parameter) -> None:
    if knob.movement is None:
        return
    rates = EVERYDAY["mono_lfo"].parameters["frequency_hz"]
    assert knob.movement.rate_hz.low in rates and knob.movement.rate_hz.high in rates
    assert knob.movement.depth.low > 0 and knob.movement.depth.high <= 1


@pytest.mark.parametrize("kind", ["chorus", "flanger", "vibrato"])
def test_moving_delays_bend_the_pitch_by_less_than_two_semitones(kind: str) -> None:
    """The pitch of a delay D (1 + d sin 2 pi f t) deviates by up to 2 pi f d D."""
    knob, draw = EVERYDAY[kind].parameters["delay_ms"], Draw(3)
    assert knob.movement is not None and knob.typical is not None
    cents = []
    for _ in range(2_000):
        rate_hz = knob.movement.rate_hz.draw(draw.number)
        depth = knob.movement.depth_at(rate_hz, draw.number)
        slope = 2 * math.pi * rate_hz * depth * knob.typical.draw(draw.number) / 1000
        cents.append(1200 * math.log2(1 + slope))
    assert np.quantile(cents, 0.99) < 200
    assert 5 < np.median(cents) < 80


# --- what is claimed to be measured --------------------------------------------------------------

CLAIMS = {
    ("highpass2", "frequency_hz"): ("highpass", "frequency_hz"),
    ("highpass4", "frequency_hz"): ("highpass", "frequency_hz"),
    ("lowshelf", "frequency_hz"): ("lowshelf", "frequency_hz"),
    ("lowshelf", "gain_db"): ("lowshelf", "gain_db (size)"),
    ("highshelf", "frequency_hz"): ("highshelf", "frequency_hz"),
    ("highshelf", "gain_db"): ("highshelf", "gain_db (size)"),
    ("bell", "frequency_hz"): ("bell", "frequency_hz"),
    ("bell", "gain_db"): ("bell", "gain_db (size)"),
    ("compressor", "ratio"): ("compressor", "ratio"),
    ("compressor", "attack_ms"): ("compressor", "attack_ms"),
    ("expander", "attack_ms"): ("compressor", "attack_ms"),
    ("noisegate", "release_ms"): ("noisegate", "release_ms"),
    ("mono_reverb", "size"): ("reverb", "size"),
    ("stereo_reverb", "size"): ("reverb", "size"),
    ("panning", "pan"): ("panning", "pan (size)"),
}
"""Knob to the row of the table that its declaration keeps to."""
PARTLY = {("mono_delay", "feedback"), ("mono_delay", "frequency_hz")} | {
    ("pingpong_delay", "feedback"), ("pingpong_delay", "frequency_hz")
}  # fmt: skip
"""Knobs that mix what was measured with a judgement."""


def table() -> dict[tuple[str, str, str], list[float]]:
    """(collection, processor, knob) to quantiles, as ``bench/studies/priors.py`` has written them."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PRIORS.read_text(encoding="utf-8").splitlines()
    ]
    return {
        (row[2], row[0], row[1]): [float(cell) for cell in row[4:]]
        for row in rows
        if len(row) == 4 + len(MEASURED_SHARES) and re.fullmatch(r"\d+", row[3]) and row[-1]
    }


def test_all_claims_are_checked() -> None:
    claimed = {(kind, knob.name) for kind, knob in KNOBS if knob.typical and knob.typical.source}
    assert claimed == CLAIMS.keys() | PARTLY


@pytest.mark.parametrize(("kind", "name"), CLAIMS)
def test_what_claims_a_source_matches_its_quantiles(kind: str, name: str) -> None:
    """In shares: as many draws lie below each measured quantile as there should; of gains the size."""
    usual = EVERYDAY[kind].parameters[name].typical
    assert usual is not None
    row = table()[usual.source, *CLAIMS[kind, name]]
    sizes = np.abs(drawn(usual))
    for share, quantile in zip(MEASURED_SHARES, row, strict=True):
        assert (sizes < quantile * 0.99).mean() <= share + 0.03
        assert (sizes <= quantile * 1.01).mean() >= share - 0.03


def test_measured_keeps_its_quantiles_and_its_source() -> None:
    usual = measured("a study", 2, 4, 8, 16, 32, low=1, high=64)
    assert usual.source == "a study" == mixture((1, uniform(0, 1)), (1, usual)).source
    assert [usual.quantile(share) for share in MEASURED_SHARES] == pytest.approx([2, 4, 8, 16, 32], rel=0.03)
