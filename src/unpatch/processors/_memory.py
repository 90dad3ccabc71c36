"""Memory of processors, as functions of their settings; declared once for similar ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from unpatch import dsp

if TYPE_CHECKING:
    from unpatch.declaration.memory import Settings
    from unpatch.dsp.ringing import Values


_EQUALIZER_STEP_S, _LOWEST_HZ = 0.3, 3.0


def section(knobs: Settings, sample_rate: float) -> Values:
    """One second-order section."""
    return dsp.ringing.section(knobs["frequency_hz"], 1 / knobs["q"], sample_rate)


def equal_sections(knobs: Settings, sample_rate: float) -> Values:
    """Two of them in series."""
    return 2 * section(knobs, sample_rate)


def butterworth_sections(knobs: Settings, sample_rate: float) -> Values:
    """Two in series, their dampings those of a fourth-order Butterworth filter."""
    first, second = (spread / knobs["q"] for spread in dsp.svf.BUTTERWORTH_SECTIONS)
    hz = knobs["frequency_hz"]
    return dsp.ringing.section(hz, first, sample_rate) + dsp.ringing.section(hz, second, sample_rate)


def crossover(knobs: Settings, sample_rate: float) -> Values:
    """Two equal Butterworth sections."""
    return equal_sections({**knobs, "q": 0 * knobs["frequency_hz"] + 0.7071}, sample_rate)


def bell(knobs: Settings, sample_rate: float) -> Values:
    damping = 10 ** (-knobs["gain_db"] / 40) / knobs["q"]
    return dsp.ringing.section(knobs["frequency_hz"], damping, sample_rate)


def low_shelf(knobs: Settings, sample_rate: float) -> Values:
    scale = 10 ** (-knobs["gain_db"] / 80)
    return dsp.ringing.section(knobs["frequency_hz"], 1 / knobs["q"], sample_rate, scale)


def high_shelf(knobs: Settings, sample_rate: float) -> Values:
    return low_shelf({**knobs, "gain_db": -knobs["gain_db"]}, sample_rate)


def echo(knobs: Settings, sample_rate: float) -> Values:
    """The longer of two delays with a low-pass in the loop."""
    delay_s = knobs["delay_ms"] / 1000 * 2 ** (abs(knobs["stereo_offset"]) / 2)
    return dsp.ringing.repeats(delay_s, knobs["feedback"], section(knobs, sample_rate))


def moving_delay(knobs: Settings, sample_rate: float) -> Values:
    return dsp.ringing.repeats(knobs["delay_ms"] / 1000, knobs["feedback"])


def phaser(knobs: Settings, sample_rate: float) -> Values:
    return dsp.ringing.allpass_loop(knobs["frequency_hz"], knobs["feedback"], sample_rate)


def reverb(knobs: Settings, sample_rate: float) -> Values:
    """Lines decay by 60 dB in the reverberation time, diffusers by their gain in each of their lengths."""
    times = dsp.reverb
    decay_s = times.SHORTEST_S * (times.LONGEST_S / times.SHORTEST_S) ** knobs["size"]
    lengths_ms = times.RIGHT_STRETCH * sum(times.DIFFUSERS_MS)
    diffusers_s = dsp.ringing.repeats(0 * decay_s + lengths_ms / 1000, 0 * decay_s + times.DIFFUSION)
    # Low-passes and whole samples make a line a little longer than it is meant to be.
    return diffusers_s + 2.6 * decay_s + (max(times.LINES_MS) + times.SPREAD_MS) / 1000


def detector(knobs: Settings, sample_rate: float) -> Values:
    """The memory of a level detector with attack and release is the slower of the two."""
    slower_ms = knobs["release_ms"].clip(min=knobs["attack_ms"])
    return dsp.ringing.smoothing(slower_ms / 1000)


def single_detector(knobs: Settings, sample_rate: float) -> Values:
    """Attack and release are one time."""
    return dsp.ringing.smoothing(knobs["time_ms"] / 1000)


def energy_detector(knobs: Settings, sample_rate: float) -> Values:
    """Decibels of energies are half as far apart as those of amplitudes."""
    return dsp.ringing.smoothing(2 * knobs["smoothing_ms"] / 1000)


def console_equalizer(knobs: Settings, sample_rate: float) -> Values:
    """The band that rings longest, in steps: transforms keep their length while knobs move a little."""
    found = [bell(_band(knobs, f"bell_{i}"), sample_rate) for i in (1, 2, 3, 4)]
    found += [low_shelf(_band(knobs, "low_shelf"), sample_rate)]
    found += [high_shelf(_band(knobs, "high_shelf"), sample_rate)]
    found += [section(_band(knobs, "high_cut"), sample_rate), _low_cut(knobs, sample_rate)]
    longest = np.maximum.reduce(np.broadcast_arrays(*found))
    steps: Values = _EQUALIZER_STEP_S * np.ceil(longest / _EQUALIZER_STEP_S)
    return steps


def _low_cut(knobs: Settings, sample_rate: float) -> Values:
    """Close to where it is off its corner sinks; what it takes away below 3 Hz is not followed."""
    hz = dsp.sections.low_cut_corner(knobs["low_cut_hz"])
    band = {"frequency_hz": hz.clip(min=_LOWEST_HZ), "q": knobs["low_cut_q"]}
    return np.where(hz > 0, section(band, sample_rate), 0.0)


def _band(knobs: Settings, name: str) -> Settings:
    """The knobs of one band under the names that they have where there is only one."""
    names = {"hz": "frequency_hz", "db": "gain_db", "q": "q"}
    return {names[end]: knobs[f"{name}_{end}"] for end in names if f"{name}_{end}" in knobs}
