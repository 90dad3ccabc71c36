"""Who plays the everyday chains: ``pedalboard``, and effects of the Faust standard libraries."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from bench.checks.outside import faust
from bench.checks.outside.everyday import Arriving, Knobs, Setting
from bench.checks.outside.main_knobs import room, step_bit
from bench.shared.peers import installed

pedalboard: Any = installed("pedalboard")

VERSIONS = f"pedalboard {pedalboard.__version__}, {faust.VERSION}"


def play(setting: Setting, audio: Tensor, sample_rate: int) -> Tensor:
    """``[2, T]`` through one effect."""
    if setting.make in PLUGINS:
        board = pedalboard.Pedalboard(PLUGINS[setting.make](setting.knobs))
        return torch.from_numpy(np.ascontiguousarray(board(audio.numpy(), sample_rate, reset=True)))
    return faust.play(PROCESSES[setting.make](setting.knobs, sample_rate), audio, sample_rate)


def told(setting: Setting, arriving: Arriving) -> dict[str, float]:
    """The knobs as set, and what the main ones amount to, see ``main_knobs``."""
    knobs, level_db = dict(setting.knobs), arriving.level_db
    match setting.family:
        case "compressor" | "gate":
            knobs["threshold_db"] -= level_db
        case "distortion":
            knobs["drive_db"] += level_db
        case "bitcrush":
            step = 2 ** -knobs["bit"] if setting.make in PLUGINS else 1 / (2 ** knobs["bit"] - 1)
            knobs["step_bit"] = step_bit(step, level_db)
        case "reverb":
            rate = arriving.sample_rate
            knobs |= room(lambda impulse: play(setting, impulse, rate), rate)
    return knobs


PLUGINS: Mapping[str, Callable[[Knobs], list[Any]]] = {
    # Filters of the first order, two in a row.
    "pedalboard HighpassFilter": lambda k: [pedalboard.HighpassFilter(k["frequency_hz"]) for _ in range(2)],
    "pedalboard LowpassFilter": lambda k: [pedalboard.LowpassFilter(k["frequency_hz"]) for _ in range(2)],
    "pedalboard LowShelfFilter": lambda k: [pedalboard.LowShelfFilter(k["frequency_hz"], k["gain_db"])],
    "pedalboard HighShelfFilter": lambda k: [pedalboard.HighShelfFilter(k["frequency_hz"], k["gain_db"])],
    "pedalboard PeakFilter": lambda k: [pedalboard.PeakFilter(k["frequency_hz"], k["gain_db"], k["q"])],
    "pedalboard Compressor": lambda k: [
        pedalboard.Compressor(k["threshold_db"], k["ratio"], k["attack_ms"], k["release_ms"])
    ],
    "pedalboard NoiseGate": lambda k: [
        pedalboard.NoiseGate(k["threshold_db"], k["ratio"], k["attack_ms"], k["release_ms"])
    ],
    "pedalboard Distortion": lambda k: [pedalboard.Distortion(k["drive_db"])],
    "pedalboard Bitcrush": lambda k: [pedalboard.Bitcrush(k["bit"])],
    "pedalboard Chorus": lambda k: [
        pedalboard.Chorus(k["rate_hz"], k["depth"], k["delay_ms"], k["feedback"], k["mix"])
    ],
    "pedalboard Phaser": lambda k: [
        pedalboard.Phaser(k["rate_hz"], k["depth"], k["frequency_hz"], k["feedback"], k["mix"])
    ],
    "pedalboard Delay": lambda k: [pedalboard.Delay(k["delay_ms"] / 1000, k["feedback"], k["mix"])],
    "pedalboard Reverb": lambda k: [
        pedalboard.Reverb(k["size"], k["damping"], wet_level=k["mix"], dry_level=1 - k["mix"], width=1.0)
    ],
    "pedalboard PitchShift": lambda k: [pedalboard.PitchShift(k["semitone"])],
}
"""Who plays to the plugins in series."""


def _both(mono: str) -> str:
    """A process of one channel on left and right."""
    return f"par(i, 2, {mono})"


def _mixed(wet: str, mix: float, wet_gain: float = 1.0) -> str:
    """Dry and wet of two channels; the gain makes one reverb about as loud as another at the same mix."""
    gain = mix * wet_gain
    return f"_, _ <: (*({1 - mix}), *({1 - mix})), ({wet} : *({gain}), *({gain})) :> _, _"


def _sine(knobs: Knobs) -> str:
    return f"os.oscp({knobs['rate_hz']}, {2 * math.pi * knobs['phase']})"


def _chorus(k: Knobs, rate: int) -> str:
    """Voices whose delays move a quarter of a cycle apart."""
    delay = k["delay_ms"] / 1000 * rate
    voices = [
        f"de.fdelay(4096, {delay} * (1 + {k['depth']} * os.oscp({k['rate_hz']}, {phase})))"
        for phase in (0.0, math.pi / 2)
    ]
    return _mixed(", ".join(voices), k["mix"])


def _flanger(k: Knobs, rate: int) -> str:
    delay = k["delay_ms"] / 1000 * rate
    moving = [f"{delay} * (1 + {k['depth']} * os.{sine}({k['rate_hz']}))" for sine in ("oscrs", "oscrc")]
    strength = k["mix"] / (1 - k["mix"])
    return f"pf.flanger_stereo(2048, {moving[0]}, {moving[1]}, {strength}, {k['feedback']}, 0)"


def _phaser(k: Knobs, rate: int) -> str:
    """Four notches, each 1.5 times as high as the one before, all below half the sample rate."""
    low = k["frequency_hz"] * 2 ** (-2 * k["depth"])
    high = min(k["frequency_hz"] * 2 ** k["depth"], 0.45 * rate / 1.5**4)
    strength = min(1.0, 2 * k["mix"])
    return f"pf.phaser2_stereo(4, 500, {low}, 1.5, {high}, {k['rate_hz']}, {strength}, {k['feedback']}, 0)"


def _echo(k: Knobs, rate: int) -> str:
    frames = round(k["delay_ms"] / 1000 * rate)
    again = f"ef.echo(1, {k['delay_ms'] / 1000}, {k['feedback']})"
    once = f"@({frames}) : {again} : fi.lowpass(1, {k['frequency_hz']})"
    return _mixed(_both(once), k["mix"])


def _pingpong(k: Knobs, rate: int) -> str:
    """The sum goes to the left, from there to the right, and back."""
    frames = round(k["delay_ms"] / 1000 * rate)
    loop = f"(+ : @({frames}) <: _, @({frames})) ~ (!, *({k['feedback']}))"
    return _mixed(
        f"(+ : *(0.5) : ({loop}) : {_both('fi.lowpass(1, ' + str(k['frequency_hz']) + ')')})", k["mix"]
    )


def _freeverb(k: Knobs, rate: int) -> str:
    at_44 = 44_100 / rate
    comb, damp = 0.7 + 0.28 * k["size"] * at_44, 0.4 * k["damping"] * at_44
    return _mixed(f"(*(0.1), *(0.1) : re.stereo_freeverb({comb}, 0.5, {damp}, 23))", k["mix"], 1.3)


def _zita(k: Knobs, _: int) -> str:
    rt60, dark_hz = 0.4 * 10 ** k["size"], 8_000 - 5_000 * k["damping"]
    room_ = f"re.zita_rev1_stereo({k['predelay_ms']}, 200, {dark_hz}, {1.2 * rt60}, {rt60}, 48000)"
    return _mixed(room_, k["mix"], 2.5)


def _dattorro(k: Knobs, rate: int) -> str:
    late = round(k["predelay_ms"] / 1000 * rate)
    decay, damp = 0.3 + 0.5 * k["size"], 0.5 * k["damping"]
    return _mixed(f"re.dattorro_rev({late}, 0.9995, 0.75, 0.625, {decay}, 0.7, 0.5, {damp})", k["mix"])


PROCESSES: Mapping[str, Callable[[Knobs, int], str]] = {
    "Faust highpass": lambda k, _: _both(f"fi.highpass({int(k['order'])}, {k['frequency_hz']})"),
    "Faust lowpass": lambda k, _: _both(f"fi.lowpass({int(k['order'])}, {k['frequency_hz']})"),
    "Faust low_shelf": lambda k, _: _both(f"fi.low_shelf({k['gain_db']}, {k['frequency_hz']})"),
    "Faust high_shelf": lambda k, _: _both(f"fi.high_shelf({k['gain_db']}, {k['frequency_hz']})"),
    "Faust peak_eq": lambda k, _: _both(f"fi.peak_eq_cq({k['gain_db']}, {k['frequency_hz']}, {k['q']})"),
    "Faust compressor": lambda k, _: _both(
        f"co.compressor_mono({k['ratio']}, {k['threshold_db']}, {k['attack_ms'] / 1000}, "
        f"{k['release_ms'] / 1000})"
    ),
    "Faust gate": lambda k, _: _both(
        f"ef.gate_mono({k['threshold_db']}, {k['attack_ms'] / 1000}, {k['hold_ms'] / 1000}, "
        f"{k['release_ms'] / 1000})"
    ),
    "Faust cubicnl": lambda k, _: _both(f"ef.cubicnl({k['drive_db'] / 40}, 0)"),
    "Faust bitcrusher": lambda k, _: _both(f"ba.bitcrusher({k['bit']})"),
    "Faust chorus": _chorus,
    "Faust flanger": _flanger,
    "Faust phaser": _phaser,
    "Faust echo": _echo,
    "Faust ping-pong": _pingpong,
    "Faust freeverb": _freeverb,
    "Faust zita": _zita,
    "Faust dattorro": _dattorro,
    "Faust transpose": lambda k, _: _both(f"ef.transpose(2048, 512, {k['semitone']})"),
    "Faust tremolo": lambda k, _: _both(f"*(1 - {k['depth']} * (1 + {_sine(k)}) / 2)"),
    "Faust auto-pan": lambda k, _: f"sp.constantPowerPan(0.5 + 0.5 * {k['depth']} * {_sine(k)})",
    "Faust pan": lambda k, _: f"sp.constantPowerPan({(k['pan'] + 1) / 2})",
    "Faust width": lambda k, _: f"ef.stereo_width({2 * k['width'] / (1 + k['width'])})",
}
"""Who plays to the process in Faust's language, at a sample rate."""
