"""What a search for a mixing graph leaves behind, and a picture of it while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from unpatch.audio import save
from unpatch.drawing import draw
from unpatch.pages.mix.live import Live, stage_in_words
from unpatch.pages.mix.mixdown import RECREATION, Mixdown, compose
from unpatch.pages.mix.page import duration, page
from unpatch.pages.mix.responses import write_responses
from unpatch.storage.files import all_aside
from unpatch.storage.results import replacing

__all__ = [
    "Live",
    "Mixdown",
    "SearchFiles",
    "compose",
    "duration",
    "page",
    "results_in",
    "stage_in_words",
    "write",
]


@dataclass(frozen=True)
class SearchFiles:
    """Where everything was written."""

    graph: Path
    console: Path
    picture: Path
    audio: Path
    report: Path
    responses: Path

    @property
    def written(self) -> list[Path]:
        """Files with fixed names; the responses have names of their own."""
        return [self.graph, self.console, self.picture, self.audio, self.report]


def results_in(folder: Path) -> SearchFiles:
    """Where the results go that are written into a folder."""
    names = "graph.json", "console.json", "graph.svg", "mix.wav", "report.html", "responses"
    return SearchFiles(*(folder / name for name in names))


def write(take: Mixdown, folder: str | Path) -> SearchFiles:
    """Write graph.json, console.json, graph.svg, mix.wav, report.html, all or none; then responses.

    Raises:
        OutputError: one of them is there already, and not as it was written here.
    """
    files = results_in(Path(folder))
    with replacing(files.written), all_aside(files.written) as (graph, console, picture, audio, report):
        graph.write_text(take.found.graph.to_json() + "\n", encoding="utf-8")
        console.write_text(take.found.console.to_json() + "\n", encoding="utf-8")
        draw(take.found.graph, picture)
        save(audio, take.sounds[RECREATION], take.sample_rate)
        report.write_text(page(take), encoding="utf-8")
    write_responses(take.responses, files.responses)
    return files
