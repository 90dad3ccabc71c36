"""The mastering compressor against torchcomp: forward, and forward and backward.

    python -m bench.speed.compressor [--runs 15] [--threads 1 2]

16 signals of 131072 samples, a threshold, ratio, attack and release of their own for each; gradients go
to signal and knobs. torchcomp is given one channel, ours two, as all of our processors are. Both sides take
turns, each in a process of its own. See README.md.
"""

import argparse
import os
from collections.abc import Callable
from functools import partial
from importlib import metadata

import torch
from torch import Tensor

from bench.shared.folders import RESULTS
from bench.shared.peers import check_installed
from bench.shared.turns import Summary, Works, in_turns, use_threads
from unpatch.dsp.cpu import configure_cpu
from unpatch.dsp.dynamics import Curve, Times, compress
from unpatch.storage import markdown

PAGE = RESULTS / "compressor.md"
ROWS, FRAMES, RATE = 16, 131_072, 44_100
THEIRS, OURS = "torchcomp", "unpatch"
FORWARD, BOTH = "forward", "forward and backward"
Player = Callable[[Tensor, list[Tensor]], Tensor]


def signals(channels: int) -> tuple[Tensor, list[Tensor]]:
    """Noise in bursts ``[B, T]``, or ``[B, 2, T]`` with equal channels; four knobs ``[B]``."""
    generator = torch.Generator().manual_seed(0)
    bursts = torch.rand(ROWS, FRAMES // 4_096, generator=generator).repeat_interleave(4_096, dim=1) ** 2
    audio = 0.5 * bursts * torch.randn(ROWS, FRAMES, generator=generator)
    low, high = torch.tensor([[-40.0, 2, 1, 10], [0.0, 10, 60, 500]])
    units = torch.rand(ROWS, 4, generator=generator)
    if channels > 1:
        audio = audio[:, None].repeat(1, channels, 1)
    return audio, list((low + units * (high - low)).unbind(1))


def theirs(audio: Tensor, knobs: list[Tensor]) -> Tensor:
    """Its compressor with the expander off; a knee it has not, and it smooths the linear gain."""
    import torchcomp

    threshold, ratio, attack, release = knobs
    at, rt = (1 - torch.exp(-1000 / (time * RATE)) for time in (attack, release))
    level = audio.abs().clamp(min=1e-6)
    return audio * torchcomp.compexp_gain(level, threshold, ratio, -200.0, 0.5, at, rt)  # type: ignore[no-any-return]


def ours(audio: Tensor, knobs: list[Tensor]) -> Tensor:
    """Ours with a knee of 6 dB."""
    threshold, ratio, attack, release = (knob.reshape(-1, 1, 1) for knob in knobs)
    curve = Curve(threshold, ratio, torch.full_like(threshold, 6.0))
    return compress(audio, audio, curve, Times(attack, release), RATE)


def works(player: Player, channels: int) -> Works:
    configure_cpu()
    audio, knobs = signals(channels)
    moving = [tensor.clone().requires_grad_() for tensor in (audio, *knobs)]

    def forward() -> None:
        with torch.no_grad():
            player(audio, knobs)

    def both() -> None:
        torch.autograd.grad(player(moving[0], moving[1:]).sum(), moving)

    return {FORWARD: forward, BOTH: both}


CONTESTANTS: dict[str, Callable[[], Works]] = {
    THEIRS: partial(works, theirs, 1),
    OURS: partial(works, ours, 2),
}
WORKS = {f"{name}: {work}": (name, work) for work in (FORWARD, BOTH) for name in CONTESTANTS}


HEAD = ("threads", "task", "system", "ms", "processor ms", "torchcomp / this, ms", "processor ms")


def table(found: dict[int, dict[str, Summary]], runs: int) -> str:
    """The results as Markdown."""
    about = (
        f"{ROWS} signals of {FRAMES} samples, float32, medians of {runs} runs taken in turns on "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; torch {torch.__version__}, "
        f"torchcomp {metadata.version('torchcomp')}. torchcomp is given one channel, ours two, as all "
        "of our processors are: twice the samples, one detector. Processor time is what a busy machine moves "
        f"least. Of its detector behind our static curve ours is {agreement_db():.4f} dB away at most."
    )
    rows = [cells(threads, row, rows) for threads, rows in found.items() for row in rows]
    return markdown.page("The mastering compressor against torchcomp", about, markdown.table(HEAD, rows))


def cells(threads: int, row: str, rows: dict[str, Summary]) -> tuple[object, ...]:
    """A row of the table."""
    name, work = WORKS[row]
    own, base = rows[row], rows[f"{THEIRS}: {work}"]
    figures = (
        1e3 * own.wall_s,
        1e3 * own.processor_s,
        base.wall_s / own.wall_s,
        base.processor_s / own.processor_s,
    )
    return threads, work, name, *(f"{figure:.1f}" for figure in figures)


def agreement_db() -> float:
    """Largest difference in gain from torchcomp's detector behind a static curve without a knee."""
    from torchcomp.core import compressor_core

    audio, knobs = signals(1)
    threshold, ratio, attack, release = (knob[:, None].double() for knob in knobs)
    at, rt = (1 - torch.exp(-1000 / (time * RATE)) for time in (attack, release))
    level_db = 20 * audio.double().abs().clamp(min=1e-6).log10()
    static_db = -(1 - 1 / ratio) * (level_db - threshold).clamp(min=0)
    gain_db = compressor_core(static_db, static_db.new_zeros(ROWS), at.flatten(), rt.flatten())
    curve = Curve(*(knob.reshape(-1, 1, 1) for knob in (*knobs[:2], torch.zeros_like(knobs[0]))))
    times = Times(*(knob.reshape(-1, 1, 1) for knob in knobs[2:]))
    stereo = audio[:, None].repeat(1, 2, 1)
    made = compress(stereo, stereo, curve, times, RATE)[:, 0]
    audible = audio.abs() > 1e-4
    return float((20 * (made / audio).double().log10() - gain_db)[audible].abs().max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    check_installed("torchcomp")
    found = {}
    for threads in options.threads:
        use_threads(threads)
        found[threads] = in_turns(CONTESTANTS, WORKS, options.runs)
    text = table(found, options.runs)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
