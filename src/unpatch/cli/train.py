"""The command ``train``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import Output, note, print_text, progress, refuse_unused, resumable
from unpatch.cli.options import Count, Decay, Generators, Minutes

if TYPE_CHECKING:
    from unpatch.execution.reporting import OnProgress
    from unpatch.learning.runs import Progress

Folders = Annotated[tuple[Path, ...], Option(negative=())]


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
    run can be stopped, continued and extended. Needs the extra: pip install "unpatch[train]", with
    --sources "unpatch[train,synth]".

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
    from unpatch.blind.session import How
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs import training

    if (data is None) == (not sources):
        raise ValueError("train takes either --data or --sources")
    configure_cpu()
    if data is not None:
        _refuse_with_data(
            kits=kits,
            validation_split=validation_split,
            licences=licences,
            development=development,
            minutes=minutes,
            weights=weights,
            decay=decay,
            ring=ring,
            reuse=reuse,
        )
        with resumable(), progress("steps") as report:
            folder = training.train(
                preset,
                data,
                output,
                validation=validation,
                steps=steps,
                limit=limit,
                report=partial(_show, report),
            )
    else:
        refuse_unused(
            "train --sources", {"--validation": validation is not None, "--limit": limit is not None}
        )
        given = training.StreamSources(sources, kits, validation_split, licences, development)
        chosen = training.preset_with(preset, steps=steps, ring=ring, reuse=reuse)
        with resumable(), progress("steps") as report:
            how = How(minutes, generators, partial(_show, report), note)
            folder = training.train_on_stream(chosen, given, output, weights=weights, decay=decay, how=how)
    print_text(str(folder))


def _refuse_with_data(
    *,
    kits: Folders,
    validation_split: str | None,
    licences: str,
    development: tuple[str, ...],
    minutes: float | None,
    weights: Path | None,
    decay: float | None,
    ring: int | None,
    reuse: int | None,
) -> None:
    """Options with a harmless default are left out."""
    unused = {
        "--kits": bool(kits),
        "--validation-split": validation_split is not None,
        "--licences": licences != "any",
        "--development": bool(development),
        "--minutes": minutes is not None,
        "--from": weights is not None,
        "--decay": decay is not None,
        "--ring": ring is not None,
        "--reuse": reuse is not None,
    }
    refuse_unused("train --data", unused)


def _show(report: OnProgress, state: Progress) -> None:
    report(state.step, state.steps)
    figures = "  ".join(f"{name} {value:.4f}" for name, value in state.values.items())
    note(f"step {state.step}  {state.seconds:.0f} s  {figures}")
