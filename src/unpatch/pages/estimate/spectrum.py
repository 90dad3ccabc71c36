"""The long-term spectrum as SVG, to be embedded in a page."""

from collections.abc import Sequence

import numpy as np

from unpatch.graph.text import MINUS
from unpatch.pages.estimate.axes import hz_label, label, line
from unpatch.pages.estimate.measures import RANGE_DB
from unpatch.storage.legible import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720.0, 250.0, 46.0, 30.0, 12.0, 12.0
STEP_DB = 10
TICKS_HZ = (100, 300, 1000, 3000, 10_000)


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
        parts.append(line(f"M{LEFT:g} {y(level):.1f}H{WIDTH - RIGHT:g}"))
        unit = " dB" if level == highest else ""
        parts.append(label(LEFT - 6, y(level) + 3.5, f"{level:g}{unit}".replace("-", MINUS), "end"))
    for hz in TICKS_HZ:
        place = float(np.interp(np.log(hz), np.log(centres_hz), x))
        parts.append(line(f"M{place:.1f} {TOP:g}V{HEIGHT - BOTTOM:g}"))
        parts.append(label(place, HEIGHT - 10, hz_label(hz)))
    for name, colour, levels in curves:
        points = " ".join(f"{a:.1f},{y(b):.1f}" for a, b in zip(x, levels, strict=True))
        curve = f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2">'
        parts.append(f"{curve}<title>{escape(name)}</title></polyline>")
    return "".join([*parts, "</svg>"])
