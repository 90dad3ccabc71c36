"""What each change to the blind estimator is worth at equal exposures: from ours to the direct route.

    python -m bench.studies.ladder --data data/ladder -o runs/ladder [--steps 1000] [ARM ...]

The data sets below ``--data`` are made once, with pictures of the preset ``singing_small_direct_long``:

    unpatch synth singing --stratum both ... -o data/ladder/mixed
    unpatch synth singing --stratum engineer --most-processors 2 ... -o data/ladder/simple
    unpatch synth singing --stratum both ... -o data/ladder/former      (of the sources that were used before)
    unpatch synth singing --stratum paper --split dev ... -o data/ladder/dev-paper
    unpatch synth singing --stratum engineer --split dev ... -o data/ladder/dev-engineer

Each arm adds one thing to the arm before it and sees as many examples, of the same sets where it has the
same sources. Figures are kept below ``-o``, so that arms can be added one by one. Differences to the arm
before are paired: both are on the same examples.
"""

import argparse
import os
import platform
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

import numpy as np
import torch

from bench.shared.folders import RESULTS
from bench.shared.kept import Kept
from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.learner import fabric_of, fresh, learn, learner_of, numbers
from unpatch.blind.losses import LossSettings
from unpatch.blind.presets import Preset, preset
from unpatch.blind.stream import BLUR_OCTAVES
from unpatch.blind.teacher_forced import TeacherForced, teacher_forced
from unpatch.blind.vocabulary import Vocabulary
from unpatch.dsp.cpu import configure_cpu
from unpatch.features.pictures import FeatureSettings
from unpatch.metrics.bootstrap import Bootstrap
from unpatch.metrics.tally import Tally
from unpatch.processors import EVERYDAY
from unpatch.storage import markdown
from unpatch.synth.shards import shards_in

PAGE = RESULTS / "ladder.md"
BATCH = 32
MIXED, SIMPLE, FORMER = "mixed", "simple", "former"
DEV = {"paper": "dev-paper", "engineer": "dev-engineer"}
FIGURES = ("node_error", "parameter_error")
# Of the steps, so many learn from short graphs first, and afterwards one in five.
FIRST_SIMPLE, LATER_SIMPLE = 0.3, 5


@dataclass(frozen=True)
class Arm:
    """A preset, and what it learns from."""

    preset: Preset
    data: str = MIXED
    curriculum: bool = False
    batch: int = BATCH


def arms() -> Mapping[str, Arm]:
    """Name to arm; each adds something to the one before."""
    before = preset("singing", "small", "ours")
    before = replace(before, model=replace(before.model, registry="everyday"))
    whole = preset("singing", "small", "direct")
    query = replace(
        whole,
        model=replace(whole.model, features=before.model.features),
        training=replace(whole.training, losses=LossSettings()),
    )
    bare = replace(
        whole,
        model=replace(
            whole.model,
            encoder=replace(whole.model.encoder, dropout=0.0),
            decoder=replace(whole.model.decoder, dropout=0.0),
        ),
    )
    balanced = replace(whole, model=replace(whole.model, features=replace(whole.model.features, echoes=())))
    return {
        "ours": Arm(before),
        "a: a query for each kind": Arm(query),
        "b: and short graphs first": Arm(query, curriculum=True),
        "c: and balanced numbers, batches of 64": Arm(balanced, curriculum=True, batch=64),
        "d: and the echo cepstrum": Arm(whole, curriculum=True, batch=64),
        "d, of the former sources": Arm(whole, FORMER, batch=64),
        "d, of the sources that are free": Arm(whole, MIXED, batch=64),
        "d, of the sources that are free, no dropout": Arm(bare, MIXED, batch=64),
    }


PAIRS = {
    "d, of the sources that are free": "d, of the former sources",
    "d, of the sources that are free, no dropout": "d, of the sources that are free",
}
"""Arms that are compared with another one than that before them."""


def batches(data: Mapping[str, Corpus], arm: Arm, steps: int, seed: int = 0) -> Iterator[Batch]:
    """Of all steps."""
    endless = {name: _endless(corpus, arm.batch, seed) for name, corpus in data.items()}
    for step in range(steps):
        early = step < FIRST_SIMPLE * steps
        simple = arm.curriculum and (early or step % LATER_SIMPLE == 0)
        yield next(endless[SIMPLE if simple else arm.data])


def _endless(corpus: Corpus, size: int, seed: int) -> Iterator[Batch]:
    order = np.random.default_rng(seed)
    while True:
        for chosen in corpus.epoch(size, order, whole=True, blur_octaves=BLUR_OCTAVES):
            yield corpus.batch(chosen)


