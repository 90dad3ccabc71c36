"""Tables in Markdown, and sections of pages that commands rewrite."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from unpatch.storage.files import write_aside


def table(head: Sequence[object], rows: Iterable[Iterable[object]]) -> str:
    """A table; columns are aligned to the left."""
    return "\n".join(row(cells) for cells in (head, ["---"] * len(head), *rows))


def row(cells: Iterable[object]) -> str:
    """A line of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def page(title: str, *parts: str) -> str:
    """A page: its title, and paragraphs or tables with an empty line between two."""
    return "\n\n".join([f"# {title}", *parts]) + "\n"


class Section(NamedTuple):
    """A part of a page between two lines that mark it.

    Attributes:
        name: of the section.
        command: which writes it.
    """

    name: str
    command: str

    @property
    def begin(self) -> str:
        return f"<!-- {self.name}: begin, written by `{self.command}` -->"

    @property
    def end(self) -> str:
        return f"<!-- {self.name}: end -->"

    def write(self, text: str, page: Path, title: str) -> None:
        """Replace what is between the marks of a page; without a page, write one with this title.

        Raises:
            ValueError: the page does not have each mark once, in order.
        """
        whole = (
            page.read_text(encoding="utf-8") if page.exists() else f"# {title}\n\n{self.begin}\n{self.end}\n"
        )
        if not whole.count(self.begin) == whole.count(self.end) == 1 or whole.index(self.begin) > whole.index(
            self.end
        ):
            raise ValueError(f"{page}: has no single pair of lines {self.begin} and {self.end}")
        before, rest = whole.split(self.begin)
        write_aside(page, f"{before}{self.begin}\n\n{text}\n\n{self.end}{rest.split(self.end)[1]}".encode())
