"""Evaluation of models. Figures are defined in :mod:`unpatch.metrics`.

:func:`compare` compares one model with a baseline, its graphs decoded greedily as well as decided on as by
``estimate``; :func:`fill` makes the whole of the paper's Table 2 of greedy graphs.
Intervals come from resampling singers or kits; both sides of a ratio are resampled together.
"""

from unpatch.blind.study.comparison import Comparison, compare
from unpatch.blind.study.examples import figures
from unpatch.blind.study.levels import LevelShift, level_shift
from unpatch.blind.study.markdown import section, write
from unpatch.blind.study.measured import MEANINGS, Measured
from unpatch.blind.study.table import SystemsTable, fill

__all__ = [
    "MEANINGS",
    "Comparison",
    "LevelShift",
    "Measured",
    "SystemsTable",
    "compare",
    "figures",
    "fill",
    "level_shift",
    "section",
    "write",
]
