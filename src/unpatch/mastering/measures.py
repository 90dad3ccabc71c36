"""What is measured of an estimate: sounds, numbers, the equalizer's curve, and the gain over time.

Shapes: B batch, T samples, Q numbers, E effects, P points, F frames.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from unpatch.mastering.chains import MADE_WITH, MasteringChain, Player, curve_db, grid_hz
from unpatch.mastering.clips import Clips
from unpatch.mastering.estimating import HIGH, LOW, to_play
from unpatch.mastering.examples import MasteringBatch, in_order, made_with
from unpatch.mastering.hybrid import proxy_player
from unpatch.mastering.mel import MelDistance, at_one_level
from unpatch.mastering.model import Mastering, load_model
from unpatch.mastering.objective import EQUALIZERS
from unpatch.mastering.ours import ChainPrediction
from unpatch.mastering.settings import Style

SEED = 3_000_003
BATCH = 20
FRAME = 441
"""Samples of a frame of the gain trace: 10 ms."""
QUIET_DB = -50.0

MEANINGS: Mapping[str, str] = {
    "mse_y": "mean squared difference of the sounds, either at a root mean square of 1",
    "mel": "mean difference of natural logarithms of mel magnitudes",
    "mse_q": "mean squared error of numbers in [0, 1]",
    "curve_db": "root mean square error of the equalizer's response from 30 Hz to 16 kHz, less its median",
    "gain_db": "mean difference of the gain over frames of 10 ms, less its median",
    "covered": "share of true numbers inside of their intervals of 90 %",
    "width": "mean width of those intervals in [0, 1]",
}


@dataclass(frozen=True)
class Figures:
    """Of each example.

    Attributes:
        tracks: which one an example is of.
        values: figure to its values; NaN where an example has none.
    """

    tracks: tuple[str, ...]
    values: Mapping[str, Sequence[float]]

    def to_dict(self) -> dict[str, Any]:
        return {"tracks": list(self.tracks), "values": {k: list(v) for k, v in self.values.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Figures":
        values = {
            name: [math.nan if one is None else float(one) for one in own]
            for name, own in data["values"].items()
        }
        return cls(tuple(data["tracks"]), values)


@dataclass(frozen=True)
class Output:
    """What is held against the truth: numbers, what to play, and intervals ``(low, high)``."""

    units: Tensor
    played: Tensor
    play_units: Tensor
    interval: tuple[Tensor, Tensor] | None = None


def examples(
    clips: Clips, chain: MasteringChain, count: int, samples: int, style: Style
) -> Iterator[MasteringBatch]:
    """The same ones for every system."""
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        yield in_order(clips, chain, first=first, size=size, samples=samples, style=style, seed=SEED)


def model_figures(folder: Path, clips: Clips, count: int, chain: str, style: Style = "harsh") -> Figures:
    """Of a model; the hybrid is a model trained through the proxy, played exactly."""
    model = load_model(folder)
    stand_in = proxy_player() if chain == "proxy" else None
    samples = model.settings.encoder.samples

    def output(example: MasteringBatch) -> Output:
        return output_of(model, example, stand_in)

    return _figures(output, clips, count, "compressor" if chain == "hybrid" else chain, samples, style)


def output_of(model: Mastering, example: MasteringBatch, stand_in: Player | None = None) -> Output:
    """A model's estimates for masters."""
    with torch.no_grad():
        found = model(example.wet)
        predicted = found if isinstance(found, ChainPrediction) else None
        units = found if predicted is None else predicted.units
    play_units = units if predicted is None else to_play(predicted, model.chain)
    active = None if predicted is None else predicted.present > 0
    with torch.no_grad():
        played = model.chain.play(play_units, example.dry, active, stand_in)
    interval = None if predicted is None else (predicted.quantile(LOW), predicted.quantile(HIGH))
    return Output(units, played, play_units, interval)


