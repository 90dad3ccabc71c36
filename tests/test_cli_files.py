"""The command line is thin: one file for each command, and the work is in functions of the packages."""

import ast
import inspect

import pytest

from tests.test_outputs import commands
from unpatch.cli.app import app

MOST_STATEMENTS = 15
COMMANDS = list(commands())


def statements(function: object) -> int:
    """Of a function's body, nested ones included, without docstring and imports."""
    (tree,) = ast.parse(inspect.getsource(function)).body  # type: ignore[arg-type]
    assert isinstance(tree, ast.FunctionDef)
    inner = [node for part in tree.body[1:] for node in ast.walk(part)]
    return sum(
        isinstance(node, ast.stmt) and not isinstance(node, ast.Import | ast.ImportFrom) for node in inner
    )


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_a_command_is_a_call_of_the_packages(name: str) -> None:
    function = dict(COMMANDS)[name].default_command
    assert function is not None
    assert statements(function) <= MOST_STATEMENTS


def test_every_command_has_a_file_of_its_name() -> None:
    for name, command in COMMANDS:
        function = command.default_command
        assert function is not None
        assert function.__module__ == ".".join(("unpatch.cli", *name.split()))
    assert app.name == ("unpatch",)
