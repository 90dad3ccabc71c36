"""What each of our changes to the published system is worth, on one budget.

    OMP_NUM_THREADS=1 python -m bench.studies.ablation --data DATA/singing -o runs/ablation [VARIANT ...]

DATA/singing holds the data sets ``train``, ``val_seen`` and ``val_unseen``. Every variant trains as often on
the same examples; runs are resumed, and their figures kept, so that variants can be added one by one. The
table, ``bench/results/ablation-<task>.md``, has every variant that was ever trained with this budget.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.shared.folders import RESULTS
from bench.shared.kept import Kept
from unpatch.blind.corpus import Corpus
from unpatch.blind.presets import Preset, preset
from unpatch.blind.teacher_forced import teacher_forced
from unpatch.blind.training import train
from unpatch.blind.validation import means
from unpatch.blind.variation import Variation
from unpatch.blind.vocabulary import Vocabulary
from unpatch.dsp.cpu import configure_cpu
from unpatch.features.pictures import Channel
from unpatch.learning.runs import Progress
from unpatch.processors import PROCESSORS
from unpatch.storage import markdown

FIGURES = ("node_error", "edge_error", "parameter_error", "gain_error")
SPLITS = ("val_seen", "val_unseen")
MOST_HELD_OUT = 1_000


def model(**changes: Any) -> Callable[[Preset], Preset]:
    """Ours with other model settings."""
    return lambda ours: replace(ours, model=replace(ours.model, **changes))


def training(**changes: Any) -> Callable[[Preset], Preset]:
    """Ours with other training settings."""
    return lambda ours: replace(ours, training=replace(ours.training, **changes))


def queries(count: int) -> Callable[[Preset], Preset]:
    return lambda ours: model(encoder=replace(ours.model.encoder, queries=count))(ours)


def channels(*names: Channel) -> Callable[[Preset], Preset]:
    return lambda ours: model(features=replace(ours.model.features, channels=names))(ours)


def with_dry_input(ours: Preset) -> Preset:
    """The dry tracks as further channels, dark in half of the examples: one model for both cases."""
    variation = replace(ours.training.variation, dry=0.5)
    return training(variation=variation)(model(hears="wet_and_dry")(ours))


VARIANTS: Mapping[str, Callable[[Preset], Preset]] = {
    "ours": lambda ours: ours,
    "left and right in place of mid, side, balance": channels("left", "right"),
    "one latent in place of eight": queries(1),
    "without the presence head": model(hints=False),
    "without varied pictures": training(variation=Variation()),
    "AdamW in place of Muon": training(muon=False),
    "values in place of distributions": model(bins=0),
    "numbers of half of the examples": training(number_share=0.5),
    "phases on a line": model(circular=False),
    "with pictures of echo and sway": channels("mid", "side", "balance", "echo", "sway"),
    "hearing half of the dry tracks": with_dry_input,
}
"""What is changed about ours, one thing at a time."""


def trained(name: str, chosen: Preset, folder: Path, train_on: Corpus, held_out: Mapping[str, Corpus]) -> Any:
    """Figures of a variant by split; from its folder if it was trained before."""

    def measure() -> dict[str, Any]:
        run = train(chosen, train_on, folder, report=lambda state: printed(name, state))
        found = {split: means(teacher_forced(run.model, corpus)) for split, corpus in held_out.items()}
        return {"name": name, "steps": chosen.training.steps} | found

    return Kept(folder).cell("figures", measure)


def printed(name: str, state: Progress) -> None:
    if state.step % 250 == 0:
        print(f"{name}: step {state.step} of {state.steps}, {state.seconds:.0f} s", flush=True)


def table(rows: list[Any], examples: int) -> str:
    """Markdown, the figures of ours first, then of each variant with its ratio to ours."""
    columns = [(split, figure) for split in SPLITS for figure in FIGURES]
    heads = (f"{figure.replace('_', ' ')}, {split.removeprefix('val_')}" for split, figure in columns)
    cells = [
        (row["name"], *(f"{row[s][f]:.4f} ({row[s][f] / rows[0][s][f]:.3f})" for s, f in columns))
        for row in rows
    ]
    intro = [
        f"{rows[0]['steps']} steps on {examples} examples; teacher-forced errors on held-out ones,",
        "in brackets the ratio to ours.",
    ]
    return "\n".join([*intro, "", markdown.table(("", *heads), cells)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("variants", nargs="*", help="names or beginnings of names; all if left out")
    parser.add_argument("--task", default="singing")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1_500)
    parser.add_argument("--limit", type=int, help="train on so many examples")
    given = parser.parse_args()
    configure_cpu()
    ours = preset(given.task, "small", "ours")
    ours = training(steps=given.steps, save_every=250, report_every=250)(ours)
    vocabulary = Vocabulary.of(PROCESSORS, given.task)
    wanted = [n for n in VARIANTS if not given.variants or any(n.startswith(v) for v in given.variants)]

    def corpus(split: str, settings: Any, limit: int | None) -> Corpus:
        shards = sorted((given.data / split).glob("*.tar"))
        return Corpus.load(shards, vocabulary, PROCESSORS, settings, limit)

    for name in wanted:
        chosen = VARIANTS[name](ours)
        settings = chosen.model.features
        train_on = corpus("train", settings, given.limit)
        held_out = {split: corpus(split, settings, MOST_HELD_OUT) for split in SPLITS}
        folder = given.output / f"{given.task}-{given.steps}-{name.replace(' ', '_').replace(',', '')}"
        trained(name, chosen, folder, train_on, held_out)
        found = [
            json.loads(p.read_text()) for p in given.output.glob(f"{given.task}-{given.steps}-*/figures.json")
        ]
        rows = sorted(found, key=lambda row: list(VARIANTS).index(row["name"]))
        (RESULTS / f"ablation-{given.task}.md").write_text(
            f"# Ablation, {given.task}\n\n{table(rows, len(train_on))}\n"
        )
    print(table(rows, len(train_on)))


if __name__ == "__main__":
    main()
