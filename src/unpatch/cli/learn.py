"""Commands that make data and models: ``synth`` and ``train``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import Output, note, progress, resumable, say
from unpatch.cli.options import Count, Seed, ShardSize, Workers
from unpatch.outputs import check_outputs, files_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from unpatch.cli.console import Report
    from unpatch.corpus import Corpus
    from unpatch.features import FeatureSettings
    from unpatch.presets import Preset
    from unpatch.runs import Progress


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
) -> None:
    """Write a data set: random graphs with the audio they make of dry recordings.

    Beside the shards, statistics.md and statistics.png show what the graphs look like.

    **Examples**

        unpatch synth singing --sources my_dry_vocals --count 10000 -o data/train
        unpatch synth singing --sources vocals --split val_unseen --seed 1 --count 500 -o data/val
        unpatch synth singing --sources vocals --count 100 --audio dry --audio wet
        unpatch synth singing --sources vocals --sources more --licences permissive -o data/free
        unpatch synth drums --sources groove --kits ~/.cache/unpatch --count 10000 -o data/drums
        unpatch synth drums --sources groove --kits ~/.cache/unpatch --kits more --split val_unseen

    Parameters
    ----------
    task:
        What is learnt.
    sources:
        Folder of dry recordings; with an index.tsv (columns file, singer, split; perhaps kind, license,
        origin) only those of the split. May be given several times.
        For drums: the Groove MIDI Dataset, or any folder of MIDI files.
    kits:
        For drums: folders that hold drum kits; may be given several times. The first one is the folder that
        `unpatch data fetch drums` has filled, where kits are also stored once they are prepared.
    count:
        Examples; whole shards are written. Running again goes on where it stopped.
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
        permissive: learn only from recordings whose licence allows commercial use and asks for no equal
        licence. Recordings that are only measured on (val_unseen, dev) may have any.
    development:
        A performer who is taken out of training, for the split dev; may be given several times.
    shard_size:
        Examples in a file.
    workers:
        Processes.
    """
    from unpatch.synth.produce import Dataset, check_data_set, write_shards

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
    )
    check_data_set(output, dataset, count, also=_statistics_in(output))
    pictures = _pictures_of(_preset(preset)) if preset else None
    with resumable(), progress("examples") as report:
        paths = write_shards(output, dataset, count, pictures=pictures, workers=workers, report=report)
    for path in (*paths, *_describe(output, paths)):
        say(str(path))


def _statistics_in(folder: Path) -> tuple[Path, Path]:
    return folder / "statistics.md", folder / "statistics.png"


def _describe(folder: Path, shards: Iterable[Path]) -> tuple[Path, Path]:
    """Table and picture of a data set's graphs."""
    from unpatch.files import aside
    from unpatch.synth.shards import read_shards
    from unpatch.synth.statistics import Statistics

    found = Statistics.of(stored.graph for stored in read_shards(shards, parts=()))
    table, picture = _statistics_in(folder)
    with aside(table) as draft:
        draft.write_text(found.table() + "\n", encoding="utf-8")
    with aside(picture) as draft:
        found.draw(draft)
    return table, picture


def train(
    preset: str,
    /,
    *,
    data: Path,
    validation: Path | None = None,
    output: Output = Path("runs/latest"),
    steps: Count | None = None,
    limit: Count | None = None,
) -> None:
    """Train an estimator, or continue training one.

    **Examples**

        unpatch train singing_small_proposed --data data/train --validation data/val -o runs/proposed
        unpatch train singing_small_no_latent --data data/train -o runs/no_latent
        unpatch train singing_debug_ours --data data/train --steps 100
        unpatch train mastering_small_chain_ours_mixed --data data/mastering -o runs/masters

    Parameters
    ----------
    preset:
        TASK_SIZE_SYSTEM: singing or drums; paper, small or debug; autoencoder, no_latent, proposed,
        with_dry, node_by_node, single_stage or ours. For mastering, mastering_SIZE_CHAIN_ENCODER: equalizer,
        graphic, compressor, simplified, proxy, clipper, taylor, chebyshev or chain; mee, te, tfe or ours;
        with _parameters behind it for the loss of numbers, or, of ours, _brief or _mixed.
    data:
        Folder of shards written by `unpatch synth --preset` with the same preset; for mastering the folder
        of `unpatch data prepare mastering`.
    validation:
        Shards of singers that training does not see; for mastering another folder of clips, of which the
        split val is taken (without this option, that of --data).
    output:
        Folder of the run: model, what is needed to continue, TensorBoard's files. An old run continues if
        preset, data and code are the same.
    steps:
        In place of the preset's number.
    limit:
        Use this many examples, or clips, at most; of the validation too.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.train import train as run_training

    _check_run(output, data, validation)
    if preset.startswith("mastering_"):
        _train_mastering(preset, data, validation, output, steps, limit)
        return

    configure_cpu()
    chosen = _preset(preset)
    if steps is not None:
        chosen = replace(chosen, training=replace(chosen.training, steps=steps))
    examples = _corpus(data, chosen, limit)
    held_out = _corpus(validation, chosen, limit) if validation else None
    with resumable(), progress("steps") as report:
        run = run_training(chosen, examples, output, validation=held_out, report=partial(_show, report))
    say(str(run.folder))


def _check_run(output: Path, data: Path, validation: Path | None) -> None:
    from unpatch.runs import MODEL, RESUME

    folders = [folder for folder in (data, validation) if folder]
    reads = {"--data, --validation": [*folders, *(file for folder in folders for file in files_in(folder))]}
    written = [output / RESUME, *(output / MODEL / name for name in ("config.json", "model.safetensors"))]
    check_outputs(reads, {"--output": written}, into=[output, output / MODEL])


def _train_mastering(
    name: str, data: Path, validation: Path | None, output: Path, steps: int | None, limit: int | None
) -> None:
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.mastering.clips import Clips
    from unpatch.mastering.presets import PRESETS
    from unpatch.mastering.training import train_mastering

    configure_cpu()
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; there are {', '.join(PRESETS)}")
    chosen = PRESETS[name]
    if steps is not None:
        chosen = replace(chosen, training=replace(chosen.training, steps=steps))
    clips, held_out = Clips.load(data, "train", limit), Clips.load(validation or data, "val", limit)
    with resumable(), progress("steps") as report:
        run = train_mastering(chosen, clips, output, validation=held_out, report=partial(_show, report))
    say(str(run.folder))


def _show(report: Report, state: Progress) -> None:
    report(state.step, state.steps)
    figures = "  ".join(f"{name} {value:.4f}" for name, value in state.values.items())
    note(f"step {state.step}  {state.seconds:.0f} s  {figures}")


def _preset(name: str) -> Preset:
    from unpatch.presets import PRESETS

    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; there are {', '.join(PRESETS)}")
    return PRESETS[name]


def _pictures_of(preset: Preset) -> FeatureSettings:
    from unpatch.features import CHANNELS

    return replace(preset.model.features, channels=CHANNELS)


def _corpus(folder: Path, preset: Preset, limit: int | None) -> Corpus:
    from unpatch.corpus import Corpus
    from unpatch.processors import PROCESSORS
    from unpatch.synth.shards import shards_in
    from unpatch.vocabulary import Vocabulary

    vocabulary = Vocabulary.of(PROCESSORS, preset.model.task)
    return Corpus.load(shards_in(folder), vocabulary, PROCESSORS, preset.model.features, limit)
