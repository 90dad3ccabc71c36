"""Compiled loops of the pitch shifter: phase vocoder and resampling.

Shapes: C channel, T time, M frame, K bin. Positions and hops are in samples, angles in cycles.
Spectra are real and imaginary parts in turn, ``[M, C, 2 K]``.
"""

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from unpatch.dsp.compiled import Array, kernel, part
from unpatch.dsp.warp import sine_cosine

Places: TypeAlias = NDArray[np.int64]
# A peak is larger than this many neighbours on either side.
NEIGHBOURS = 2
# It is an attack when the power of a frame, and in it that of a peak, grows faster than by this many
# nepers within a window's length. Noise has peaks that do, but its frames keep their power.
FRAME_ATTACK, PEAK_ATTACK = 2.0, 6.0


@part
def angle_of(real: float, imaginary: float) -> float:
    """Angle of a complex number in cycles, -0.5 to 0.5, to 3e-7; 0 for the number 0.

    Odd minimax polynomial (fitted) for the arc tangent of the smaller over the larger part.
    """
    across, up = abs(real), abs(imaginary)
    larger = max(across, up)
    ratio = min(across, up) / larger if larger > 0 else 0.0
    z = ratio * ratio
    high = -0.0185298427 + z * (0.00837907812 - z * 0.00186515519)
    angle = ratio * (0.159151317 + z * (-0.0529385668 + z * (0.0308029046 + z * high)))
    if up > across:
        angle = 0.25 - angle
    if real < 0:
        angle = 0.5 - angle
    return angle if imaginary >= 0 else -angle


@part
def _principal(cycles: float) -> float:
    """-0.5 to 0.5."""
    return cycles - math.floor(cycles + 0.5)


@part
def _power(frame: Array, power: Array) -> None:
    """Of a frame ``[C, 2 K]``, summed over channels; with empty bins on either side."""
    power[:] = 0
    bins = power[NEIGHBOURS : power.size - NEIGHBOURS]
    for c in range(frame.shape[0]):
        row = frame[c]
        for k in range(bins.size):
            bins[k] += row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]


@part
def _find_peaks(power: Array, peaks: Places) -> int:
    """Write the bins that exceed their neighbours (no branch: noise is unpredictable); returns how many."""
    count = 0
    for k in range(power.size - 2 * NEIGHBOURS):
        here = power[k + 2]
        peaks[count] = k
        count += (here > power[k]) & (here > power[k + 1]) & (here >= power[k + 3]) & (here >= power[k + 4])
    return count


@part
def _next_angle(
    now: Array, before: Array, k: int, advance: int, hop: int, angle: float, attack: bool
) -> float:
    """By how much to turn peak ``k`` of a frame, when its place was turned by ``angle`` a frame ago.

    The angle between two frames, ``now`` and ``before [C, 2 K]``, is that of both channels, weighted
    by their power. An attack keeps the phases it has, so that it stays sharp (after Röbel 2003).
    """
    real = imaginary = power = old_power = 0.0
    for c in range(now.shape[0]):
        a, b, old_a, old_b = now[c, 2 * k], now[c, 2 * k + 1], before[c, 2 * k], before[c, 2 * k + 1]
        real += a * old_a + b * old_b
        imaginary += b * old_a - a * old_b
        power += a * a + b * b
        old_power += old_a * old_a + old_b * old_b
    window = now.shape[1] - 2
    if attack and power > old_power * math.exp(PEAK_ATTACK * advance / window):
        return 0.0
    centre = k / window
    apart = _principal(angle_of(real, imaginary) - centre * advance) / max(advance, 1)
    return _principal(angle + (centre + apart) * (hop - advance))


@part
def _lock(peaks: Places, count: int, found: Array, angles: Array, cosines: Array, sines: Array) -> None:
    """Give every bin the angle of its nearest peak."""
    first, bins = 0, angles.size
    for i in range(count):
        stop = (peaks[i] + peaks[i + 1]) // 2 + 1 if i + 1 < count else bins
        sine, cosine = sine_cosine(abs(found[i]))
        # Of half the angle; now of the whole.
        sine, cosine = 2 * sine * cosine * (1 if found[i] >= 0 else -1), 1 - 2 * sine * sine
        for k in range(first, stop):
            angles[k], cosines[k], sines[k] = found[i], cosine, sine
        first = stop


@part
def _rotate(row: Array, cosines: Array, sines: Array, out: Array) -> None:
    for k in range(cosines.size):
        real, imaginary = row[2 * k], row[2 * k + 1]
        out[2 * k] = real * cosines[k] - imaginary * sines[k]
        out[2 * k + 1] = real * sines[k] + imaginary * cosines[k]


@kernel
def turn(parts: Array, starts: Places, hop: int, angles: Array, turned: Array) -> None:
    """Turn the phases of frames analysed at ``starts`` so that they fit together every ``hop``.

    Args:
        parts: spectra ``[M, C, 2 K]`` of windows of an even length; the first was turned before.
        starts: ``[M]``.
        hop: between frames from now on.
        angles: by how much the first frame was turned ``[K]``; changed to those of the last.
        turned: written, ``[M - 1, C, 2 K]``.
    """
    bins = angles.size
    power, peaks, found = np.empty(bins + 2 * NEIGHBOURS), np.empty(bins + 1, np.int64), np.empty(bins)
    cosines, sines = np.ones(bins, parts.dtype), np.zeros(bins, parts.dtype)
    _power(parts[0], power)
    for m in range(1, parts.shape[0]):
        old_power = power.sum()
        _power(parts[m], power)
        count, advance = _find_peaks(power, peaks), starts[m] - starts[m - 1]
        attack = power.sum() > old_power * math.exp(FRAME_ATTACK * advance / (parts.shape[2] - 2))
        for i in range(count):
            k = peaks[i]
            found[i] = _next_angle(parts[m], parts[m - 1], k, advance, hop, angles[k], attack)
        _lock(peaks, count, found, angles, cosines, sines)
        for c in range(parts.shape[1]):
            _rotate(parts[m, c], cosines, sines, turned[m - 1, c])


@kernel
def overlap_add(frames: Array, shape: Array, hop: int, out: Array) -> None:
    """Add windowed ``frames [M, C, window]`` to ``out [C, T]``, one every ``hop``."""
    for m in range(frames.shape[0]):
        for c in range(out.shape[0]):
            place, frame = out[c, m * hop : m * hop + shape.size], frames[m, c]
            for j in range(shape.size):
                place[j] += shape[j] * frame[j]


@part
def _weigh(x: Array, taps: Array) -> Any:
    total = x.dtype.type(0)
    for j in range(taps.size):
        total += taps[j] * x[j]
    return total


@kernel
def resample(x: Array, table: Array, ratio: float, start: float, out: Array) -> None:
    """Filter ``x [C, T]`` around places ``ratio`` apart; the first tap meets place ``start``.

    ``table [phases + 1, taps]`` holds the filter for evenly spaced places between two samples.
    """
    phases, taps = table.shape[0] - 1, np.empty(table.shape[1], table.dtype)
    for n in range(out.shape[1]):
        position = start + n * ratio
        whole = int(position)
        phase = (position - whole) * phases
        low = int(phase)
        near, far, f = table[low], table[low + 1], table.dtype.type(phase - low)
        for j in range(taps.size):
            taps[j] = near[j] + f * (far[j] - near[j])
        for c in range(out.shape[0]):
            out[c, n] = _weigh(x[c, whole : whole + taps.size], taps)
