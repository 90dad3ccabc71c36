"""Every long command is terminated, interrupted, killed and run on a full disk; then it must finish its work.

    python -m bench.checks.interruptions [--only match ...] -o runs/interruptions

Each command runs once undisturbed and then, in another folder, five times: ended by SIGTERM, by Ctrl-C and
by SIGKILL, on a disk that is full (a tmpfs, which takes root), and to its end. Signals come when the program
has loaded and a share of its work is done, by processor time. A run that has ended before its signal does not
count: it is tried again, earlier. The results must be equal to the undisturbed ones, byte by byte, and the
inputs as they were. Writes bench/results/interruptions.md. See README.md.
"""

import argparse
import json
import shutil
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.checks.interruptions.commands import Long, prepare, whole
from bench.checks.interruptions.disks import disk, full, hashes
from bench.checks.interruptions.running import Ended, loading, run
from bench.shared.folders import RESULTS
from unpatch.storage import markdown

PAGE = RESULTS / "interruptions.md"
SHARE, SHARE_OF_PARTS = 0.4, 0.2
"""Of the undisturbed run's work, after which one is disturbed; less where each continues the last one."""
ATTEMPTS = 4
SIGNALS = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGKILL: -9}
"""How a command is ended, and the exit code that is due."""
FULL_DISK = 2
ABOUT = (
    "Exit code and lines on stderr that begin with `unpatch: `, with leftovers, losses and other lines; in "
    "brackets the second at which the signal came. Seconds are of processor time. Written by "
    "`python -m bench.checks.interruptions`."
)
HEAD = ("command", "s", "SIGTERM", "Ctrl-C", "SIGKILL", "full disk", "again", "results", "inputs")


@dataclass(frozen=True)
class Row:
    """What became of a command.

    Attributes:
        cells: how the runs ended, in words.
        faults: what was not as it should be.
    """

    name: str
    seconds: float
    cells: list[str]
    results: str
    inputs: str
    faults: list[str]

    def columns(self) -> list[str]:
        """Cells of the table."""
        return [self.name, f"{self.seconds:.0f}", *self.cells, self.results, self.inputs]


def checked(name: str, long: Long, folder: Path, inputs: Path, loading_s: float) -> Row:
    """Disturb a command in every way, never before it has loaded."""
    before = hashes(inputs)
    calm, out = folder / f"{name} calm", folder / f"{name} disk" / "out"
    seconds = whole(long.words(calm))
    loading_s = min(loading_s, seconds / 2)  # some commands load little
    cells, faults = list[str](), list[str]()
    with disk(out.parent):
        for how, code in SIGNALS.items():
            share = SHARE_OF_PARTS if long.continues else SHARE
            ended, after_s = disturbed(long, out, how, loading_s, share * max(0.0, seconds - loading_s))
            cells.append(f"{ended} ({after_s:.0f})" if ended.sent else "had ended before")
            faults += [f"{how.name}: {cells[-1]}"] * (not ended.sent or not ended.is_as(code))
        for ended, code in ((without_room(long, out), FULL_DISK), (run(long.words(out)), 0)):
            cells.append(str(ended))
            faults += [f"{'full disk' if code else 'again'}: {ended} {ended.strays[:1]}"] * (
                not ended.is_as(code)
            )
        equal = hashes(calm, long.results) == hashes(out, long.results) != {}
        drafts = len(list(out.rglob(".unpatch-draft-*")))
    shutil.rmtree(calm)
    results = ("equal" if equal else "NOT EQUAL") + f", {drafts} drafts"
    now = hashes(inputs)
    lost = sum(now.get(path) != digest for path, digest in before.items())
    faults += [results] * (not equal or drafts > 0) + [f"{lost} inputs lost"] * (lost > 0)
    return Row(name, seconds, cells, results, f"{lost} of {len(before)} lost", faults)


def disturbed(
    long: Long, out: Path, how: signal.Signals, loading_s: float, working_s: float
) -> tuple[Ended, float]:
    """Send a signal while the command works; if it has ended before, start again and send it earlier.

    Returns:
        How it ended, and the seconds of processor time after which the signal was to come.
    """
    for _ in range(ATTEMPTS):
        ended = run(long.words(out), how, loading_s + working_s)
        if ended.sent:
            break
        shutil.rmtree(out, ignore_errors=True)
        working_s /= 2
    return ended, loading_s + working_s


def is_draft(path: str) -> bool:
    """Whether a killed process left it half written: the next one removes it."""
    return ".unpatch-draft-" in path or any(part.endswith(".part") for part in Path(path).parts)


def without_room(long: Long, out: Path) -> Ended:
    """Run on a disk that has no room for the results."""
    out.mkdir(exist_ok=True)
    before = {path: sha for path, sha in hashes(out).items() if not is_draft(path)}
    with full(out.parent, long.room):
        ended = run(long.words(out))
        after = hashes(out)
    return replace(ended, changed=sum(after.get(path) != sha for path, sha in before.items()))


def kept() -> dict[str, Row]:
    """Rows that were measured before, by command."""
    path = PAGE.with_suffix(".json")
    return {name: Row(**row) for name, row in json.loads(path.read_text()).items()} if path.exists() else {}


def keep(row: Row, names: Iterable[str]) -> None:
    """Write the page again with a row; ``names`` are those of all commands."""
    rows = {**kept(), row.name: row}
    plain = {name: asdict(row) for name, row in rows.items()}
    PAGE.with_suffix(".json").write_text(json.dumps(plain, indent=1) + "\n")
    faults = list(_faults(rows.values()))
    notes = ["Faults:", "\n".join(faults)] if faults else ["Faults: none."]
    if missing := [name for name in names if name not in rows]:
        notes.append(f"Not measured: {', '.join(missing)}.")
    table = markdown.table(HEAD, (row.columns() for row in rows.values()))
    PAGE.write_text(markdown.page("Interruptions", ABOUT, table, *notes))


def _faults(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield from (f"- {row.name}: {fault}" for fault in row.faults)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/interruptions"))
    options = parser.parse_args()
    # A shell lets commands in the background ignore Ctrl-C, and what they start inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    shutil.rmtree(options.out, ignore_errors=True)
    inputs = options.out / "inputs"
    commands = prepare(inputs)
    loading_s, faulty = loading(), False
    for name, long in commands.items():
        if not options.only or name in options.only:
            row = checked(name, long, options.out, inputs, loading_s)
            keep(row, commands)
            faulty |= bool(row.faults)
            sys.stdout.write(f"{time.strftime('%H:%M:%S')} {markdown.row(row.columns())}\n")
            sys.stdout.write("".join(f"  {fault}\n" for fault in row.faults))
            sys.stdout.flush()
    raise SystemExit(faulty)


if __name__ == "__main__":
    main()
