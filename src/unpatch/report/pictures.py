"""Spectrograms as PNG and the long-term spectrum as SVG, ready to stand inside a page."""

import base64
import io
from collections.abc import Sequence

import numpy as np
from torch import Tensor

from unpatch.draw import theme
from unpatch.report.measures import HOP, RANGE_DB

DIFFERENCE_DB = 24.0
TICKS_HZ = (100, 300, 1000, 3000, 10_000)
SIZE_INCH = (4.9, 2.9)
DPI = 150


def spectrogram_png(levels: Tensor, centres_hz: Sequence[float], sample_rate: int, loudest_db: float) -> str:
    """Levels ``[K, F]`` in dB as a data URL; the colours span ``RANGE_DB`` below ``loudest_db``."""
    limits = (loudest_db - RANGE_DB, loudest_db)
    return _image(levels, centres_hz, sample_rate, colours="magma", limits=limits, label="dB")


def difference_png(difference: Tensor, centres_hz: Sequence[float], sample_rate: int) -> str:
    """Re-render minus reference ``[K, F]``: blue where the re-render is weaker, red where stronger."""
    limits = (-DIFFERENCE_DB, DIFFERENCE_DB)
    return _image(difference, centres_hz, sample_rate, colours="RdBu_r", limits=limits, label="dB")


def _image(
    levels: Tensor,
    centres_hz: Sequence[float],
    sample_rate: int,
    *,
    colours: str,
    limits: tuple[float, float],
    label: str,
) -> str:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(SIZE_INCH, dpi=DPI, facecolor=theme.BOX, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    bands, frames = levels.shape
    extent = (0, frames * HOP / sample_rate, 0, bands)
    image = axes.imshow(
        levels.numpy(),
        origin="lower",
        aspect="auto",
        extent=extent,
        cmap=colours,
        vmin=limits[0],
        vmax=limits[1],
    )
    ticks = [hz for hz in TICKS_HZ if hz < centres_hz[-1]]
    axes.set_yticks(np.interp(ticks, centres_hz, np.arange(bands) + 0.5), [_hz(hz) for hz in ticks])
    axes.set_xlabel("s", fontsize=8)
    axes.tick_params(labelsize=8)
    bar = figure.colorbar(image, ax=axes, pad=0.02)
    bar.ax.tick_params(labelsize=7)
    bar.set_label(label, fontsize=7.5)
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return data_url(file.getvalue(), "image/png")


def data_url(data: bytes, media_type: str) -> str:
    """Bytes as a link that carries them."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _hz(value: float) -> str:
    return f"{value / 1000:g} kHz" if value >= 1000 else f"{value:g} Hz"


# --- long-term spectrum ---------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720.0, 250.0, 46.0, 30.0, 12.0, 12.0
STEP_DB = 10


def spectrum_svg(centres_hz: Sequence[float], curves: Sequence[tuple[str, str, Sequence[float]]]) -> str:
    """Third-octave levels as lines; a curve is (name, colour, levels in dB)."""
    highest = STEP_DB * np.ceil(max(max(levels) for _, _, levels in curves) / STEP_DB)
    lowest = max(
        STEP_DB * np.floor(min(min(levels) for _, _, levels in curves) / STEP_DB), highest - RANGE_DB
    )
    x = np.interp(np.log(centres_hz), np.log([centres_hz[0], centres_hz[-1]]), [LEFT, WIDTH - RIGHT])

    def y(level: float) -> float:
        return float(np.interp(level, [lowest, highest], [HEIGHT - BOTTOM, TOP]))

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" class="spectrum">']
    for level in np.arange(lowest, highest + 1, STEP_DB):
        parts.append(f'<path d="M{LEFT:g} {y(level):.1f}H{WIDTH - RIGHT:g}" class="grid"/>')
        parts.append(f'<text x="{LEFT - 6:g}" y="{y(level) + 3.5:.1f}" text-anchor="end">{level:g}</text>')
    for hz in TICKS_HZ:
        place = np.interp(np.log(hz), np.log(centres_hz), x)
        parts.append(f'<path d="M{place:.1f} {TOP:g}V{HEIGHT - BOTTOM:g}" class="grid"/>')
        parts.append(f'<text x="{place:.1f}" y="{HEIGHT - 10:g}" text-anchor="middle">{_hz(hz)}</text>')
    for name, colour, levels in curves:
        points = " ".join(f"{a:.1f},{y(b):.1f}" for a, b in zip(x, levels, strict=True))
        line = f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2">'
        parts.append(f"{line}<title>{name}</title></polyline>")
    return "".join([*parts, "</svg>"])