def baseline_figures(
    system: str, chain: str, clips: Clips, count: int, samples: int, style: Style = "harsh"
) -> Figures:
    """Of random numbers, of numbers in the middle, and of doing nothing."""
    own = MasteringChain.from_name("compressor" if chain == "hybrid" else chain)
    generator = torch.Generator().manual_seed(SEED)
    stand_in = None
    if chain == "proxy" and system != "identity":
        stand_in = proxy_player()

    def output(example: MasteringBatch) -> Output:
        rows = len(example.dry)
        units = torch.rand(rows, len(own), generator=generator)
        units = units if system == "random" else torch.full_like(units, 0.5)
        if system == "identity":
            return Output(torch.full_like(units, math.nan), example.dry, units)
        with torch.no_grad():
            return Output(units, own.play(units, example.dry, stand_in=stand_in), units)

    return _figures(output, clips, count, "compressor" if chain == "hybrid" else chain, samples, style)


def _figures(output: Any, clips: Clips, count: int, chain: str, samples: int, style: Style) -> Figures:
    source, own, distance = made_with(chain), MasteringChain.from_name(chain), MelDistance()
    tracks: list[str] = []
    values: dict[str, list[float]] = {}
    for example in examples(clips, source, count, samples, style):
        tracks += [clips.about[place].track for place in example.clips]
        found = compared(output(example), example, own, source, distance, same_knobs=chain not in MADE_WITH)
        for name, column in found.items():
            values.setdefault(name, []).extend(column.tolist())
    return Figures(tuple(tracks), values)


def compared(
    output: Output,
    example: MasteringBatch,
    own: MasteringChain,
    source: MasteringChain,
    distance: MelDistance,
    *,
    same_knobs: bool,
) -> dict[str, Tensor]:
    """Figure to its values ``[B]``; those that do not exist for a chain are left out."""
    found = {
        "mse_y": (at_one_level(output.played) - at_one_level(example.wet)).square().mean(-1),
        "mel": distance(output.played, example.wet),
        "gain_db": gain_error_db(output.played, example.wet, example.dry),
    }
    if same_knobs:
        found["mse_q"] = (output.units - example.units).square().mean(-1)
    if output.interval is not None and same_knobs:
        low, high = output.interval
        inside = (example.units >= low) & (example.units <= high)
        found["covered"], found["width"] = inside.float().mean(-1), (high - low).mean(-1)
    if source.kinds[0] in EQUALIZERS:
        found["curve_db"] = _curve_error_db(output, example, own, source)
    return found


def _curve_error_db(
    output: Output, example: MasteringBatch, own: MasteringChain, source: MasteringChain
) -> Tensor:
    grid = grid_hz(200)
    true = curve_db(example.units[:, source.slices()[source.kinds[0]]], source.kinds[0], grid)
    if output.units.isnan().all():
        return off_median(true).square().mean(-1).sqrt()
    predicted = curve_db(output.play_units[:, own.slices()[own.kinds[0]]], own.kinds[0], grid)
    return off_median(predicted - true).square().mean(-1).sqrt()


def off_median(values: Tensor) -> Tensor:
    """``[B, N]`` without each row's median."""
    return values - values.median(-1, keepdim=True).values


def gain_error_db(found: Tensor, true: Tensor, dry: Tensor) -> Tensor:
    """Mean difference ``[B]`` of two gains over time, each less its median; pauses do not count."""
    levels = [_levels_db(audio) for audio in (found, true, dry)]
    loud = levels[2] > levels[2].amax(-1, keepdim=True) + QUIET_DB
    apart = levels[0] - levels[1]
    middle = torch.where(loud, apart, math.nan).nanmedian(-1, keepdim=True).values
    return torch.where(loud, (apart - middle).abs(), 0.0).sum(-1) / loud.sum(-1)


def _levels_db(audio: Tensor) -> Tensor:
    """``[B, F]``."""
    whole = audio.shape[-1] // FRAME * FRAME
    power = audio[:, :whole].reshape(len(audio), -1, FRAME).square().mean(-1)
    return 10 * power.clamp_min(1e-12).log10()
