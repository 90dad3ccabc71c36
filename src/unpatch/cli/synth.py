"""The command ``synth``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, Output, print_text, resumable
from unpatch.cli.options import Count, Effects, Seed, ShardSize, Workers


def synth(
    task: Literal["singing", "drums"],
    /,
    *,
    sources: Annotated[tuple[Path, ...], Option(negative=())],
    kits: Annotated[tuple[Path, ...], Option(negative=())] = (),
    count: Count = 1000,
    seed: Seed = 0,
    split: str = "train",
    output: Output = Path("data"),
    preset: str | None = None,
    audio: Annotated[tuple[Literal["dry", "wet"], ...], Option(negative=())] = (),
    licences: Literal["any", "permissive"] = "any",
    development: Annotated[tuple[str, ...], Option(negative=())] = (),
    shard_size: ShardSize = 250,
    workers: Workers = 1,
    stratum: Literal["paper", "engineer", "both"] = "paper",
    most_processors: Effects | None = None,
) -> None:
    """Write a data set: random graphs with their output for dry recordings.

    Beside the shards, statistics.md and statistics.png describe the graphs. Needs the extra:
    pip install "unpatch[synth]".

    **Examples**

        unpatch synth singing --sources my_dry_vocals --count 10000 -o data/train
        unpatch synth singing --sources vocals --split val_unseen --seed 1 --count 500 -o data/val
        unpatch synth singing --sources vocals --count 100 --audio dry --audio wet
        unpatch synth singing --sources vocals --sources more --licences permissive -o data/free
        unpatch synth singing --sources vocals --stratum both --count 10000 -o data/train
        unpatch synth singing --sources vocals --stratum engineer --most-processors 2 -o data/simple
        unpatch synth drums --sources groove --kits ~/.cache/unpatch --count 10000 -o data/drums
        unpatch synth drums --sources groove --kits ~/.cache/unpatch --kits more --split val_unseen

    Parameters
    ----------
    task:
        Target of training.
    sources:
        Folder of dry recordings; with an index.tsv (columns file, singer, split; perhaps kind, license,
        origin) only those of the split. May be given several times.
        For drums: the Groove MIDI Dataset, or any folder of MIDI files.
    kits:
        For drums: folders that hold drum kits; may be given several times. The first one is the folder that
        `unpatch data fetch drums` has filled, where kits are also stored once they are prepared.
    count:
        Examples; whole shards are written. Running again continues where it stopped.
    seed:
        Equal seeds make equal data.
    split:
        Which recordings of an indexed folder to use; of drums: train, val_seen or val_unseen, which take
        other performances, and the last one other kits.
    output:
        Folder of the shards.
    preset:
        Store pictures as this preset's model takes them, which training needs; of every channel, so that
        models that look at different ones can share the data.
    audio:
        Store audio too; may be given twice.
    licences:
        permissive: learn only from recordings whose licence allows commercial use and has no share-alike
        condition. Recordings that are only measured on (val_unseen, dev) may have any.
    development:
        A performer held out of training, for the split dev; may be given several times.
    shard_size:
        Examples in a file.
    workers:
        Processes.
    stratum:
        Distribution of graphs: paper, large random graphs of the paper's 33 kinds; engineer, none to a
        few everyday effects, set as engineers set them; or both, half and half.
    most_processors:
        With --stratum engineer or both: largest number of effects. Modulators, mixes and splits are not
        counted.
    """
    from unpatch.jobs.data_sets import write_data_set
    from unpatch.synth.produce import Dataset

    root, *more = map(str, sources)
    dataset = Dataset(
        root,
        task,
        split,
        seed,
        audio=audio,
        shard_size=shard_size,
        kits=tuple(map(str, kits)),
        more_roots=tuple(more),
        licences=licences,
        development=development,
        stratum=stratum,
        most_processors=most_processors,
    )
    with resumable():
        files = write_data_set(dataset, count, output, preset=preset, workers=workers, reporter=TERMINAL)
    print_text("\n".join(map(str, files)))
