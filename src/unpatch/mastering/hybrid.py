"""The hybrid compressor: a neural proxy to learn through, the exact compressor to play."""

from collections.abc import Mapping

import torch
from torch import Tensor

from unpatch.mastering.chains import Player
from unpatch.mastering.clips import RATE_HZ
from unpatch.mastering.proxy import KIND, NeuralCompressor
from unpatch.mastering.proxy_weights import load_proxy
from unpatch.processors import MASTERING


def hybrid(
    proxy: NeuralCompressor,
    audio: Tensor,
    knobs: Mapping[str, Tensor],
    sample_rate: float,
    *,
    learning: bool,
    straight_through: bool = False,
) -> Tensor:
    """Compress ``audio [B, 2, T]`` with the knobs ``[B]``.

    Peladeau and Peeters, Blind Estimation of Audio Effects (ICASSP 2024): while an estimator learns, the
    proxy alone plays; where it is validated and tested, the exact compressor does, without a gradient.

    Args:
        proxy: trained; its weights should be frozen.
        audio: ``[B, 2, T]``.
        knobs: values of all knobs of the mastering compressor, ``[B]``.
        sample_rate: in Hz.
        learning: whether a gradient is wanted.
        straight_through: not in the paper: while learning the output is the exact compressor's, and only
            the gradient is the proxy's.
    """
    if learning and not straight_through:
        return proxy(audio, knobs, sample_rate)  # type: ignore[no-any-return]
    with torch.no_grad():
        exact = MASTERING[KIND]({"input": audio}, sample_rate=sample_rate, frames=None, **knobs)["out"]
    if not learning:
        return exact
    surrogate: Tensor = proxy(audio, knobs, sample_rate)
    return exact + (surrogate - surrogate.detach())


def proxy_player() -> Player:
    """The neural proxy in place of the compressor, to learn through."""
    proxy = load_proxy().eval().requires_grad_(requires_grad=False)

    def play(audio: Tensor, values: Mapping[str, Tensor]) -> Tensor:
        both = audio[:, None].expand(-1, 2, -1).contiguous()
        knobs = {name: value.flatten() for name, value in values.items()}
        return hybrid(proxy, both, knobs, RATE_HZ, learning=True)[:, 0]

    return play
