"""What each kind computes from sample to sample: this folder is the list.

Every public function of a module without a leading underscore is a circuit, named like the kind. A kind
without one is read off its declaration, if its body is plain arithmetic. The others work on whole spectra and
cannot be written down so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import iter_modules

from unpatch.declaration import Processor
from unpatch.exports.circuit import Circuit, Pair, Value
from unpatch.processors import KINDS

Draft = Callable[[Circuit], Pair | tuple[Pair, ...]]
"""Writes down what a kind computes; returns left and right of its outlet, or of each of its outlets."""


def _read_off(circuit: Circuit) -> tuple[Pair, ...]:
    """What the body of a declaration computes, for left and for right."""
    sides = [_one_side(circuit, side) for side in (0, 1)]
    return tuple(zip(*sides, strict=True))


def _one_side(circuit: Circuit, side: int) -> tuple[Value, ...]:
    processor = circuit.processor
    plain = [port.name for port in processor.inlets if port.modulates is None]
    signals = {name: circuit.inlet(name)[side] for name in plain if circuit.has(name)}
    knobs = {name: circuit.moved(name)[side] for name in processor.parameters}
    made = processor.function(**signals, sample_rate=circuit.sample_rate, **knobs)
    return made if isinstance(made, tuple) else (made,)


def _is_arithmetic(processor: Processor) -> bool:
    """Whether the body does nothing but arithmetic.

    A value has no dimensions and no order: indexing, shifting or comparing it is an error, and so is handing
    it to a function of tensors.
    """
    if not processor.inlets or processor.curves or processor.domain == "frequency":
        return False
    circuit = Circuit(processor, [port.name for port in processor.inlets])
    try:
        made = _read_off(circuit)
    except (AttributeError, TypeError):
        return False
    return all(isinstance(side, Value) for pair in made for side in pair)


def _drafts() -> dict[str, Draft]:
    """Written ones, then those that are read off."""
    written = _written()
    read_off = (kind for kind in KINDS if kind not in written and _is_arithmetic(KINDS[kind]))
    return {**written, **dict.fromkeys(read_off, _read_off)}


def _written() -> dict[str, Draft]:
    names = [module.name for module in iter_modules(__path__) if not module.name.startswith("_")]
    homes = [import_module(f"{__name__}.{name}") for name in names]
    return {
        name: function
        for home in homes
        for name, function in getmembers(home, isfunction)
        if function.__module__ == home.__name__ and not name.startswith("_")
    }


DRAFTS: Mapping[str, Draft] = _drafts()


def circuit_of(kind: str, inlets: Sequence[str]) -> Circuit:
    """The circuit of a kind that has one, with these inlets connected."""
    circuit = Circuit(KINDS[kind], inlets)
    made = DRAFTS[kind](circuit)
    pairs = made if isinstance(made[0], tuple) else (made,)
    circuit.outputs = tuple(circuit.value(side) for pair in pairs for side in pair)
    return circuit
