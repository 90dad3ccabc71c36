"""What instruments play: short phrases in a key, by the style of the player.

A phrase has a tempo, a key, a chord for each bar, and one style: a melody, a riff, chords, an arpeggio, a
bass line or long notes. Times and velocities are a little uneven, as people's are. Everything is drawn from a
:class:`~unpatch.synth.draw.Draw`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from unpatch.synth.draw import Draw

Style: TypeAlias = Literal["melody", "riff", "chords", "arpeggio", "bass", "long"]

SCALES: Mapping[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
PENTATONIC: Mapping[str, tuple[int, ...]] = {
    "major": (0, 1, 2, 4, 5), "mixolydian": (0, 1, 2, 4, 5),
    "minor": (0, 2, 3, 4, 6), "dorian": (0, 2, 3, 4, 6),
}  # fmt: skip
"""Degrees of each scale that riffs are made of."""
PROGRESSIONS: Sequence[Sequence[int]] = (
    (0,), (0, 3), (0, 4), (0, 6), (0, 3, 4, 0), (0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (1, 4, 0, 0),
    (0, 6, 5, 6),
)  # fmt: skip
"""Degree of the chord of each bar."""

BEATS = 4
TEMPO_BPM = (64.0, 172.0)
LATE_S = 0.012
"""How far a note may be early or late, at most."""
VELOCITY = (52.0, 112.0)
"""Of a phrase as a whole."""
ACCENT = 10.0
UNEVEN = 9.0
LOWEST_VELOCITY, HIGHEST_VELOCITY = 12, 127


class Note(NamedTuple):
    """A key held from ``start_s`` for ``length_s``, struck with a velocity of 1 to 127."""

    start_s: float
    length_s: float
    key: int
    velocity: int


class Beat(NamedTuple):
    """A note as written: place and length in beats from the first bar, accent in units of velocity."""

    place: float
    length: float
    key: int
    accent: float = 0.0


@dataclass(frozen=True)
class Player:
    """How an instrument is played.

    Attributes:
        low: MIDI key of its lowest note.
        high: of its highest.
        styles: name to weight.
        voices: notes of a chord, at most.
        strum_s: time between the notes of a chord, at most.
        rings: whether notes of an arpeggio ring on.
    """

    low: int
    high: int
    styles: Mapping[Style, float]
    voices: int = 4
    strum_s: float = 0.0
    rings: bool = False


@dataclass(frozen=True)
class Harmony:
    """A key and the chords of the bars.

    Attributes:
        tonic: pitch class.
        scale: one of :data:`SCALES`.
        chords: degree of each bar's chord; they go round.
    """

    tonic: int
    scale: str
    chords: tuple[int, ...]

    @property
    def pitch_classes(self) -> frozenset[int]:
        return frozenset((self.tonic + step) % 12 for step in SCALES[self.scale])

    def key(self, degree: int) -> int:
        """MIDI key of a degree, counted from the tonic above key 0."""
        octave, step = divmod(degree, 7)
        return self.tonic + 12 * octave + SCALES[self.scale][step]

    def chord(self, bar: int) -> int:
        return self.chords[bar % len(self.chords)]

    def nearest(self, key: int, degrees: Sequence[int]) -> int:
        """Of some degrees, in any octave, the one whose key is nearest."""
        near = [d + 7 * octave for d in degrees for octave in range(12)]
        return min(near, key=lambda degree: (abs(self.key(degree) - key), degree))


def phrase(player: Player, draw: Draw, seconds: float) -> tuple[Harmony, list[Note]]:
    """A key, and notes that sound within this many seconds, in order; some start before.

    Two thirds of the tempi are within 84 and 144 beats a minute.
    """
    tempo = draw.number(84, 144) if draw.chance(2 / 3) else draw.number(*TEMPO_BPM)
    beat_s = 60 / tempo
    harmony = Harmony(draw.integer(0, 11), draw.choice(sorted(SCALES)), tuple(draw.choice(PROGRESSIONS)))
    style = draw.weighted(player.styles)
    begins_s = -draw.number(0, BEATS * beat_s)
    bars = int((seconds - begins_s) / (BEATS * beat_s)) + 1
    written = STYLES[style](player, harmony, draw, bars)
    loud, grows = draw.number(*VELOCITY), draw.number(-8, 8)
    uneven, late_s = draw.number(2, UNEVEN), draw.number(0.001, LATE_S)
    notes = []
    for beat in written:
        start_s = begins_s + beat.place * beat_s + late_s * (draw.number() - draw.number())
        velocity = loud + beat.accent + grows * start_s / seconds + uneven * (draw.number() - draw.number())
        length_s = max(beat.length * beat_s, 0.04)
        if -length_s < start_s < seconds:
            notes.append(Note(start_s, length_s, beat.key, _velocity(velocity)))
    return harmony, sorted(notes)


def _velocity(number: float) -> int:
    return round(min(max(number, LOWEST_VELOCITY), HIGHEST_VELOCITY))


def _melody(player: Player, harmony: Harmony, draw: Draw, bars: int) -> Iterator[Beat]:
    """Mostly steps, a leap now and then; what falls on a beat is often of the chord."""
    middle = draw.integer(player.low + 5, max(player.low + 5, player.high - 5))
    degree = harmony.nearest(middle, range(7))
    held = draw.choice((0.4, 0.7, 0.9, 1.0, 1.0))
    fast = draw.chance(0.3)
    place = 0.0
    while place < bars * BEATS:
        length = draw.weighted({0.25: 4.0 if fast else 0.6, 0.5: 4.0, 1.0: 3.0, 1.5: 1.0, 2.0: 0.7})
        if draw.chance(0.14):
            place += length
            continue
        step = draw.weighted({-1: 4, 1: 4, 0: 1, -2: 1.5, 2: 1.5, 3: 0.4, -3: 0.4, 4: 0.3, -4: 0.3})
        if place % 1 == 0 and draw.chance(0.6):
            chord = harmony.chord(int(place // BEATS))
            step = harmony.nearest(harmony.key(degree + step), [chord, chord + 2, chord + 4]) - degree
        degree = _within(degree + step, player, harmony)
        yield Beat(place, held * length, harmony.key(degree), _accent(place))
        place += length


def _riff(player: Player, harmony: Harmony, draw: Draw, bars: int) -> Iterator[Beat]:
    """A figure of a bar or half of one, on a grid of sixteenths or eighths, that comes again and again."""
    size = draw.choice((2.0, 4.0))
    grid = draw.choice((0.25, 0.25, 0.5))
    slots = [i * grid for i in range(round(size / grid))]
    count = min(len(slots), draw.integer(3, 8))
    onsets = [0.0, *draw.subset(slots[1:], count - 1)]
    degrees = PENTATONIC[harmony.scale]
    base = draw.integer(player.low, max(player.low, min(player.low + 19, player.high - 12)))
    steps = [draw.integer(0, len(degrees)) for _ in onsets]
    follows, held = draw.chance(0.5), draw.choice((0.45, 0.8, 1.0))
    for start in range(round(bars * BEATS / size)):
        chord = harmony.chord(int(start * size // BEATS)) if follows else 0
        tonic = harmony.nearest(base, [chord])
        for i, onset in enumerate(onsets):
            until = onsets[i + 1] if i + 1 < len(onsets) else size
            octave, which = divmod(steps[i], len(degrees))
            degree = _within(tonic + degrees[which] + 7 * octave, player, harmony)
            place = start * size + onset
            yield Beat(place, held * (until - onset), harmony.key(degree), _accent(place))


RHYTHMS: Sequence[Sequence[float]] = (
    (0,), (0, 2), (0, 1, 2, 3), (0, 1.5), (0, 1.5, 3), (0.5, 1.5, 2.5, 3.5), (0, 1, 1.5, 2.5, 3, 3.5),
    (0, 0.75, 1.5, 2.5), (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5),
)  # fmt: skip
"""Where in a bar chords are struck."""


def _chords(player: Player, harmony: Harmony, draw: Draw, bars: int) -> Iterator[Beat]:
    """Triads or sevenths in the nearest inversion, struck or strummed, up and down in turn."""
    rhythm, held = draw.choice(RHYTHMS), draw.choice((0.35, 0.8, 1.0, 1.0))
    lowest = draw.integer(player.low, max(player.low, player.high - 19))
    seventh = draw.chance(0.3)
    count = draw.integer(2, player.voices)
    strum = draw.number(0, player.strum_s)
    for bar in range(bars):
        keys = _voicing(harmony, harmony.chord(bar), lowest, count, seventh=seventh, player=player)
        for i, onset in enumerate(rhythm):
            until = rhythm[i + 1] if i + 1 < len(rhythm) else BEATS
            down = i % 2 == 0
            for j, key in enumerate(keys if down else reversed(keys)):
                place = bar * BEATS + onset + 2 * strum * j
                yield Beat(place, held * (until - onset), key, _accent(bar * BEATS + onset) - (not down) * 6)


def _voicing(
    harmony: Harmony, chord: int, lowest: int, count: int, *, seventh: bool, player: Player
) -> list[int]:
    """Keys of a chord from ``lowest`` upwards, as many as there are voices."""
    tones = [chord, chord + 2, chord + 4, *([chord + 6] if seventh else [])]
    classes = {harmony.key(tone) % 12 for tone in tones}
    keys = [key for key in range(lowest, player.high + 1) if key % 12 in classes]
    return keys[:count]


def _arpeggio(player: Player, harmony: Harmony, draw: Draw, bars: int) -> Iterator[Beat]:
    """Notes of the chord one after another: up, down, both, or in a drawn order that comes again."""
    grid = draw.choice((0.25, 0.5, 0.5, 1 / 3))
    lowest = draw.integer(player.low, max(player.low, player.high - 24))
    count, seventh = draw.integer(3, 6), draw.chance(0.3)
    order = _order(draw, count)
    rings = player.rings and draw.chance(0.7)
    held = draw.choice((0.5, 0.9, 1.0))
    per_bar = round(BEATS / grid)
    for bar in range(bars):
        keys = _voicing(harmony, harmony.chord(bar), lowest, count, seventh=seventh, player=player)
        for i in range(per_bar):
            length = BEATS - i * grid if rings else held * grid
            key = keys[order[i % len(order)] % len(keys)]
            yield Beat(bar * BEATS + i * grid, length, key, _accent(bar * BEATS + i * grid))


def _order(draw: Draw, count: int) -> list[int]:
    up = list(range(count))
    both = up + up[-2:0:-1]
    shuffled = [draw.integer(0, count - 1) for _ in range(8)]
    return draw.choice((up, up[::-1], both, shuffled))


BASS: Sequence[Sequence[tuple[float, float, int]]] = (
    tuple((i / 2, 0.5, 0) for i in range(8)),
    ((0, 1.5, 0), (1.5, 0.5, 0), (2, 1.5, 4), (3.5, 0.5, 4)),
    ((0, 0.75, 0), (0.75, 0.25, 0), (1.5, 0.5, 7), (2.5, 0.5, 4), (3, 0.75, 0)),
    ((0, 1, 0), (1, 1, 2), (2, 1, 4), (3, 1, 5)),
    ((0, 1, 0), (1, 1, 4), (2, 1, 7), (3, 1, 4)),
    tuple((i / 2, 0.5, 7 * (i % 2)) for i in range(8)),
    ((0, 3, 0), (3, 1, -1)),
    ((0, 0.5, 0), (1.5, 0.5, 0), (2, 0.25, 6), (2.5, 0.5, 0), (3.5, 0.5, 4)),
)  # fmt: skip
"""Lines of a bar: place, length, degree above the root of the chord."""


def _bass(player: Player, harmony: Harmony, draw: Draw, bars: int) -> Iterator[Beat]:
    """A line of roots, fifths and octaves, of which a note is left out or moved now and then."""
    line, held = draw.choice(BASS), draw.choice((0.5, 0.85, 1.0))
    base = draw.integer(player.low, player.low + 11)
    for bar in range(bars):
        root = harmony.nearest(base, [harmony.chord(bar)])
        for place, length, above in line:
            if draw.chance(0.08):
                continue
            moved = draw.sign() if draw.chance(0.08) else 0
            key = harmony.key(_within(root + above + moved, player, harmony))
            yield Beat(bar * BEATS + place, held * length, key, _accent(bar * BEATS + place))


def _long(player: Player, harmony: Harmony, draw: Draw, bars: int) -> Iterator[Beat]:
    """A held note of each chord, or two, tied or with a breath between them."""
    middle = draw.integer(player.low + 3, max(player.low + 3, player.high - 3))
    per_bar, held = draw.choice((1, 1, 2)), draw.choice((0.85, 1.0, 1.0))
    key = middle
    for i in range(bars * per_bar):
        chord = harmony.chord(i // per_bar)
        around = key + draw.integer(-4, 4)
        key = harmony.key(_within(harmony.nearest(around, [chord, chord + 2, chord + 4]), player, harmony))
        yield Beat(i * BEATS / per_bar, held * BEATS / per_bar, key)


STYLES: Mapping[Style, Callable[[Player, Harmony, Draw, int], Iterator[Beat]]] = {
    "melody": _melody, "riff": _riff, "chords": _chords, "arpeggio": _arpeggio, "bass": _bass, "long": _long,
}  # fmt: skip


def _within(degree: int, player: Player, harmony: Harmony) -> int:
    """The degree in an octave that the instrument has."""
    while harmony.key(degree) > player.high:
        degree -= 7
    while harmony.key(degree) < player.low:
        degree += 7
    return degree


def _accent(place: float) -> float:
    """The first beat of a bar most, other beats less, positions between them not."""
    if place % BEATS == 0:
        return ACCENT
    return ACCENT / 2 if place % 1 == 0 else 0.0
