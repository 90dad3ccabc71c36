"""What axe-core finds in a page; its script comes with the package of its Python binding."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
GRAVE = "serious", "critical"


def findings(page: Page) -> list[str]:
    """Serious and critical ones, each with the first element."""
    page.evaluate(SCRIPT)
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 5, "axe has seen a page"
    return [
        f"{each['id']}: {len(each['nodes'])} elements, first {each['nodes'][0]['html'][:200]}"
        for each in found["violations"]
        if each["impact"] in GRAVE
    ]
