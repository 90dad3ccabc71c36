"""The command that makes models: ``train``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from cyclopts import Parameter as Option

from unpatch.cli.console import Output, note, progress, refuse_unused, resumable, say
from unpatch.cli.learn import preset_called
from unpatch.cli.options import Count, Generators, Minutes
from unpatch.outputs import check_outputs, files_in

if TYPE_CHECKING:
    from unpatch.cli.console import Report
    from unpatch.corpus import Corpus
    from unpatch.presets import Preset
    from unpatch.runs import Progress
    from unpatch.synth.generate import Task

Folders = Annotated[tuple[Path, ...], Option(negative=())]


class Data(NamedTuple):
    """Options of training on a data set."""

    folder: Path
    validation: Path | None
    output: Path
    steps: int | None
    limit: int | None


def train(
    preset: str,
    /,
    *,
    data: Path | None = None,
    sources: Folders = (),
    kits: Folders = (),
    validation: Path | None = None,
    validation_split: str = "val_unseen",
    output: Output = Path("runs/latest"),
    steps: Count | None = None,
    limit: Count | None = None,
    minutes: Minutes | None = None,
    generators: Generators = 1,
    ring: Count | None = None,
    reuse: Count | None = None,
) -> None:
    """Train an estimator, or continue training one.

    With --data on a data set. With --sources on a stream of examples that are made meanwhile: such a run
    stops and continues at will, and can be lengthened.

    **Examples**

        unpatch train singing_small_proposed --data data/train --validation data/val -o runs/proposed
        unpatch train singing_small_no_latent --data data/train -o runs/no_latent
        unpatch train singing_debug_ours --data data/train --steps 100
        unpatch train mastering_small_chain_ours_mixed --data data/mastering -o runs/masters
        unpatch train singing_small_ours --sources vocals --minutes 60 -o runs/long
        unpatch train singing_small_ours --sources vocals --generators 0 --steps 200000 -o runs/long

    Parameters
    ----------
    preset:
        TASK_SIZE_SYSTEM: singing or drums; paper, small or debug; autoencoder, no_latent, proposed,
        with_dry, node_by_node, single_stage, ours or direct. For mastering, mastering_SIZE_CHAIN_ENCODER:
        equalizer, graphic, compressor, simplified, proxy, clipper, taylor, chebyshev or chain; mee, te, tfe
        or ours; with _parameters behind it for the loss of numbers, or, of ours, _brief or _mixed.
    data:
        Folder of shards written by `unpatch synth --preset` with the same preset; for mastering the folder
        of `unpatch data prepare mastering`.
    sources:
        In place of --data: folder of dry recordings, as for `unpatch synth`. A ring of examples made of them
        is kept in the run's folder.
    kits:
        With --sources, for drums: as for `unpatch synth`.
    validation:
        With --data: shards of singers that training does not see; for mastering another folder of clips, of
        which the split val is taken (without this option, that of --data).
    validation_split:
        With --sources: the recordings of which a fixed validation set is made, once.
    output:
        Folder of the run: model, what is needed to continue, TensorBoard's files. An old run continues if
        preset, data and code are the same.
    steps:
        In place of the preset's number.
    limit:
        With --data: use this many examples, or clips, at most; of the validation too.
    minutes:
        With --sources: stop after so many minutes, save, evaluate, and add a line to log.tsv in the run's
        folder; the same command continues. Without it, training lasts until the last step.
    generators:
        With --sources: processes that make examples beside training; 0 makes them in between.
    ring:
        With --sources: examples that are kept to be seen again, in place of the preset's number.
    reuse:
        With --sources: how often an example is seen on average, in place of the preset's number.
    """
    from unpatch.dsp.cpu import configure_cpu

    if (data is None) == (not sources):
        raise ValueError("train takes either --data or --sources")
    configure_cpu()
    if data is not None:
        given = {"kits": bool(kits), "minutes": minutes, "ring": ring, "reuse": reuse}
        refuse_unused("train --data", {f"--{name}": bool(value) for name, value in given.items()})
        run = _train_mastering if preset.startswith("mastering_") else _train_on_data
        run(preset, Data(data, validation, output, steps, limit))
        return
    refuse_unused("train --sources", {"--validation": validation is not None, "--limit": limit is not None})
    changes = {"steps": steps, "stream.ring": ring, "stream.reuse": reuse}
    chosen = changed(preset_called(preset), {name: n for name, n in changes.items() if n is not None})
    _train_on_stream(chosen, sources, kits, validation_split, output, minutes, generators)


def _train_on_data(name: str, given: Data) -> None:
    from unpatch.train import train as run_training

    _check_run(given)
    changes = {"steps": given.steps} if given.steps is not None else {}
    chosen = changed(preset_called(name), changes)
    examples = _corpus(given.folder, chosen, given.limit)
    held_out = _corpus(given.validation, chosen, given.limit) if given.validation else None
    with resumable(), progress("steps") as report:
        show = partial(_show, report)
        run = run_training(chosen, examples, given.output, validation=held_out, report=show)
    say(str(run.folder))


def _train_mastering(name: str, given: Data) -> None:
    from unpatch.mastering.clips import Clips
    from unpatch.mastering.presets import PRESETS
    from unpatch.mastering.training import train_mastering

    _check_run(given)
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; there are {', '.join(PRESETS)}")
    chosen = PRESETS[name]
    if given.steps is not None:
        chosen = replace(chosen, training=replace(chosen.training, steps=given.steps))
    clips = Clips.load(given.folder, "train", given.limit)
    held_out = Clips.load(given.validation or given.folder, "val", given.limit)
    with resumable(), progress("steps") as report:
        show = partial(_show, report)
        run = train_mastering(chosen, clips, given.output, validation=held_out, report=show)
    say(str(run.folder))


def _check_run(given: Data) -> None:
    from unpatch.runs import MODEL, RESUME

    folders = [folder for folder in (given.folder, given.validation) if folder]
    reads = {"--data, --validation": [*folders, *(file for folder in folders for file in files_in(folder))]}
    output = given.output
    written = [output / RESUME, *(output / MODEL / name for name in ("config.json", "model.safetensors"))]
    check_outputs(reads, {"--output": written}, into=[output, output / MODEL])


def _train_on_stream(
    preset: Preset,
    sources: tuple[Path, ...],
    kits: tuple[Path, ...],
    validation_split: str,
    output: Path,
    minutes: float | None,
    generators: int,
) -> None:
    from unpatch.session import How
    from unpatch.synth.produce import Dataset
    from unpatch.trunk import train_stream

    if len(sources) > 1:
        raise ValueError("--sources may be given once")
    task: Task = "drums" if preset.model.task == "drums" else "singing"
    seed, drum_kits = preset.training.seed, tuple(map(str, kits))
    dataset = Dataset(str(sources[0]), task, seed=seed, audio=(), kits=drum_kits)
    held_out = replace(dataset, split=validation_split)
    with resumable(), progress("steps") as report:
        how = How(minutes, generators, partial(_show, report), note)
        run = train_stream(preset, dataset, output, validation=held_out, how=how)
    say(str(run.folder))


def changed(preset: Preset, changes: dict[str, int]) -> Preset:
    """A preset with other settings of its training; those of the stream are called ``stream.NAME``."""
    training = preset.training
    stream = {name.removeprefix("stream."): n for name, n in changes.items() if name.startswith("stream.")}
    own = {name: n for name, n in changes.items() if not name.startswith("stream.")}
    training = replace(training, stream=replace(training.stream, **stream), **own)  # type: ignore[arg-type]
    return replace(preset, training=training)


def _show(report: Report, state: Progress) -> None:
    report(state.step, state.steps)
    figures = "  ".join(f"{name} {value:.4f}" for name, value in state.values.items())
    note(f"step {state.step}  {state.seconds:.0f} s  {figures}")


def _corpus(folder: Path, preset: Preset, limit: int | None) -> Corpus:
    from unpatch.corpus import Corpus
    from unpatch.processors import PROCESSORS
    from unpatch.synth.shards import shards_in
    from unpatch.vocabulary import Vocabulary

    vocabulary = Vocabulary.of(PROCESSORS, preset.model.task)
    return Corpus.load(shards_in(folder), vocabulary, PROCESSORS, preset.model.features, limit)
