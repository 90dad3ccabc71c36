"""With the dry signal at hand: which candidate explains a recording, and how its knobs were really set.

:func:`leveled` renders candidates and measures their distances from the recording; :func:`fit` continues from
there: it moves numbers, with and without gradients, and the structure.
"""

from unpatch.fit.fitting import Fitted, fit, leveled

__all__ = ["Fitted", "fit", "leveled"]
