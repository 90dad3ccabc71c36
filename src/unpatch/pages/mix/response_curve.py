"""What a stretch of linear processors does to frequencies, as a small SVG.

Shapes: N samples, P points.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from unpatch.drawing import theme
from unpatch.pages.diagram import DiagramText, Line, Polyline, svg
from unpatch.pages.estimate.axes import hz_label
from unpatch.pages.mix.responses import Response

if TYPE_CHECKING:
    from markupsafe import Markup

    from unpatch.pages.diagram import Shape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 260.0, 92.0, 34.0, 16.0, 6.0
LOWEST_HZ, HIGHEST_HZ, POINTS = 20.0, 20_000.0, 160
TICKS_HZ = (100, 1000, 10_000)
STEP_DB, MOST_DB = 6, 48
# Points are means over this part of an octave on either side: reverberation is jagged.
SMOOTH_OCTAVES = 1 / 12
# Sides that are nearer to each other are one line.
ALIKE_DB = 0.1


def curve_db(audio: Tensor, sample_rate: int) -> tuple[Tensor, Tensor]:
    """Frequencies in Hz and magnitudes in dB, both ``[P]``, of a response ``[N]``."""
    size = max(2**15, 2 ** math.ceil(math.log2(audio.shape[-1])))
    power = torch.fft.rfft(audio.double(), size).abs().square()
    top = min(HIGHEST_HZ, 0.49 * sample_rate)
    centres = torch.logspace(math.log10(LOWEST_HZ), math.log10(top), POINTS, dtype=torch.float64)
    sums = torch.nn.functional.pad(power.cumsum(0), (1, 0))
    edges = torch.stack([centres * 2**-SMOOTH_OCTAVES, centres * 2**SMOOTH_OCTAVES]) * size / sample_rate
    low = edges[0].round().long().clamp(0, len(power) - 1)
    high = torch.maximum(edges[1].round().long(), low + 1).clamp(max=len(power))
    mean = (sums[high] - sums[low]) / (high - low)
    return centres, 10 * mean.clamp_min(1e-12).log10()


def response_svg(response: Response) -> Markup:
    """Left and right, one line where they are alike."""
    curves = [curve_db(side, response.sample_rate) for side in response.sides]
    (hz, left), (_, right) = curves
    shown = [(left, theme.AUDIO)]
    if float((left - right).abs().max()) > ALIKE_DB:
        shown.append((right, theme.CONTROL))
    low, high = _limits(torch.stack([levels for levels, _ in shown]))
    shapes = [*_axes(hz, low, high)]
    for levels, colour in shown:
        places = zip(hz.tolist(), levels.tolist(), strict=True)
        shapes.append(Polyline([(_x(f, hz), _y(level, low, high)) for f, level in places], colour))
    return svg("frequency response", (WIDTH, HEIGHT), "spectrum response", shapes)


def _limits(levels: Tensor) -> tuple[float, float]:
    """Multiples of the step around the levels and 0 dB; what is far below the highest is cut off."""
    high = STEP_DB * math.ceil(max(float(levels.max()), 0.0) / STEP_DB + 0.1)
    low = STEP_DB * math.floor(min(float(levels.min()), 0.0) / STEP_DB - 0.1)
    return max(low, high - MOST_DB), high


def _axes(hz: Tensor, low: float, high: float) -> Iterator[Shape]:
    for level in sorted({low, 0.0, high}):
        if low <= level <= high:
            y = _y(level, low, high)
            yield Line(f"M{LEFT:g} {y:.1f}H{WIDTH - 2:g}")
            yield DiagramText(LEFT - 4, y + 3.5, f"{level:+.0f}" if level else "0 dB", "end")
    for tick in TICKS_HZ:
        yield Line(f"M{_x(tick, hz):.1f} {TOP:g}V{HEIGHT - BOTTOM:g}")
        yield DiagramText(_x(tick, hz), HEIGHT - 4, hz_label(tick))


def _x(frequency: float, hz: Tensor) -> float:
    first, last = math.log(float(hz[0])), math.log(float(hz[-1]))
    return LEFT + (WIDTH - 2 - LEFT) * (math.log(frequency) - first) / (last - first)


def _y(level: float, low: float, high: float) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - (min(max(level, low), high) - low) / (high - low))
