"""How engineers set their knobs: quantiles of two public collections, for the declarations of processors.

    python -m bench.studies.priors --priors DIR

The folder holds ``mixologydb/knobs.jsonl``, one mix a line (Clemens et al., MixologyDB), and
``diffvox/vocal_chains_*.csv``, one vocal chain a line (Yu et al., DiffVox, DAFx 2025). Bands at 0 dB are left
out, and so are settings without information (a Q of 0, the note of a delay). Chains whose delay is
fainter than -46 dB are not used for delays: it did not matter to the fit.
"""

import argparse
import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from bench.shared.folders import RESULTS
from unpatch.declaration.typical import MEASURED_SHARES
from unpatch.dsp.reverb import LONGEST_S, SHORTEST_S
from unpatch.storage import markdown

FAINT = 10 ** (-46 / 20)
EQ_NAMES = {"HP": "highpass", "LP": "lowpass", "LS": "lowshelf", "HS": "highshelf", "NOTCH": "bell"}
EQ_KNOBS = {"freq": "frequency_hz", "q": "q", "gain": "gain_db"}
CUTS = ("highpass", "lowpass")  # whose "gain" is a slope, and whose q is mostly not given

Found: TypeAlias = dict[tuple[str, str, str], list[float]]
"""(collection, processor, knob) to settings."""


def mixology(path: Path) -> Found:
    """Settings of all tracks of all mixes."""
    found: Found = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        for track in json.loads(line)["tracks"]:
            for kind, knob, value in _of_track(track["parameters"]):
                found["MixologyDB", kind, knob].append(value)
    return found


def _of_track(settings: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    for band in settings.get("eq", ()):
        yield from _of_band(EQ_NAMES[band["type"]], band["value"])
    for one in settings.get("compression", ()):
        yield from _of_dynamics("compressor", one)
    for one in settings.get("gate", ()):
        yield from _of_dynamics("noisegate", one)
    for one in settings.get("delay", ()):
        yield from _of_delay(one)
    for one in settings.get("reverb", ()):
        if _positive(one.get("mix")):
            yield "reverb", "mix", one["mix"] / 100 if one["mix"] > 1 else one["mix"]
        if _positive(one.get("length")):
            yield "reverb", "decay_s", one["length"] / 1000
            yield (
                "reverb",
                "size",
                math.log(one["length"] / 1000 / SHORTEST_S) / math.log(LONGEST_S / SHORTEST_S),
            )
    for pan in settings.get("pan", ()):
        if pan:
            yield "panning", "pan (size)", abs(pan) / 100


def _of_band(kind: str, band: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    if kind not in CUTS and not band.get("gain"):
        return  # does nothing
    for name, knob in EQ_KNOBS.items():
        value = band.get(name)
        if isinstance(value, int | float) and (name == "gain" or value > 0) and (kind, name) not in _SLOPES:
            yield kind, knob, float(value)
    if kind not in CUTS:
        yield kind, "gain_db (size)", abs(float(band["gain"]))
        yield kind, "is a boost", float(band["gain"] > 0)


_SLOPES = {(kind, "gain") for kind in CUTS}


def _of_dynamics(kind: str, one: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    ratio = str(one.get("ratio", "")).partition(":")[0]
    if ratio.replace(".", "", 1).isdigit():
        yield kind, "ratio", float(ratio)
    for name, knob in (("attack", "attack_ms"), ("release", "release_ms"), ("knee", "knee_db")):
        if _positive(one.get(name)):
            yield kind, knob, float(one[name])


def _of_delay(one: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    for name in ("delay-time", "left-delay-time"):
        if _positive(one.get(name)):
            yield "delay", "delay_ms", float(one[name])
    if _positive(one.get("feedback")):
        yield "delay", "feedback", one["feedback"] / 100
    if _positive(one.get("high-cut")):
        yield "delay", "frequency_hz", float(one["high-cut"])


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and value > 0


DIFFVOX = {
    "highpass_hz": ("highpass", "frequency_hz"),
    "lowpass_hz": ("lowpass", "frequency_hz"),
    "lowshelf_hz": ("lowshelf", "frequency_hz"),
    "highshelf_hz": ("highshelf", "frequency_hz"),
    "comp_ratio": ("compressor", "ratio"),
    "attack_ms": ("compressor", "attack_ms"),
    "release_ms": ("compressor", "release_ms"),
    "pan": ("panning", "pan (size)"),
}
DIFFVOX_SIZES = {
    "lowshelf_gain_db": "lowshelf",
    "highshelf_gain_db": "highshelf",
    "peak1_gain_db": "bell",
    "peak2_gain_db": "bell",
}
DIFFVOX_DELAY = {"delay_ms": "delay_ms", "delay_feedback": "feedback", "delay_lowpass_hz": "frequency_hz"}


def diffvox(folder: Path) -> Found:
    """Settings of all vocal chains."""
    found: Found = defaultdict(list)
    for path in sorted(folder.glob("vocal_chains_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for kind, knob, value in _of_chain({name: float(value) for name, value in row.items()}):
                    found["DiffVox", kind, knob].append(value)
    return found


def _of_chain(row: Mapping[str, float]) -> Iterator[tuple[str, str, float]]:
    for column, (kind, knob) in DIFFVOX.items():
        yield kind, knob, abs(row[column])
    for column, kind in DIFFVOX_SIZES.items():
        yield kind, "gain_db (size)", abs(row[column])
        yield kind, "is a boost", float(row[column] > 0)
    for peak in ("peak1", "peak2"):
        yield "bell", "frequency_hz", row[f"{peak}_hz"]
        yield "bell", "q", row[f"{peak}_q"]
    if row["delay_gain"] > FAINT:
        for column, knob in DIFFVOX_DELAY.items():
            yield "delay", knob, row[column]


ABOUT = """\
Quantiles of the settings in MixologyDB (90 mixes of 13 songs; Clemens et al.) and DiffVox
(vocal chains fitted to pairs of dry and processed voice; Yu et al., DAFx 2025), both under the
MIT licence. Written by `python -m bench.studies.priors`. Declarations of processors that name a
collection keep to it."""


def table(found: Found) -> str:
    """Quantiles of each knob, by collection."""
    heads = ["processor", "knob", "collection", "settings", *(f"{100 * q:.0f} %" for q in MEASURED_SHARES)]
    rows = []
    for collection, kind, knob in sorted(found, key=lambda key: (key[1], key[2], key[0])):
        values = np.array(found[collection, kind, knob])
        numbers = (
            [f"mean {values.mean():.2f}", *[""] * (len(MEASURED_SHARES) - 1)]
            if knob.startswith("is ")
            else [f"{number:.3g}" for number in np.quantile(values, MEASURED_SHARES)]
        )
        rows.append((kind, knob, collection, len(values), *numbers))
    return markdown.table(heads, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--priors", type=Path, required=True, help="folder of both collections")
    folder = parser.parse_args().priors
    found = mixology(folder / "mixologydb" / "knobs.jsonl") | diffvox(folder / "diffvox")
    text = markdown.page("How engineers set their knobs", ABOUT, table(found))
    (RESULTS / "priors.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
