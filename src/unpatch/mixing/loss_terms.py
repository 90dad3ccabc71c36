"""Parts of the mix loss.

Shapes: ... examples, R resolutions, 4 signals (left, right, mid, side), K tracks.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from torch import Tensor

Normalisation = Literal["published", "standard", "guarded"]
NORMALISATIONS: tuple[Normalisation, ...] = get_args(Normalisation)
# Guarded errors are divided by no less than this share of the target's loudest signal, and no less than
# this multiple of that of silence.
OF_THE_LOUDEST, OF_SILENCE = 0.1, 10.0


@dataclass(frozen=True, eq=False)
class LossTerms:
    """Parts of the loss of each example; none has a gradient.

    Attributes:
        logarithmic: mean of |ln X - ln Y|, ``[..., R, 4]``.
        weighed: the same with the cells weighed by the tracks; without tracks the same numbers.
        error: ||X - Y||, ``[..., R, 4]``.
        found: ||X||, ``[..., R, 4]``.
        sought: ||Y||, ``[R, 4]``.
        guarded: the same, guarded, ``[R, 4]``.
        tracks: mean of |ln X - ln Y| over the cells of each track, ``[..., K]``; None without tracks.
        dealt: share of the logarithmic term that is weighed.
        normalisation: of the chosen loss.
    """

    logarithmic: Tensor
    weighed: Tensor
    error: Tensor
    found: Tensor
    sought: Tensor
    guarded: Tensor
    tracks: Tensor | None
    dealt: float
    normalisation: Normalisation

    @property
    def total(self) -> Tensor:
        """The chosen loss, ``[...]``."""
        spread = (1 - self.dealt) * self.logarithmic + self.dealt * self.weighed
        return (spread + self.convergence(self.normalisation)).mean((-2, -1))

    @property
    def published(self) -> Tensor:
        """``[...]``: all cells equal, spectral convergence relative to the prediction."""
        return self.by_signal("published").mean(-1)

    @property
    def standard(self) -> Tensor:
        """``[...]``: all cells equal, spectral convergence relative to the target."""
        return self.by_signal("standard").mean(-1)

    def by_signal(self, normalisation: Normalisation) -> Tensor:
        """Mean over resolutions for left, right, mid and side, all cells equal, ``[..., 4]``."""
        return (self.logarithmic + self.convergence(normalisation)).mean(-2)

    def convergence(self, normalisation: Normalisation) -> Tensor:
        """Spectral convergence ``[..., R, 4]``."""
        divisors = {"published": self.found, "standard": self.sought, "guarded": self.guarded}
        return self.error / divisors[normalisation]


def guarded(norms: Tensor, silence: Tensor) -> Tensor:
    """Divisors of guarded errors, from the norms ``[4]`` of a target and that of silence."""
    return norms.clamp_min(max(OF_THE_LOUDEST * float(norms.max()), OF_SILENCE * float(silence)))
