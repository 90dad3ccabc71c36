"""Heads of numbers: what they tell and what training pays for it, by hand."""

import math

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from unpatch.blind.models.numbers import Bins, Points, direction, median

WIDTH, SLOTS, BINS = 6, 5, 8
STRAIGHT, ROUND = torch.tensor(False), torch.tensor(True)


def test_both_heads_say_something_about_every_slot() -> None:
    vectors = torch.randn(2, 3, WIDTH, generator=torch.Generator().manual_seed(0))
    for head, size in ((Points(WIDTH, SLOTS), 1), (Bins(WIDTH, SLOTS, BINS), BINS)):
        said = head.outputs(vectors)
        assert said.shape == (2, 3, SLOTS, size)
        values = head.values(said, torch.zeros(2, 3, SLOTS, dtype=torch.bool))
        assert values.shape == (2, 3, SLOTS)
        assert_close(head.outputs(vectors[0]), said[0])


def test_fresh_bins_say_the_middle() -> None:
    head = Bins(WIDTH, SLOTS, BINS)
    assert_close(
        head.values(head.outputs(torch.zeros(WIDTH)), STRAIGHT.expand(SLOTS)), torch.full((SLOTS,), 0.5)
    )


@pytest.mark.parametrize(
    ("shares", "middle"),
    [
        ([1.0, 0, 0, 0], 0.125),
        ([0, 0, 0, 1.0], 0.875),
        ([0.25, 0.25, 0.25, 0.25], 0.5),
        ([0.5, 0, 0, 0.5], 0.25),
        ([0.1, 0.8, 0.1, 0.0], 0.375),
        ([0.0, 0.25, 0.75, 0.0], 0.5 + 0.25 / 3),
    ],
)
def test_half_lies_below_the_median(shares: list[float], middle: float) -> None:
    assert float(median(torch.tensor(shares))) == pytest.approx(middle, abs=1e-6)


def test_the_median_of_certainty_is_finite_in_value_and_slope() -> None:
    said = torch.tensor([[0.0, 200.0, -200.0], [0.0, -200.0, 200.0]], requires_grad=True)
    found = median(said.softmax(-1))
    assert_close(found, torch.tensor([0.5, 5 / 6]))
    found.sum().backward()  # type: ignore[no-untyped-call]
    assert said.grad is not None
    assert said.grad.isfinite().all()


def test_what_turns_round_has_a_mean_direction() -> None:
    """Half before and half after the end of the circle is at its end, not in the middle."""
    shares = torch.tensor([0.5, 0, 0, 0, 0, 0, 0, 0.5])
    at = float(direction(shares))
    assert min(at, 1 - at) == pytest.approx(0, abs=1e-6)
    assert float(direction(shares.roll(3))) == pytest.approx(3 / 8, abs=1e-6)
    head = Bins(WIDTH, SLOTS, 8)
    said = shares.clamp_min(1e-9).log()
    assert float(head.values(said, STRAIGHT)) == pytest.approx(1 / 8, abs=1e-6)
    assert min(float(head.values(said, ROUND)), 1 - float(head.values(said, ROUND))) < 1e-6


def test_points_cost_their_distance() -> None:
    said, units = torch.tensor([[0.9], [0.9], [1.3]]), torch.tensor([0.1, 0.1, 0.2])
    found = Points(WIDTH, SLOTS).costs(said, units, torch.tensor([False, True, True]))
    assert_close(found, torch.tensor([0.8, 0.2, 0.1]))


def test_bins_cost_least_where_they_say_the_target() -> None:
    head = Bins(WIDTH, SLOTS, BINS)
    units, turns = torch.tensor([0.02, 0.02, 0.4]), torch.tensor([False, True, False])
    targets = head.targets(units, turns)
    assert_close(targets.sum(-1), torch.ones(3))
    assert float(targets[0, -1]) < 1e-6
    assert float(targets[1, -1]) > 0.1  # round the end
    right = head.costs(targets.log(), units, turns)
    assert_close(right, Bins.WEIGHT * torch.special.entr(targets).sum(-1))
    draw = torch.Generator().manual_seed(1)
    for _ in range(20):
        other = targets.log() + 0.3 * torch.randn(3, BINS, generator=draw)
        assert (head.costs(other, units, turns) >= right - 1e-6).all()
    even = head.costs(torch.zeros(3, BINS), units, turns)
    assert_close(even, torch.full((3,), Bins.WEIGHT * math.log(BINS)))


def test_bins_learn_a_median() -> None:
    """Of skewed values: half of them are below what is told, as an L1 distance asks for."""
    values = torch.rand(4096, generator=torch.Generator().manual_seed(2)) ** 3
    said = torch.zeros(1, 24, requires_grad=True)
    head, optimiser = Bins(WIDTH, SLOTS, 24), torch.optim.Adam([said], 0.1)

    def cost() -> Tensor:
        return head.costs(said.expand(4096, -1), values, STRAIGHT.expand(4096)).mean()

    for _ in range(200):
        optimiser.zero_grad()
        cost().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    told = float(head.values(said.detach(), STRAIGHT)[0])
    assert float((values < told).float().mean()) == pytest.approx(0.5, abs=0.05)
