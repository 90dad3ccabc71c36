"""What each kind computes from sample to sample: this folder is the list.

Every public function of a module without a leading underscore is a circuit, named like the kind. Kinds that
are missing here work on whole spectra and cannot be written as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import iter_modules

from unpatch.exports.circuit import Circuit, Pair
from unpatch.processors import KINDS

Draft = Callable[[Circuit], Pair | tuple[Pair, ...]]
"""Writes down what a kind computes; returns left and right of its outlet, or of each of its outlets."""


def _drafts() -> dict[str, Draft]:
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
