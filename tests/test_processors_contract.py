"""What every processor promises, tested for every file in the folder of processors."""

import math
import re
import subprocess
import sys
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor

from unpatch.declaration import Parameter, Processor
from unpatch.processors import EVERYDAY, MASTERING, PROCESSORS

KINDS: Mapping[str, Processor] = {**EVERYDAY, **MASTERING}
"""Those of blind estimation, everyday ones and those of mastering; the consoles have a test of their own."""
RATES = (8_000, 44_100, 192_000)
FRAMES = 1_500


def knobs_of(processor: Processor) -> dict[str, Parameter]:
    """Knobs and curves."""
    return {**processor.parameters, **processor.curves}


every_kind = pytest.mark.parametrize("kind", KINDS)
with_parameters = pytest.mark.parametrize("kind", [k for k, p in KINDS.items() if p.parameters or p.curves])
linear = pytest.mark.parametrize("kind", [k for k, p in KINDS.items() if p.lti])
with_neutral = pytest.mark.parametrize(
    "kind", [k for k, p in KINDS.items() if any(n.neutral is not None for n in knobs_of(p).values())]
)
with_input = pytest.mark.parametrize("kind", [k for k, p in KINDS.items() if p.inlets])

Signals = Mapping[str, Tensor]


def run(
    kind: str, signals: Signals, values: Signals | None = None, rate: float = 44_100, frames: int = FRAMES
) -> Signals:
    """Run one kind; those without inlets are told how long to play."""
    processor = KINDS[kind]
    length = None if processor.inlets else frames
    return processor(signals, sample_rate=rate, frames=length, **(values or {}))


def feed(processor: Processor, audio: Tensor, *, everything: bool = False) -> dict[str, Tensor]:
    """The same audio at each audio inlet, a slow sine at each control inlet that needs one (or has one)."""
    sine = 0.5 * torch.sin(torch.arange(audio.shape[-1], dtype=audio.dtype) / 50)
    control = sine.expand(len(audio), 1, -1).clone()
    wanted = (port for port in processor.inlets if port.required or everything)
    return {port.name: audio.clone() if port.signal == "audio" else control.clone() for port in wanted}


