"""Knobs that several processors of the published console share, declared once."""

from unpatch.declaration import amount, db, ms

WEIGHT = amount(0, 1, 1, neutral=0, doc="0 is dry, 1 is wet")
# Defaults are what the published parametrisation has at zero: -6 nepers of energy, a knee of one, a
# coefficient of one half at 30 kHz.
THRESHOLD = db(-80, 20, -26.06, follows_level=1, doc="level of the smoothed energy at the middle of the knee")
KNEE = db(0, 40, 4.343, doc="width of the quadratic transition around the threshold")
SMOOTHING = ms(0.01, 3_000, 0.0481, doc="time constant (63 %) of the energy")
