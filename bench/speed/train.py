"""Training throughput: examples per second, and where a step's time goes.

    OMP_NUM_THREADS=1 python -m bench.speed.train [--data DIR] [--steps 20] [--systems proposed,direct_long]

Steps of the training loop itself, on shards read from disk. A step is cut where the encoder ends, where the
gradient arrives at the latents and where it has arrived everywhere: data, encoder, decoder (losses included)
and optimiser (clipping and averaging included) are separated without changing what is run. Without
``--data`` examples are made of the demo voice, of the strata that a system learns from. Rows in bfloat16
follow where the processor multiplies it itself; with a GPU, rows for it: float32, bfloat16, and bfloat16
compiled.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal, get_args

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.autograd.graph import register_multi_grad_hook
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from bench.shared.folders import RESULTS, ROOT
from unpatch.blind.corpus import Batch, Corpus
from unpatch.blind.learner import evaluate_losses, fresh, learn, learner_of
from unpatch.blind.models import Estimator
from unpatch.blind.presets import LONG_SYSTEMS, PRESETS, SYSTEMS, Preset
from unpatch.blind.vocabulary import Vocabulary, registry_of
from unpatch.dsp.cpu import configure_cpu, has_bfloat16
from unpatch.features.echoes import EchoSignal
from unpatch.features.pictures import CHANNELS
from unpatch.storage import markdown
from unpatch.synth import Dataset, write_shards
from unpatch.synth.strata import Stratum

Computed = Literal["32-true", "bf16-mixed"]
ECHOES: tuple[EchoSignal, ...] = get_args(EchoSignal)

DEMO_VOICE = ROOT / "src" / "unpatch" / "assets"
STAGES = ("data", "encoder", "decoder", "optimiser")
WARM_UP = 3
EXAMPLES = 512
KINDS = {
    "matrix products": ("mm", "addmm", "bmm", "baddbmm"),
    "convolutions": ("convolution",),
    "normalisation": ("layer_norm",),
    "attention": ("scaled_dot_product",),
    "pooling": ("max_pool",),
    "dropout": ("bernoulli", "dropout"),
    "optimiser": ("adamw", "lerp", "foreach"),
}
"""Kind of operation to parts of the operators' names, of which the first that fits counts."""
PROFILED = ("proposed", "direct_long")
# Multiplications and additions of a matrix product of this size measure the machine's speed.
SIDE = 1024


@dataclass(frozen=True)
class Way:
    """On what a preset is trained, and how."""

    accelerator: str = "cpu"
    precision: Computed = "32-true"
    compiled: bool = False

    def __str__(self) -> str:
        return f"{self.accelerator}, {self.precision}" + ", compiled" * self.compiled


@dataclass(frozen=True)
class Speed:
    """Of one preset.

    Attributes:
        wall_s: of a step, the median.
        seconds: of each stage of a step; of the processor, or with a GPU of the clock.
        tokens: length of the batch of median length.
        flops: multiplications and additions in the matrix products of a step on that batch.
    """

    preset: Preset
    way: Way
    wall_s: float
    seconds: dict[str, float]
    tokens: int
    flops: float


class Stopwatch:
    """Laps of one step after another."""

    def __init__(self, way: Way) -> None:
        self.on_gpu = way.accelerator != "cpu"
        self.steps: list[dict[str, float]] = []

    def begin(self) -> None:
        self.steps.append(defaultdict(float))
        self.last = self._now()

    def lap(self, stage: str) -> None:
        """What has passed since the last lap was this stage's."""
        now = self._now()
        self.steps[-1][stage] += now - self.last
        self.last = now

    def _now(self) -> float:
        if self.on_gpu:
            torch.cuda.synchronize()
            return time.perf_counter()
        return time.process_time()

    def medians(self) -> dict[str, float]:
        """Seconds of each stage, warm-up left out."""
        kept = self.steps[WARM_UP:]
        return {stage: statistics.median(step[stage] for step in kept) for stage in STAGES}


