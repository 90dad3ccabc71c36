"""Signal processing that the processors are made of.

Submodules load on first use (``dsp.svf``), so that declarations can be read without torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unpatch.dsp import (
        allpass,
        drive,
        dynamics,
        echo,
        modulated_delay,
        oscillator,
        pitch,
        reverb,
        stereo,
        svf,
    )  # noqa: F401


def __getattr__(name: str) -> Any:
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from error
