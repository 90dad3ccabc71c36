"""A processor as arithmetic from sample to sample: written once, printed in every language.

A circuit is a function that computes with :class:`Value` in place of numbers. What it computes is written
down as a graph of operations, with registers (a value kept until the next sample) and delay lines, and
printed as Faust, as JSFX, or as Python that plays it (:mod:`~unpatch.exports.printing`). A value has the
methods of a tensor that declarations and ``dsp`` use, so that what is written there is not written again.

Left and right are pairs; control signals are pairs, too.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from unpatch.declaration import Parameter, Processor

Number: TypeAlias = Any
"""A value or a plain number; calling functions that were written for tensors gives such, too."""
Pair: TypeAlias = tuple[Any, Any]
"""Left and right."""

MOVING = frozenset(("input", "register", "line", "seconds"))
"""Operations whose result changes from sample to sample."""


@dataclass(frozen=True, eq=False, repr=False)
class Value:
    """The result of one operation.

    Attributes:
        operation: ``+ - * /``, a function's name, or where the value comes from.
        arguments: the operands.
        what: a constant's number, or the name of a knob, input, register or line.
    """

    circuit: Circuit
    operation: str
    arguments: tuple[Value, ...]
    what: Any = None

    @cached_property
    def moves(self) -> bool:
        """Whether it changes while no knob is turned."""
        return self.operation in MOVING or any(argument.moves for argument in self.arguments)

    @property
    def is_plain(self) -> bool:
        """Whether it is a number, a knob or what comes in, which need no name."""
        return not self.arguments

    def __add__(self, other: Number) -> Value:
        return self.circuit.apply("+", self, other)

    def __radd__(self, other: Number) -> Value:
        return self.circuit.apply("+", other, self)

    def __sub__(self, other: Number) -> Value:
        return self.circuit.apply("-", self, other)

    def __rsub__(self, other: Number) -> Value:
        return self.circuit.apply("-", other, self)

    def __mul__(self, other: Number) -> Value:
        return self.circuit.apply("*", self, other)

    def __rmul__(self, other: Number) -> Value:
        return self.circuit.apply("*", other, self)

    def __truediv__(self, other: Number) -> Value:
        return self.circuit.apply("/", self, other)

    def __rtruediv__(self, other: Number) -> Value:
        return self.circuit.apply("/", other, self)

    def __pow__(self, other: Number) -> Value:
        return self.circuit.apply("pow", self, other)

    def __rpow__(self, other: Number) -> Value:
        return self.circuit.apply("pow", other, self)

    def __neg__(self) -> Value:
        return 0 - self

    def __abs__(self) -> Value:
        return self.circuit.apply("abs", self)

    def sqrt(self) -> Value:
        return self.circuit.apply("sqrt", self)

    def exp(self) -> Value:
        return self.circuit.apply("exp", self)

    def log2(self) -> Value:
        return self.circuit.apply("log", self) * (1 / math.log(2))

    def exp2(self) -> Value:
        return (self * math.log(2)).exp()

    def sin(self) -> Value:
        return self.circuit.apply("sin", self)

    def cos(self) -> Value:
        return self.circuit.apply("cos", self)

    def tan(self) -> Value:
        return self.circuit.apply("tan", self)

    def tanh(self) -> Value:
        return self.circuit.apply("tanh", self)

    def floor(self) -> Value:
        return self.circuit.apply("floor", self)

    def clamp(self, min: Number | None = None, max: Number | None = None) -> Value:
        low = self if min is None else self.circuit.apply("max", self, min)
        return low if max is None else self.circuit.apply("min", low, max)


@dataclass
class Register:
    """Keeps a value until the next sample; what it is given is counted from its first value.

    So a register may begin at a number that depends on knobs, and yet be all zero in memory.
    """

    name: str
    first: Number
    value: Value
    next: Value | None = None

    def keep(self, value: Number) -> None:
        self.next = value - self.first


@dataclass
class DelayLine:
    """A delay line of at most ``longest_s``, and ``room`` samples more."""

    name: str
    longest_s: float
    circuit: Circuit
    written: Value | None = None

    def read(self, delay: Number) -> Value:
        """What was written a whole number of samples ago, at least one."""
        return self.circuit.operation("line", (self.circuit.value(delay),), self.name)

    def write(self, value: Value) -> None:
        self.written = value


class Circuit:
    """What a processor with these inlets connected computes."""

    def __init__(self, processor: Processor, inlets: Sequence[str]) -> None:
        self.processor = processor
        self.inlets = tuple(port.name for port in processor.inlets if port.name in inlets)
        self.registers: list[Register] = []
        self.lines: list[DelayLine] = []
        self.outputs: tuple[Value, ...] = ()
        self._made: dict[Any, Value] = {}

    @property
    def input_names(self) -> tuple[str, ...]:
        """Both channels of every connected inlet."""
        return tuple(f"{inlet}_{side}" for inlet in self.inlets for side in ("left", "right"))

    @property
    def knobs(self) -> dict[str, Parameter]:
        """Every number that can be set; curves number by number."""
        curves = self.processor.curves.items()
        return {
            **self.processor.parameters,
            **{f"{name}_{i + 1}": knob for name, knob in curves for i in range(knob.size)},
        }

    @property
    def sample_rate(self) -> Value:
        return self.operation("sample_rate", ())

    @property
    def seconds(self) -> Value:
        """Time since the first sample."""
        return self.operation("seconds", ())

    def operation(self, name: str, arguments: tuple[Value, ...], what: Any = None) -> Value:
        """The same for the same arguments: what is computed twice is written once."""
        key = (name, tuple(map(id, arguments)), what)
        if key not in self._made:
            self._made[key] = Value(self, name, arguments, what)
        return self._made[key]

    def apply(self, name: str, *arguments: Number) -> Value:
        values = tuple(map(self.value, arguments))
        return _shorter(name, values) or self.operation(name, values)

    def value(self, number: Number) -> Value:
        return number if isinstance(number, Value) else self.operation("number", (), float(number))

    def where(self, low: Number, high: Number, then: Number, other: Number) -> Value:
        """``then`` where ``low < high``, else ``other``."""
        return self.apply("where", low, high, then, other)

    def larger(self, one: Number, other: Number) -> Value:
        return self.apply("max", one, other)

    def smaller(self, one: Number, other: Number) -> Value:
        return self.apply("min", one, other)

    def inlet(self, name: str) -> Pair:
        left, right = (self.operation("input", (), f"{name}_{side}") for side in ("left", "right"))
        return left, right

    def has(self, inlet: str) -> bool:
        return inlet in self.inlets

    def knob(self, name: str) -> Value:
        """A number that nothing moves."""
        return self.operation("knob", (), name)

    def moved(self, name: str) -> Pair:
        """A knob for left and right, moved by the signal at its inlet where one is connected."""
        parameter, knob = self.processor.parameters[name], self.knob(name)
        if parameter.inlet is None or not self.has(parameter.inlet):
            return knob, knob
        left, right = self.inlet(parameter.inlet)
        move: Any = parameter.modulate
        return move(knob, left), move(knob, right)

    def curve(self, name: str) -> list[Value]:
        return [self.knob(f"{name}_{i + 1}") for i in range(self.processor.curves[name].size)]

    def register(self, first: Number = 0.0) -> Register:
        name = f"register_{len(self.registers) + 1}"
        raw = self.operation("register", (), name)
        is_nought = not isinstance(first, Value) and first == 0
        register = Register(name, first, raw if is_nought else raw + first)
        self.registers.append(register)
        return register

    def line(self, longest_s: float) -> DelayLine:
        line = DelayLine(f"line_{len(self.lines) + 1}", longest_s, self)
        self.lines.append(line)
        return line


def _shorter(name: str, values: tuple[Value, ...]) -> Value | None:
    """What an operation comes to if no sum or product with 0 or 1 need be written."""
    left, right = values[0], values[-1]
    match name, _constant(left), _constant(right):
        case ("+", 0, _) | ("*", 1, _):
            return right
        case ("+" | "-", _, 0) | ("*" | "/", _, 1) | ("*", 0, _) | ("/", 0, _):
            return left
        case ("*", _, 0):
            return right
        case ("+" | "-" | "*" | "/", float(one), float(other)):
            return left.circuit.value(_ARITHMETIC[name](one, other))
    return None


def _constant(value: Value) -> float | None:
    return value.what if value.operation == "number" else None


_ARITHMETIC = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


@dataclass(frozen=True)
class Sequenced:
    """The operations of a circuit in the order in which they are done.

    Attributes:
        still: those that change only with knobs.
        moving: those that are done at every sample.
        uses: how often each value is used.
    """

    still: tuple[Value, ...]
    moving: tuple[Value, ...]
    uses: Mapping[int, int] = field(default_factory=dict)


def sequenced(circuit: Circuit) -> Sequenced:
    """Only what reaches an output, a register or a line."""
    ends = [*circuit.outputs, *(_written(circuit))]
    order: list[Value] = []
    uses: dict[int, int] = {}
    for end in ends:
        uses[id(end)] = uses.get(id(end), 0) + 1
        order += _after(end, uses)
    done = [value for value in order if value.arguments]
    return Sequenced(
        tuple(value for value in done if not value.moves),
        tuple(value for value in done if value.moves),
        uses,
    )


def _written(circuit: Circuit) -> Iterator[Value]:
    for register in circuit.registers:
        assert register.next is not None, f"{circuit.processor.kind}: {register.name} keeps nothing"
        yield circuit.value(register.next)
    for line in circuit.lines:
        assert line.written is not None, f"{circuit.processor.kind}: nothing is written to {line.name}"
        yield circuit.value(line.written)


def _after(end: Value, uses: dict[int, int]) -> Iterator[Value]:
    """Values that were not seen yet, each after those it is made of."""
    if uses.get(id(end), 0) > 1:
        return
    waiting = [(end, iter(end.arguments))]
    while waiting:
        argument = next(waiting[-1][1], None)
        if argument is None:
            yield waiting.pop()[0]
        else:
            uses[id(argument)] = uses.get(id(argument), 0) + 1
            if uses[id(argument)] == 1:
                waiting.append((argument, iter(argument.arguments)))
