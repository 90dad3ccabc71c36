"""Bad files, odd names, wrong options, damaged data: each must end in one clear line or do its work.

    python -m bench.checks.robustness [--quick] [--only graphs formats commands] [--seed 0] [--minutes 20]

Makes everything with fixed seeds in a temporary folder, runs it, and writes bench/results/robustness.md;
kinds of cases that are not run keep their figures of before. A case
ends well if the command does its work, or reports the fault in one line and ends with status 2. Everything
else is a fault: a traceback, a crash, more processor time than a minute, a message of many lines or without
the name of the file; and any file that was given to a command and is lost or changed after it. See README.md.
"""

import argparse
import json
import math
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.checks.robustness import audio_zoo, formats, graphs, workspace
from bench.checks.robustness.batches import batch
from bench.checks.robustness.command_lines import cases, decided_by_words
from bench.checks.robustness.ledger import digested, lost, stamped
from bench.checks.robustness.runner import Case, preload, run, shortened
from bench.checks.robustness.table import NO_COMMAND, Part, table
from bench.checks.robustness.verdict import FAULTS, Tally
from bench.shared.folders import RESULTS
from unpatch.cli.app import app

PAGE = RESULTS / "robustness.md"
GRAPHS, FORMATS = 20_000, 5_500
AT_ONCE = 500
QUICK = 25
"""The quick run takes every so-manieth case."""


@dataclass(frozen=True)
class Scale:
    """How much is run."""

    seed: int
    share: int
    minutes: float

    def of(self, count: int) -> int:
        return max(1, count // self.share)


def check_graphs(scale: Scale) -> Iterator[Part]:
    total, tally = scale.of(GRAPHS), Tally()
    for start in range(0, total, AT_ONCE):
        count = min(AT_ONCE, total - start)
        tally.join(batch(graphs.torture, count, scale.seed + start))
        _print(f"graphs {start + count} of {total}")
    yield Part("mutated graphs", tally)


def check_formats(scale: Scale) -> Iterator[Part]:
    shares = sum(format_.share for format_ in formats.FORMATS.values())
    for name, format_ in formats.FORMATS.items():
        count = scale.of(-(-FORMATS * format_.share // shares))
        yield Part(f"mutated {name}", batch(formats.torture, name, count, scale.seed))
        _print(name)


def check_commands(scale: Scale) -> Iterator[Part]:
    with tempfile.TemporaryDirectory() as top:
        given, zoo = Path(top) / "given", Path(top) / "zoo"
        workspace.make(given)
        files = len(audio_zoo.make(zoo))
        folders = (given, zoo)
        whole = [digested(folder) for folder in folders]
        chosen = cases(zoo)
        random.Random(scale.seed).shuffle(chosen)
        chosen.sort(key=lambda case: not decided_by_words(case))
        parts, missing = _run_all(chosen[:: scale.share], given, folders, scale.minutes)
        for folder, ledger in zip(folders, whole, strict=True):
            missing += [f"in the end: {name}" for name in lost(ledger, digested(folder))]
        yield from (Part(f"`{name}`" if name else NO_COMMAND, tally) for name, tally in parts.items())
        yield Part("files", files=files, lost=missing)


def _run_all(
    chosen: Sequence[Case], given: Path, folders: Sequence[Path], minutes: float
) -> tuple[dict[str, Tally], list[str]]:
    """Tallies by command, and which command lost or changed what it was given."""
    parts: dict[str, Tally] = {}
    missing = list[str]()
    before = [stamped(folder) for folder in folders]
    stop = time.monotonic() + 60 * minutes
    for number, case in enumerate(chosen):
        if time.monotonic() > stop:
            break
        ended = run(case, given)
        shutil.rmtree(given / workspace.OUT, ignore_errors=True)
        line = shortened(case.words)
        command = case.words[0] if case.words and case.words[0] in app else ""
        parts.setdefault(command, Tally()).add(line, ended.verdict, ended.last_line)
        if ended.verdict in FAULTS:
            _print(f"{ended.verdict}: {line}: {ended.last_line}")
        after = [stamped(folder) for folder in folders]
        missing += [f"`{line}`: {name}" for a, b in zip(before, after, strict=True) for name in lost(a, b)]
        # What commands have written since is none of the inputs.
        before = [{name: b[name] for name in a if name in b} for a, b in zip(before, after, strict=True)]
        if number % 50 == 0:
            _print(f"command lines: {number} of {len(chosen)}")
    return parts, missing


CHECKS: dict[str, Callable[[Scale], Iterator[Part]]] = {
    "graphs": check_graphs,
    "formats": check_formats,
    "commands": check_commands,
}


def check(names: Sequence[str], scale: Scale) -> dict[str, list[Part]]:
    """Run some of the checks."""
    preload()
    # Nothing is fetched from anywhere: without a path there is no apt-get.
    os.environ["PATH"] = ""
    return {name: list(CHECKS[name](scale)) for name in names}


def keep(found: Mapping[str, Sequence[Part]]) -> list[Part]:
    """Write what was found beside what earlier runs found of other kinds, and the page of all of it."""
    path = PAGE.with_suffix(".json")
    known = json.loads(path.read_text()) if path.exists() else {}
    known |= {name: [part.to_dict() for part in parts] for name, parts in found.items()}
    path.write_text(json.dumps(known, indent=1) + "\n")
    parts = [Part.from_dict(data) for name in CHECKS for data in known.get(name, ())]
    PAGE.write_text(table(parts), encoding="utf-8")
    return parts


def _print(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {text}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"every {QUICK}th case; writes no table")
    parser.add_argument("--only", nargs="+", choices=tuple(CHECKS), default=list(CHECKS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=math.inf, help="for command lines, at most")
    options = parser.parse_args()
    scale = Scale(options.seed, QUICK if options.quick else 1, options.minutes)
    found = check(options.only, scale)
    parts = [part for several in found.values() for part in several] if options.quick else keep(found)
    print(table(parts))
    raise SystemExit(any(part.is_faulty for part in parts))


if __name__ == "__main__":
    main()
