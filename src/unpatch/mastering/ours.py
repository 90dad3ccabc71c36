"""Our estimator: level-informed statistics and a small network over time, numbers as distributions.

Every knob's unit range is cut into bins; the network gives the probability of each. A number is the mean, an
interval is between quantiles; temperatures from held-out music widen or narrow them. Further outputs
are the equalizer's curve in dB, which does not blur when bands swap places, and the presence of each
effect. Numbers and curve start as linear functions of the statistics, in closed form
(:mod:`unpatch.mastering.closed_form`); the network has their values as inputs and corrects them.

Shapes: B batch, T samples, Q numbers, N bins, P points of the curve, E effects.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn

from unpatch.mastering.levels import Levels, LevelSettings, count

CURVE_SCALE_DB = 10.0
OUTLIER = 8.0
"""In deviations of a statistic."""


@dataclass(frozen=True)
class OursSettings:
    """Sizes.

    Attributes:
        width: of the layers behind the statistics.
        hidden: of the convolutions and the attention over time.
        bins: of each knob.
        points: of the curve; chains without an equalizer do not use it.
    """

    levels: LevelSettings = field(default_factory=LevelSettings)
    width: int = 384
    hidden: int = 96
    heads: int = 4
    bins: int = 24
    points: int = 40
    dropout: float = 0.1


class ChainPrediction(NamedTuple):
    """Output of the network.

    Attributes:
        logits: of the bins ``[B, Q, N]``.
        curve_db: ``[B, P]``, without its mean.
        present: logits of the effects ``[B, E]``.
    """

    logits: Tensor
    curve_db: Tensor
    present: Tensor

    @property
    def shares(self) -> Tensor:
        """Probabilities of the bins ``[B, Q, N]``."""
        return self.logits.softmax(-1)

    @property
    def units(self) -> Tensor:
        """Means ``[B, Q]``: of all numbers those with the least squared error."""
        return self.shares @ centres(self.logits.shape[-1])

    def quantile(self, share: float) -> Tensor:
        """Quantile at this probability, ``[B, Q]``; interpolated inside a bin."""
        below = self.shares.cumsum(-1)
        bins = below.shape[-1]
        place = (below < share).sum(-1, keepdim=True).clamp_max(bins - 1)
        upper = below.gather(-1, place)
        own = self.shares.gather(-1, place).clamp_min(1e-9)
        inside = 1 - ((upper - share) / own).clamp(0, 1)
        return ((place + inside) / bins).squeeze(-1)


def centres(bins: int) -> Tensor:
    """Of the bins of the unit range."""
    return (torch.arange(bins) + 0.5) / bins


class Ours(nn.Module):
    """Clips of any length ``[B, T]`` to the estimate."""

    def __init__(self, settings: OursSettings, numbers: int, effects: int) -> None:
        super().__init__()
        self.settings, self.numbers = settings, numbers
        self.levels = Levels(settings.levels)
        self.statistics = count(settings.levels)
        self.standard = Standard(self.statistics)
        self.at_once = AtOnce(self.statistics, numbers, settings.points)
        self.over_time = _OverTime(settings)
        width = settings.width
        self.trunk = nn.Sequential(
            nn.Linear(self.statistics + numbers + settings.points + self.over_time.features, width),
            nn.LayerNorm(width),
            nn.GELU(),
            nn.Dropout(settings.dropout),
            _Step(width, settings.dropout),
            _Step(width, settings.dropout),
            nn.LayerNorm(width),
        )
        self.knobs = nn.Linear(width, numbers * settings.bins)
        self.curve = nn.Linear(width, settings.points)
        self.effects = nn.Linear(width, effects)
        for correction in (self.knobs, self.curve):
            nn.init.zeros_(correction.weight)
            nn.init.zeros_(correction.bias)
        self.register_buffer("temperature", torch.ones(numbers))

    def forward(self, audio: Tensor) -> ChainPrediction:
        with torch.no_grad():
            statistics, picture = self.levels(audio)
            standardised = self.standard(statistics)
            initial = self.at_once(standardised)
        state = self.trunk(torch.cat((standardised, initial, self.over_time(picture)), 1))
        numbers, curve = initial.split((self.numbers, self.settings.points), 1)
        correction = self.knobs(state).unflatten(-1, (self.numbers, self.settings.bins))
        logits = self.at_once.logits(numbers, self.settings.bins) + correction
        if not self.training:
            logits = logits / self.get_buffer("temperature")[:, None]
        curve = CURVE_SCALE_DB * (curve + self.curve(state))
        return ChainPrediction(logits, curve - curve.mean(-1, keepdim=True), self.effects(state))


class Standard(nn.Module):
    """Statistics less their mean, over their deviation, as given to :meth:`set`; outliers are cut."""

    def __init__(self, statistics: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(statistics))
        self.register_buffer("deviation", torch.ones(statistics))

    def set(self, mean: Tensor, deviation: Tensor) -> None:
        """Both ``[D]``."""
        self.get_buffer("mean").copy_(mean)
        self.get_buffer("deviation").copy_(deviation)

    def forward(self, statistics: Tensor) -> Tensor:
        around = statistics - self.get_buffer("mean")
        return (around / self.get_buffer("deviation")).clamp(-OUTLIER, OUTLIER)


class AtOnce(nn.Module):
    """The linear functions: the middle and a flat curve until :meth:`set` is called."""

    def __init__(self, statistics: int, numbers: int, points: int) -> None:
        super().__init__()
        self.numbers = numbers
        self.register_buffer("matrix", torch.zeros(statistics, numbers + points))
        self.register_buffer("offset", torch.cat((torch.full((numbers,), 0.5), torch.zeros(points))))
        self.log_deviation = nn.Parameter(torch.zeros(numbers))

    def set(self, matrix: Tensor, offset: Tensor, errors: Tensor) -> None:
        """``[D, Q + P]``, ``[Q + P]`` and mean squared errors ``[Q + P]``."""
        self.get_buffer("matrix").copy_(matrix)
        self.get_buffer("offset").copy_(offset)
        with torch.no_grad():
            self.log_deviation.copy_(0.5 * errors[: self.numbers].clamp_min(1e-6).log())

    def forward(self, standardised: Tensor) -> Tensor:
        """``[B, Q + P]``, the curve in units of :data:`CURVE_SCALE_DB`."""
        return standardised @ self.get_buffer("matrix") + self.get_buffer("offset")

    def logits(self, numbers: Tensor, bins: int) -> Tensor:
        """Of a normal distribution about each number ``[B, Q, N]``."""
        away = centres(bins) - numbers.unsqueeze(-1)
        return -0.5 * (away / self.log_deviation.exp().unsqueeze(-1)).square()


class _OverTime(nn.Module):
    """Convolutions along time over bands, then attention; mean and deviation of their output."""

    def __init__(self, settings: OursSettings) -> None:
        super().__init__()
        bands, hidden = settings.levels.bands, settings.hidden
        self.scale = nn.BatchNorm1d(bands)
        self.convolutions = nn.Sequential(
            nn.Conv1d(bands, hidden, 5, 2, 2), nn.GELU(), nn.Conv1d(hidden, hidden, 5, 4, 2), nn.GELU()
        )
        self.attention = nn.TransformerEncoderLayer(
            hidden, settings.heads, 2 * hidden, settings.dropout, "gelu", batch_first=True, norm_first=True
        )
        self.features = 2 * hidden

    def forward(self, picture: Tensor) -> Tensor:
        """``[B, 2 hidden]`` of ``[B, M, F]``."""
        frames = self.attention(self.convolutions(self.scale(picture)).transpose(1, 2))
        return torch.cat((frames.mean(1), frames.std(1, correction=0)), -1)


class _Step(nn.Module):
    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, width),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(width, width),
        )

    def forward(self, state: Tensor) -> Tensor:
        return state + self.inner(state)  # type: ignore[no-any-return]
