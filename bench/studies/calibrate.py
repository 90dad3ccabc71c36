"""Fits what a model's probabilities mean on everyday chains, and writes it into the model's config.

    unpatch synth singing --stratum engineer --split dev --development anna --sources DIR \\
        --preset singing_small_ours --count 400 -o data/dev
    python -m bench.studies.calibrate MODEL --data data/dev [--write]

A model is calibrated where it is trained, on the stratum that it has learnt. One that has learnt the paper's
large graphs alone is far too sure of what it finds in small ones. Examples with kinds that the model does not
know are left out.
"""

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


from unpatch.blind.corpus import Corpus, item_of
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.models.calibrating import calibrated
from unpatch.blind.proposals import repetition_of
from unpatch.learning.weights import CONFIG
from unpatch.processors import EVERYDAY
from unpatch.storage.files import write_aside
from unpatch.synth import read_shards
from unpatch.synth.shards import Stored, shards_in


def held_out(model: Estimator, data: Path) -> Iterator[Stored]:
    """Examples of kinds that the model knows."""
    kinds = set(model.vocabulary.kinds)
    for stored in read_shards(shards_in(data), parts=("pictures",)):
        if {node.kind for node in stored.graph.nodes} <= kinds:
            yield stored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("model", type=Path, help="folder of a model")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of a data set that was not learnt from"
    )
    parser.add_argument("--write", action="store_true", help="change the model's config")
    options = parser.parse_args()
    model = from_pretrained(options.model, EVERYDAY).eval()
    examples = list(held_out(model, options.data))
    features = model.settings.features
    corpus = Corpus(tuple(item_of(stored, model.vocabulary, EVERYDAY, features) for stored in examples))
    repetitions = [repetition_of(stored, EVERYDAY) for stored in examples]
    heights = [one.height_db for one in repetitions if one is not None]
    if len(heights) < len(examples):
        raise SystemExit(f"{options.data}: has no cepstra; make it with the preset singing_small_direct_long")
    found = asdict(calibrated(model, corpus, EVERYDAY, heights_db=heights))
    print(f"{len(corpus)} examples: {json.dumps(found)}")
    if options.write:
        path = options.model / CONFIG
        config = json.loads(path.read_text(encoding="utf-8"))
        write_aside(path, (json.dumps({**config, "calibration": found}, indent=1)).encode())


if __name__ == "__main__":
    main()
