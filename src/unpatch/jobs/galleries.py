"""Models and data sets in, a page of examples out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unpatch.execution.reporting import SILENT, Reporter
from unpatch.pages.gallery import collect, page
from unpatch.storage.files import check_can_hold, write_aside
from unpatch.storage.outputs import check_outputs, files_in
from unpatch.storage.results import check_own, replacing


def write_gallery(
    models: Sequence[Path],
    data: Sequence[Path],
    output: Path,
    *,
    count: int = 6,
    reporter: Reporter = SILENT,
) -> Path:
    """Write a page of held-out examples, with the truth and the estimate side by side.

    Args:
        models: folders of models, one for each data set.
        data: folders of shards with pictures and dry audio.
        output: folder for index.html.
        count: examples of each data set, spread evenly over it.
        reporter: shows the progress.

    Returns:
        The page.

    Raises:
        ValueError: other numbers of models than of data sets, data that do not fit, or an output that would
            replace an input.
    """
    if not models or len(models) != len(data):
        raise ValueError(
            f"gallery takes a data set for each model, got {len(models)} models, {len(data)} --data"
        )
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
        with reporter.progress(f"examples of {folder.name}") as report:
            rooms.append(collect(model, folder, count=count, report=report))
    with replacing([written]):
        write_aside(written, page(rooms).encode())
    return written
