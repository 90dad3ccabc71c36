"""The compiled loop of :mod:`unpatch.dsp.loudness`.

Shapes: T time, H hops; audio ``[2, T]`` in single precision.
"""

import numpy as np

from unpatch.dsp.compiled import Array, ordered_kernel

WEIGHTED, PLAIN, PEAK = 0, 1, 2


@ordered_kernel
def measure(
    x: Array,
    sections: Array,
    states: Array,
    partial: Array,
    hop: int,
    hops: Array,
) -> int:
    """K-weighted energy, plain energy and peak of each hop that ends here; returns how many do.

    Args:
        x: ``[2, T]``.
        sections: ``[2, 5]``, b0 b1 b2 a1 a2 of the two weighting filters.
        states: ``[2, 2, 2]`` of channel, section; advanced.
        partial: ``[4]``: sums and peak of the present hop, and its frames so far; advanced.
        hop: frames.
        hops: ``[3, H]``, written.
    """
    b0, b1, b2, a1, a2 = sections[0]
    c0, c1, c2, d1, d2 = sections[1]
    p0, p1, q0, q1 = states[0, 0, 0], states[0, 0, 1], states[0, 1, 0], states[0, 1, 1]
    r0, r1, s0, s1 = states[1, 0, 0], states[1, 0, 1], states[1, 1, 0], states[1, 1, 1]
    weighted, plain, peak, filled = partial[0], partial[1], partial[2], int(partial[3])
    done = 0
    for t in range(x.shape[1]):
        left, right = np.float64(x[0, t]), np.float64(x[1, t])
        y, z = b0 * left + p0, b0 * right + r0
        p0, p1 = b1 * left - a1 * y + p1, b2 * left - a2 * y
        r0, r1 = b1 * right - a1 * z + r1, b2 * right - a2 * z
        u, v = c0 * y + q0, c0 * z + s0
        q0, q1 = c1 * y - d1 * u + q1, c2 * y - d2 * u
        s0, s1 = c1 * z - d1 * v + s1, c2 * z - d2 * v
        weighted += u * u + v * v
        plain += left * left + right * right
        peak = max(peak, abs(left), abs(right))
        filled += 1
        if filled == hop:
            hops[0, done], hops[1, done], hops[2, done] = weighted, plain, peak
            weighted, plain, peak, filled = 0.0, 0.0, 0.0, 0
            done += 1
    states[0, 0, 0], states[0, 0, 1], states[0, 1, 0], states[0, 1, 1] = p0, p1, q0, q1
    states[1, 0, 0], states[1, 0, 1], states[1, 1, 0], states[1, 1, 1] = r0, r1, s0, s1
    partial[0], partial[1], partial[2], partial[3] = weighted, plain, peak, filled
    return done
