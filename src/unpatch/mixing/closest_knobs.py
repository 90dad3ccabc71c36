"""Knobs of any linear processor for a target response.

Shapes: B nodes, F bins, N numbers of all nodes.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from unpatch.declaration import Parameter, Processor
from unpatch.dsp.spectrum import Spectrum
from unpatch.mixing.console import WEIGHT

STEPS = 60
FLOOR_DB = -80.0


def closest_knobs(
    processor: Processor, wanted_db: Tensor, size: int, sample_rate: float
) -> dict[str, Tensor]:
    """Knobs of B nodes with a wet weight whose responses are closest to the target, in decibels.

    Args:
        processor: linear, with spectra or either domain at its inlet.
        wanted_db: ``[B, 2, F]`` on each side; NaN does not count.
        size: of the transform that F belongs to.
        sample_rate: in Hz.

    Returns:
        Name to values ``[B]``, or ``[B, size]`` of curves.
    """
    knobs = {**processor.parameters, **processor.curves}
    moved = {name: knob for name, knob in knobs.items() if name not in processor.no_gradient | {WEIGHT}}
    latents = {
        name: torch.full((len(wanted_db), knob.size), knob.to_latent(_inside(knob))).requires_grad_()
        for name, knob in moved.items()
    }
    counts = wanted_db.isfinite()
    wanted = wanted_db.nan_to_num(0.0).float()

    def cost() -> Tensor:
        response = _response_db(processor, _values(moved, latents), size, sample_rate, like=wanted)
        return ((response - wanted) * counts).square().mean()

    optimiser = torch.optim.LBFGS(
        list(latents.values()), max_iter=STEPS, history_size=20, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = cost()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call]
    found = {name: values.detach().squeeze(-1) for name, values in _values(moved, latents).items()}
    return found | {WEIGHT: torch.ones(len(wanted_db))}


def _inside(knob: Parameter) -> float:
    """Initial knobs."""
    return knob.default


def _values(knobs: Mapping[str, Parameter], latents: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: knob.from_latent(latents[name]) for name, knob in knobs.items()}


def _response_db(
    processor: Processor, values: Mapping[str, Tensor], size: int, sample_rate: float, like: Tensor
) -> Tensor:
    """Of an impulse on both sides, ``[B, 2, F]``."""
    bins = torch.ones(like.shape, dtype=torch.complex64)
    knobs = {**values, WEIGHT: torch.ones(len(like))}
    if processor.domain == "either":
        (found,) = processor(
            {processor.inlets[0].name: bins}, sample_rate=sample_rate, frames=None, **knobs
        ).values()
    else:
        found = processor.on_spectrum(Spectrum(bins, size), sample_rate=sample_rate, **knobs).bins
    return 20 * (found.abs() + 10 ** (FLOOR_DB / 20)).log10()
