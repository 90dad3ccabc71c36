"""Mix, panning, imager, mid/side."""

import math

import pytest
import torch
from torch import Tensor

from unpatch.processors import PROCESSORS

RATE = 44_100


def noise(rows: int = 1, seed: int = 0) -> Tensor:
    return torch.randn(rows, 2, 1_000, generator=torch.Generator().manual_seed(seed))


def run(kind: str, x: Tensor, control: dict[str, Tensor] | None = None, **values: float) -> Tensor:
    inputs = {"input": x, **(control or {})}
    return PROCESSORS[kind](inputs, sample_rate=RATE, frames=None, **values)["out"]


def energy(x: Tensor) -> float:
    return float(x.double().square().sum())


@pytest.mark.parametrize("pan", [-1.0, -0.6, 0.0, 0.25, 1.0])
def test_panning_keeps_the_power_of_a_mono_signal(pan: float) -> None:
    mono = noise()[:, :1].expand(-1, 2, -1)
    assert energy(run("panning", mono, pan=pan)) == pytest.approx(energy(mono), rel=1e-5)


def test_pan_law() -> None:
    """Unity in the centre, +3 dB and silence at the ends, the angle halfway at half pan."""
    ones = torch.ones(1, 2, 1)
    left, right = run("panning", ones, pan=0.5)[0, :, 0].tolist()
    assert math.atan2(right, left) == pytest.approx(3 * math.pi / 8, abs=1e-6)
    assert run("panning", ones, pan=0.0)[0, :, 0].tolist() == pytest.approx([1, 1], abs=1e-6)
    assert run("panning", ones, pan=-1.0)[0, :, 0].tolist() == pytest.approx([math.sqrt(2), 0], abs=1e-6)


def test_pan_is_moved_frame_by_frame_and_stops_at_the_ends() -> None:
    control = torch.linspace(-3, 3, 61).reshape(1, 1, -1)
    y = run("panning", torch.ones(1, 2, 61), {"pan": control}, pan=0.0)[0]
    angle = (control[0, 0].clamp(-1, 1) + 1) * math.pi / 4
    expected = math.sqrt(2) * torch.stack([angle.cos(), angle.sin()])
    torch.testing.assert_close(y, expected, rtol=1e-6, atol=1e-6)


def test_a_two_channel_pan_moves_each_channel_by_its_own() -> None:
    control = torch.stack([torch.full((5,), -1.0), torch.full((5,), 1.0)])[None]
    y = run("panning", torch.ones(1, 2, 5), {"pan": control}, pan=0.0)
    torch.testing.assert_close(y, torch.full((1, 2, 5), math.sqrt(2)))


def test_width_one_is_exact_zero_is_mono_two_doubles_the_side() -> None:
    x = noise()
    assert torch.equal(run("imager", x, width=1.0), x)
    mono = run("imager", x, width=0.0)
    torch.testing.assert_close(mono[:, 0], x.mean(1))
    torch.testing.assert_close(mono[:, 1], x.mean(1))
    wide = run("imager", x, width=2.0)
    torch.testing.assert_close(wide[:, 0] - wide[:, 1], 2 * (x[:, 0] - x[:, 1]))
    torch.testing.assert_close(wide.mean(1), x.mean(1))


def test_merge_inverts_split_and_split_merge() -> None:
    x = noise()
    parts = PROCESSORS["midside_split"]({"input": x}, sample_rate=RATE)
    merged = PROCESSORS["midside_merge"](parts, sample_rate=RATE)["out"]
    torch.testing.assert_close(merged, x, rtol=0, atol=5e-7)
    again = PROCESSORS["midside_split"]({"input": merged}, sample_rate=RATE)
    torch.testing.assert_close(again, parts, rtol=0, atol=5e-7)


def test_split_sorts_what_is_equal_from_what_differs() -> None:
    same, opposite = torch.ones(1, 2, 4), torch.tensor([1.0, -1.0]).reshape(1, 2, 1).expand(1, 2, 4)
    parts = PROCESSORS["midside_split"]({"input": 3 * same + 2 * opposite}, sample_rate=RATE)
    assert torch.equal(parts["mid"], 3 * same)
    assert torch.equal(parts["side"], 2 * same)


def test_mid_and_side_share_the_energy() -> None:
    x = noise()
    parts = PROCESSORS["midside_split"]({"input": x}, sample_rate=RATE)
    assert energy(parts["mid"]) + energy(parts["side"]) == pytest.approx(energy(x), rel=1e-5)


def test_imager_is_split_scale_merge() -> None:
    x = noise()
    parts = PROCESSORS["midside_split"]({"input": x}, sample_rate=RATE)
    scaled = {"mid": parts["mid"], "side": 0.3 * parts["side"]}
    merged = PROCESSORS["midside_merge"](scaled, sample_rate=RATE)["out"]
    torch.testing.assert_close(run("imager", x, width=0.3), merged, rtol=0, atol=1e-6)


def test_mix_passes_on_a_copy() -> None:
    x = noise()
    y = run("mix", x)
    assert torch.equal(x, y)
    assert x.data_ptr() != y.data_ptr()
