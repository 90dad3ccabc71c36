"""A loss that magnitudes are blind to: the sign of the signal.

A polynomial clipper can fit a target upside down, and a loss on magnitude spectra does not see it (the
published Taylor and Chebyshev clippers reach a mean square error above that of an unrelated signal).
"""

from torch import Tensor

_SILENCE = 1e-9


def polarity_loss(found: Tensor, target: Tensor) -> Tensor:
    """How much of the target, upside down, is in what was found; 0 where they agree in sign.

    ``max(0, -<found, target> / <target, target>)``: 0 for any found signal that correlates with the target,
    a for ``-a target``. Its gradient pushes along the target with full strength however exactly
    the found signal is inverted, where that of a normalised correlation vanishes.

    Args:
        found: ``[B, C, T]``.
        target: ``[B, C, T]``.

    Returns:
        One value per example, ``[B]``.
    """
    along = (found * target).flatten(1).mean(1)
    power = target.square().flatten(1).mean(1)
    return (-along / (power + _SILENCE)).relu()
