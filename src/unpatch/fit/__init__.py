"""With the dry signal at hand: which candidate explains a recording, and how its knobs were really set.

:func:`rank` plays candidates and sorts them by distance from the recording; :func:`fit` goes on from there:
it moves numbers, with and without gradients, and the structure.
"""

from unpatch.fit.fitting import Fitted, fit, rank

__all__ = ["Fitted", "fit", "rank"]
