"""Loudness as broadcasters measure it.

Shapes: T samples.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

BLOCK_S = 0.4
"""Shortest signal that ITU-R BS.1770 measures."""


@dataclass(frozen=True)
class Loudness:
    """Attributes:
    lufs: integrated, gated (ITU-R BS.1770-4); -inf of silence, NaN of what is shorter than a block.
        A mono file is played on both channels, so it measures 3.01 LU more than as one channel.
    peak_db: of the samples, relative to full scale.
    """

    lufs: float
    peak_db: float

    @classmethod
    def of(cls, audio: Tensor, sample_rate: int) -> Loudness:
        """Of ``[2, T]``."""
        peak = float(audio.abs().amax())
        return cls(_lufs(audio, sample_rate), 20 * math.log10(peak) if peak else -math.inf)


def _lufs(audio: Tensor, sample_rate: int) -> float:
    from pyloudnorm import Meter

    if audio.shape[-1] < BLOCK_S * sample_rate:
        return math.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the logarithm of silence
        return float(Meter(sample_rate).integrated_loudness(audio.T.double().numpy()))
