"""Folders of stems for tests."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile
import torch
from torch import Tensor

from unpatch.stems import Multitrack, Stem

RATE = 8_000


def noise(seed: int, seconds: float = 0.5, channels: int = 1, rate: int = RATE, level: float = 0.1) -> Tensor:
    """``[C, T]``, below full scale and unlike that of any other seed."""
    generator = torch.Generator().manual_seed(seed)
    return (level * torch.randn(channels, round(seconds * rate), generator=generator)).clamp(-0.9, 0.9)


def write(path: Path, audio: Tensor, rate: int = RATE, subtype: str | None = None) -> Path:
    """In single precision where the format can."""
    path.parent.mkdir(parents=True, exist_ok=True)
    subtype = subtype or ("FLOAT" if path.suffix == ".wav" else None)
    soundfile.write(path, audio.T.numpy().astype(np.float32), rate, subtype=subtype)
    return path


def folder_of(root: Path, *names: str, rate: int = RATE, seconds: float = 0.5) -> Path:
    """A folder with a file of noise for each name."""
    for seed, name in enumerate(names):
        write(root / name, noise(seed, seconds, rate=rate), rate)
    return root


def multitrack(stems: Mapping[str, Tensor], mix: Tensor | None, rate: int = RATE) -> Multitrack:
    """From signals ``[2, T]``."""
    return Multitrack(tuple(Stem(name, "all", audio) for name, audio in stems.items()), mix, rate)
