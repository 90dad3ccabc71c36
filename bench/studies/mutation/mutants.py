"""Mutants of source files: one operator or number changed at a time, by Cosmic Ray."""

import ast
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from bench.shared.folders import ROOT
from bench.shared.peers import installed
from bench.studies.mutation.areas import PACKAGE, Area

SWAPS = [
    "Add_Sub",
    "Sub_Add",
    "Mul_Div",
    "Div_Mul",
    "FloorDiv_Mul",
    "Mod_Add",
    "Pow_Mul",
    "BitAnd_BitOr",
    "BitOr_BitAnd",
]
COMPARISONS = [
    "Lt_LtE",
    "LtE_Lt",
    "Gt_GtE",
    "GtE_Gt",
    "Lt_GtE",
    "LtE_Gt",
    "Gt_LtE",
    "GtE_Lt",
    "Eq_NotEq",
    "NotEq_Eq",
    "Is_IsNot",
    "IsNot_Is",
]
OPERATORS = (
    *(f"core/ReplaceBinaryOperator_{name}" for name in SWAPS),
    *(f"core/ReplaceComparisonOperator_{name}" for name in COMPARISONS),
    "core/NumberReplacer",
    "core/AddNot",
    "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd",
    "core/ReplaceTrueWithFalse",
    "core/ReplaceFalseWithTrue",
    "core/ReplaceUnaryOperator_Delete_USub",
    "core/ReplaceUnaryOperator_Delete_Not",
    "core/ReplaceBreakWithContinue",
    "core/ReplaceContinueWithBreak",
    "core/ZeroIterationForLoop",
)
"""Those that leave the code valid. Bit operations on floats and the like fail at once and would only
raise the rate."""


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        path: of the file, below the package.
        place: function or class that holds it.
        before: the line.
        after: the line, changed.
        source: the whole file, changed.
    """

    path: str
    place: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """The same as long as the line and what holds it stay."""
        text = "\n".join((self.path, self.place, self.before, self.after))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Spot:
    """Where an operator can change a file: its occurrence of that number, in a line of a definition."""

    path: Path
    operator: str
    number: int
    row: int
    place: str

    @property
    def short_path(self) -> str:
        return self.path.relative_to(ROOT / PACKAGE).as_posix()

    def mutant(self) -> Mutant:
        operator = _cosmic_ray()[1].get_operator(self.operator)()
        source = self.path.read_text(encoding="utf-8")
        changed = import_module("cosmic_ray.mutating").mutate_code(source, operator, self.number)
        lines = zip(source.splitlines(), changed.splitlines(), strict=False)
        before, after = next((pair for pair in lines if pair[0] != pair[1]), ("", ""))
        return Mutant(self.short_path, self.place, before.strip(), after.strip(), changed)


def spots_of(path: Path) -> Iterator[Spot]:
    """All of a file."""
    parso, plugins = _cosmic_ray()
    source = path.read_text(encoding="utf-8")
    nodes, skipped = list(_nodes(parso.parse(source))), _not_executed(source)
    for name in OPERATORS:
        operator = plugins.get_operator(name)()
        places = [(node, at[0]) for node in nodes for at in operator.mutation_positions(node)]
        for number, (node, at) in enumerate(places):
            if not any(first <= at < last for first, last in skipped):
                yield Spot(path, name, number, at[0], _definition(node))


def _cosmic_ray() -> tuple[Any, Any]:
    """``parso`` comes first: the imports of Cosmic Ray are circular with some of its versions."""
    return installed("parso"), installed("cosmic_ray.plugins")


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", ()):
        yield from _nodes(child)


def _definition(node: Any) -> str:
    names = []
    while node is not None:
        if node.type in ("funcdef", "classdef"):
            names.append(node.name.value)
        node = node.parent
    return ".".join(reversed(names))


def _not_executed(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Spans (row, column) of annotations, aliases of types and decorators."""
    skipped: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign):
            alias = getattr(node.annotation, "id", "") == "TypeAlias"
            skipped += [node.annotation, node.value if alias else None]
        elif isinstance(node, ast.FunctionDef):
            arguments = (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs)
            skipped += [node.returns, *(own.annotation for own in arguments), *node.decorator_list]
    return [
        ((own.lineno, own.col_offset), (own.end_lineno or 0, own.end_col_offset or 0))
        for own in skipped
        if own is not None
    ]


def every(area: Area) -> list[Spot]:
    """All of an area's files."""
    paths = sorted({path for pattern in area.files for path in (ROOT / PACKAGE).glob(pattern)})
    return [spot for path in paths for spot in spots_of(path)]


def sample(area: Area, count: int, seed: int) -> list[Mutant]:
    """Mutants drawn from an area's files; what changes nothing is no mutant."""
    found = every(area)
    drawn = (spot.mutant() for spot in random.Random(seed).sample(found, len(found)))
    return list(islice((mutant for mutant in drawn if mutant.before != mutant.after), count))
