"""Knobs that several processors share, declared once.

Usual settings (``typical``) and modulation (``movement``) are measured where a collection is cited, see
``bench/results/priors.md``, and an engineer's judgement elsewhere.
"""

from unpatch.declaration import (
    Away,
    Between,
    Movement,
    WhereEnergyIs,
    amount,
    db,
    factor,
    hz,
    log_normal,
    log_uniform,
    measured,
    mixture,
    ms,
    negative,
    normal,
    steps,
    uniform,
    usually,
)

SWEEP = Movement(
    rate_hz=log_normal(0.7, 2.2, 0.1, 6),
    depth=uniform(0.12, 0.4),
    around=log_normal(900, 1.8, 250, 4_000),
)
FREQUENCY = hz(
    20,
    20_000,
    1_000,
    inlet="frequency",
    doc="corner or centre frequency",
    typical=log_uniform(100, 8_000),
    movement=SWEEP,
    varied=WhereEnergyIs(),
)
_BAND_FREQUENCY = usually(FREQUENCY, varied=WhereEnergyIs(tilted=0.5))
LOW_CUT = usually(FREQUENCY, measured("MixologyDB", 28.6, 64, 109, 170, 640, low=20, high=1_000))
HIGH_CUT = usually(
    FREQUENCY, mixture((0.75, log_normal(8_000, 1.6, 3_000, 16_000)), (0.25, log_uniform(800, 3_500)))
)
BAND_PASS = usually(FREQUENCY, log_normal(1_200, 1.6, 400, 4_000))
LOW_SHELF = usually(_BAND_FREQUENCY, measured("MixologyDB", 33.1, 78.6, 100, 184, 380, low=25, high=600))
HIGH_SHELF = usually(
    _BAND_FREQUENCY, measured("MixologyDB", 1_800, 4_500, 6_000, 8_920, 14_500, low=1_200, high=16_000)
)
BELL = usually(_BAND_FREQUENCY, measured("MixologyDB", 70, 230, 779, 2_800, 8_170, low=40, high=14_000))
NOTCH = usually(FREQUENCY, log_uniform(120, 7_000))
CROSSOVER = usually(FREQUENCY, log_normal(600, 2.2, 120, 4_000))
Q = factor(
    0.5,
    10,
    0.7071,
    doc="quality factor; 0.7071 is Butterworth",
    typical=mixture((0.5, steps(0.7071)), (0.15, steps(0.5)), (0.35, log_normal(0.9, 1.5, 0.5, 3))),
    varied=Between(0.5, 5),
)
BAND_Q = usually(Q, log_normal(1.0, 1.8, 0.5, 4))
EQ_Q = factor(
    0.3,
    8,
    0.7071,
    doc="quality factor of the band or shelf",
    typical=log_normal(1.4, 2.0, 0.4, 6),
    varied=Between(0.4, 4),
)
SHELF_Q = usually(EQ_Q, mixture((0.6, steps(0.7071)), (0.4, log_uniform(0.4, 1.2))))
EQ_GAIN = db(-24, 24, 6, neutral=0, inlet="gain", doc="gain of the band or shelf", varied=Away(0, 5, 24))
MIX = amount(
    0,
    1,
    0.5,
    neutral=0,
    doc="0 is dry, 1 is wet",
    typical=normal(0.5, 0.12, 0.25, 0.75),
    varied=Between(0.3, 1),
)
ECHO_MIX = usually(MIX, normal(0.3, 0.11, 0.12, 0.6), varied=Between(0.2, 0.7))
ROOM_MIX = usually(MIX, normal(0.28, 0.13, 0.08, 0.6), varied=Between(0.15, 0.7))
FEEDBACK = amount(
    0,
    0.9,
    0.3,
    doc="share of the output fed back",
    typical=mixture((0.4, steps(0)), (0.6, uniform(0, 0.7))),
    varied=Between(0, 0.8),
)
ECHO_FEEDBACK = usually(
    FEEDBACK,
    mixture(
        (0.3, uniform(0, 0.15)),
        (0.7, measured("DiffVox", 0.104, 0.331, 0.477, 0.602, 0.73, low=0.03, high=0.8, log=False)),
    ),
)
THRESHOLD = db(
    -60,
    0,
    -18,
    follows_level=1,
    doc="level at which gain reduction starts",
    typical=negative(log_normal(11, 1.6, 4, 30)),
)
RATIO = factor(
    1,
    20,
    4,
    neutral=1,
    doc="slope of the static curve",
    typical=measured("DiffVox", 1.56, 2.33, 3.29, 4.8, 11.8, low=1.4, high=20),
    varied=Between(2, 20),
)
ATTACK = ms(
    0.1,
    200,
    10,
    doc="time constant (63 %) of the rising level",
    typical=measured("MixologyDB", 0.1, 1, 6, 18.1, 52.4, low=0.1, high=120),
    varied=Between(0.5, 50),
)
RELEASE = ms(
    5,
    2_000,
    120,
    doc="time constant (63 %) of the falling level",
    typical=log_normal(120, 2.4, 10, 1_200),
    varied=Between(20, 500),
)
KNEE = db(
    0,
    24,
    6,
    doc="width of the quadratic transition around the threshold",
    typical=mixture((0.3, steps(0)), (0.7, normal(6, 4, 0, 18))),
    varied=Between(0, 15),
)
LFO_FREQUENCY = hz(
    0.05, 20, 1, doc="cycles per second", typical=log_normal(1.2, 2.5, 0.1, 9), varied=Between(0.4, 10)
)
PHASE = amount(
    0,
    1,
    0,
    unit="cycle",
    circular=True,
    doc="position in the cycle at the first frame",
    typical=uniform(0, 1),
)
ECHO_DELAY = ms(
    20, 1_000, 250, doc="time between echoes", typical=log_normal(290, 1.65, 80, 800), varied=Between(60, 900)
)
ECHO_FREQUENCY = hz(
    20,
    20_000,
    4_000,
    doc="corner of the low-pass that every echo goes through",
    typical=mixture(
        (0.5, measured("DiffVox", 577, 1_760, 4_000, 6_380, 14_900, low=400, high=18_000)),
        (0.5, log_uniform(7_000, 20_000)),
    ),
    varied=WhereEnergyIs(),
)
ECHO_OFFSET = amount(
    -1,
    1,
    0,
    unit="octave",
    doc="the right echo time is 2^offset times the left one",
    typical=mixture((0.8, steps(0)), (0.2, uniform(-0.6, 0.6))),
)
REVERB_SIZE = amount(
    0,
    1,
    0.5,
    doc="reverberation time, logarithmic from 0.2 s to 8 s",
    typical=measured("MixologyDB", 0.188, 0.436, 0.579, 0.739, 0.844, low=0.1, high=0.95, log=False),
    varied=Between(0.2, 1),
)
REVERB_DAMPING = amount(
    0, 1, 0.3, doc="how much sooner high frequencies die away", typical=uniform(0.05, 0.8)
)
