"""Training on a data set, for every task, and on a stream of examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from unpatch.blind.branch import train_branch
from unpatch.blind.presets import Preset
from unpatch.blind.session import How
from unpatch.blind.trunk import train_stream
from unpatch.execution.extras import require
from unpatch.jobs.data_sets import preset_called
from unpatch.learning.runs import MODEL, RESUME, Progress, check_run_folder
from unpatch.storage.outputs import check_outputs, files_in
from unpatch.synth.generate import Task
from unpatch.synth.produce import Dataset
from unpatch.tasks import task_of_preset

Report = Callable[[Progress], None]


def train(
    preset: str,
    data: str | Path,
    output: str | Path,
    *,
    validation: str | Path | None = None,
    steps: int | None = None,
    limit: int | None = None,
    report: Report = lambda progress: None,
) -> Path:
    """Train an estimator on a data set, or continue a run that was interrupted.

    Args:
        preset: a name in :func:`unpatch.presets`; it decides the task, the model and its training.
        data: folder of shards written with the same preset; for mastering, folder of clips.
        output: folder of the run: model, training state and TensorBoard's files.
        validation: folder of examples outside of the training set; for mastering another folder of clips.
        steps: number of steps in place of the preset's.
        limit: largest number of examples or clips, of the validation too.
        report: called with step, seconds and losses at intervals.

    Returns:
        The folder of the run; its folder ``model`` is what :func:`unpatch.estimate` takes as ``model``.

    Raises:
        ValueError: an unknown preset, data that do not fit it, or a folder that holds another run.
        MissingExtraError: without the extra ``train``.

    Example:
        >>> import unpatch
        >>> run = unpatch.train("singing_debug_ours", "data/train", "runs/mine")  # doctest: +SKIP
        >>> unpatch.train("singing_debug", "data/train", "runs/mine")
        Traceback (most recent call last):
        ...
        ValueError: unknown preset 'singing_debug'; there are singing_paper_autoencoder, ...
    """
    require("train")
    folder, run = Path(data), Path(output)
    held_out = Path(validation) if validation is not None else None
    _check_run(folder, held_out, run)
    task = task_of_preset(preset)
    chosen = task.presets[preset]
    if steps is not None:
        chosen = replace(chosen, training=replace(chosen.training, steps=steps))
    return task.train(chosen, folder, run, validation=held_out, limit=limit, report=report)


def _check_run(data: Path, validation: Path | None, output: Path) -> None:
    folders = [folder for folder in (data, validation) if folder]
    reads = {"--data, --validation": [*folders, *(file for folder in folders for file in files_in(folder))]}
    written = [output / RESUME, *(output / MODEL / name for name in ("config.json", "model.safetensors"))]
    check_outputs(reads, {"--output": written}, into=[output, output / MODEL])
    check_run_folder(output)


@dataclass(frozen=True)
class StreamSources:
    """Dry recordings that a stream of examples is made of.

    Attributes:
        recordings: folders of dry recordings, or of MIDI files for drums.
        kits: folders of drum kits.
        validation_split: split of the recordings for the validation; "dev" with ``development``, else
            "val_unseen", if left out.
        licences: permissive uses only recordings with such licences.
        development: performers held out of training.
    """

    recordings: tuple[Path, ...]
    kits: tuple[Path, ...] = ()
    validation_split: str | None = None
    licences: Literal["any", "permissive"] = "any"
    development: tuple[str, ...] = ()

    def datasets(self, preset: Preset) -> tuple[Dataset, Dataset]:
        """Of training and of validation."""
        root, *more = map(str, self.recordings)
        task: Task = "drums" if preset.model.task == "drums" else "singing"
        dataset = Dataset(
            root,
            task,
            seed=preset.training.seed,
            audio=(),
            kits=tuple(map(str, self.kits)),
            more_roots=tuple(more),
            licences=self.licences,
            development=self.development,
            stratum="both" if preset.model.registry == "everyday" else "paper",
        )
        own_split = self.validation_split or ("dev" if self.development else "val_unseen")
        return dataset, replace(dataset, split=own_split)


def train_on_stream(
    preset: Preset,
    sources: StreamSources,
    output: Path,
    *,
    weights: Path | None = None,
    decay: float | None = None,
    how: How | None = None,
) -> Path:
    """Train on examples that are generated during training; such a run can be stopped and continued.

    Args:
        preset: model and training.
        sources: what the examples are made of.
        output: folder of the run.
        weights: folder of a model that a new run starts from.
        decay: train a branch of the run with a rate that falls to zero, for this many steps, or below 1 this
            share of all.
        how: for how long, beside how many generators, and where the progress is reported to.

    Returns:
        The folder of the run or the branch.

    Raises:
        ValueError: sources that cannot be used, or a folder that holds another run.
        MissingExtraError: without the extras ``train`` and ``synth``.
    """
    for extra in ("train", "synth"):
        require(extra)
    dataset, held_out = sources.datasets(preset)
    reads = {"--sources": sources.recordings, "--kits": sources.kits, "--from": weights}
    check_outputs(reads, {}, [output])
    if decay is not None and weights is not None:
        raise ValueError("train --decay does not use --from")
    if decay is None:
        run = train_stream(preset, dataset, output, validation=held_out, weights=weights, how=how)
    else:
        run = train_branch(preset, dataset, output, decay, validation=held_out, how=how)
    return run.folder


def preset_with(name: str, *, steps: int | None, ring: int | None, reuse: int | None) -> Preset:
    """A preset of blind estimation with other numbers, where given.

    Args:
        name: of the preset.
        steps: of training.
        ring: examples in the ring.
        reuse: mean number of uses of an example.

    Raises:
        ValueError: an unknown preset.
    """
    preset = preset_called(name)
    training = replace(preset.training, **_given(steps=steps))
    return replace(
        preset, training=replace(training, stream=replace(training.stream, **_given(ring=ring, reuse=reuse)))
    )


def _given(**numbers: int | None) -> dict[str, Any]:
    return {name: number for name, number in numbers.items() if number is not None}
