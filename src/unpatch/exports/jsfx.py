"""Processors as JSFX, the effects that REAPER compiles when it loads them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from unpatch.declaration import Parameter
from unpatch.exports.circuit import Circuit
from unpatch.exports.printing import INFIX, Language, number, printed

CALLED = ("min", "max", "abs", "pow", "exp", "log", "sin", "cos", "tan", "sqrt", "floor")
JSFX = Language(
    {
        **INFIX,
        **{name: f"{name}({{0}}, {{1}})" for name in ("min", "max", "pow")},
        **{name: f"{name}({{0}})" for name in CALLED if name not in ("min", "max", "pow")},
        "tanh": "hyperbolic_tangent({0})",
        "where": "({0} < {1} ? {2} : {3})",
        "knob": "{what}",
        "sample_rate": "srate",
        "seconds": "seconds",
        "input": "{what}",
        "register": "{what}",
        "line": "{what}[({what}_at - {0}) + ({what}_at < {0} ? {what}_size : 0)]",
    }
)
PARTITION = 4096
"""Samples that a convolution is late, which REAPER makes up for."""

_TANH = """\
function hyperbolic_tangent(x) local(e)
(
  e = exp(-2 * abs(x));
  x < 0 ? (e - 1) / (1 + e) : (1 - e) / (1 + e);
);"""


def effect(circuit: Circuit, title: str, pairs: Mapping[str, int]) -> str:
    """The text of an effect; ``pairs`` are the first channels of inlets and outlets, counted from 0."""
    text = printed(circuit, JSFX)
    names = [port.name for port in circuit.processor.outlets]
    channels = max(pairs.values(), default=0) + 2
    lines = [f"desc:{title}", f"// {circuit.processor.summary}"]
    lines += [slider(i + 1, name, knob) for i, (name, knob) in enumerate(circuit.knobs.items())]
    lines += [f"{way}_pin:{_pin(pairs, c)}" for way in ("in", "out") for c in range(channels)]
    lines += ["", "@init", *_init(circuit)]
    lines += ["", "@slider", *(f"{name} = {expression};" for name, expression in text.still)]
    tells_time = any("seconds" in expression for _, expression in text.moving)
    lines += ["", "@block", "(play_state & 1) ? seconds = play_position;"] if tells_time else []
    lines += ["", "@sample"]
    lines += [
        f"{inlet}_{side} = spl{pairs[inlet] + k};"
        for inlet in circuit.inlets
        for k, side in enumerate(("left", "right"))
    ]
    lines += [f"{name} = {expression};" for name, expression in text.moving]
    places = [pairs[name] + k for name in names for k in (0, 1)]
    lines += [f"spl{place} = {value};" for place, value in zip(places, text.outputs, strict=True)]
    lines += [f"next_{name} = {expression};" for name, expression in text.kept]
    lines += [f"{name} = next_{name};" for name, _ in text.kept]
    for name, expression in text.written:
        lines += [f"{name}[{name}_at] = {expression};"]
        lines += [f"({name}_at += 1) >= {name}_size ? {name}_at = 0;"]
    lines += ["seconds += 1 / srate;"] if tells_time else []
    return "\n".join([*lines, ""])


def slider(place: int, name: str, knob: Parameter) -> str:
    """With range, scale, unit and meaning as declared."""
    ends = ",".join(_short(each) for each in (knob.low, knob.high, _grain(knob)))
    scale = ":log" if knob.scale == "log" else ""
    unit = f" ({knob.unit})" if knob.unit else ""
    return f"slider{place}:{name}={_short(knob.default)}<{ends}{scale}>{name.replace('_', ' ')}{unit}"


def _grain(knob: Parameter) -> float:
    whole = knob.low if knob.scale == "log" else knob.high - knob.low
    return 10.0 ** math.floor(math.log10(whole / 1000))


def _short(value: float) -> str:
    return number(value).strip("()").removesuffix(".0")


def _pin(pairs: Mapping[str, int], channel: int) -> str:
    side = ("left", "right")[channel % 2]
    ports = [name for name, first in pairs.items() if first == channel - channel % 2]
    return f"{ports[0]} {side}" if ports else f"passed on {side}"


def _init(circuit: Circuit) -> list[str]:
    """Memory of the delay lines, one after another."""
    lines, start = [_TANH], "0"
    for line in circuit.lines:
        lines += [
            f"{line.name} = {start};",
            f"{line.name}_size = floor({number(line.longest_s)} * srate) + 8;",
        ]
        lines += [f"{line.name}_at = 0;"]
        start = f"{line.name} + {line.name}_size"
    return [*lines, f"memset(0, 0, {start});"] if circuit.lines else lines


def gain(title: str) -> str:
    """The gain of an edge between two effects."""
    slider = "slider1:gain=1<-1000,1000,0.001>gain (factor)"
    return "\n".join([f"desc:{title}", slider, "", "@sample", "spl0 *= gain;", "spl1 *= gain;", ""])


def convolution(title: str, response: str, lead: int) -> str:
    """An impulse response of four channels, convolved in blocks; left and right are one complex signal.

    Spectra have twice the block size: ``fft`` requires memory that starts at a multiple of its size.
    """
    return _CONVOLUTION.format(title=title, response=response, lead=lead, block=PARTITION)


_CONVOLUTION = """\
desc:{title}
filename:0,{response}
in_pin:left
in_pin:right
out_pin:left
out_pin:right
options:maxmem=33554432

