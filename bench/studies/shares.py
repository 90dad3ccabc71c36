"""Calibration of candidates' shares, on unseen singers.

    python -m bench.studies.shares --sources DIR [--clips 64]

Of each clip's candidates those with the largest intersection over union of node kinds are the nearest to the
truth. A share is the frequency of its candidate being one of them; several divide the hit between them. The
table compares powers to which probabilities are raised before they are normalised: the log loss, and the
expected calibration error in ten bins. The best power is ``SHARPNESS`` in ``unpatch.estimates``.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench.shared.folders import RESULTS
from unpatch.blind.models.deciding import Deciding
from unpatch.estimates import shares
from unpatch.estimation import estimate
from unpatch.metrics import intersection_over_union
from unpatch.storage import markdown
from unpatch.synth import generate
from unpatch.synth.generate import Example
from unpatch.synth.produce import use_one_core
from unpatch.synth.sources import Sources

PAGE = RESULTS / "shares.md"
BEAMS = 16
BINS = 10
SEED = 77
POWERS = (0.0, 0.1, 0.2, 0.25, 0.3, 0.5, 1.0)

Clip: TypeAlias = tuple[list[float], NDArray[np.float64]]
"""Probabilities of a clip's candidates, and what part of the hit each has."""


def examples(sources: Path, count: int) -> Iterator[Example]:
    """Drawn by the generator from a folder's split ``val_unseen``."""
    opened = Sources.open(sources, "val_unseen")
    for index in range(count):
        yield generate("singing", SEED, opened, index)


def clip(example: Example) -> Clip:
    found = estimate(example.wet, example.sample_rate, deciding=Deciding(beams=BEAMS, draws=0)).candidates
    near = np.array([intersection_over_union(c.graph, example.graph) for c in found])
    hits = (near == near.max()).astype(np.float64)
    return [c.probability for c in found], hits / hits.sum()


def row(power: float, clips: list[Clip]) -> tuple[str, ...]:
    """Log loss and calibration error of a power."""
    printed = [np.array(shares(probabilities, power)) for probabilities, _ in clips]
    loss = np.mean([-(hits * np.log(t)).sum() for t, (_, hits) in zip(printed, clips, strict=True)])
    share, hit = np.concatenate(printed), np.concatenate([hits for _, hits in clips])
    bins = np.minimum((share * BINS).astype(int), BINS - 1)
    error = sum(
        abs(share[bins == b].mean() - hit[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist())
    )
    return f"{power:g}", f"{loss:.3f}", f"{error:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, required=True, help="folder of dry singing with index.tsv")
    parser.add_argument("--clips", type=int, default=64)
    arguments = parser.parse_args()
    use_one_core()
    clips = [clip(example) for example in examples(arguments.sources, arguments.clips)]
    about = f"{len(clips)} clips of unseen singers, {BEAMS} beams; power 0: equal shares, 1: the model's."
    head = ("power", "log loss", "calibration error")
    text = markdown.page(
        "Shares of candidates", about, markdown.table(head, (row(power, clips) for power in POWERS))
    )
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
