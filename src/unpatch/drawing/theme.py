"""Colours of the pictures: one hue per family, the same in SVG, PNG and report."""

from dataclasses import dataclass

from unpatch.declaration import Processor

PAPER = "#fbfbfd"
INK = "#1f2933"
SOFT_INK = "#5b6875"
BOX = "#ffffff"
AUDIO = "#33475b"
CONTROL = "#d9730d"
CONSOLES = ("console", "published", "mastering")
"""Families with a colour per type: consoles, and the mastering chain."""


@dataclass(frozen=True)
class Hue:
    """Of a family: title bar, border, and the title's text."""

    fill: str
    line: str
    text: str = INK


HUES = {
    "source": Hue("#33475b", "#33475b", "#ffffff"),
    "sink": Hue("#33475b", "#33475b", "#ffffff"),
    "filter": Hue("#d5e6fb", "#6a9fdc"),
    "equalizer": Hue("#cfeef2", "#4aa9b8"),
    "dynamics": Hue("#fbd9d7", "#db7f7a"),
    "nonlinear": Hue("#fde3c8", "#e09a4f"),
    "modulation": Hue("#e6dcfa", "#9a7fd6"),
    "delay": Hue("#dcefd4", "#7cb45f"),
    "reverb": Hue("#cdeedd", "#4fb384"),
    "pitch": Hue("#f9d8ec", "#d077ac"),
    "control": Hue("#fff0c2", "#d9a514"),
    "utility": Hue("#e7eaee", "#98a4b0"),
    "compressor": Hue("#fbd9d7", "#db7f7a"),
    "clipper": Hue("#fde3c8", "#e09a4f"),
    "gate": Hue("#f4dce9", "#b65a86"),
    "imager": Hue("#e9ecf0", "#98a4b0"),
    "gain": Hue("#d9e3ec", "#6a7f95"),
}
"""By family, and by type where those of a mixing console have separate colours."""
OTHER = Hue("#e7eaee", "#98a4b0")


def group(processor: Processor) -> str:
    """What a processor's colour goes by: its family, in a console its type."""
    return processor.device or processor.label if processor.family in CONSOLES else processor.family


def hue(family: str) -> Hue:
    return HUES.get(family, OTHER)
