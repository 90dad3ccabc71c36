"""Train the models in the tables of docs/mastering.md, the most informative first; existing ones are kept.

    python -m bench.studies.mastering runs/mastering --data data/mastering
    python -m bench.studies.mastering runs/mastering --data data/mastering --seeds 3 --only equalizer
    python -m bench.studies.mastering runs/mastering --data data/mastering --systems published --steps 200
    unpatch evaluate --table --study mastering --runs runs/mastering --data data/mastering

Stop it at any time: it continues where it was. Further seeds are named by their presets with -s1, -s2.
"""

import argparse
from dataclasses import replace
from pathlib import Path

from unpatch.dsp.cpu import configure_cpu
from unpatch.mastering.clips import Clips
from unpatch.mastering.presets import PRESETS
from unpatch.mastering.study import ORDER, run_name
from unpatch.mastering.training import train_mastering


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--size", default="small")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--steps", type=int, help="of the published systems")
    parser.add_argument("--only", default="", help="runs whose name has this in it")
    parser.add_argument("--systems", choices=("all", "published", "ours"), default="all")
    wishes = parser.parse_args()
    configure_cpu()
    clips = Clips.load(wishes.data, "train")
    for seed in range(wishes.seeds):
        wanted = [rest for rest in dict.fromkeys(ORDER) if wishes.only in rest]
        if wishes.systems != "all":
            wanted = [rest for rest in wanted if ("_ours" in rest) == (wishes.systems == "ours")]
        for name in (f"mastering_{wishes.size}_{rest}" for rest in wanted):
            chosen = PRESETS[name]
            steps = chosen.training.steps if chosen.model.is_ours else wishes.steps or chosen.training.steps
            training = replace(chosen.training, seed=seed, steps=steps)
            run = train_mastering(
                replace(chosen, training=training),
                clips,
                wishes.runs / run_name(name, seed),
                report=lambda state, name=name, seed=seed: print(  # type: ignore[misc]
                    name, seed, state.step, round(state.seconds), dict(state.values), flush=True
                ),
            )
            print(run.folder, flush=True)


if __name__ == "__main__":
    main()
