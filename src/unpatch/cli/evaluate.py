"""The command ``evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import (
    TERMINAL,
    AsJson,
    note,
    print_json,
    print_text,
    progress,
    refuse_unused,
    resumable,
)
from unpatch.cli.options import Count, CountOrNone, Workers

if TYPE_CHECKING:
    from unpatch.jobs.evaluating import Evaluation, StudyTable

RUNS: Path = Path("runs")
SIZE: Literal["small"] = "small"
BLIND: Literal["blind"] = "blind"


def evaluate(
    model: Path | None = None,
    /,
    *,
    data: Path,
    baseline: Path | None = None,
    table: Annotated[bool, Option(negative=())] = False,
    study: Literal["blind", "mastering"] = BLIND,
    runs: Path = RUNS,
    size: Literal["paper", "small", "debug"] = SIZE,
    page: Path | None = None,
    limit: Count | None = None,
    sound: bool = True,
    levels: CountOrNone = 0,
    workers: Workers = 1,
    cache: Path | None = None,
    json: AsJson = False,
) -> None:
    """Measure a model on a data set, or every model on every data set: figures with 95 % intervals.

    With --table every system of the paper's Table 2 is measured, and ours, on both tasks, on seen and unseen
    sources. The page gets the table, a JSON file beside it every figure. What has not been trained is listed
    and left out; of a task that cannot be measured here at all, the figures of that file stay. Figures are
    kept: running again computes only what has changed.

    **Examples**

        unpatch evaluate runs/singing_small_ours/model --data data/singing/val_unseen
        unpatch evaluate runs/mine/model --baseline runs/singing_small_no_latent/model --data data/val --json
        unpatch evaluate runs/mine/model --data data/val --limit 50 --no-sound
        unpatch evaluate --table --runs runs --data data --workers 2
        unpatch evaluate --table --study mastering --runs runs/mastering --data data/mastering

    Parameters
    ----------
    model:
        Folder of a model; not with --table.
    data:
        Folder of shards with pictures and, unless --no-sound, dry audio. With --table the folder that holds
        singing/val_seen, singing/val_unseen, drums/val_seen and drums/val_unseen.
    baseline:
        Folder of a model without latents, as the baseline; not with --table.
    table:
        Write the whole table.
    study:
        With --table: of blind estimation (singing and drums) or of mastering.
    runs:
        Folder of the runs, each called as its preset. Where one is missing, weights of that name that come
        with the package are used.
    size:
        With --table: size of the presets whose runs are measured.
    page:
        Markdown page with a pair of marker lines, between which the table is written; made if missing.
        docs/blind-estimation.md or docs/mastering.md if left out.
    limit:
        Use this many examples of a data set at most; 1,000 with --table.
    sound:
        Also render the estimates and compare by spectral distance; always with --table.
    levels:
        Also change the level of this many recordings by 6 and 12 dB and compare the estimates. Not with
        --table.
    workers:
        Processes; mastering is measured in one.
    cache:
        Folder to keep figures in, by checksums of weights, data and code; RUNS/figures with --table.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.jobs.evaluating import evaluate as evaluate_model
    from unpatch.jobs.evaluating import evaluate_study

    configure_cpu()
    if table == (model is not None):
        raise ValueError("evaluate takes either the folder of a model or --table")
    if model is None:
        _refuse_with_table(study, baseline, sound=sound, levels=levels, workers=workers)
        with resumable():
            found = evaluate_study(
                study,
                runs,
                data,
                size=size,
                page=page,
                limit=limit,
                workers=workers,
                cache=cache,
                reporter=TERMINAL,
            )
        _show_table(found, json=json)
    else:
        _refuse_with_model(study, runs, size, page)
        with progress("examples") as report:
            measured = evaluate_model(
                model,
                data,
                baseline=baseline,
                limit=limit,
                sound=sound,
                levels=levels,
                workers=workers,
                cache=cache,
                report=report,
            )
        _show(measured, json=json)


def _refuse_with_table(study: str, baseline: Path | None, *, sound: bool, levels: int, workers: int) -> None:
    unused = {"--baseline": baseline is not None, "--no-sound": not sound, "--levels": levels > 0}
    if study != BLIND:
        unused["--workers"] = workers > 1
    refuse_unused(f"evaluate --table --study {study}", unused)


def _refuse_with_model(study: str, runs: Path, size: str, page: Path | None) -> None:
    unused = {
        "--study": study != BLIND,
        "--runs": runs != RUNS,
        "--size": size != SIZE,
        "--page": page is not None,
    }
    refuse_unused("evaluate of one model", unused)


def _show(found: Evaluation, *, json: bool) -> None:
    if json:
        print_json(found.to_dict())
        return
    print_text(f"{found.comparison.examples} examples, mean [95 % interval]\n\n{found.comparison}")
    if found.level_shift:
        print_text(str(found.level_shift))


def _show_table(found: StudyTable, *, json: bool) -> None:
    for line in found.missing:
        note(f"left out: {line}")
    if json:
        print_json(found.to_dict())
    else:
        print_text("\n".join(map(str, found.files)))
