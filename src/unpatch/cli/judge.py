"""Commands that measure models: ``evaluate`` and ``gallery``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import (
    AsJson,
    Output,
    note,
    print_json,
    print_text,
    progress,
    refuse_unused,
    resumable,
)
from unpatch.cli.options import Count, CountOrNone, Workers
from unpatch.storage.outputs import check_outputs, files_in

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
        Of the presets.
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

    configure_cpu()
    unused = {
        "--baseline": baseline is not None,
        "--no-sound": not sound,
        "--levels": levels > 0,
    }
    if table == (model is not None):
        raise ValueError("evaluate takes either the folder of a model or --table")
    if model is None:
        if study != BLIND:
            unused["--workers"] = workers > 1
        refuse_unused(f"evaluate --table --study {study}", unused)
        _table(study, runs, data, size, page, limit, workers, cache, json)
    else:
        refuse_unused(
            "evaluate of one model",
            {
                "--study": study != BLIND,
                "--runs": runs != RUNS,
                "--size": size != SIZE,
                "--page": page is not None,
            },
        )
        _one_model(model, data, baseline, limit, sound, levels, workers, cache, json)


def _one_model(
    model: Path,
    data: Path,
    baseline: Path | None,
    limit: int | None,
    sound: bool,
    levels: int,
    workers: int,
    cache: Path | None,
    json: bool,
) -> None:
    from unpatch.blind.study import compare, level_shift

    reads = {"MODEL": [model], "--data": [data], "--baseline": [baseline] if baseline else []}
    check_outputs(reads, {}, into=[cache] if cache else [])

    with progress("examples") as report:
        found = compare(
            model,
            data,
            baseline=baseline,
            limit=limit,
            sound=sound,
            workers=workers,
            cache=cache,
            report=report,
        )
    shift = level_shift(model, data, limit=levels) if levels else None
    if json:
        print_json(found.to_dict() | ({"level_shift": vars(shift)} if shift else {}))
        return
    print_text(f"{found.examples} examples, mean [95 % interval]\n\n{found}")
    if shift:
        print_text(str(shift))


def _table(
    name: str,
    runs: Path,
    data: Path,
    size: str,
    page: Path | None,
    limit: int | None,
    workers: int,
    cache: Path | None,
    json: bool,
) -> None:
    from unpatch.studies import STUDIES

    study = STUDIES[name]
    kept, page = cache or runs / "figures", page or study.page
    _check_table(runs, study.examples(data), page, kept)
    with resumable(), progress("figures") as report:
        table = study.fill(
            runs, data, size=size, limit=limit or study.enough, workers=workers, cache=kept, report=report
        )
    files = study.write(table, page)
    for line in study.missing(table):
        note(f"left out: {line}")
    if json:
        print_json(study.to_dict(table))
        return
    for path in files:
        print_text(str(path))


def _check_table(runs: Path, data: Iterable[Path], page: Path, cache: Path) -> None:
    models = list(runs.glob("*/model"))
    files = [file for model in models for file in files_in(model)]
    examples = list(data)
    reads = {"--runs": [*models, *files], "--data": [*examples, *(file.parent for file in examples)]}
    figures = page.with_suffix(".json")
    check_outputs(reads, {"--page": [page, figures]}, into=[cache])
    if figures.exists() and not page.exists():
        raise ValueError(f"{figures}: is there already, without its page {page}; change --page")


def gallery(
    *models: Path,
    data: Annotated[tuple[Path, ...], Option(negative=())],
    count: Count = 6,
    output: Output = Path("out/gallery"),
) -> None:
    """Show held-out examples, truth left and estimate right, with players: one HTML page.

    **Examples**

        unpatch gallery runs/singing_small_ours/model --data data/singing/val_unseen
        unpatch gallery runs/singing_small_ours/model runs/drums_small_ours/model \\
            --data data/singing/val_unseen --data data/drums/val_unseen -o out/gallery

    Parameters
    ----------
    models:
        Folders of models, one for each data set.
    data:
        Folder of shards with pictures and dry audio; given as often as there are models.
    count:
        Examples of each data set, spread evenly over it.
    output:
        Folder for index.html.
    """
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.pages.gallery import collect, page
    from unpatch.storage.files import check_can_hold, write_aside
    from unpatch.storage.results import check_own, replacing

    if not models or len(models) != len(data):
        raise ValueError(
            f"gallery takes a data set for each model, got {len(models)} models, {len(data)} --data"
        )
    configure_cpu()
    check_can_hold(output)
    written = output / "index.html"
    reads = {
        "MODELS": [file for model in models for file in files_in(model)],
        "--data": [file for folder in data for file in files_in(folder)],
    }
    check_outputs(reads, {"--output": written})
    check_own([written])
    rooms = []
    for model, folder in zip(models, data, strict=True):
        with progress(f"examples of {folder.name}") as report:
            rooms.append(collect(model, folder, count=count, report=report))
    with replacing([written]):
        write_aside(written, page(rooms).encode())
    print_text(str(written.resolve()))
