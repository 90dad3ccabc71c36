"""By what figures that were kept are known to be of this code and no other."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

ANSWERING = (
    "spec", "processors", "dsp", "graph", "parameters", "render", "audio", "files", "features", "vocabulary",
    "tokens", "grammar", "corpus", "models", "metrics", "synth/shards",
    "evaluate/examples", "evaluate/guesses", "evaluate/measured",
)  # fmt: skip
"""Modules and packages that answers and figures hang on: what ``evaluate.examples`` imports, and so on."""


@cache
def code() -> str:
    """Checksum of what these modules do; comments, docstrings and layout do not count."""
    found = hashlib.sha256()
    for path in answering_files():
        found.update(without_docstrings(path.read_text(encoding="utf-8")).encode())
    return found.hexdigest()


def answering_files() -> Iterator[Path]:
    """The files of these modules, in order."""
    root = Path(str(files("unpatch")))
    for name in ANSWERING:
        yield from sorted((root / name).rglob("*.py")) if (root / name).is_dir() else [root / f"{name}.py"]


def without_docstrings(source: str) -> str:
    """A module's syntax without the text that stands in it for people."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(line: ast.stmt) -> bool:
    return (
        isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    )
