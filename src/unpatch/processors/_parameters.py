"""Knobs that several processors share, declared once."""

from unpatch.spec import amount, db, factor, hz, ms

FREQUENCY = hz(20, 20_000, 1_000, inlet="frequency", doc="corner or centre frequency")
Q = factor(0.5, 10, 0.7071, doc="quality factor; 0.7071 is Butterworth")
EQ_Q = factor(0.3, 8, 0.7071, doc="quality factor of the band or shelf")
EQ_GAIN = db(-24, 24, 6, neutral=0, inlet="gain", doc="gain of the band or shelf")
MIX = amount(0, 1, 0.5, neutral=0, doc="0 is dry, 1 is wet")
FEEDBACK = amount(0, 0.9, 0.3, doc="share of the output fed back")
THRESHOLD = db(-60, 0, -18, follows_level=1, doc="level at which gain reduction starts")
RATIO = factor(1, 20, 4, neutral=1, doc="slope of the static curve")
ATTACK = ms(0.1, 200, 10, doc="time constant (63 %) of the rising level")
RELEASE = ms(5, 2_000, 120, doc="time constant (63 %) of the falling level")
KNEE = db(0, 24, 6, doc="width of the quadratic transition around the threshold")
LFO_FREQUENCY = hz(0.05, 20, 1, doc="cycles per second")
PHASE = amount(0, 1, 0, unit="cycle", circular=True, doc="position in the cycle at the first frame")
ECHO_DELAY = ms(20, 1_000, 250, doc="time between echoes")
ECHO_FREQUENCY = hz(20, 20_000, 4_000, doc="corner of the low-pass that every echo goes through")
ECHO_OFFSET = amount(-1, 1, 0, unit="octave", doc="the right echo time is 2^offset times the left one")
REVERB_SIZE = amount(0, 1, 0.5, doc="reverberation time, logarithmic from 0.2 s to 8 s")
REVERB_DAMPING = amount(0, 1, 0.3, doc="how much sooner high frequencies die away")