def corpus(folder: Path, settings: FeatureSettings) -> Corpus:
    return Corpus.load(shards_in(folder), Vocabulary.of(EVERYDAY, "singing"), EVERYDAY, settings)


def trained(name: str, arm: Arm, data: Path, steps: int) -> dict[str, Any]:
    """What came of an arm: figures per example, and processor seconds per step of 32 examples."""
    settings = arm.preset.model.features
    sets = {
        each: corpus(data / each, settings) for each in {arm.data, SIMPLE if arm.curriculum else arm.data}
    }
    steps = steps * BATCH // arm.batch
    chosen = replace(arm.preset.training, steps=steps, batch=arm.batch, peak_rate=1e-3, warmup=steps // 13)
    whole = replace(arm.preset, training=replace(chosen, precision="fastest"))
    fabric = fabric_of(whole.training)
    learner = learner_of(fabric, fresh(whole, sets[arm.data], EVERYDAY), whole.training)
    begun = time.process_time()
    for batch in batches(sets, arm, steps):
        found = learn(learner, batch, whole.training)
        if learner.step % 100 == 0:
            print(f"{name}: step {learner.step} of {steps}, {numbers(found)}", flush=True)
    seconds = (time.process_time() - begun) / (steps * arm.batch / BATCH)
    figures = {
        stratum: _kept(teacher_forced(learner.network.eval(), corpus(data / folder, settings)))
        for stratum, folder in DEV.items()
    }
    return {"name": name, "steps": steps, "seconds": seconds, "figures": figures}


def _kept(found: TeacherForced) -> dict[str, Any]:
    tallies = {figure: getattr(found, figure) for figure in FIGURES}
    return {name: [tally.total.tolist(), tally.count.tolist()] for name, tally in tallies.items()}


def table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown: each arm's figures, and their differences to those of the arm before."""
    columns = [(stratum, figure) for stratum in DEV for figure in FIGURES]
    heads = [f"{figure.replace('_', ' ')}, {stratum}" for stratum, figure in columns]
    lines, names = [], list(rows)
    for i, name in enumerate(names):
        other = rows.get(PAIRS.get(name, names[i - 1] if i else name))
        cells = [_cell(rows[name], other if i else None, *column) for column in columns]
        lines.append((name, *cells, f"{rows[name]['seconds']:.2f}"))
    return markdown.table(("arm", *heads, "core-s per 32"), lines)


def _cell(row: Mapping[str, Any], other: Mapping[str, Any] | None, stratum: str, figure: str) -> str:
    own = _tally(row, stratum, figure)
    if other is None or other is row:
        return f"{own.mean:.3f}"
    before = _tally(other, stratum, figure)
    bootstrap = Bootstrap([str(i) for i in range(len(own.total))], "examples")
    apart = bootstrap.means(own) - bootstrap.means(before)
    low, high = np.quantile(apart, [0.025, 0.975])
    return f"{own.mean:.3f} ({own.mean - before.mean:+.3f} [{low:+.3f}, {high:+.3f}])"


def _tally(row: Mapping[str, Any], stratum: str, figure: str) -> Tally:
    total, count = row["figures"][stratum][figure]
    return Tally(np.array(total), np.array(count))


def report(rows: Mapping[str, Mapping[str, Any]], steps: int, sizes: Mapping[str, int]) -> str:
    sets = ", ".join(f"{count} {name}" for name, count in sizes.items())
    about = (
        f"Arms of {steps} steps of {BATCH} examples (or half as many of 64) from fixed sets ({sets}); "
        "the rate falls linearly to zero. Errors while the truth is given, of examples of performers "
        "that are not learnt from; in brackets the difference to the arm before (of rows with sources "
        "to the row before them: equal steps), with its 95 % interval, a bootstrap over examples. "
        f"torch {torch.__version__}, Python {platform.python_version()}, one thread, beside another "
        "training."
    )
    return markdown.page("The ladder", about, table(rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("arms", nargs="*", help="beginnings of names; all if left out")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1_000, help="of 32 examples")
    options = parser.parse_args()
    configure_cpu()
    rows, kept = dict[str, Any](), Kept(options.output)
    for i, (name, arm) in enumerate(arms().items()):
        cell = f"{options.steps}-{i}"
        wanted = not options.arms or any(name.startswith(own) for own in options.arms)
        if wanted or kept.has(cell):
            rows[name] = kept.cell(cell, partial(trained, name, arm, options.data, options.steps))
    settings = arms()["ours"].preset.model.features
    sizes = {
        folder.name: len(corpus(folder, settings))
        for folder in sorted(options.data.iterdir())
        if folder.is_dir()
    }
    text = report(rows, options.steps, sizes)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
