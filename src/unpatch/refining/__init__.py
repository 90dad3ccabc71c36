"""Refinement with the dry signal: ranking of candidates, and estimation of their knobs.

:func:`leveled` renders candidates and measures their distances from the recording; :func:`fit` continues from
there: it moves numbers, with and without gradients, and the structure.
"""

from unpatch.refining.fitting import Fitted, fit, leveled

__all__ = ["Fitted", "fit", "leveled"]
