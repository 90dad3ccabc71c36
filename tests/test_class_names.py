"""One name, one class: whoever meets a public class name in the package finds one definition of it."""

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "unpatch"


def test_public_class_names_stand_once() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    doubled = {name: places for name, places in homes.items() if len(places) > 1}
    assert len(homes) > 300
    assert doubled == {}
