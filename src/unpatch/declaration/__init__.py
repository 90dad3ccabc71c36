"""The declaration of a processor, and what can be read off it.

A processor is one decorated function (:mod:`unpatch.declaration.declaration`) whose knobs are declared where
its arguments are (:mod:`unpatch.declaration.parameter`), together with how they are usually set
(:mod:`unpatch.declaration.typical`, :mod:`unpatch.declaration.varied`) and what the kind is used for
(:mod:`unpatch.declaration.uses`). Everything else in the project (graph check, renderer,
generator, tokens, estimator heads, command line, reference pages) is derived from the :class:`Processor`
that the decorator returns.
"""

from typing import TYPE_CHECKING

from unpatch.declaration.declaration import Channels, Domain, Port, Processor, Signal, processor
from unpatch.declaration.memory import Memory
from unpatch.declaration.parameter import EDGE_GAIN, Parameter, amount, db, factor, hz, ms, usually
from unpatch.declaration.stream import Stream
from unpatch.declaration.typical import (
    Movement,
    Typical,
    both_signs,
    log_normal,
    log_uniform,
    measured,
    mixture,
    negative,
    normal,
    steps,
    uniform,
)
from unpatch.declaration.uses import Role, Tool, pool
from unpatch.declaration.varied import (
    Anywhere,
    Away,
    Between,
    Coarseness,
    Drive,
    EnvelopeGain,
    Varied,
    WhereEnergyIs,
    WhereLevelMoves,
)

if TYPE_CHECKING:
    from unpatch.declaration.declaration import Audio as Audio
    from unpatch.declaration.declaration import Bins as Bins
    from unpatch.declaration.declaration import Control as Control
    from unpatch.dsp.spectrum import Spectrum as Spectrum

__all__ = [
    "EDGE_GAIN",
    "Anywhere",
    "Away",
    "Between",
    "Channels",
    "Coarseness",
    "Domain",
    "Drive",
    "EnvelopeGain",
    "Memory",
    "Movement",
    "Parameter",
    "Port",
    "Processor",
    "Role",
    "Signal",
    "Stream",
    "Tool",
    "Typical",
    "Varied",
    "WhereEnergyIs",
    "WhereLevelMoves",
    "amount",
    "both_signs",
    "db",
    "factor",
    "hz",
    "log_normal",
    "log_uniform",
    "measured",
    "mixture",
    "ms",
    "negative",
    "normal",
    "pool",
    "processor",
    "steps",
    "uniform",
    "usually",
]
