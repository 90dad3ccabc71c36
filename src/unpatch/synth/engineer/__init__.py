"""Processing as engineers do it: none, one or a few effects, set as they usually are.

:mod:`~unpatch.synth.engineer.tools` has the effects, :mod:`~unpatch.synth.engineer.chains` puts them in a
row, and :mod:`~unpatch.synth.engineer.settings` draws their numbers from the declared distributions.
"""

from unpatch.synth.engineer.chains import SIZES, effects, prototype
from unpatch.synth.engineer.settings import Settings
from unpatch.synth.engineer.tools import TOOLS

__all__ = ["SIZES", "TOOLS", "Settings", "effects", "prototype"]
