"""Generated pages are up to date."""

from pathlib import Path

from unpatch.derive import reference

DOCS = Path(__file__).parent.parent / "docs"


def test_reference_page_is_what_the_declarations_give() -> None:
    written = (DOCS / "processors.md").read_text(encoding="utf-8")
    assert written == reference(), "run: python -m unpatch.derive > docs/processors.md"
