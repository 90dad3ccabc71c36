"""Where ours begins: least squares with a penalty, and a net that tells its answers."""

import numpy as np
import pytest
import torch

from tests.mastering_kit import debug, toy_clips, untrained
from unpatch.mastering.closed_form import PENALTIES, begin, ridge
from unpatch.mastering.examples import batch
from unpatch.mastering.model import Mastering
from unpatch.mastering.ours import AtOnce, ChainPrediction, Ours, Standard
from unpatch.mastering.training import drawn


def problem(noise: float, count: int = 400) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(count, 10, generator=generator)
    matrix = torch.randn(10, 3, generator=generator)
    targets = inputs @ matrix + 0.7 + noise * torch.randn(count, 3, generator=generator)
    return inputs, targets, matrix


def test_ridge_is_the_textbook_s() -> None:
    inputs, targets, _ = problem(noise=3.0)
    kept = torch.arange(400) % 4 != 0
    matrix, offset, errors = ridge(inputs, targets, torch.ones_like(targets), kept)
    x, y = inputs.double().numpy(), targets.double().numpy()
    solutions = []
    for penalty in PENALTIES:
        wide = np.vstack([x - x.mean(0), np.sqrt(penalty * len(x)) * np.eye(10)])
        tall = np.vstack([y - y.mean(0), np.zeros((10, 3))])
        solutions.append(np.linalg.lstsq(wide, tall, rcond=None)[0])
    away = [np.abs(own - matrix.numpy()).max() for own in solutions]
    assert min(away) < 1e-5
    best = solutions[int(np.argmin(away))]
    assert offset.tolist() == pytest.approx((y.mean(0) - x.mean(0) @ best).tolist(), abs=1e-5)
    assert errors.tolist() == pytest.approx([9.0] * 3, rel=0.4)


def test_without_noise_nothing_is_penalised_much() -> None:
    inputs, targets, true = problem(noise=0.0)
    found, offset, errors = ridge(inputs, targets, torch.ones_like(targets), torch.arange(400) % 4 != 0)
    torch.testing.assert_close(found, true, atol=0.05, rtol=0)
    assert offset.tolist() == pytest.approx([0.7] * 3, abs=0.05)
    assert float(errors.max()) < 0.01


def test_numbers_of_absent_effects_are_not_learnt_from() -> None:
    inputs, targets, _ = problem(noise=0.1)
    weights = torch.ones_like(targets)
    weights[::2, 0] = 0
    spoilt = torch.where(weights > 0, targets, 1e3)
    kept = torch.arange(400) % 4 != 0
    clean = ridge(inputs, targets, weights, kept)
    torch.testing.assert_close(ridge(inputs, spoilt, weights, kept)[0], clean[0])
    weights[:, 1] = 0
    matrix, offset, _ = ridge(inputs, targets, weights, kept)
    assert not matrix[:, 1].any() and float(offset[1]) == pytest.approx(float(targets[:, 1].mean()))


def test_a_net_begins_with_these_answers() -> None:
    preset = debug("chain_ours")
    job = untrained(preset)
    model, asked = job.learner.network, drawn(preset, toy_clips(), 0)
    net = model.net
    assert isinstance(net, Ours)
    before = model.eval()(asked.wet)
    assert before.units.tolist() == pytest.approx(np.full(before.units.shape, 0.5), abs=1e-4)
    assert not before.curve_db.any()
    job.begin()
    predicted = model.eval()(asked.wet)
    assert isinstance(predicted, ChainPrediction)
    guess = net.at_once(net.standard(net.levels(asked.wet)[0]))
    curve = guess[:, len(model.chain) :] * 10
    torch.testing.assert_close(predicted.curve_db, curve - curve.mean(-1, keepdim=True))
    numbers, bins = guess[:, : len(model.chain), None], net.settings.bins
    centres = (torch.arange(bins) + 0.5) / bins
    away = (centres - numbers) / net.at_once.log_deviation.detach().exp()[:, None]
    torch.testing.assert_close(predicted.units, torch.softmax(-(away**2) / 2, -1) @ centres)
    assert float(predicted.units.detach().std(0).max()) > 1e-3  # masters are told apart


def test_statistics_are_brought_to_one_scale_and_outliers_cut() -> None:
    standard = Standard(2)
    standard.set(torch.tensor([1.0, 2.0]), torch.tensor([2.0, 0.5]))
    assert standard(torch.tensor([[3.0, 2.5], [1e6, -1e6]])).tolist() == [[1.0, 1.0], [8.0, -8.0]]


def test_a_distribution_has_the_told_mean_and_deviation() -> None:
    at_once = AtOnce(4, 1, 0)
    at_once.set(torch.zeros(4, 1), torch.tensor([0.5]), torch.tensor([0.1**2]))
    logits = at_once.logits(torch.tensor([[0.45]]), 200).detach()
    predicted = ChainPrediction(logits, torch.zeros(1, 0), torch.zeros(1, 1))
    assert float(predicted.units) == pytest.approx(0.45, abs=1e-4)
    low, high = (float(predicted.quantile(share)) for share in (0.1587, 0.8413))
    assert (high - low) / 2 == pytest.approx(0.1, rel=0.01)


def test_more_than_one_begin_gives_the_same_net() -> None:
    preset = debug("clipper_ours")
    errors = []
    for _ in range(2):
        model = Mastering(preset.model)
        assert isinstance(model.net, Ours)
        rows = [
            batch(toy_clips(), model.chain, size=4, samples=16_384, style="harsh", seed=(0, place))
            for place in range(6)
        ]
        errors.append(begin(model.net, rows, model.chain, toy_clips()))
        assert torch.isfinite(model.net.at_once.get_buffer("matrix")).all()
    assert errors[0] == errors[1] > 0
