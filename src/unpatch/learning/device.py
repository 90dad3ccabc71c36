"""Device and precision of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import torch

from unpatch.dsp.cpu import has_bfloat16
from unpatch.execution.extras import require

if TYPE_CHECKING:
    from lightning_fabric import Fabric

Precision: TypeAlias = Literal["32-true", "bf16-mixed", "fastest"]
"""Of the computation; "fastest" is bfloat16 where the processor has tiles for it (AMX), and on GPUs."""


def fabric_of(accelerator: str, precision: Precision, seed: int) -> Fabric:
    """Device and precision of computation; random numbers start from the seed."""
    require("train")
    from lightning_fabric import Fabric

    fabric = Fabric(accelerator=accelerator, devices=1, precision=resolved(precision, accelerator))
    fabric.seed_everything(seed, verbose=False)
    return fabric


def resolved(precision: Precision, accelerator: str) -> Literal["32-true", "bf16-mixed"]:
    """The precision that is meant: on a CPU without bfloat16 that would be many times as slow as single."""
    if precision != "fastest":
        return precision
    cpu = accelerator == "cpu" or not torch.cuda.is_available()
    return "bf16-mixed" if has_bfloat16() or not cpu else "32-true"
