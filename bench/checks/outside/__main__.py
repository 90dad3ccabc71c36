"""An outside check: estimates for chains of third-party effects.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python -m bench.checks.outside --sources DIR
        [--suite classic|everyday] [--clips N] [--seed N] [--model DIR] [--prior DIR] [--jobs N]
        [--clips-folder DIR] [--results DIR]

The sounds are new to all models, and none of our signal processing is in the clips. Beside the estimates
are the same decoding without input (``--prior``, a model trained without latents) and a random baseline that
draws effects as often as they are: the chain of another clip. See README.md.
"""

import argparse
import hashlib
import json
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import torch

from bench.checks.outside.answering import SUITES, TASK, Wanted, answers
from bench.checks.outside.answers import OURS, PRIOR
from bench.checks.outside.page import Facts, as_json, report
from bench.shared.folders import RESULTS, ROOT
from bench.shared.peers import check_installed
from unpatch.storage.files import finite
from unpatch.tasks import shipped_folder

check_installed("pedalboard")

STEMS = {"classic": "pedalboard", "everyday": "everyday"}
TITLES = {
    "classic": "Outside check: chains played by pedalboard",
    "everyday": "Outside check: everyday chains",
}
WHAT = {
    "classic": "{count} clips of 3.63 s: singers of no training set, one to four of 14 effects, drawn as "
    "our generator draws.",
    "everyday": "{count} clips of up to 5 s: singers and speakers of no training set, instruments made "
    "for this check, nought to three effects set as engineers set them, a third of the files lossy.",
}


def made(model: Path | None, seed: int, peers: str) -> str:
    """Commit and date, in a line."""
    folder = model or shipped_folder(TASK)
    weights = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:12]
    return (
        f"Seed {seed}; {peers}, torch {torch.__version__}, Python {platform.python_version()}; model: "
        f"{folder.name}{'' if model else ' as shipped'} (weights {weights}), code {_commit()}, "
        f"{datetime.now(UTC):%Y-%m-%d}."
    )


def _commit() -> str:
    """Of the code that ran."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "of no repository"
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--sources", type=Path, required=True, help="folder of dry singing, indexed by splits"
    )
    parser.add_argument("--suite", choices=SUITES, default="classic")
    parser.add_argument("--clips", type=int, help="how many; as many as the suite has if left out")
    parser.add_argument("--seed", type=int, default=0, help="others are for calibration and development")
    parser.add_argument("--model", type=Path, help="in place of the shipped one")
    parser.add_argument("--prior", type=Path, help="model without latents; left out if not given")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--clips-folder", type=Path, help="keeps the clips for other models")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the pages")
    options = parser.parse_args()
    models = {OURS: options.model} | ({PRIOR: options.prior} if options.prior else {})
    wanted = Wanted(options.suite, options.sources, options.seed, models, options.clips_folder)
    suite = wanted.opened()
    count = options.clips or suite.count
    found = answers(wanted, count, options.jobs)
    what = WHAT[options.suite].format(count=count)
    facts = Facts(TITLES[options.suite], what, made(options.model, options.seed, suite.peers))
    text = report(found, facts)
    print(text)
    # Seed 0 is what is reported.
    stem = STEMS[options.suite] + (f"_seed{options.seed}" if options.seed else "")
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / f"{stem}.md").write_text(text, encoding="utf-8")
    data = json.dumps(finite(as_json(found, facts)), indent=1)
    (options.results / f"{stem}.json").write_text(data + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
