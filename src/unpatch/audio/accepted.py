"""Input audio: checks at the start of every public function that takes audio.

Shapes: C channel, T time.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

from unpatch.audio.limits import AudioError, check_range, check_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

AudioLike: TypeAlias = "Tensor | NDArray[Any] | Sequence[Any]"
"""A tensor, an array, or lists of numbers: floating point with full scale 1, or whole numbers of 8, 16 or 32
bits, which are scaled to it."""

_INTEGERS = {"uint8": (128, 2**7), "int8": (0, 2**7), "int16": (0, 2**15), "int32": (0, 2**31)}
"""Type to the value of silence, and to full scale."""


def as_audio(audio: AudioLike, name: str) -> Tensor:
    """Samples as a tensor of floating point, its shape as it is.

    Tensors of double precision stay so, and keep their gradients; everything else becomes single precision.

    Raises:
        TypeError: for what is not made of numbers.
        AudioError: for complex and boolean values, integers of unknown full scale, no samples at all, NaN,
            infinity, and samples beyond 2^31.
    """
    import torch

    samples = _scaled(audio if isinstance(audio, torch.Tensor) else _as_tensor(audio, name), name)
    if not samples.numel():
        raise AudioError(f"{name} holds no samples")
    low, high = torch.aminmax(samples.detach())
    check_range(name, float(low), float(high))
    keeps = isinstance(audio, torch.Tensor) and samples.dtype == torch.float64
    return samples if keeps else samples.float()


def as_channels(audio: AudioLike, name: str) -> Tensor:
    """Mono ``[T]`` or ``[1, T]`` and stereo ``[2, T]`` as ``[C, T]``: single precision, without gradients."""
    samples = as_audio(audio, name).detach().cpu().float()
    rows = samples[None] if samples.ndim == 1 else samples
    if rows.ndim != 2 or len(rows) > 2:
        raise AudioError(
            f"{name} has shape {tuple(samples.shape)}; [T], [1, T] and [2, T] are supported{transposed(rows)}"
        )
    return rows


def as_stereo(audio: AudioLike, name: str) -> Tensor:
    """The same as ``[2, T]``: mono is on both channels."""
    return as_channels(audio, name).expand(2, -1)


def as_rate(sample_rate: object, name: str = "the sample rate") -> int:
    """A sample rate in Hz: a whole number in the range that files may have, of any type of number."""
    if isinstance(sample_rate, bool) or not isinstance(sample_rate, Real):
        raise TypeError(f"{name} is a number of Hz, got {sample_rate!r}")
    rate = float(sample_rate)
    check_rate(f"{name} is", rate)
    if not rate.is_integer():
        raise AudioError(f"{name} is {rate:g} Hz; only whole numbers of Hz are supported")
    return int(rate)


def transposed(samples: Tensor) -> str:
    """A hint, where time seems to come before channels, as in the arrays of soundfile and scipy."""
    is_turned = samples.ndim >= 2 and samples.shape[-1] <= 2 < samples.shape[-2]
    return "; channels come first, so give its transpose" if is_turned else ""


def _as_tensor(audio: Any, name: str) -> Tensor:
    """Of arrays in any memory order and byte order, and of lists of numbers, arrays or tensors."""
    import numpy as np
    import torch

    if isinstance(audio, list | tuple) and any(hasattr(row, "shape") and row.ndim for row in audio):
        rows = [as_audio(row, name) for row in audio]
        if len({row.shape for row in rows}) > 1:
            raise AudioError(f"{name}: its rows differ in shape: {[list(row.shape) for row in rows]}")
        return torch.stack(rows)
    try:
        array = np.asarray(audio)
    except ValueError:
        raise AudioError(f"{name}: its rows differ in length") from None
    if array.dtype.kind not in "iufbc":
        raise TypeError(f"{name} is a tensor, an array or lists of numbers, got {type(audio).__name__}")
    return torch.from_numpy(_plain(array))


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """An array that torch can look at: its own byte order, forward strides, writable, at most double."""
    import numpy as np

    wanted = np.dtype(np.float64) if array.dtype.char == "g" else array.dtype.newbyteorder("=")
    return np.require(array, wanted, ["C", "W"])


def _scaled(samples: Tensor, name: str) -> Tensor:
    """Whole numbers with full scale at 1."""
    kind = str(samples.dtype).removeprefix("torch.")
    if kind in _INTEGERS:
        silence, full = _INTEGERS[kind]
        return (samples.double() - silence) / full
    if not samples.is_floating_point():
        unknown = not (samples.is_complex() or kind == "bool")
        raise AudioError(
            f"{name} is of type {kind}; floating point and {', '.join(_INTEGERS)} are supported"
            + ("; divide it by its full scale first" if unknown else "")
        )
    return samples