def noise(rows: int, frames: int = FRAMES, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return 0.3 * torch.randn(rows, 2, frames, generator=generator, dtype=dtype)


def settings(processor: Processor) -> dict[str, Tensor]:
    """Default, all low, all high, then each knob at each of its ends: ``[B, size]`` for every parameter."""
    knobs = knobs_of(processor)
    default = {name: knob.default for name, knob in knobs.items()}
    rows = [default, {n: k.low for n, k in knobs.items()}, {n: k.high for n, k in knobs.items()}]
    rows += [{**default, n: end} for n, k in knobs.items() for end in (k.low, k.high)]
    return {
        name: torch.tensor([row[name] for row in rows])[:, None].repeat(1, knob.size)
        for name, knob in knobs.items()
    }


def interior(processor: Processor, unit: float, rows: int = 1) -> dict[str, Tensor]:
    """All knobs at one place of their range, in double precision ``[B, size]``."""
    return {
        name: torch.full((rows, knob.size), knob.from_unit(unit), dtype=torch.float64)
        for name, knob in knobs_of(processor).items()
    }


def trying_signals(frames: int) -> dict[str, Tensor]:
    impulse = torch.zeros(2, frames)
    impulse[:, 0] = 1
    square = torch.where(torch.arange(frames) % 100 < 50, 1.0, -1.0).expand(2, -1)
    return {
        "silence": torch.zeros(2, frames),
        "direct current": torch.ones(2, frames),
        "impulse": impulse,
        "full-scale square": square,
        "mono": noise(1, frames)[0, :1].expand(2, -1),
        "left only": noise(1, frames)[0] * torch.tensor([[1.0], [0.0]]),
    }


def assert_sound(kind: str, results: Signals, rows: int, frames: int) -> None:
    """Right outlets, right shapes, nothing but numbers, controls in range."""
    assert list(results) == [port.name for port in KINDS[kind].outlets]
    for port in KINDS[kind].outlets:
        signal = results[port.name]
        channels = (2,) if port.signal == "audio" else (1, 2)
        assert signal.shape in [(rows, c, frames) for c in channels]
        assert signal.isfinite().all()
        assert port.signal == "audio" or (signal.abs() <= 1).all()


def test_the_folder_holds_the_kinds_of_the_task() -> None:
    assert len(PROCESSORS) == 33
    assert PROCESSORS.keys() < EVERYDAY.keys() and "gain" in EVERYDAY.keys() - PROCESSORS.keys()
    assert all(kind == processor.kind for kind, processor in KINDS.items())


def test_declarations_are_read_without_torch() -> None:
    code = "import sys, unpatch.processors; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@every_kind
def test_defaults_and_neutrals_lie_in_their_range(kind: str) -> None:
    for name, knob in knobs_of(KINDS[kind]).items():
        assert knob.name == name
        assert knob.default in knob
        assert knob.neutral is None or knob.neutral in knob
        assert knob.doc, f"{name} has no description"


@every_kind
def test_the_page_has_a_summary_and_a_source(kind: str) -> None:
    processor = KINDS[kind]
    assert re.fullmatch(r"[A-Z].*[^.]\.|[A-Z].*, ``\[.*\]``\.", processor.summary)
    assert re.search(
        r"[A-Z][^\s]+,? .*(ch\. \d|\b(19|20)\d\d\b|section \d|Cookbook)", processor.doc, re.DOTALL
    )


@every_kind
@pytest.mark.parametrize("rate", RATES)
def test_no_setting_breaks_on_trying_signals(kind: str, rate: int) -> None:
    processor = KINDS[kind]
    knobs, signals = settings(processor), trying_signals(FRAMES)
    count = len(next(iter(knobs.values()))) if knobs else 1
    audio = torch.stack(list(signals.values())).repeat_interleave(count, dim=0)
    values = {name: value.repeat(len(signals), 1) for name, value in knobs.items()}
    rows = len(audio) if processor.inlets or knobs else 1
    assert_sound(kind, run(kind, feed(processor, audio), values, rate), rows, FRAMES)


@every_kind
@pytest.mark.parametrize("frames", [0, 1, 2, 513])
def test_any_length(kind: str, frames: int) -> None:
    results = run(kind, feed(KINDS[kind], noise(1, frames), everything=True), frames=frames)
    assert_sound(kind, results, 1, frames)


@with_input
def test_silence_stays_silent(kind: str) -> None:
    for signal in run(kind, feed(KINDS[kind], torch.zeros(1, 2, FRAMES))).values():
        assert signal.abs().max() == 0


@with_parameters
def test_a_batch_is_its_rows(kind: str) -> None:
    processor = KINDS[kind]
    values = settings(processor)
    rows = len(next(iter(values.values())))
    signals = feed(processor, noise(rows), everything=True)
    together = run(kind, signals, values)
    for b in range(rows):
        row = {name: signal[b : b + 1] for name, signal in signals.items()}
        alone = run(kind, row, {name: value[b : b + 1] for name, value in values.items()})
        for outlet, signal in alone.items():
            torch.testing.assert_close(together[outlet][b : b + 1], signal, rtol=1e-5, atol=1e-6)


@every_kind
def test_runs_repeat_and_leave_their_inputs_alone(kind: str) -> None:
    signals = feed(KINDS[kind], noise(2), everything=True)
    before = {name: signal.clone() for name, signal in signals.items()}
    first = {name: signal.clone() for name, signal in run(kind, signals).items()}
    for signal in run(kind, signals).values():
        signal.zero_()  # a result that shared memory with an input would damage it
    for name, signal in before.items():
        assert torch.equal(signals[name], signal)
    for name, signal in run(kind, signals).items():
        assert torch.equal(first[name], signal)


@with_neutral
def test_neutral_is_a_bypass(kind: str) -> None:
    processor = KINDS[kind]
    knobs = knobs_of(processor)
    neutral = {n: torch.full((1, k.size), k.neutral) for n, k in knobs.items() if k.neutral is not None}
    signals = feed(processor, noise(1))
    (result,) = run(kind, signals, neutral).values()
    torch.testing.assert_close(result, signals["input"], rtol=0, atol=1e-6)


def misshapen(signal: Tensor, *, audio: bool, alone: bool) -> list[Tensor]:
    """Without a batch, of too many channels, mono audio; and where there are others: shorter, fewer."""
    wrong = [signal[0], signal.repeat(1, 3, 1)]
    mono = [signal[:, :1]] if audio else []
    return wrong + mono + ([] if alone else [signal[..., :100], signal[:1]])


@with_input
def test_signals_of_another_shape_are_refused(kind: str) -> None:
    """They would make a compiled loop read and write outside of its arrays."""
    fine = feed(KINDS[kind], noise(2), everything=True)
    for port in KINDS[kind].inlets:
        for signal in misshapen(fine[port.name], audio=port.signal == "audio", alone=len(fine) == 1):
            with pytest.raises(ValueError, match=rf"{kind}: inlet '\w+' takes \[B, .*got \["):
                run(kind, {**fine, port.name: signal})


def spoilt(signal: Tensor, value: float, channel: int, frame: int = 100) -> Tensor:
    """The signal with one sample replaced."""
    signal = signal.clone()
    signal[:, channel, frame] = value
    return signal


LISTENING = [(kind, port.name) for kind, p in KINDS.items() for port in p.inlets if port.signal == "audio"]


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize(("kind", "inlet"), LISTENING)
def test_not_a_number_is_seen_where_a_click_is_heard(kind: str, inlet: str, channel: int) -> None:
    """Also by what only steers, and also later, where loops and envelopes remember it.

    In a pitch shifter a click also changes which partials are locked together from then on.
    """
    values = interior(KINDS[kind], 0.3)
    signals = feed(KINDS[kind], noise(1, 3 * FRAMES), everything=True)
    plain, clicked, broken = (
        run(kind, {**signals, inlet: spoilt(signals[inlet], value, channel)}, values)
        for value in (0.0, 100.0, math.nan)
    )
    for outlet, signal in plain.items():
        heard = (clicked[outlet] - signal).abs() > 1e-3
        assert broken[outlet].isnan()[heard].all() or kind == "pitchshift"
    assert any(signal.isnan().any() for signal in broken.values())


def departure(a: Signals, b: Signals) -> float:
    """Largest difference between two results, relative to the first's peak."""
    return max(float((a[k] - b[k]).abs().max() / (a[k].abs().max() + 1e-30)) for k in a)


def departure_from_linearity(kind: str, values: Mapping[str, Tensor]) -> float:
    processor = KINDS[kind]
    inputs = [feed(processor, noise(1, seed=seed, dtype=torch.float64)) for seed in (1, 2)]
    mixed = {
        p.name: (2 * inputs[0][p.name] - 0.7 * inputs[1][p.name])
        if p.signal == "audio"
        else inputs[0][p.name]
        for p in processor.inlets
        if p.required
    }
    a, b = (run(kind, signals, values) for signals in inputs)
    return departure(run(kind, mixed, values), {k: 2 * a[k] - 0.7 * b[k] for k in a})


def departure_from_time_invariance(kind: str, values: Mapping[str, Tensor], shift: int = 37) -> float:
    """Delay the audio but not the modulation."""
    signals = feed(KINDS[kind], noise(1, dtype=torch.float64))
    audio = {p.name for p in KINDS[kind].inlets if p.signal == "audio"}
    pad = torch.nn.functional.pad
    late = {n: pad(s, (shift, 0))[..., :FRAMES] if n in audio else s for n, s in signals.items()}
    expected = {n: pad(s, (shift, 0))[..., :FRAMES] for n, s in run(kind, signals, values).items()}
    return departure(expected, run(kind, late, values))


@with_input
def test_the_lti_flag_is_what_is_measured(kind: str) -> None:
    values = interior(KINDS[kind], 0.4)
    departures = departure_from_linearity(kind, values), departure_from_time_invariance(kind, values)
    assert KINDS[kind].lti == (max(departures) < 1e-6), departures


@linear
def test_the_channels_are_as_declared(kind: str) -> None:
    """What comes out right of a left-only input, and side of a mid-only one."""
    processor = KINDS[kind]
    values = interior(processor, 0.4)
    left = noise(1, dtype=torch.float64) * torch.tensor([[1.0], [0.0]])
    mono, swapped = left[:, :1].expand(-1, 2, -1), left.flip(1)
    for from_left, from_right, from_mono in zip(
        *(run(kind, feed(processor, x), values).values() for x in (left, swapped, mono)), strict=True
    ):
        if processor.channels in ("same", "apart"):
            assert from_left[:, 1].abs().max() == 0 == from_right[:, 0].abs().max()
        if processor.channels in ("same", "midside"):
            torch.testing.assert_close(from_left, from_right.flip(1))
            torch.testing.assert_close(from_mono[:, 0], from_mono[:, 1])


GRADIENTS = [
    (kind, place, name)
    for kind, processor in KINDS.items()
    for place, names in (
        ("inlet", [port.name for port in processor.inlets]),
        ("parameter", list(knobs_of(processor))),
    )
    for name in names
    if name not in processor.no_gradient
]
GRADIENT_RATE, GRADIENT_FRAMES, STEP = 8_000, 2_000, 1e-6


def weighting(signal: Tensor) -> Tensor:
    """Without any symmetry that could hide a gradient."""
    return torch.sin(math.e * torch.arange(signal.numel(), dtype=signal.dtype)).view_as(signal)


@pytest.mark.parametrize(("kind", "place", "name"), GRADIENTS)
def test_gradients_match_finite_differences(kind: str, place: str, name: str) -> None:
    """Along one random direction, in double precision, for a random weighting of the output."""
    processor = KINDS[kind]
    signals = feed(processor, noise(1, GRADIENT_FRAMES, dtype=torch.float64), everything=True)
    values = interior(processor, 0.43)
    point = (signals if place == "inlet" else values)[name]
    direction = torch.randn(point.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    direction = direction * point.abs().mean()

    def loss(along: Tensor | float) -> Tensor:
        moved = {name: point + along * direction}
        taken, knobs = (signals | moved, values) if place == "inlet" else (signals, values | moved)
        rate = 44_100 if kind in MASTERING else GRADIENT_RATE  # whose bands are above 4 kHz, too
        results = run(kind, taken, knobs, rate, GRADIENT_FRAMES)
        return sum((weighting(r) * r).sum() for r in results.values())  # type: ignore[return-value]

    along = torch.zeros((), dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(loss(along), along)
    with torch.no_grad():
        measured = (loss(STEP) - loss(-STEP)) / (2 * STEP)
    assert gradient.isfinite() and gradient != 0
    torch.testing.assert_close(gradient, measured, rtol=2e-3, atol=1e-7)


COMPILED = ["bell", "phaser", "compressor", "distortion", "mono_delay", "mono_reverb", "chorus"]
COMPILED += ["mastering_equalizer", "clipper", "taylor_clipper"]


@pytest.mark.parametrize("kind", COMPILED)
def test_second_derivatives_are_refused(kind: str) -> None:
    """Hand-written adjoints know first derivatives only; a part of the second would be a wrong number."""
    signals = feed(KINDS[kind], noise(1))
    x = signals["input"].requires_grad_()
    (result,) = run(kind, signals).values()
    (gradient,) = torch.autograd.grad(result.square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.square().sum().backward()  # type: ignore[no-untyped-call]
