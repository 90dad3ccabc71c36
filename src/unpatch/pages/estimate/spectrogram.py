"""Spectrograms: colours as an embedded PNG, axes as SVG around it.

Shapes: K bands, F frames.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from unpatch.graph.text import quantity
from unpatch.pages.diagram import DiagramText, Line, Raster, svg
from unpatch.pages.estimate.axes import hz_label, round_ticks
from unpatch.pages.estimate.measures import HOP, RANGE_DB

if TYPE_CHECKING:
    from markupsafe import Markup

    from unpatch.pages.diagram import Shape

DIFFERENCE_DB = 24.0
# More columns than a screen has would only make the page heavy.
MOST_COLUMNS = 1200
# Every tenth colour of "magma" (van der Walt and Smith 2015, CC0): lightness rises evenly with the level.
LEVELS = "#000004 #140e36 #3b0f70 #641a80 #8c2981 #b73779 #de4968 #f7705c #fe9f6d #fecf92 #fcfdbf"
# Blue is weaker, red is stronger, both as dark at the same distance.
DIFFERENCES = "#123c7c #3f78bf #9dc0e6 #ffffff #f0b49d #d2604a #7f1520"

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 400.0, 236.0, 46.0, 48.0, 8.0, 34.0
BAR_GAP, BAR_WIDTH = 10.0, 9.0
COLOURS = 256
TICKS_HZ = (200, 1000, 3000, 10_000)


def spectrogram_svg(
    levels: Tensor, centres_hz: Sequence[float], sample_rate: int, loudest_db: float
) -> Markup:
    """Levels ``[K, F]`` in dB; the colours span ``RANGE_DB`` below ``loudest_db``."""
    return _diagram(levels, centres_hz, sample_rate, (loudest_db - RANGE_DB, loudest_db), LEVELS)


def difference_svg(difference: Tensor, centres_hz: Sequence[float], sample_rate: int) -> Markup:
    """Re-render minus reference ``[K, F]``: blue where the re-render is weaker, red where stronger."""
    return _diagram(difference, centres_hz, sample_rate, (-DIFFERENCE_DB, DIFFERENCE_DB), DIFFERENCES)


def _diagram(
    levels: Tensor, centres_hz: Sequence[float], sample_rate: int, limits: tuple[float, float], colours: str
) -> Markup:
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    bar = np.arange(COLOURS, dtype=np.uint8)[::-1, None]
    shapes: list[Shape] = [
        _raster(_indices(levels, limits), colours, LEFT, width),
        _raster(bar, colours, WIDTH - RIGHT + BAR_GAP, BAR_WIDTH),
        *_frequencies(centres_hz, height),
        *_seconds(levels.shape[-1] * HOP / sample_rate, width),
        *_decibels(limits, height),
    ]
    return svg("level over time and frequency", (WIDTH, HEIGHT), "spectrogram", shapes)


def _indices(levels: Tensor, limits: tuple[float, float]) -> NDArray[np.uint8]:
    """Colour numbers, the highest band on top."""
    if levels.shape[-1] > MOST_COLUMNS:
        levels = torch.nn.functional.adaptive_avg_pool1d(levels[None], MOST_COLUMNS)[0]
    share = ((levels - limits[0]) / (limits[1] - limits[0])).clamp(0, 1)
    return (share * (COLOURS - 1)).round().flip(0).to(torch.uint8).numpy()


def _raster(indices: NDArray[np.uint8], colours: str, x: float, width: float) -> Raster:
    """A picture whose pixels are numbers of colours, stretched over the diagram's height."""
    picture = Image.fromarray(indices, "P")
    picture.putpalette(_palette(colours))
    file = io.BytesIO()
    picture.save(file, format="png")
    href = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return Raster(x, TOP, width, HEIGHT - TOP - BOTTOM, href)


def _palette(colours: str) -> bytes:
    """``COLOURS`` times red, green, blue, interpolated evenly between the given colours."""
    named = np.array([list(bytes.fromhex(colour[1:])) for colour in colours.split()], dtype=float)
    places = np.linspace(0, len(named) - 1, COLOURS)
    mixed = [np.interp(places, np.arange(len(named)), channel) for channel in named.T]
    return np.stack(mixed, axis=1).round().astype(np.uint8).tobytes()


# --- axes -----------------------------------------------------------------------------------------


def _frequencies(centres_hz: Sequence[float], height: float) -> Iterator[Shape]:
    for hz in (hz for hz in TICKS_HZ if hz < centres_hz[-1]):
        share = (np.interp(hz, centres_hz, np.arange(len(centres_hz))) + 0.5) / len(centres_hz)
        y = TOP + height * (1 - float(share))
        yield Line(f"M{LEFT - 4:g} {y:.1f}h4")
        yield DiagramText(LEFT - 7, y + 3.5, hz_label(hz), "end")


def _seconds(end_s: float, width: float) -> Iterator[Shape]:
    for tick in round_ticks(end_s):
        x = LEFT + width * tick / end_s
        yield Line(f"M{x:.1f} {HEIGHT - BOTTOM:g}v4")
        yield DiagramText(x, HEIGHT - BOTTOM + 16, f"{tick:g}")
    yield DiagramText(LEFT + width / 2, HEIGHT - 3, "seconds")


def _decibels(limits: tuple[float, float], height: float) -> Iterator[Shape]:
    x = WIDTH - RIGHT + BAR_GAP + BAR_WIDTH
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y, level = TOP + height * (1 - share), limits[0] + share * (limits[1] - limits[0])
        yield Line(f"M{x:g} {y:.1f}h4")
        yield DiagramText(x + 6, y + 3.5, quantity(round(level)), "start")
    yield DiagramText(x + 6, HEIGHT - 3, "dB", "start")
