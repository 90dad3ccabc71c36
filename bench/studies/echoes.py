"""Do whitened cepstra separate delays from other effects, and give their times?

    python -m bench.studies.echoes --sources DIR [--voices 200]

Each dry voice is played through a plain delay at drawn settings, through a reverberation, and through
dynamics and filters. They are separated by how far the clearest peak of the cepstrum stands above its
surroundings, as in the estimator. Prints the area under the curve of that against each other family, and how
often the peak stands at the delay's time.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

import numpy as np
import torch
from torch import Tensor

from unpatch.blind.repetition import Repetition, clearest
from unpatch.graph.build import Step, chain
from unpatch.processors import PROCESSORS
from unpatch.rendering import render
from unpatch.synth import Sources
from unpatch.synth.draw import Draw
from unpatch.synth.sources import SAMPLE_RATE

SEED = 1
NEAR_MS = 2
OTHERS: dict[str, Sequence[Step]] = {
    "dry": (),
    "reverberation": (("mono_reverb", {"mix": 0.4}),),
    "dynamics and filters": ("compressor", "bell", "lowpass2"),
}
"""Family to a chain without echoes."""


def delay(draw: Draw) -> tuple[float, Step]:
    """Its time in ms, and settings as engineers choose them."""
    time_ms = float(np.exp(draw.number(np.log(80), np.log(900))))
    return time_ms, (
        "mono_delay",
        {
            "delay_ms": time_ms,
            "mix": draw.number(0.15, 0.4),
            "feedback": draw.number(0, 0.5),
            "frequency_hz": float(np.exp(draw.number(np.log(2_000), np.log(16_000)))),
        },
    )


def repetition_of(dry: Tensor, steps: Sequence[Step]) -> Repetition:
    """The clearest of a dry voice ``[T]`` that went through some steps."""
    return clearest(render(chain(PROCESSORS, *steps), dry.expand(2, -1), SAMPLE_RATE)[None], SAMPLE_RATE)


def area(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Probability that one of the first is above one of the second; ties count half."""
    one, other = np.array(higher)[:, None], np.array(lower)[None]
    return float(((one > other) + 0.5 * (one == other)).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, required=True, help="folder of dry recordings")
    parser.add_argument("--voices", type=int, default=200)
    options = parser.parse_args()
    sources = Sources.open(options.sources)
    heights, near = [], 0
    others: dict[str, list[float]] = {name: [] for name in OTHERS}
    with torch.no_grad():
        for index in range(options.voices):
            draw = Draw(SEED, index)
            dry = sources.segment(draw.child(0)).audio
            time_ms, step = delay(draw.child(1))
            found = repetition_of(dry, [step])
            heights.append(found.height_db)
            near += abs(found.delay_ms - time_ms) <= NEAR_MS
            for name, steps in OTHERS.items():
                others[name].append(repetition_of(dry, steps).height_db)
    print(f"{options.voices} voices, plain delays of 80 to 900 ms at a mix of 0.15 to 0.4")
    print(f"peak at the delay's time, within {NEAR_MS} ms: {near / options.voices:.1%}")
    print(f"peak over its surroundings: {np.median(heights):.1f} dB, lowest {min(heights):.1f} dB")
    for name, heights_db in others.items():
        curve = f"{area(heights, heights_db):.4f}"
        print(f"area under the curve against {name}: {curve}, highest {max(heights_db):.1f} dB")


if __name__ == "__main__":
    main()
