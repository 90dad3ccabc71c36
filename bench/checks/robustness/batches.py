"""Cases that run within one process, hundreds at a time: one that ends the process costs its batch."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.checks.robustness.runner import fork
from bench.checks.robustness.verdict import Tally, Verdict

BATCH_CPU_S = 1_800


def batch(torture: Callable[..., Tally], *arguments: Any) -> Tally:
    """The tally of a function that runs in a child."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = Path(folder) / "tally.json"
        ended = fork(lambda: _write(outcome, torture(*arguments)), Path(folder), BATCH_CPU_S)
        if outcome.exists():
            return Tally.from_dict(json.loads(outcome.read_text()))
        tally = Tally()
        how: Verdict = "hang" if ended.verdict == "hang" else "crash"
        tally.add(f"batch {arguments}", how, ended.last_line)
        return tally


def _write(path: Path, tally: Tally) -> None:
    path.write_text(json.dumps(tally.to_dict()))
