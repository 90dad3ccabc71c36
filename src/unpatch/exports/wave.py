"""Audio in single precision, whose level is never changed: what exceeds full scale stays."""

from __future__ import annotations

from pathlib import Path

import soundfile
from torch import Tensor

from unpatch.storage.files import aside


def save_floats(path: Path, audio: Tensor, sample_rate: int) -> None:
    """Write ``[C, T]`` as .wav."""
    with aside(path) as draft:
        soundfile.write(draft, audio.T.float().contiguous().numpy(), sample_rate, subtype="FLOAT")
