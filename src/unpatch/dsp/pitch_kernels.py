"""Compiled loops of the pitch shifter.

Shapes: C channel, T time, M frame, K bin. Positions and hops are in samples.
"""

import math

import numpy as np

from unpatch.dsp.compiled import kernel

# Share of the largest squared-window sum below which there is no signal to restore.
EDGE = 1e-3


@kernel
def _power(spectra, m, power):  # type: ignore[no-untyped-def]
    """Summed over channels; two empty bins stand on either side."""
    power[:] = 0
    for c in range(spectra.shape[0]):
        for k in range(spectra.shape[2]):
            value = spectra[c, m, k]
            power[k + 2] += value.real * value.real + value.imag * value.imag


@kernel
def _peaks(power, peaks):  # type: ignore[no-untyped-def]
    """Bins that exceed two neighbours on either side; returns how many."""
    count = 0
    for i in range(2, power.size - 2):
        here = power[i]
        if here > power[i - 1] and here > power[i - 2] and here >= power[i + 1] and here >= power[i + 2]:
            peaks[count] = i - 2
            count += 1
    return count


@kernel
def _gained_phase(spectra, m, k, advance, hop, window):  # type: ignore[no-untyped-def]
    """What the frequency at peak ``k`` turns over ``hop`` beyond what it turned over ``advance``.

    The phase difference between two frames is that of both channels, weighted by their power.
    """
    if advance == 0:
        return 2 * math.pi * k / window * hop
    real = imag = 0.0
    for c in range(spectra.shape[0]):
        now, before = spectra[c, m, k], spectra[c, m - 1, k]
        real += now.real * before.real + now.imag * before.imag
        imag += now.imag * before.real - now.real * before.imag
    centre = 2 * math.pi * k / window
    apart = math.atan2(imag, real) - centre * advance
    apart -= 2 * math.pi * np.round(apart / (2 * math.pi))
    return (centre + apart / advance) * (hop - advance)


@kernel
def _lock(peaks, count, peak_angles, angles):  # type: ignore[no-untyped-def]
    """Give every bin the angle of its nearest peak."""
    peak = 0
    for k in range(angles.size):
        while peak + 1 < count and 2 * k > peaks[peak] + peaks[peak + 1]:
            peak += 1
        angles[k] = peak_angles[peak]


@kernel
def _rotate(spectra, m, rotations):  # type: ignore[no-untyped-def]
    for c in range(spectra.shape[0]):
        for k in range(spectra.shape[2]):
            spectra[c, m, k] *= rotations[k]


@kernel
def turn(spectra, starts, hop, window):  # type: ignore[no-untyped-def]
    """Turn the phases of ``spectra [C, M, K]``, analysed at ``starts [M]``, for a steady ``hop``."""
    bins = spectra.shape[2]
    power, peaks = np.empty(bins + 4), np.empty(bins, np.int64)
    angles, peak_angles = np.zeros(bins), np.empty(bins)
    turned = np.ones((2, bins), spectra.dtype)
    for m in range(1, spectra.shape[1]):
        _power(spectra, m, power)
        count = _peaks(power, peaks)
        for i in range(count):
            gained = _gained_phase(spectra, m, peaks[i], starts[m] - starts[m - 1], hop, window)
            angle = angles[peaks[i]] + gained
            peak_angles[i] = angle - 2 * math.pi * np.round(angle / (2 * math.pi))
        if count:
            _lock(peaks, count, peak_angles, angles)
        if m > 1:
            _rotate(spectra, m - 1, turned[(m - 1) % 2])
        for k in range(bins):
            turned[m % 2, k] = complex(math.cos(angles[k]), math.sin(angles[k]))
    if spectra.shape[1] > 1:
        _rotate(spectra, spectra.shape[1] - 1, turned[(spectra.shape[1] - 1) % 2])


@kernel
def overlap_add(frames, shape, hop, out):  # type: ignore[no-untyped-def]
    """Sum of windowed ``frames [C, M, window]`` over the sum of squared windows, into ``out [C, T]``."""
    weight = np.zeros(out.shape[1], out.dtype)
    for m in range(frames.shape[1]):
        for j in range(shape.size):
            weight[m * hop + j] += shape[j] * shape[j]
    floor = EDGE * weight.max()
    for c in range(out.shape[0]):
        for m in range(frames.shape[1]):
            for j in range(shape.size):
                out[c, m * hop + j] += shape[j] * frames[c, m, j]
        for j in range(out.shape[1]):
            out[c, j] /= max(weight[j], floor)


@kernel
def resample(x, taps, ratio, start, out):  # type: ignore[no-untyped-def]
    """out[n] = x(start + n ratio); taps ``[phases + 1, taps]``; x begins half the taps early."""
    phases = taps.shape[0] - 1
    for n in range(out.shape[1]):
        position = start + n * ratio
        whole = math.floor(position)
        phase = (position - whole) * phases
        low = int(phase)
        f = out.dtype.type(phase - low)
        near, far = taps[low], taps[low + 1]
        for c in range(out.shape[0]):
            total = out.dtype.type(0)
            for j in range(near.size):
                total += (near[j] + f * (far[j] - near[j])) * x[c, whole + 1 + j]
            out[c, n] = total
