"""Examples of a data set with the estimates of a model.

Shapes: T samples.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from unpatch import ranges
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.study.cells import pieces_of
from unpatch.blind.study.examples import Playback, figures
from unpatch.blind.study.predicted import predict
from unpatch.graph.data import Graph
from unpatch.learning.runs import MODEL
from unpatch.processors import EVERYDAY
from unpatch.synth.shards import Stored, read_shards, shards_in

COUNT = 6


@dataclass(frozen=True)
class Exhibit:
    """One example.

    Attributes:
        name: key of the example in its data set.
        performer: singer or kit.
        true: the graph that was used.
        found: the graph that was estimated.
        reference: the analysed audio ``[2, T]``.
        rendered: the estimate played on the dry signal, None if the estimate is invalid.
        dry: the dry signal, all sources together.
        figures: of this example alone.
    """

    name: str
    performer: str
    true: Graph
    found: Graph
    reference: Tensor
    rendered: Tensor | None
    dry: Tensor
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Room:
    """Exhibits of one task, by one model."""

    task: str
    model: str
    exhibits: tuple[Exhibit, ...]
    sample_rate: int


def collect(
    folder: Path,
    data: Path,
    *,
    count: int = COUNT,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> Room:
    """Examples spread evenly over the data set, independent of their results.

    Args:
        folder: of the model.
        data: folder of a data set with pictures and dry audio.
        count: largest number of examples.
        report: called with the number of finished examples, and the total.
    """
    ranges.COUNT.check("count", count)
    model = from_pretrained(folder, EVERYDAY)
    pieces = pieces_of(shards_in(data), None)
    places = [(piece.shard, piece.first + i) for piece in pieces for i in range(piece.size)]
    chosen = [places[i * len(places) // count] for i in range(count)] if count < len(places) else places
    exhibits: list[Exhibit] = []
    for shard, place in chosen:
        stored = next(read_shards([shard], ("pictures", "dry"), span=(place, place + 1)))
        exhibits.append(_exhibit(model, stored))
        report(len(exhibits), len(chosen))
    name = folder.parent.name if folder.name == MODEL else folder.name
    return Room(model.settings.task, name, tuple(exhibits), model.settings.features.sample_rate)


def _exhibit(model: Estimator, stored: Stored) -> Exhibit:
    measured = figures({"model": model}, [stored], EVERYDAY)["model"]
    (found,) = predict(model, [stored], EVERYDAY).full
    playback = Playback(stored, EVERYDAY)
    assert stored.dry is not None  # checked by Playback
    return Exhibit(
        stored.key,
        str(stored.meta["performer"]),
        stored.graph,
        found,
        playback.play(stored.graph),
        None if measured.tallies["invalid"].mean else playback.play(found),
        stored.dry.sum(0).expand(2, -1),
        {name: tally.mean for name, tally in measured.tallies.items()},
    )
