"""What an estimate leaves behind: JSON, picture, re-rendered audio, and one page that shows it all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unpatch.audio import as_rate, as_stereo, save
from unpatch.drawing import draw
from unpatch.pages.estimate.page import page
from unpatch.pages.estimate.take import EstimateReport, compose, kinds_in_order, verdict
from unpatch.storage.files import all_aside
from unpatch.storage.results import replacing

if TYPE_CHECKING:
    from unpatch.audio import AudioLike
    from unpatch.estimates import Estimate
    from unpatch.graph.data import Graph
    from unpatch.refining import Fitted
    from unpatch.refining.material import Dry

__all__ = [
    "EstimateFiles",
    "EstimateReport",
    "compose",
    "kinds_in_order",
    "page",
    "report",
    "results_in",
    "verdict",
    "write",
]


@dataclass(frozen=True)
class EstimateFiles:
    """Where everything was written; ``applied`` is None unless the graph was put on another recording."""

    graph: Path
    picture: Path
    audio: Path
    report: Path
    applied: Path | None = None

    @property
    def written(self) -> list[Path]:
        """All that is written."""
        return [path for path in vars(self).values() if path is not None]


def results_in(folder: Path, *, applied: bool = False) -> EstimateFiles:
    """Where the results go that are written into a folder."""
    names = ("graph.json", "graph.svg", "rerender.wav", "report.html", *(("applied.wav",) if applied else ()))
    return EstimateFiles(*(folder / name for name in names))


def report(
    found: Estimate,
    recording: AudioLike,
    sample_rate: float,
    folder: str | Path,
    *,
    name: str = "recording",
    dry: Dry | None = None,
    truth: Graph | None = None,
    fitted: Fitted | None = None,
) -> EstimateFiles:
    """Show an estimate: write graph.json, graph.svg, rerender.wav and report.html into a folder.

    Args:
        found: what :func:`unpatch.estimate` made of the recording.
        recording: ``[C, T]``, mono or stereo.
        sample_rate: of recording and dry signal, in Hz.
        folder: made if it is not there.
        name: what the recording is called.
        dry: the recording before processing ``[C, T]``, or source kind to ``[C, T]``: makes the re-render
            comparable, by distances too. Without it a voice of the package is played through the graph.
        truth: the graph that was really used, where it is known.
        fitted: what :func:`unpatch.fit` made of it.

    Returns:
        Where everything was written.

    Raises:
        OutputError: one of the files is there already, and not as it was written here.
        ValueError: audio that cannot be compared.

    Example:
        >>> import unpatch
        >>> from unpatch.demo import EVERYDAY, processed_voice
        >>> dry, wet, sample_rate = processed_voice(EVERYDAY)
        >>> found = unpatch.estimate(wet, sample_rate, deciding=unpatch.Deciding(beams=1, draws=0))
        >>> unpatch.report(found, wet, sample_rate, "out").report.name
        'report.html'
    """
    audio, rate = as_stereo(recording, "the recording"), as_rate(sample_rate)
    take = compose(found, audio, rate, name=name, dry=dry, truth=truth, fitted=fitted)
    return write(take, folder)


def write(take: EstimateReport, folder: str | Path) -> EstimateFiles:
    """Write graph.json, graph.svg, rerender.wav, report.html, and applied.wav; all of them or none.

    Raises:
        OutputError: one of them is there already, and not as it was written here.
    """
    files = results_in(Path(folder), applied=take.applied is not None)
    sounds = {files.audio: take.rendered}
    if files.applied and take.applied:
        sounds[files.applied] = take.applied[1]
    with (
        replacing(files.written),
        all_aside([files.graph, files.picture, files.report, *sounds]) as (graph, picture, html, *audio),
    ):
        graph.write_text(take.found.to_json() + "\n", encoding="utf-8")
        draw(take.found, picture)
        for path, sound in zip(audio, sounds.values(), strict=True):
            save(path, sound, take.sample_rate)
        html.write_text(page(take), encoding="utf-8")
    return files
