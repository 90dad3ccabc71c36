"""The command ``data prepare``."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, Output, print_text
from unpatch.cli.options import Count


def prepare(
    set_name: Literal["mastering"],
    /,
    *,
    output: Output = Path("data/mastering"),
    root: Annotated[tuple[Path, ...], Option(negative=())] = (),
    unseen: Annotated[tuple[Path, ...], Option(negative=())] = (),
    per_track: Count = 10,
    cache: Path | None = None,
) -> None:
    """Cut clips of 10 s from whole mixes, once, for `unpatch train mastering_...`.

    Writes train, val, test and unseen: tracks are split as wholes. Each clip is mono at 44.1 kHz; its gain
    to -23 LUFS is in the JSON file beside it.

    **Examples**

        unpatch data fetch mastering
        unpatch data prepare mastering -o data/mastering
        unpatch data prepare mastering --root MUSDB18-HQ -o data/musdb
        unpatch data prepare mastering --root my_mixes --unseen other_mixes

    Parameters
    ----------
    set_name:
        mastering.
    output:
        Folder of the clips.
    root:
        Folders of mixes in place of the fetched packages: MUSDB18-HQ, with its own split, or any recordings.
    unseen:
        Folders of mixes that are for tests only.
    per_track:
        Clips of each track at most.
    cache:
        Where the packages are, and where archives are unpacked; the system's for caches if left
        out: ~/.cache/unpatch on Linux.
    """
    from unpatch.jobs.data_sets import prepare_clips

    counts = prepare_clips(root, output, unseen=unseen, per_track=per_track, cache=cache, reporter=TERMINAL)
    for split, count in counts.items():
        print_text(f"{split}: {count} clips")
