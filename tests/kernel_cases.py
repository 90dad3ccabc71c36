"""Every compiled kernel run at the lengths around its blocks, on signals and settings that try it.

A case runs kernels through the functions that call them, so that what these check and allocate is tested with
them. The kinds of processors are cases of their own; a kernel that no kind uses needs an entry in CASES.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numba
import numpy as np
import torch
from torch import Tensor

import unpatch
from unpatch.declaration import Processor
from unpatch.dsp.limiter import Limiter
from unpatch.dsp.oversampled_clip import OversampledClipper
from unpatch.dsp.spectrum import Spectrum
from unpatch.dsp.streamed_dynamics import Dynamics
from unpatch.mastering.matching.meter import Meter
from unpatch.mixing.loss import MixLossSettings, MixTarget
from unpatch.processors import KINDS
from unpatch.rendering.energy import rescale

COMPILED = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]
RATE = 44_100
# Kernels work in blocks of 128, 256, 512 and 1024 samples. As plain Python they are a thousand times slower.
BLOCKS = (128, 256, 512, 1024) if COMPILED else (256,)
LENGTHS = (0, 1, 2, 3, *(block + i for block in BLOCKS for i in (-1, 0, 1)), *((2500,) if COMPILED else ()))
# Bins of a spectrum: blocks of 256. At this rate responses of two seconds fit.
BINS = (255, 256, 257, 513)
SPECTRAL_RATE = 100
PIECES = (1, 7, 128, 4096) if COMPILED else (1, 100)
"""Lengths in which a stream is cut."""


def signals(frames: int) -> Tensor:
    """Signals ``[B, 2, T]`` that kernels have trouble with; left and right differ."""
    t = torch.arange(frames) / RATE
    slow, step = torch.sin(2 * torch.pi * 30 * t), (torch.arange(frames) >= frames // 2).float()
    square = torch.where(torch.arange(frames) % 100 < 50, 1.0, -1.0)
    denormal, silence = torch.full((frames,), 1e-40), torch.zeros(frames)
    rows = [(slow, -0.3 * slow), (step, silence), (square, square), (denormal, -denormal), (silence, silence)]
    return torch.stack([torch.stack(row) for row in (rows if COMPILED else rows[:3])])


def settings(processor: Processor, rows: int) -> dict[str, Tensor]:
    """Default, all low, all high, each for every signal: ``[3 * rows, size]`` of every knob and curve."""
    knobs = {**processor.parameters, **processor.curves}
    return {
        name: torch.tensor([knob.default, knob.low, knob.high], dtype=torch.float32)
        .repeat_interleave(rows)[:, None]
        .repeat(1, knob.size)
        for name, knob in knobs.items()
    }


def backwards(results: list[Tensor]) -> None:
    """Gradients of a sum; kinds without any have none."""
    learnt = [result for result in results if result.requires_grad]
    if learnt:
        torch.autograd.backward(
            [result.abs().sum() if result.is_complex() else result.sum() for result in learnt]
        )


def through_samples(processor: Processor, frames: int) -> list[Tensor]:
    """Forward and back, every inlet connected; returns outlets and gradients."""
    audio = signals(frames)
    values, audio = settings(processor, len(audio)), audio.repeat(3, 1, 1)
    control = torch.sin(torch.arange(frames) / 50).expand(len(audio), 1, frames)
    given = {port.name: (audio if port.signal == "audio" else control).clone() for port in processor.inlets}
    leaves = [leaf.requires_grad_() for leaf in (*given.values(), *values.values())]
    length = None if processor.inlets else frames
    results = list(processor(given, sample_rate=RATE, frames=length, **values).values())
    assert all(result.shape[-1] == frames for result in results)
    backwards(results)
    return [*results, *(leaf.grad for leaf in leaves if leaf.grad is not None)]


def through_bins(processor: Processor, bins: int) -> list[Tensor]:
    """The same for what works on spectra, on one of so many bins."""
    audio = torch.randn(1, 2, 2 * (bins - 1), generator=torch.Generator().manual_seed(bins))
    values = settings(processor, 1)
    spectrum = Spectrum.of(audio.repeat(3, 1, 1).requires_grad_(), 2 * (bins - 1))
    leaves = [leaf.requires_grad_() for leaf in values.values()]
    made = processor.on_spectrum(spectrum, sample_rate=SPECTRAL_RATE, **values).bins
    assert made.shape == (3, 2, bins)
    backwards([made])
    return [made, *(leaf.grad for leaf in leaves if leaf.grad is not None)]


def kind_case(processor: Processor) -> Callable[[], Iterator[Tensor]]:
    def run() -> Iterator[Tensor]:
        spectral = processor.domain == "frequency"
        through = through_bins if spectral else through_samples
        for length in BINS if spectral else LENGTHS:
            yield from through(processor, length)

    return run


def streamed(make: Callable[[float], Callable[[np.ndarray], np.ndarray]]) -> Callable[[], Iterator[Tensor]]:
    """What takes a signal in pieces, at pieces of several lengths, at a low and a high rate."""

    def run() -> Iterator[Tensor]:
        audio = 4 * signals(2500 if COMPILED else 300).numpy()
        for rate in (8_000, 192_000):
            for size in PIECES:
                for row in audio:
                    push = make(rate)
                    for start in range(0, row.shape[1] if size > 1 else 300, size):
                        yield torch.from_numpy(push(np.ascontiguousarray(row[:, start : start + size])))

    return run


def dynamics(rate: float) -> Callable[[np.ndarray], np.ndarray]:
    ends = {"threshold_db": -60.0, "knee_db": 24.0, "range_db": 600.0, "slope": 1.0}
    return Dynamics(**ends, above=True, rise_ms=0.1, fall_ms=2_000, sample_rate=rate).push


def metered(rate: float) -> Callable[[np.ndarray], np.ndarray]:
    meter = Meter(round(rate))

    def push(piece: np.ndarray) -> np.ndarray:
        meter.push(piece)
        return meter.levels().hops

    return push


def mix_loss() -> Iterator[Tensor]:
    """At lengths far below and around those of the transforms."""
    spans = MixLossSettings(warmup_s=0.0, sizes=(64, 128), bands=4, dealt=0.5)
    for frames in (1, 2, 63, 64, 65, 127, 128, 129):
        for audio in signals(frames):
            target = MixTarget(audio, 30_000, spans, tracks=audio[None])
            found = (0.5 * audio + 0.01)[None].requires_grad_()
            loss = target.loss(found)
            backwards([loss])
            yield loss
            if found.grad is not None:
                yield found.grad


def energies() -> Iterator[Tensor]:
    for frames in LENGTHS:
        audio = signals(frames)
        for gain in (0.5, 1.0):
            louder, found = rescale(audio, [gain] * len(audio))
            yield from (louder, torch.tensor(found))


CASES: Mapping[str, Callable[[], Iterator[Tensor]]] = {
    **{kind: kind_case(processor) for kind, processor in KINDS.items()},
    "limiter": streamed(lambda rate: Limiter(0.5, rate).push),
    "oversampled clipper": streamed(lambda _: OversampledClipper(0.5).push),
    "streamed dynamics": streamed(dynamics),
    "meter": streamed(metered),
    "mix loss": mix_loss,
    "energies": energies,
}


def declared_kernels() -> set[tuple[str, str]]:
    """File and name of every function of the package that is compiled, read off its decorator."""
    package = Path(unpatch.__file__).parent
    found = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and COMPILERS & {
                ast.unparse(d) for d in node.decorator_list
            }:
                found.add((file.relative_to(package).as_posix(), node.name))
    return found


COMPILERS = {"kernel", "part", "ordered_kernel", "batch_kernel"}
