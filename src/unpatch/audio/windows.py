"""Windows of a recording for analysis.

Shapes: C channels, T samples, W windows.
"""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from unpatch.audio import as_stereo, check_sounds, resample

Windows = Literal["loudest", "all"]

MOST_WINDOWS = 16
# Windows this far below the loudest are pauses.
PAUSE_DB = -30.0


def prepare(audio: Tensor, sample_rate: int, wanted_hz: int) -> Tensor:
    """Checked stereo ``[2, T]`` at the model's sample rate."""
    recording = as_stereo(audio, "audio")
    check_sounds(recording, "audio")
    return resample(recording, sample_rate, wanted_hz)


def window_starts(audio: Tensor, frames: int, windows: Windows) -> list[int]:
    """Starts of the windows in ``audio [2, T]``, in samples, in order of time.

    Windows start every half window. "all" spreads at most 16 over those that are no pauses.
    """
    last = max(0, audio.shape[-1] - frames)
    starts = [*range(0, last, frames // 2), last]
    power = torch.stack([audio[:, s : s + frames].square().mean() for s in starts])
    if windows == "loudest":
        return [starts[int(power.argmax())]]
    sounding = [s for s, p in zip(starts, power, strict=True) if p >= power.max() * 10 ** (PAUSE_DB / 10)]
    step = -(-len(sounding) // MOST_WINDOWS)
    return sounding[::step]


def cut(audio: Tensor, starts: Sequence[int], frames: int) -> Tensor:
    """Windows ``[W, 2, frames]``; a short recording is followed by silence."""
    padded = torch.nn.functional.pad(audio, (0, max(0, frames - audio.shape[-1])))
    return torch.stack([padded[:, start : start + frames] for start in starts])
