"""What the tests of both mixing consoles share: signals, calls, responses, decay times."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt
from torch import Tensor

from unpatch.declaration import Processor
from unpatch.dsp.spectrum import Spectrum
from unpatch.processors import CONSOLE, PUBLISHED

KINDS: Mapping[str, Processor] = {**CONSOLE, **PUBLISHED}
RATE = 44_100
Values = Mapping[str, float | Tensor | tuple[float, ...]]


def noise(rows: int = 1, frames: int = 2_000, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    """A tenth of full scale, ``[rows, 2, frames]``."""
    generator = torch.Generator().manual_seed(seed)
    return 0.1 * torch.randn(rows, 2, frames, generator=generator, dtype=dtype)


def run(
    kind: str, input: Tensor, rate: float = RATE, /, **values: float | Tensor | tuple[float, ...]
) -> Tensor:
    """Samples through a kind."""
    return KINDS[kind]({"input": input}, sample_rate=rate, frames=None, **values)["out"]


def impulse_response(
    kind: str, frames: int, rate: float = RATE, /, **values: float | Tensor | tuple[float, ...]
) -> NDArray[np.float64]:
    """Of an impulse on both channels, ``[2, frames]``."""
    impulse = torch.zeros(1, 2, frames, dtype=torch.float64)
    impulse[..., 0] = 1
    return run(kind, impulse, rate, **values)[0].numpy()


def response(
    kind: str,
    frequencies_hz: list[float],
    rate: float = RATE,
    /,
    **values: float | Tensor | tuple[float, ...],
) -> NDArray[np.complex128]:
    """Of the left channel at the bins nearest to some frequencies."""
    size = 4 * round(rate)
    flat = Spectrum(torch.ones(1, 2, size // 2 + 1, dtype=torch.complex128), size)
    made = KINDS[kind].on_spectrum(flat, sample_rate=rate, **values)
    return made.bins[0, 0, [round(f * size / rate) for f in frequencies_hz]].numpy()


def in_db(amplitude: NDArray[np.complex128] | NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(20 * np.log10(np.abs(amplitude)))


def neutral(kind: str) -> dict[str, float]:
    """The knobs that have a neutral value, at it, but for the weight."""
    processor = KINDS[kind]
    knobs = {**processor.parameters, **processor.curves}
    return {n: k.neutral for n, k in knobs.items() if k.neutral is not None and n != "weight"}


def decay_s(response: NDArray[np.float64], centre_hz: float, rate: float) -> float:
    """Time for 60 dB in a third of an octave: Schroeder's integral, a line from -5 to -25 dB."""
    edges = [centre_hz * 2 ** (sign / 6) for sign in (-1, 1)]
    band = sosfiltfilt(butter(2, edges, "bandpass", fs=rate, output="sos"), response)
    left = in_db(np.sqrt(np.cumsum(band[::-1] ** 2)[::-1]))
    level = left - left[0]
    first, last = np.argmax(level < -5), np.argmax(level < -25)
    seconds = np.arange(first, last) / rate
    return float(-60 / np.polyfit(seconds, level[first:last], 1)[0])
