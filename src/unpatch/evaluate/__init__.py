"""Evaluation of models. Figures are defined in :mod:`unpatch.metrics`.

:func:`compare` compares one model with a baseline, its graphs decoded greedily as well as decided on as by
``estimate``; :func:`fill` makes the whole of the paper's Table 2 of greedy graphs.
Intervals come from resampling singers or kits; both sides of a ratio are resampled together.
"""

from unpatch.evaluate.comparison import Comparison, compare
from unpatch.evaluate.examples import figures
from unpatch.evaluate.levels import LevelShift, level_shift
from unpatch.evaluate.markdown import section, write
from unpatch.evaluate.measured import MEANINGS, Measured
from unpatch.evaluate.table import Table, fill

__all__ = [
    "MEANINGS",
    "Comparison",
    "LevelShift",
    "Measured",
    "Table",
    "compare",
    "figures",
    "fill",
    "level_shift",
    "section",
    "write",
]
