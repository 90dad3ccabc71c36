"""Let a long training that was begun with earlier code continue with the present code.

    python -m bench.studies.adopt_run runs/long

A run refuses other code, since its weights would no longer be those of an uninterrupted run. Where a change
is known to leave training as it was, bit for bit, this replaces the checksum of the code in the checkpoints
of the run and of its branches. Everything else must still be equal.
"""

import argparse
from pathlib import Path

from unpatch.blind.trunk import code
from unpatch.learning.runs import RESUME, read_any_state, write_state

CHECKSUM = "code.checksum"


def adopt(folder: Path) -> list[Path]:
    """Replace the checksum in all checkpoints of a run; those that have changed."""
    changed = []
    for path in sorted([*folder.glob(RESUME), *folder.glob(f"decay-*/{RESUME}")]):
        state = read_any_state(path.parent)
        if state["identity"][CHECKSUM] != code():
            write_state(path.parent, state, {**state["identity"], CHECKSUM: code()})
            changed.append(path)
    return changed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path)
    for path in adopt(parser.parse_args().run):
        print(path)


if __name__ == "__main__":
    main()
