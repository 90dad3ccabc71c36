"""Circuits as text: what the languages have in common.

A language defines how numbers, operations and inputs are written; names and order are the same in all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from unpatch.exports.circuit import Circuit, Sequenced, Value, sequenced


@dataclass(frozen=True)
class Language:
    """How a language writes operations, with ``{0}``, ``{1}``, ... for operands and ``{what}`` for names."""

    operations: Mapping[str, str]

    def write(self, value: Value, operands: list[str]) -> str:
        if value.operation == "number":
            return number(value.what)
        return self.operations[value.operation].format(*operands, what=value.what)


def number(value: float) -> str:
    """Without an exponent, which some languages do not know."""
    text = format(Decimal(repr(float(value))), "f")
    text = text if "." in text else f"{text}.0"
    return f"({text})" if value < 0 else text


INFIX = {sign: f"({{0}} {sign} {{1}})" for sign in "+-*/"}


@dataclass
class Printed:
    """A circuit in a language.

    Attributes:
        still: (name, expression) of what changes only with knobs, in order.
        moving: the same of what is done at every sample.
    """

    circuit: Circuit
    language: Language
    still: list[tuple[str, str]] = field(default_factory=list)
    moving: list[tuple[str, str]] = field(default_factory=list)
    _written: dict[int, str] = field(default_factory=dict)

    def expression(self, value: Value) -> str:
        """A name, a number or what was not worth a name."""
        if id(value) not in self._written:
            assert value.is_plain, f"{value.operation} is used before it is computed"
            self._written[id(value)] = self.language.write(value, [])
        return self._written[id(value)]

    @property
    def outputs(self) -> list[str]:
        return [self.expression(value) for value in self.circuit.outputs]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Registers and what they are given."""
        value = self.circuit.value
        return [(register.name, self.expression(value(register.next))) for register in self.circuit.registers]

    @property
    def written(self) -> list[tuple[str, str]]:
        """Delay lines and what is written to them."""
        return [(line.name, self.expression(self.circuit.value(line.written))) for line in self.circuit.lines]

    def _name(
        self, values: tuple[Value, ...], letter: str, named: frozenset[int], uses: Mapping[int, int]
    ) -> Iterator[tuple[str, str]]:
        count = 0
        for value in values:
            text = self.language.write(value, [self.expression(each) for each in value.arguments])
            if uses[id(value)] > 1 or id(value) in named:
                count += 1
                yield f"{letter}{count}", text
                self._written[id(value)] = f"{letter}{count}"
            else:
                self._written[id(value)] = text


def printed(circuit: Circuit, language: Language) -> Printed:
    """Every operation that is used twice, or at every sample though it stands still, has a name."""
    order = sequenced(circuit)
    result = Printed(circuit, language)
    result.still = list(result._name(order.still, "c", _handed_over(order), order.uses))
    result.moving = list(result._name(order.moving, "v", frozenset(), order.uses))
    return result


def _handed_over(order: Sequenced) -> frozenset[int]:
    """What stands still and is used by what moves."""
    return frozenset(id(a) for value in order.moving for a in value.arguments if not a.moves)
