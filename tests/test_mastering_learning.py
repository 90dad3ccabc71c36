"""Estimators of mastering chains: what they hear, how they learn, and what they are held against."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.mastering_kit import debug, masters, toy_clips, trained, untrained
from unpatch.learning.runs import Progress
from unpatch.learning.weights import WeightsError
from unpatch.mastering import training
from unpatch.mastering.calibrating import calibrate
from unpatch.mastering.chains import CHAINS, MADE_WITH, MasteringChain, curve_db, grid_hz, normalised
from unpatch.mastering.cqt import Cqt, CqtSettings
from unpatch.mastering.encoders import ENCODERS, MasteringEncoderSettings, Te
from unpatch.mastering.examples import batch, made_with
from unpatch.mastering.levels import Levels, LevelSettings
from unpatch.mastering.mel import MelDistance
from unpatch.mastering.model import Mastering, calibrated, load_model, save_model
from unpatch.mastering.objective import between, likelihood_losses, sound_loss
from unpatch.mastering.ours import ChainPrediction
from unpatch.mastering.presets import PRESETS, SAME_KNOBS
from unpatch.mastering.settings import draw
from unpatch.mastering.training import drawn, train_mastering

NOISE = torch.randn(4, 65_536, generator=torch.Generator().manual_seed(0))


def test_a_constant_q_bin_is_the_inner_product_with_a_windowed_tone() -> None:
    settings = CqtSettings(low_hz=110.0, bins=30)
    found = Cqt(settings, NOISE.shape[1])(NOISE[:1].double().float())[0]
    size, rate = settings.frames(NOISE.shape[1]) * settings.hop, settings.rate_hz
    sound = np.zeros(size)
    sound[: NOISE.shape[1]] = NOISE[0].double().numpy()
    for place, frame in ((3, 20), (12, 40), (29, 77)):
        hz = settings.frequencies_hz()[place]
        time = (np.arange(size) - frame * settings.hop) / rate
        length_s = settings.quality / hz
        window = np.where(np.abs(time) < length_s / 2, 1 + np.cos(2 * np.pi * time / length_s), 0)
        window /= window.sum()
        expected = abs(np.sum(sound * window * np.exp(-2j * np.pi * hz * time)))
        assert float(found[place, frame]) == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_all_features_of_the_published_encoders_are_alive(name: str) -> None:
    """The published TE had 10 of 66 alive."""
    torch.manual_seed(0)
    encoder = ENCODERS[name](MasteringEncoderSettings(name, 65_536, 1 / 8 if name == "mee" else 1.0))
    sound = torch.cat((NOISE, masters("chain_tfe").repeat(1, 4)))
    features = encoder.train()(normalised(sound))
    assert (features.std(0) > 1e-6).all()
    for column in range(0, features.shape[1], 7):
        gradients = torch.autograd.grad(
            features[:, column].square().sum(),
            list(encoder.parameters()),
            retain_graph=True,
            allow_unused=True,
        )
        assert any(own is not None and own.abs().max() > 0 for own in gradients)


def test_published_sizes() -> None:
    """81 M, 66 features, 0.4 M (with the paper's TFE of 0.45 M)."""
    sizes = {
        name: sum(p.numel() for p in kind(MasteringEncoderSettings(name)).parameters())
        for name, kind in ENCODERS.items()
    }
    assert sizes["mee"] == pytest.approx(81e6, rel=0.1)
    assert sizes["tfe"] == pytest.approx(0.45e6, rel=0.2)
    assert Te(MasteringEncoderSettings("te")).features == 66


def test_statistics_do_not_follow_the_level() -> None:
    levels = Levels(LevelSettings())
    for loud, quiet in zip(levels(NOISE), levels(0.01 * NOISE), strict=True):
        torch.testing.assert_close(loud, quiet, atol=2e-3, rtol=1e-3)


def test_statistics_are_finite_for_silence_pulses_and_direct_current() -> None:
    pulse = torch.zeros(1, 65_536)
    pulse[0, 100] = 1
    for odd in (torch.zeros(1, 65_536), pulse, torch.ones(1, 65_536)):
        assert all(own.isfinite().all() for own in Levels(LevelSettings())(odd))


def test_mel_distance_of_a_gain_is_none_and_of_a_shelf_that_of_the_shelf() -> None:
    distance = MelDistance()
    assert float(distance(3 * NOISE, NOISE).max()) < 1e-4
    bins = torch.fft.rfft(NOISE)
    split = bins.shape[1] // 2
    gain = torch.where(torch.arange(bins.shape[1]) < split, 1.0, 2.0)
    found = distance(torch.fft.irfft(bins * gain, NOISE.shape[1]), NOISE)
    level = math.log(math.sqrt((1 + 4) / 2))
    above = 15 / 128  # bands of 128 whose centres lie above half the band width
    expected = (1 - above) * level + above * (math.log(2) - level)
    assert float(found.mean()) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("name", sorted(CHAINS))
def test_every_chain_plays_any_numbers_and_passes_gradients(name: str) -> None:
    chain = MasteringChain.from_name(name)
    units = draw(chain, 4, "harsh", torch.Generator().manual_seed(1)).units.requires_grad_()
    sound = masters("chain_tfe")
    played = chain.play(units, sound)
    distance = MelDistance()(played, made_with(name).play(torch.full((4, len(made_with(name))), 0.7), sound))
    (gradient,) = torch.autograd.grad(distance.sum(), units)
    assert played.isfinite().all() and gradient.isfinite().all()
    assert (gradient.abs().sum(0) > 0).float().mean() > 0.9


def test_left_out_effects_change_nothing_but_mean_and_peak() -> None:
    chain, sound = MasteringChain.from_name("chain"), masters("chain_tfe")
    units = torch.rand(4, len(chain))
    none = chain.play(units, sound, torch.zeros(4, 3, dtype=torch.bool))
    torch.testing.assert_close(none, normalised(sound), atol=1e-5, rtol=1e-4)


def test_realistic_settings_leave_effects_out_and_are_milder() -> None:
    chain, generator = MasteringChain.from_name("chain"), torch.Generator().manual_seed(0)
    harsh, mild = (draw(chain, 400, style, generator) for style in ("harsh", "realistic"))
    assert harsh.active.all()
    assert 0.2 < 1 - float(mild.active.float().mean()) < 0.3
    curves = [
        curve_db(own.units[:, chain.slices()["mastering_equalizer"]], "mastering_equalizer", grid_hz()).std()
        for own in (harsh, mild)
    ]
    assert curves[1] < 0.7 * curves[0]


def test_batches_are_those_of_their_seed() -> None:
    chain = MasteringChain.from_name("chain")
    one, same, other = (
        batch(toy_clips(), chain, size=2, samples=16_384, style="mixed", seed=(0, step)) for step in (1, 1, 2)
    )
    torch.testing.assert_close(one.wet, same.wet, atol=0, rtol=0)
    assert not torch.equal(one.wet, other.wet)


LEARNERS = [
    name.removeprefix("mastering_debug_") for name in PRESETS if "_debug_" in name and "_proxy_" not in name
]


@pytest.mark.parametrize("name", LEARNERS)
def test_every_preset_learns(name: str) -> None:
    """The loss on one batch falls, and nearly every weight takes part."""
    job = untrained(debug(name, rate=2e-3))
    model, example = job.learner.network, drawn(job.preset, job.clips, 1)
    before = {key: value.detach().clone() for key, value in model.named_parameters()}
    values = []
    for _ in range(12):
        job.learner.step = 0
        job.learn(example)
        values.append(sum(job.losses().values()))
    assert min(values[6:]) < values[0]
    moved = [key for key, value in model.named_parameters() if not torch.equal(value, before[key])]
    assert len(moved) > 0.9 * len(before)


@pytest.mark.parametrize("name", ["compressor_mee", "chain_ours"])
def test_a_run_that_was_killed_goes_on_bit_for_bit(name: str, tmp_path: Path) -> None:
    def die(progress: Progress) -> None:
        if progress.step == 3:
            raise KeyboardInterrupt

    preset = debug(name, steps=6, save_every=2)
    whole = train_mastering(preset, toy_clips(), tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train_mastering(preset, toy_clips(), tmp_path / "parts", report=die)
    parts = train_mastering(preset, toy_clips(), tmp_path / "parts")
    for key, value in parts.model.state_dict().items():
        assert torch.equal(value, whole.model.state_dict()[key]), key


def test_a_run_of_another_preset_is_not_gone_on_with(tmp_path: Path) -> None:
    trained("clipper_mee", tmp_path)
    with pytest.raises(ValueError, match="encoder"):
        trained("clipper_te", tmp_path)
    (tmp_path / "resume.pt").write_bytes(b"no checkpoint")
    with pytest.raises(ValueError, match="damaged"):
        trained("clipper_mee", tmp_path)


def test_a_run_does_not_continue_with_other_clips(tmp_path: Path) -> None:
    """As many clips of the same tracks, one of them a little quieter."""
    trained("clipper_mee", tmp_path)
    clips = toy_clips()
    quieter = clips.samples.copy()
    quieter[1] //= 2
    preset = debug("clipper_mee", steps=6)
    with pytest.raises(ValueError, match=r"of another run, where clips\.checksum is \d+, was \d+$"):
        train_mastering(preset, replace(clips, samples=quieter), tmp_path)
    other_gain = (replace(clips.about[0], gain_db=-1.0), *clips.about[1:])
    with pytest.raises(ValueError, match=r"of another run, where clips\.checksum is"):
        train_mastering(preset, replace(clips, about=other_gain), tmp_path)
    assert train_mastering(preset, clips, tmp_path).step == 6


def test_a_run_does_not_continue_with_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained("clipper_mee", tmp_path)
    monkeypatch.setattr(training, "code_of", lambda *modules, without: "other code")
    with pytest.raises(
        ValueError, match=r"of another run, where code\.checksum is other code, was [0-9a-f]{64}$"
    ):
        trained("clipper_mee", tmp_path, steps=6)


def test_weights_come_back_and_others_are_refused(tmp_path: Path) -> None:
    model = Mastering(debug("chain_ours").model)
    calibrated(model, masters("chain_ours"))
    save_model(model.eval(), tmp_path / "own")
    again = load_model(tmp_path / "own")
    torch.testing.assert_close(again.units(masters("chain_ours")), model.units(masters("chain_ours")))
    with pytest.raises(WeightsError, match="no model"):
        load_model(tmp_path / "none")
    config = tmp_path / "own" / "config.json"
    config.write_text(config.read_text().replace('"clipper": ', '"clipper": 9'))
    with pytest.raises(WeightsError, match="clipper"):
        load_model(tmp_path / "own")


def test_shares_between_bins_have_the_number_as_their_mean() -> None:
    units = torch.rand(50, 3)
    shares = between(units, 24)
    middle = (units > 1 / 48) & (units < 1 - 1 / 48)
    centre = (torch.arange(24) + 0.5) / 24
    torch.testing.assert_close(shares.sum(-1), torch.ones(50, 3))
    torch.testing.assert_close((shares @ centre)[middle], units[middle])


def test_quantiles_of_an_even_distribution() -> None:
    predicted = ChainPrediction(torch.zeros(2, 3, 24), torch.zeros(2, 5), torch.zeros(2, 1))
    for share in (0.05, 0.3, 0.95):
        torch.testing.assert_close(predicted.quantile(share), torch.full((2, 3), share), atol=1e-4, rtol=0)


def test_numbers_of_absent_effects_do_not_count() -> None:
    chain = MasteringChain.from_name("chain")
    example = batch(toy_clips(), chain, size=2, samples=16_384, style="harsh", seed=(0,))
    absent = example._replace(active=torch.tensor([[True, False, True]] * 2))
    predicted = ChainPrediction(torch.randn(2, len(chain), 24), torch.zeros(2, 40), torch.zeros(2, 3))
    wild = predicted.logits.clone()
    wild[:, chain.slices()["mastering_compressor"]] *= 9
    one, other = (
        likelihood_losses(predicted._replace(logits=own), absent, chain)["numbers"]
        for own in (predicted.logits, wild)
    )
    assert float(one) == pytest.approx(float(other))


def test_calibration_undoes_overconfidence() -> None:
    """Logits that say too much get a temperature above 1, and intervals hold what they promise better."""
    torch.manual_seed(0)
    model = Mastering(replace(debug("clipper_ours").model))
    calibrated(model, masters("clipper_ours"))
    with torch.no_grad():
        net = model.net.get_submodule("knobs")
        assert isinstance(net, torch.nn.Linear)
        torch.nn.init.normal_(net.weight)
    found = calibrate(model, toy_clips(), style="harsh")
    assert (found > 2).all()


def test_a_clipper_upside_down_costs() -> None:
    chain = MasteringChain.from_name("taylor")
    example = batch(toy_clips(), made_with("taylor"), size=2, samples=16_384, style="harsh", seed=(0,))
    upright, turned = torch.full((2, len(chain)), 0.5), torch.full((2, len(chain)), 0.5)
    turned[:, 0] = 0.0
    values = [float(sound_loss(units, example, chain, MelDistance())) for units in (upright, turned)]
    assert values[1] > values[0]


def test_what_is_estimated_otherwise_than_made() -> None:
    assert set(SAME_KNOBS) | set(MADE_WITH) == set(CHAINS)
    assert set(MADE_WITH.values()) <= set(SAME_KNOBS)


def test_training_reports_and_validates(tmp_path: Path) -> None:
    said: list[dict[str, float]] = []
    train_mastering(
        debug("chain_ours"),
        toy_clips(),
        tmp_path,
        validation=toy_clips(),
        report=lambda p: said.append(dict(p.values)),
    )
    assert len(said) == 4
    assert {"validation/numbers", "validation/curve", "validation/present"} <= set(said[-1])
    assert all(math.isfinite(value) for values in said for value in values.values())
    board = EventAccumulator(str(tmp_path)).Reload()
    (last,) = [event for event in board.Scalars("validation/curve") if event.step == 4]
    assert last.value == pytest.approx(said[-1]["validation/curve"])
