"""Effects of the Faust standard libraries, run by the interpreter of ``cyfaust``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bench.shared.peers import installed

cyfaust: Any = installed("cyfaust")

VERSION = f"Faust {cyfaust.get_version()}"


def play(process: str, audio: Tensor, sample_rate: int) -> Tensor:
    """``[2, T]`` through a process of two inputs and two outputs.

    Raises:
        ValueError: it does not compile, or has other inputs and outputs.
    """
    with _denormal_numbers():
        return _played(process, audio, sample_rate)


def _played(process: str, audio: Tensor, sample_rate: int) -> Tensor:
    factory = cyfaust.create_dsp_factory_from_string(
        "effect", f'import("stdfaust.lib"); process = {process};'
    )
    if factory is None:
        raise ValueError(f"Faust does not compile {process}")
    effect = factory.create_dsp_instance()
    effect.init(sample_rate)
    ports = effect.get_numinputs(), effect.get_numoutputs()
    if ports != (2, 2):
        raise ValueError(f"{process} has {ports[0]} inputs and {ports[1]} outputs")
    given = np.ascontiguousarray(audio.numpy(), dtype=np.float32)
    played = np.zeros_like(given)
    effect.compute(given.shape[1], given, played)
    return torch.from_numpy(played)


@contextmanager
def _denormal_numbers() -> Iterator[None]:
    """Faust's compiler reckons with them, and aborts the process where they are taken for nought."""
    tiny = np.array([np.finfo(np.float64).smallest_subnormal])
    flushed = float((tiny * 1.0)[0]) == 0.0
    torch.set_flush_denormal(False)
    try:
        yield
    finally:
        torch.set_flush_denormal(flushed)
