"""What an estimate leaves behind: JSON, picture, re-rendered audio, and one page that shows it all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from torch import Tensor

from unpatch.audio import save
from unpatch.draw import draw
from unpatch.files import write_aside
from unpatch.graph.data import Graph
from unpatch.report.page import page

__all__ = ["Files", "Take", "page", "write"]


@dataclass(frozen=True)
class Take:
    """A reference, the graph found behind it, and that graph's rendering of a dry signal.

    Attributes:
        name: what the reference is called.
        found: the graph, with confidences where there are any.
        reference: what was listened to ``[2, T]``.
        rendered: the graph's output ``[2, T']``.
        dry: what the graph was played on ``[2, T']``.
        sample_rate: of all three, in Hz.
        dry_name: what the dry signal is called.
        has_own_dry: whether ``dry`` is the reference without its processing; only then are
            reference and re-render comparable.
        truth: the graph that was really used, where it is known.
        facts: label to text, printed at the end of the page.
    """

    name: str
    found: Graph
    reference: Tensor
    rendered: Tensor
    dry: Tensor
    sample_rate: int
    dry_name: str
    has_own_dry: bool
    truth: Graph | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Files:
    """Where everything was written."""

    graph: Path
    picture: Path
    audio: Path
    report: Path


def write(take: Take, folder: str | Path) -> Files:
    """Write graph.json, graph.svg, rerender.wav and report.html into a folder."""
    folder = Path(folder)
    files = Files(
        folder / "graph.json", folder / "graph.svg", folder / "rerender.wav", folder / "report.html"
    )
    write_aside(files.graph, (take.found.to_json() + "\n").encode())
    draw(take.found, files.picture)
    save(files.audio, take.rendered, take.sample_rate)
    write_aside(files.report, page(take).encode())
    return files