def watch(model: Estimator, stopwatch: Stopwatch) -> None:
    """Take laps where the encoder ends, and where the gradient reaches the latents and has reached all."""

    def heard(module: nn.Module, given: tuple[Batch], latents: Tensor) -> None:
        stopwatch.lap("encoder")
        if latents.requires_grad:
            latents.register_hook(lambda gradient: stopwatch.lap("decoder"))  # type: ignore[no-untyped-call]

    def learnt(gradients: Sequence[Tensor | None]) -> None:
        stopwatch.lap("encoder" if list(model.encoder.parameters()) else "decoder")

    model.encoder.register_forward_hook(heard)
    register_multi_grad_hook(list(model.parameters()), learnt)


def speed_of(preset: Preset, way: Way, corpus: Corpus, steps: int) -> Speed:
    """Some steps of the training loop."""
    fabric = Fabric(accelerator=way.accelerator, devices=1, precision=way.precision)
    fabric.seed_everything(0, verbose=False)
    estimator = fresh(preset, corpus, registry_of(preset.model.registry))
    stopwatch = Stopwatch(way)
    if way.compiled:
        estimator.compile(dynamic=True)
    learner = learner_of(fabric, estimator, preset.training)
    watch(estimator, stopwatch)
    walls, batches = [], list[Batch]()
    for indices in islice(corpus.shuffled(preset.training.batch, 0), WARM_UP + steps):
        begun = time.perf_counter()
        stopwatch.begin()
        batch = corpus.batch(indices)
        stopwatch.lap("data")
        learn(learner, batch, preset.training)
        stopwatch.lap("optimiser")
        walls.append(time.perf_counter() - begun)
        batches.append(batch)
    middle = sorted(batches[WARM_UP:], key=lambda batch: batch.rows.shape[1])[steps // 2]
    return Speed(
        preset,
        way,
        statistics.median(walls[WARM_UP:]),
        stopwatch.medians(),
        middle.rows.shape[1],
        flops_of(fresh(preset, corpus, registry_of(preset.model.registry)), preset, middle),
    )


def flops_of(model: Estimator, preset: Preset, batch: Batch) -> float:
    """Of a step. Convolutions are left out: all but the first are depthwise, which is little."""
    with FlopCounterMode(display=False) as counter:
        found = evaluate_losses(model, batch, preset.training)
        torch.autograd.backward(found.total)
    counts = counter.get_flop_counts()["Global"]
    return float(sum(count for name, count in counts.items() if "convolution" not in str(name)))


def matrix_speed() -> float:
    """Multiplications and additions per second of processor time in a large product of float32 matrices."""
    a, best = torch.randn(SIDE, SIDE), float("inf")
    for _ in range(10):
        begun = time.process_time()
        a @ a
        best = min(best, time.process_time() - begun)
    return 2 * SIDE**3 / best


def corpora(presets: Sequence[Preset], data: Path | None) -> Iterator[Corpus]:
    """For each preset, examples as its model sees them."""
    with tempfile.TemporaryDirectory() as folder:
        for preset in presets:
            shards = sorted(data.glob("*.tar")) if data else made(preset, Path(folder))
            registry = registry_of(preset.model.registry)
            vocabulary = Vocabulary.of(registry, preset.model.task)
            yield Corpus.load(shards, vocabulary, registry, preset.model.features, EXAMPLES)


def made(preset: Preset, folder: Path) -> list[Path]:
    """Examples of the demo voice, with all that is stored; those of one size and registry are made once."""
    pictures = replace(preset.model.features, channels=CHANNELS, echoes=ECHOES)
    stratum: Stratum = "both" if preset.model.registry == "everyday" else "paper"
    dataset = Dataset(str(DEMO_VOICE), audio=(), shard_size=EXAMPLES, stratum=stratum)
    return write_shards(folder / f"{stratum}-{pictures.bands}", dataset, EXAMPLES, pictures=pictures)


def profiled(preset: Preset, corpus: Corpus, steps: int) -> dict[str, float]:
    """Share of each kind of operation in some steps on the CPU."""
    fabric, registry = Fabric(accelerator="cpu"), registry_of(preset.model.registry)
    estimator = fresh(preset, corpus, registry)
    learner = learner_of(fabric, estimator, preset.training)
    batches = [corpus.batch(i) for i in islice(corpus.shuffled(preset.training.batch, 0), steps)]
    with profile(activities=[ProfilerActivity.CPU]) as found:
        for batch in batches:
            learn(learner, batch, preset.training)
    taken: dict[str, float] = defaultdict(float)
    for event in found.key_averages():
        taken[kind_of(event.key)] += event.self_cpu_time_total
    total = sum(taken.values())
    return {kind: taken[kind] / total for kind in (*KINDS, "all else")}


def kind_of(operator: str) -> str:
    name = operator.removeprefix("aten::")
    exact = next((kind for kind, names in KINDS.items() if name in names), None)
    near = next((k for k, names in KINDS.items() for n in names if len(n) > 3 and n in name), "all else")
    return exact or near


HEAD = (
    "preset", "on", "examples/s", "per processor second", "batch", "tokens", "ms", "s per 32", *STAGES,
    "GFLOP", "of ms at that speed",
)  # fmt: skip


def row(speed: Speed, peak: float) -> list[object]:
    """Cells of the table."""
    total = sum(speed.seconds.values())
    batch = speed.preset.training.batch
    return [
        speed.preset.name,
        speed.way,
        f"{batch / speed.wall_s:.0f}",
        f"{batch / total:.0f}",
        batch,
        speed.tokens,
        f"{1e3 * total:.0f}",
        f"{32 / batch * total:.2f}",
        *(f"{speed.seconds[stage] / total:.0%}" for stage in STAGES),
        f"{speed.flops / 1e9:.1f}",
        "" if speed.way.accelerator != "cpu" else f"{speed.flops / peak / total:.0%}",
    ]


def report(
    speeds: Sequence[Speed], shares: dict[str, dict[str, float]], steps: int, peak: float, load: float
) -> str:
    """The results as Markdown."""
    about = (
        f"Medians of {steps} steps on one thread; torch {torch.__version__}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} when it began. "
        f"A large matrix product runs at {peak / 1e9:.0f} GFLOP/s of processor time."
    )
    kinds = [(kind, *(f"{found[kind]:.0%}" for found in shares.values())) for kind in (*KINDS, "all else")]
    return markdown.page(
        "Training",
        about,
        markdown.table(HEAD, (row(speed, peak) for speed in speeds)),
        "A step on the CPU in single precision, by kind of operation, forward and backward:",
        markdown.table(("operation", *shares), kinds),
    )


def ways() -> Iterator[Way]:
    yield Way()
    if has_bfloat16():
        yield Way(precision="bf16-mixed")
    if torch.cuda.is_available():
        yield Way("cuda")
        yield Way("cuda", "bf16-mixed")
        yield Way("cuda", "bf16-mixed", compiled=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, help="folder of shards made for singing_small")
    parser.add_argument("--steps", type=int, default=20)
    every = [*SYSTEMS, *(f"{name}_long" for name in LONG_SYSTEMS)]
    parser.add_argument("--systems", default=",".join(every))
    options = parser.parse_args()
    configure_cpu()
    load, peak = os.getloadavg()[0], matrix_speed()
    presets = [PRESETS[f"singing_small_{name}"] for name in options.systems.split(",")]
    speeds = [
        speed_of(preset, way, corpus, options.steps)
        for preset, corpus in zip(presets, corpora(presets, options.data), strict=True)
        for way in ways()
    ]
    seen = [PRESETS[f"singing_small_{name}"] for name in PROFILED]
    shares = {
        preset.name: profiled(preset, corpus, WARM_UP)
        for preset, corpus in zip(seen, corpora(seen, options.data), strict=True)
    }
    text = report(speeds, shares, options.steps, peak, load)
    print(text)
    (RESULTS / "train.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
