"""The command ``train``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from cyclopts import Parameter as Option

from unpatch.cli.console import Output, note, print_text, progress, refuse_unused, resumable
from unpatch.cli.learn import preset_called
from unpatch.cli.options import Count, Decay, Generators, Minutes
from unpatch.storage.outputs import check_outputs, files_in

if TYPE_CHECKING:
    from unpatch.blind.presets import Preset
    from unpatch.cli.console import Report
    from unpatch.learning.runs import Progress
    from unpatch.synth.generate import Task

Folders = Annotated[tuple[Path, ...], Option(negative=())]


class Data(NamedTuple):
    """Options of training on a data set."""

    folder: Path
    validation: Path | None
    output: Path
    steps: int | None
    limit: int | None


class Streamed(NamedTuple):
    """Options of training on a stream."""

    sources: tuple[Path, ...]
    kits: tuple[Path, ...]
    validation_split: str | None
    licences: Literal["any", "permissive"]
    development: tuple[str, ...]
    output: Path
    minutes: float | None
    generators: int
    weights: Path | None
    decay: float | None

    def given(self) -> dict[str, bool]:
        """Options that are set; those with a harmless default left out."""
        return {
            "--kits": bool(self.kits),
            "--validation-split": self.validation_split is not None,
            "--licences": self.licences != "any",
            "--development": bool(self.development),
            "--minutes": self.minutes is not None,
            "--from": self.weights is not None,
            "--decay": self.decay is not None,
        }

    @property
    def own_split(self) -> str:
        """Of the validation set."""
        return self.validation_split or ("dev" if self.development else "val_unseen")


def train(
    preset: str,
    /,
    *,
    data: Path | None = None,
    sources: Folders = (),
    kits: Folders = (),
    validation: Path | None = None,
    validation_split: str | None = None,
    licences: Literal["any", "permissive"] = "any",
    development: Annotated[tuple[str, ...], Option(negative=())] = (),
    output: Output = Path("runs/latest"),
    steps: Count | None = None,
    limit: Count | None = None,
    minutes: Minutes | None = None,
    generators: Generators = 1,
    ring: Count | None = None,
    reuse: Count | None = None,
    weights: Annotated[Path | None, Option(name="--from")] = None,
    decay: Decay | None = None,
) -> None:
    """Train an estimator, or continue training one.

    With --data on a data set. With --sources on a stream of examples generated during training: such a
    run can be stopped, continued and extended.

    **Examples**

        unpatch train singing_small_proposed --data data/train --validation data/val -o runs/proposed
        unpatch train singing_small_no_latent --data data/train -o runs/no_latent
        unpatch train singing_debug_ours --data data/train --steps 100
        unpatch train mastering_small_chain_ours_mixed --data data/mastering -o runs/masters
        unpatch train singing_small_direct_long --sources vocals --minutes 60 -o runs/long
        unpatch train singing_small_direct_long --sources vocals --generators 0 --steps 200000 -o runs/long
        unpatch train singing_small_direct_long --sources vocals --from committed_weights -o runs/again
        unpatch train singing_small_direct_long --sources vocals --decay 0.15 -o runs/long

    Parameters
    ----------
    preset:
        TASK_SIZE_SYSTEM: singing or drums; paper, small or debug; autoencoder, no_latent, proposed,
        with_dry, node_by_node, single_stage, ours or direct; ours_long and direct_long for days of training.
        For mastering, mastering_SIZE_CHAIN_ENCODER: equalizer, graphic, compressor, simplified, proxy,
        clipper, taylor, chebyshev or chain; mee, te, tfe or ours; with _parameters behind it for the loss of
        numbers, or, of ours, _brief or _mixed.
    data:
        Folder of shards written by `unpatch synth --preset` with the same preset; for mastering the folder
        of `unpatch data prepare mastering`.
    sources:
        In place of --data: folder of dry recordings, as for `unpatch synth`; may be given several times. A
        ring of examples is kept in the run's folder.
    kits:
        With --sources, for drums: as for `unpatch synth`.
    validation:
        With --data: shards of singers outside of the training set; for mastering another folder of clips, of
        which the split val is taken (without this option, that of --data).
    validation_split:
        With --sources: split of the recordings for a fixed validation set; val_unseen if left out,
        or dev with --development.
    licences:
        With --sources: as for `unpatch synth`.
    development:
        With --sources: as for `unpatch synth`.
    output:
        Folder of the run: model, training state, TensorBoard's files. An old run continues if
        preset, data and code are the same.
    steps:
        In place of the preset's number.
    limit:
        With --data: use this many examples, or clips, at most; of the validation too.
    minutes:
        With --sources: stop after this many minutes, save, evaluate, and add a line to log.tsv in the run's
        folder; the same command continues. Without it, training lasts until the last step.
    generators:
        With --sources: processes that generate examples beside training; 0 generates them in between.
    ring:
        With --sources: size of the ring of examples, in place of the preset's.
    reuse:
        With --sources: mean number of uses of an example, in place of the preset's.
    weights:
        With --sources: start a new run with the weights in this folder, with fresh moments and a warm-up, at
        the place in the stream that they were trained to.
    decay:
        With --sources: train a branch from the last checkpoint of the run, with a rate that falls to
        zero, in a folder decay-STEP below it. Its steps: below 1 their share of all, as 0.15; else
        their number. At its end there are weights in half precision with a card. The run itself can continue.
    """
    from unpatch.dsp.cpu import configure_cpu

    if (data is None) == (not sources):
        raise ValueError("train takes either --data or --sources")
    configure_cpu()
    streamed = Streamed(
        sources, kits, validation_split, licences, development, output, minutes, generators, weights, decay
    )
    if data is not None:
        unused = {"--ring": ring is not None, "--reuse": reuse is not None}
        refuse_unused("train --data", streamed.given() | unused)
        _train_on_data(preset, Data(data, validation, output, steps, limit))
        return
    refuse_unused("train --sources", {"--validation": validation is not None, "--limit": limit is not None})
    changes = {"steps": steps, "stream.ring": ring, "stream.reuse": reuse}
    chosen = changed(preset_called(preset), {name: n for name, n in changes.items() if n is not None})
    _train_on_stream(chosen, streamed)


def _train_on_data(name: str, given: Data) -> None:
    from unpatch.tasks import task_of_preset

    _check_run(given)
    task = task_of_preset(name)
    chosen = task.presets[name]
    if given.steps is not None:
        chosen = replace(chosen, training=replace(chosen.training, steps=given.steps))
    with resumable(), progress("steps") as report:
        folder = task.train(
            chosen,
            given.folder,
            given.output,
            validation=given.validation,
            limit=given.limit,
            report=partial(_show, report),
        )
    print_text(str(folder))


def _check_run(given: Data) -> None:
    from unpatch.learning.runs import MODEL, RESUME, check_run_folder

    folders = [folder for folder in (given.folder, given.validation) if folder]
    reads = {"--data, --validation": [*folders, *(file for folder in folders for file in files_in(folder))]}
    output = given.output
    written = [output / RESUME, *(output / MODEL / name for name in ("config.json", "model.safetensors"))]
    check_outputs(reads, {"--output": written}, into=[output, output / MODEL])
    check_run_folder(output)


def _train_on_stream(preset: Preset, given: Streamed) -> None:
    from unpatch.blind.branch import train_branch
    from unpatch.blind.session import How
    from unpatch.blind.trunk import train_stream
    from unpatch.synth.produce import Dataset

    task: Task = "drums" if preset.model.task == "drums" else "singing"
    root, *more = map(str, given.sources)
    dataset = Dataset(
        root,
        task,
        seed=preset.training.seed,
        audio=(),
        kits=tuple(map(str, given.kits)),
        more_roots=tuple(more),
        licences=given.licences,
        development=given.development,
        stratum="both" if preset.model.registry == "everyday" else "paper",
    )
    held_out = replace(dataset, split=given.own_split)
    check_outputs(
        {"--sources": given.sources, "--kits": given.kits, "--from": given.weights}, {}, [given.output]
    )
    with resumable(), progress("steps") as report:
        how = How(given.minutes, given.generators, partial(_show, report), note)
        if given.decay is None:
            weights = given.weights
            run = train_stream(preset, dataset, given.output, validation=held_out, weights=weights, how=how)
        else:
            refuse_unused("train --decay", {"--from": given.weights is not None})
            run = train_branch(preset, dataset, given.output, given.decay, validation=held_out, how=how)
    print_text(str(run.folder))


def changed(preset: Preset, changes: dict[str, int]) -> Preset:
    """A preset with other settings of its training; those of the stream are ``stream.NAME``."""
    training = preset.training
    stream = {name.removeprefix("stream."): n for name, n in changes.items() if name.startswith("stream.")}
    own = {name: n for name, n in changes.items() if not name.startswith("stream.")}
    training = replace(training, stream=replace(training.stream, **stream), **own)  # type: ignore[arg-type]
    return replace(preset, training=training)


def _show(report: Report, state: Progress) -> None:
    report(state.step, state.steps)
    figures = "  ".join(f"{name} {value:.4f}" for name, value in state.values.items())
    note(f"step {state.step}  {state.seconds:.0f} s  {figures}")
