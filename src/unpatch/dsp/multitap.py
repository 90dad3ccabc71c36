"""The published multitap delay: twenty coloured taps for each channel, one in each tenth of a second.

A tap's time is the phase of its phasor: z = exp(-2 pi i d) is a delay of a share d of the tenth of a second.
The response is hard, a single impulse on the nearest sample. Its gradient is that of a soft one, the inverse
transform of z^k, a damped sinusoid whose peak moves when z does, as if the impulse had been that; each tap's
gradient is then divided by its modulus. Phasors are given without bounds and squeezed into the unit circle,
z = p tanh|p| / |p|.

Each tap goes through a zero-phase filter of 39 samples at 30 kHz, cut off at the ends of its stretch, and the
whole is scaled to an energy of 1, the mean of both channels. At other rates stretch and filter last as
long in seconds, and the energy is counted below 15 kHz (or half the sample rate, where that is less).

Sources: Lee et al., Searching for Music Mixing Graphs: A Pruning Approach (DAFx 2024), and ``grafx`` 0.6; B.
Hayes, C. Saitis, G. Fazekas, Sinusoidal Frequency Estimation by Gradient Descent (ICASSP 2023).

Shapes: B batch, M taps (40: left, then right), K values of a filter (20), L its taps, N samples of a stretch.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from unpatch.dsp import multitap_kernels as kernels
from unpatch.dsp import zero_phase
from unpatch.dsp.layout import arrays
from unpatch.dsp.phasors import reals, rows
from unpatch.dsp.response import Way, respond
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.transform import rfft

TAPS, COLOURS, STRETCH_S = 40, 20, 0.1
# Keeps the published division by the modulus finite.
_SMALL = 1e-7


class MultitapKnobs(NamedTuple):
    """``real`` and ``imaginary [B or 1, 1, M]`` are the phasors; ``colour_db [B or 1, 1, M * K]``."""

    real: Tensor
    imaginary: Tensor
    colour_db: Tensor


def delay(signal: Spectrum, knobs: MultitapKnobs, weight: Tensor, sample_rate: float) -> Spectrum:
    """The signal mixed by ``weight`` with its delayed copies."""
    response = rfft(impulse_response(knobs, sample_rate), signal.size)
    return respond(signal, response, Way(weight, level_bins=counted_bins(signal, sample_rate)))


def counted_bins(signal: Spectrum, sample_rate: float) -> int:
    """The last bin below the published rate's highest frequency."""
    return min(signal.size // 2, math.floor(zero_phase.PUBLISHED_RATE / 2 * signal.size / sample_rate))


def impulse_response(knobs: MultitapKnobs, sample_rate: float) -> Tensor:
    """Of left and right, before its energy is scaled, ``[B or 1, 2, M / 2 * N]``."""
    colour = knobs.colour_db.reshape(-1, TAPS, COLOURS)
    filters = zero_phase.taps(colour, sample_rate)
    phasors = torch.cat(rows(knobs.real, knobs.imaginary), dim=1).transpose(1, 2)
    frames = round(STRETCH_S * sample_rate)
    response: Tensor = _Place.apply(*rows(phasors, filters), frames)  # type: ignore[no-untyped-call]
    return response


def _places(phasors: Tensor, frames: int) -> Tensor:
    """The sample that each phasor points to, ``[B, M]``."""
    turns = -torch.atan2(phasors[..., 1].double(), phasors[..., 0].double()) / (2 * math.pi)
    return (turns * frames).round().long() % frames


class _Place(torch.autograd.Function):
    """Phasors ``[B, M, 2]``, filters ``[B, M, L]``, samples of a stretch."""

    @staticmethod
    def forward(ctx: Any, phasors: Tensor, filters: Tensor, frames: int) -> Tensor:
        phasors, filters = phasors.contiguous(), filters.contiguous()
        places = _places(phasors, frames)
        response = filters.new_empty(len(filters), 2, TAPS // 2 * frames)
        kernels.place(places.numpy(), filters.numpy(), frames, response.numpy())
        ctx.save_for_backward(phasors, filters, places)
        ctx.frames = frames
        return response

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor, Tensor, None]:
        phasors, filters, places = ctx.saved_tensors
        g, to_filters = g.contiguous(), torch.empty_like(filters)
        kernels.filters_adjoint(places.numpy(), ctx.frames, *arrays(g, to_filters))
        flows = g.new_empty(*phasors.shape[:2], ctx.frames)
        kernels.strokes_adjoint(filters.numpy(), ctx.frames, *arrays(g, flows))
        return surrogate(phasors, flows), to_filters, None


def surrogate(phasors: Tensor, flows: Tensor) -> Tensor:
    """Gradient to the phasors ``[B, M, 2]``, from that to hard impulses in each sample ``[B, M, N]``."""
    modulus = torch.linalg.vector_norm(phasors, dim=-1, keepdim=True)
    squeezed = phasors * _squeeze(modulus)
    bins, to_squeezed = reals(torch.fft.rfft(flows)), torch.empty_like(phasors)
    kernels.phasors_adjoint(squeezed.contiguous().numpy(), bins, flows.shape[-1], to_squeezed.numpy())
    along = (phasors * to_squeezed).sum(-1, keepdim=True)
    to_phasors = _squeeze(modulus) * to_squeezed + _bend(modulus) * along * phasors
    length: Tensor = torch.linalg.vector_norm(to_phasors, dim=-1, keepdim=True)
    return to_phasors / (_SMALL + length)


def _squeeze(modulus: Tensor) -> Tensor:
    """tanh(m) / m."""
    m = modulus.clamp(min=1e-3)
    return torch.where(modulus < 1e-3, 1 - modulus**2 / 3, m.tanh() / m)


def _bend(modulus: Tensor) -> Tensor:
    """The derivative of :func:`_squeeze`, divided by m."""
    m = modulus.clamp(min=1e-2)
    return torch.where(
        modulus < 1e-2, -2 / 3 + 8 / 15 * modulus**2, (1 / m.cosh() ** 2 - m.tanh() / m) / m**2
    )
