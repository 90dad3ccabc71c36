"""Measuring cells of a table: pieces of data sets in parallel, each figure computed once and kept.

A cell is one model on one data set. Its examples are measured a piece at a time, all models without a result
for the piece together, so that the truth is rendered once for them. Results are stored as JSON under a name
of the checksums of weights, shard and code: another checkpoint affects its own cells only, a run that was
stopped continues where it was, and results of other code do not count.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.study.examples import figures
from unpatch.blind.study.measured import Measured
from unpatch.dsp.cpu import one_thread
from unpatch.execution.workers import spread
from unpatch.learning.weights import CONFIG, WEIGHTS
from unpatch.processors import EVERYDAY
from unpatch.ranges import COUNT, WORKERS
from unpatch.storage.figures import FigureCache
from unpatch.storage.identity import checksum, code_of
from unpatch.synth.produce import use_one_core
from unpatch.synth.shards import GRAPH, DatasetError, Part, opened_shard, read_shards, shards_in

PIECE = 25
"""Examples that are measured together."""

HOPELESS = 3
"""After this many failures without a success, the run stops."""

Result: TypeAlias = Callable[[], Mapping[Path, Measured]]
"""Gives the figures of a job, or raises its error."""

Report: TypeAlias = Callable[[int, int], None]
"""Number of finished examples, over all cells, and the total."""


class Cell(NamedTuple):
    """One model on one data set: folders of both."""

    model: Path
    data: Path


class ShardPiece(NamedTuple):
    """Some examples of a shard."""

    shard: Path
    first: int
    size: int


class Options(NamedTuple):
    """Optional measurements.

    Attributes:
        sound: graphs are rendered, and the sounds compared.
        decided: graphs are also decided on as by ``estimate``.
    """

    sound: bool = True
    decided: bool = False


class MeasuringJob(NamedTuple):
    """Models to be measured on a piece."""

    piece: ShardPiece
    models: tuple[Path, ...]
    options: Options


def measure(
    cells: Iterable[Cell],
    *,
    limit: int | None = None,
    options: Options = Options(),  # noqa: B008 (immutable)
    workers: int = 1,
    cache: Path | None = None,
    report: Report = lambda done, total: None,
) -> dict[Cell, Measured]:
    """Figures of every cell.

    Args:
        cells: what to measure.
        limit: only this many examples of each data set.
        options: further measurements.
        workers: processes, of one thread each; with 1 everything happens in this one.
        cache: folder to keep figures in.
        report: called whenever a piece is ready.
    """
    COUNT.check("limit", limit)
    WORKERS.check("workers", workers)
    kept, wanted = FigureCache(cache, Measured.from_dict), list(dict.fromkeys(cells))
    pieces = {data: pieces_of(shards_in(data), limit) for data in {cell.data for cell in wanted}}
    places = [(cell, piece) for cell in wanted for piece in pieces[cell.data]]
    found = {(c, p): known for c, p in places if (known := kept.read(*key(c.model, p, options))) is not None}
    total = sum(piece.size for _, piece in places)

    def update() -> None:
        report(sum(piece.size for _, piece in found), total)

    update()
    for job, results in _run(_jobs([place for place in places if place not in found], options), workers):
        for model, measured in results.items():
            kept.write(measured, *key(model, job.piece, options))
            found |= {(c, p): measured for c, p in places if (c.model, p) == (model, job.piece)}
        update()
    return {cell: Measured.joined([found[cell, piece] for piece in pieces[cell.data]]) for cell in wanted}


def pieces_of(shards: Iterable[Path], limit: int | None) -> list[ShardPiece]:
    """The first examples of some shards, cut into pieces."""
    pieces, left = [], float("inf") if limit is None else limit
    for shard in shards:
        here = int(min(left, _examples_in(shard)))
        pieces += [ShardPiece(shard, first, min(PIECE, here - first)) for first in range(0, here, PIECE)]
        left -= here
        if not left:
            break
    if not pieces:
        raise DatasetError("the data set holds no example")
    return pieces


def _examples_in(shard: Path) -> int:
    with opened_shard(shard) as tar:
        return sum(name.endswith(f".{GRAPH}") for name in tar.getnames())


def _jobs(places: Sequence[tuple[Cell, ShardPiece]], options: Options) -> list[MeasuringJob]:
    """Models without a result for the same piece are measured together."""
    lacking: dict[ShardPiece, list[Path]] = defaultdict(list)
    for cell, piece in places:
        lacking[piece].append(cell.model)
    return [MeasuringJob(piece, tuple(models), options) for piece, models in lacking.items()]


def _run(
    jobs: Sequence[MeasuringJob], workers: int
) -> Iterator[tuple[MeasuringJob, Mapping[Path, Measured]]]:
    """Yield the figures of each job when finished.

    A failing job does not stop the others and is reported after them; at once if all fail.
    """
    faults: list[Exception] = []
    succeeded = 0
    for job, done in _finished(jobs, workers):
        try:
            found = done()
        except Exception as fault:
            faults.append(fault)
            if not succeeded and len(faults) == HOPELESS:
                break
        else:
            succeeded += 1
            yield job, found
    if faults:
        raise faults[0]


def _finished(jobs: Sequence[MeasuringJob], workers: int) -> Iterator[tuple[MeasuringJob, Result]]:
    """Yield each job with its result."""
    if workers <= 1 or len(jobs) <= 1:
        yield from ((job, partial(do, job)) for job in jobs)
        return
    with closing(spread(do, jobs, workers, use_one_core)) as ended:
        yield from ((job, done.result) for job, done in ended)


def do(job: MeasuringJob) -> dict[Path, Measured]:
    """Measure."""
    parts: tuple[Part, ...] = ("pictures", "dry") if job.options.sound else ("pictures",)
    start = job.piece.first
    chunk = list(read_shards([job.piece.shard], parts=parts, span=(start, start + job.piece.size)))
    models = {str(folder): _model(folder) for folder in job.models}
    with one_thread():  # as in every worker: figures do not depend on the number of workers
        found = figures(models, chunk, EVERYDAY, **job.options._asdict())
    return {folder: found[str(folder)] for folder in job.models}


@lru_cache(maxsize=16)
def _model(folder: Path) -> Estimator:
    return from_pretrained(folder, EVERYDAY)


def key(model: Path, piece: ShardPiece, options: Options) -> tuple[object, ...]:
    """Everything that the figures of a model on a piece depend on."""
    return code(), checksums(model), checksum(piece.shard), piece.first, piece.size, options


def checksums(model: Path) -> list[str]:
    """Of everything that the results of a model depend on."""
    return [checksum(model / name) for name in (CONFIG, WEIGHTS)]


def code() -> str:
    """Checksum of the code that figures depend on; the generator's effect is in the data already."""
    return code_of("blind.study.examples", "synth.shards", without=("synth",))
