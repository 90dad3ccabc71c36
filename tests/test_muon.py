"""Muon: orthogonal steps, their size, momentum, and what it refuses."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import Tensor, nn

from unpatch.learning.muon import LIKE_ADAMW, Muon, by_gram, by_steps, orthogonal


@pytest.mark.parametrize("shape", [(8, 8), (6, 20), (20, 6), (1, 5)])
def test_singular_values_come_near_one_and_singular_vectors_stay(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    found = orthogonal(matrix).numpy()
    u, _, v = np.linalg.svd(matrix.numpy(), full_matrices=False)
    inside = u.T @ found @ v.T
    assert_allclose(inside, np.diag(np.diag(inside)), atol=1e-5)
    assert ((np.diag(inside) > 0.65) & (np.diag(inside) < 1.25)).all()


@pytest.mark.parametrize("shape", [(1, 5), (8, 8), (24, 64), (48, 300)])
@pytest.mark.parametrize("rank", [2, 100])
def test_by_way_of_the_gram_matrix_it_comes_to_the_same(shape: tuple[int, int], rank: int) -> None:
    draw = torch.Generator().manual_seed(5)
    rank = min(rank, *shape)
    left, right = torch.randn(shape[0], rank, generator=draw), torch.randn(rank, shape[1], generator=draw)
    matrix = (left * torch.logspace(0, -3, rank)) @ right
    matrix /= matrix.norm()
    for dtype, tolerance in ((torch.float64, 1e-10), (torch.float32, 1e-3)):
        given = matrix.to(dtype)
        torch.testing.assert_close(by_gram(given), by_steps(given), rtol=0, atol=tolerance)


def test_long_matrices_take_that_way(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []

    def noted(x: Tensor) -> Tensor:
        taken.append(tuple(x.shape))
        return x

    monkeypatch.setattr("unpatch.learning.muon.by_gram", noted)
    for shape in ((8, 8), (8, 12), (8, 13), (40, 8)):
        orthogonal(torch.ones(shape))
    assert taken == [(8, 13), (8, 40)]


def test_the_scale_of_a_gradient_does_not_matter_and_none_is_no_step() -> None:
    matrix = torch.randn(5, 7, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(orthogonal(matrix * 1e4), orthogonal(matrix), rtol=1e-4, atol=1e-5)
    assert not orthogonal(torch.zeros(5, 7)).any()


def with_gradient(weight: Tensor, gradient: Tensor) -> nn.Parameter:
    parameter = nn.Parameter(weight.clone())
    parameter.grad = gradient.clone()
    return parameter


def test_two_steps_are_those_of_the_definition() -> None:
    """v <- m v + (1 - m) g;  w <- (1 - r d) w - r 0.2 sqrt(max(M, N)) orthogonal((1 - m) g + m v)."""
    draw = torch.Generator().manual_seed(2)
    weight, first, second = (torch.randn(4, 9, generator=draw) for _ in range(3))
    rate, decay, momentum = 0.01, 0.3, 0.9
    parameter = with_gradient(weight, first)
    optimiser = Muon([parameter], rate, decay, momentum)
    velocity, expected = torch.zeros(4, 9), weight
    for gradient in (first, second):
        parameter.grad = gradient.clone()
        optimiser.step()
        velocity = momentum * velocity + (1 - momentum) * gradient
        direction = orthogonal((1 - momentum) * gradient + momentum * velocity)
        expected = (1 - rate * decay) * expected - rate * LIKE_ADAMW * 3 * direction
    torch.testing.assert_close(parameter.data, expected)


def test_a_step_is_about_as_large_as_one_of_adamw() -> None:
    draw = torch.Generator().manual_seed(3)
    parameter = with_gradient(torch.zeros(64, 128), torch.randn(64, 128, generator=draw))
    Muon([parameter], rate=1.0).step()
    assert math.isclose(float(parameter.detach().square().mean().sqrt()), LIKE_ADAMW, rel_tol=0.2)


def test_what_has_no_gradient_stays() -> None:
    parameter = nn.Parameter(torch.ones(3, 3))
    Muon([parameter], rate=1.0, weight_decay=0.1).step()
    assert torch.equal(parameter.data, torch.ones(3, 3))


def test_it_learns_what_a_matrix_does() -> None:
    draw = torch.manual_seed(4)
    truth, model = torch.randn(6, 10, generator=draw), nn.Linear(10, 6, bias=False)
    optimiser = Muon(model.parameters(), rate=0.05)
    losses = []
    for step in range(300):
        optimiser.param_groups[0]["lr"] = 0.05 * (1 - step / 300)
        given = torch.randn(64, 10, generator=draw)
        loss = (model(given) - given @ truth.T).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 1e-3 * losses[0]


def test_only_matrices_are_taken() -> None:
    with pytest.raises(ValueError, match=r"only matrices.*\(3,\)"):
        Muon([nn.Parameter(torch.zeros(2, 2)), nn.Parameter(torch.zeros(3))], rate=0.1)
