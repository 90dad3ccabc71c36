"""Our estimator: level-informed statistics and a small network over time, numbers told as distributions.

Every knob's unit range is cut into bins; the network says how probable each is. A number is the mean, an
interval lies between quantiles; temperatures that held-out music asked for widen or narrow them. Beside the
knobs are told the equalizer's curve in dB, which bands that swap places cannot blur, and which effects are
there at all.

Shapes: B batch, T samples, Q numbers, N bins, P points of the curve, E effects.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor, nn

from unpatch.mastering.levels import Levels, LevelSettings, count

CURVE_SCALE_DB = 10.0


@dataclass(frozen=True)
class OursSettings:
    """Sizes.

    Attributes:
        width: of the layers behind the statistics.
        hidden: of the convolutions and the attention over time.
        bins: of each knob.
        points: of the curve; 0 for chains without an equalizer.
    """

    levels: LevelSettings = field(default_factory=LevelSettings)
    width: int = 384
    hidden: int = 96
    heads: int = 4
    bins: int = 24
    points: int = 40
    dropout: float = 0.1


class Told(NamedTuple):
    """What the network says.

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
        """Where so much of the probability lies below ``[B, Q]``; even inside a bin."""
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
    """Clips of any length ``[B, T]`` to what is told."""

    def __init__(self, settings: OursSettings, numbers: int, effects: int) -> None:
        super().__init__()
        self.settings, self.numbers = settings, numbers
        self.levels = Levels(settings.levels)
        self.statistics = count(settings.levels)
        self.scale = nn.BatchNorm1d(self.statistics, affine=False)
        self.over_time = _OverTime(settings)
        width = settings.width
        self.trunk = nn.Sequential(
            nn.Linear(self.statistics + self.over_time.features, width),
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
        self.register_buffer("temperature", torch.ones(numbers))

    def features(self, audio: Tensor) -> Tensor:
        """Everything that is heard, one row per clip."""
        with torch.no_grad():
            statistics, picture = self.levels(audio)
        return torch.cat((self.scale(statistics).clamp(-8, 8), self.over_time(picture)), 1)

    def forward(self, audio: Tensor) -> Told:
        state = self.trunk(self.features(audio))
        logits = self.knobs(state).unflatten(-1, (self.numbers, self.settings.bins))
        if not self.training:
            logits = logits / self.get_buffer("temperature")[:, None]
        curve = CURVE_SCALE_DB * self.curve(state)
        return Told(logits, curve - curve.mean(-1, keepdim=True), self.effects(state))


class _OverTime(nn.Module):
    """Convolutions along time over bands, then attention; mean and deviation of what they say."""

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
