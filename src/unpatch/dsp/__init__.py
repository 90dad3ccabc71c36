"""Signal processing that the processors are made of.

Submodules load on first use (``dsp.svf``), so that declarations can be read without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unpatch.dsp import (
        alignment,
        allpass,
        clip,
        drive,
        dry_wet,
        dynamics,
        echo,
        energy_dynamics,
        masked_noise,
        matrix,
        modulated_delay,
        multitap,
        noise_reverb,
        oscillator,
        pitch,
        polynomial,
        repeats,
        reverb,
        ringing,
        sections,
        stereo,
        svf,
        zero_phase,
    )

__all__ = [
    "alignment",
    "allpass",
    "clip",
    "drive",
    "dry_wet",
    "dynamics",
    "echo",
    "energy_dynamics",
    "masked_noise",
    "matrix",
    "modulated_delay",
    "multitap",
    "noise_reverb",
    "oscillator",
    "pitch",
    "polynomial",
    "repeats",
    "reverb",
    "ringing",
    "sections",
    "stereo",
    "svf",
    "zero_phase",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
