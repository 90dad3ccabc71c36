"""Knobs that several mastering processors share, declared once.

The ranges are those of Peladeau and Peeters' study; its frequencies, times and ratio are logarithmic, its
gains and quality factors linear.
"""

from unpatch.declaration import amount, db, factor

BAND_GAIN = db(-15, 15, 0, neutral=0, doc="gain of the band or shelf")
BAND_Q = amount(0.1, 2, 0.7071, doc="centre frequency over bandwidth, or steepness of the shelf")
THRESHOLD = db(-40, 0, -12, follows_level=1, doc="level at which gain reduction starts")
RATIO = factor(2, 10, 3, doc="slope of the static curve")
KNEE = db(0, 12, 6, doc="width of the quadratic transition around the threshold")
COEFFICIENTS = amount(-1, 1, 0, size=24, neutral=0, doc="of the orders 1 to 24, in this order")