@init
block = {block};
size = 2 * block;
words = 2 * size;
file = file_open(0);
file_riff(file, file_channels, file_rate);
frames = floor(file_avail(file) / 4);
parts = floor((frames + block - 1) / block);
from_left = 0;
from_right = from_left + parts * words;
input_left = from_right + parts * words;
input_right = input_left + parts * words;
sum = input_right + parts * words;
product = sum + words;
coming = product + words;
last = coming + words;
going = last + words;
taps = going + words;
memset(0, 0, taps);
file_mem(file, taps, 4 * frames);
file_close(file);
i = 0;
loop(frames,
  place = floor(i / block) * words + 2 * (i - floor(i / block) * block);
  from_left[place] = taps[4 * i];
  from_left[place + 1] = taps[4 * i + 1];
  from_right[place] = taps[4 * i + 2];
  from_right[place + 1] = taps[4 * i + 3];
  i += 1;
);
i = 0;
loop(parts,
  fft(from_left + i * words, size);
  fft(from_right + i * words, size);
  i += 1;
);
now = 0;
at = 0;
pdc_delay = block + {lead};
pdc_bot_ch = 0;
pdc_top_ch = 2;

function spectrum(to, channel) local(k)
(
  k = 0;
  loop(block,
    to[2 * k] = last[2 * k + channel];
    to[2 * k + 1] = 0;
    to[size + 2 * k] = coming[2 * k + channel];
    to[size + 2 * k + 1] = 0;
    k += 1;
  );
  fft(to, size);
);

function add(spectra, responses) local(p, k, slot)
(
  p = 0;
  loop(parts,
    slot = now - p;
    slot < 0 ? slot += parts;
    memcpy(product, spectra + slot * words, words);
    convolve_c(product, responses + p * words, size);
    k = 0;
    loop(words,
      sum[k] += product[k];
      k += 1;
    );
    p += 1;
  );
);

function turn() local(k)
(
  spectrum(input_left + now * words, 0);
  spectrum(input_right + now * words, 1);
  memset(sum, 0, words);
  add(input_left, from_left);
  add(input_right, from_right);
  ifft(sum, size);
  k = 0;
  loop(size,
    going[k] = sum[size + k] / size;
    k += 1;
  );
  memcpy(last, coming, size);
  now += 1;
  now >= parts ? now = 0;
  at = 0;
);

@sample
coming[2 * at] = spl0;
coming[2 * at + 1] = spl1;
spl0 = going[2 * at];
spl1 = going[2 * at + 1];
at += 1;
at >= block ? turn();
"""
