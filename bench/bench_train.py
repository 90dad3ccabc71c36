"""Training throughput: examples per second, and where a step's time goes.

    OMP_NUM_THREADS=1 python bench/bench_train.py [--data DIR] [--steps 20] [--systems proposed,ours]

Steps of the training loop itself, on shards read from disk. A step is cut where the encoder ends, where the
gradient arrives at the latents and where it arrives at the encoder's first weights: data, encoder, decoder
(losses included) and optimiser (clipping and averaging included) are told apart without changing what is
run. Without ``--data`` examples are made of the demo voice. With a GPU, rows for it follow: float32,
bfloat16, and bfloat16 compiled.
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

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.flop_counter import FlopCounterMode

from unpatch.corpus import Batch, Corpus
from unpatch.dsp.cpu import configure_cpu
from unpatch.features import CHANNELS
from unpatch.models import Estimator
from unpatch.presets import PRESETS, SYSTEMS, Preset
from unpatch.processors import PROCESSORS
from unpatch.synth import Dataset, write_shards
from unpatch.train import evaluate_losses, fresh, keeping, learn, optimiser_of
from unpatch.vocabulary import Vocabulary

RESULTS = Path(__file__).parent / "results"
DEMO_VOICE = Path(__file__).parent.parent / "src" / "unpatch" / "assets"
STAGES = ("data", "encoder", "decoder", "optimiser")
WARM_UP = 3
EXAMPLES = 512
# Multiplications and additions of a matrix product of this size tell how fast the machine can be.
SIDE = 1024


@dataclass(frozen=True)
class Way:
    """On what a preset is trained, and how."""

    accelerator: str = "cpu"
    precision: str = "32-true"
    compiled: bool = False

    def __str__(self) -> str:
        return f"{self.accelerator}, {self.precision}" + ", compiled" * self.compiled


@dataclass(frozen=True)
class Speed:
    """Of one preset.

    Attributes:
        wall_s: of a step, the median.
        seconds: of each stage of a step; of the processor, or with a GPU of the clock.
        tokens: of an example, the mean.
        flops: multiplications and additions in a step's matrix products and convolutions, mean.
    """

    preset: Preset
    way: Way
    wall_s: float
    seconds: dict[str, float]
    tokens: float
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


def watch(encoder: nn.Module, watch: Stopwatch) -> None:
    """Take laps where the encoder ends and where the gradient passes its two ends."""

    def heard(module: nn.Module, given: tuple[Batch], latents: Tensor) -> None:
        watch.lap("encoder")
        if latents.requires_grad:
            latents.register_hook(lambda gradient: watch.lap("decoder"))  # type: ignore[no-untyped-call]

    encoder.register_forward_hook(heard)
    first = next((weight for name, weight in encoder.named_parameters() if name.startswith("stem")), None)
    if first is not None:
        first.register_post_accumulate_grad_hook(  # type: ignore[no-untyped-call]
            lambda weight: watch.lap("encoder")
        )


def speed_of(preset: Preset, way: Way, corpus: Corpus, steps: int) -> Speed:
    """Some steps of the training loop."""
    fabric = Fabric(accelerator=way.accelerator, devices=1, precision=way.precision)  # type: ignore[arg-type]
    fabric.seed_everything(0, verbose=False)
    estimator = fresh(preset, corpus, PROCESSORS)
    stopwatch = Stopwatch(way)
    if way.compiled:
        estimator.compile(dynamic=True)
    model, optimiser = fabric.setup(estimator, optimiser_of(estimator, preset.training))
    average = AveragedModel(estimator, multi_avg_fn=keeping(preset.training.average))
    watch(estimator.encoder, stopwatch)
    walls, tokens = [], []
    for indices in islice(corpus.shuffled(preset.training.batch, 0), WARM_UP + steps):
        begun = time.perf_counter()
        stopwatch.begin()
        batch = corpus.batch(indices)
        stopwatch.lap("data")
        learn(fabric, model, optimiser, batch, preset.training)
        average.update_parameters(estimator)
        stopwatch.lap("optimiser")
        walls.append(time.perf_counter() - begun)
        tokens.append(batch.rows.shape[1])
    flops = flops_of(estimator.cpu(), preset, corpus)
    return Speed(
        preset,
        way,
        statistics.median(walls[WARM_UP:]),
        stopwatch.medians(),
        statistics.mean(tokens[WARM_UP:]),
        flops,
    )


def flops_of(model: Estimator, preset: Preset, corpus: Corpus) -> float:
    """Of a step on a batch of middling length."""
    lengths = torch.tensor([len(item.tokens) for item in corpus.items])
    middle = lengths.argsort()[len(lengths) // 2 :][: preset.training.batch]
    with FlopCounterMode(display=False) as counter:
        found = evaluate_losses(model, corpus.batch(middle.tolist()), preset.training)
        torch.autograd.backward(found.total)
    return float(counter.get_total_flops())


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
            vocabulary = Vocabulary.of(PROCESSORS, preset.model.task)
            yield Corpus.load(shards, vocabulary, PROCESSORS, preset.model.features, EXAMPLES)


def made(preset: Preset, folder: Path) -> list[Path]:
    """Examples of the demo voice, with every channel; those of one size are made once."""
    pictures = replace(preset.model.features, channels=CHANNELS)
    dataset = Dataset(str(DEMO_VOICE), audio=(), shard_size=EXAMPLES)
    return write_shards(folder / str(pictures.bands), dataset, EXAMPLES, pictures=pictures)


def row(speed: Speed, peak: float) -> str:
    total = sum(speed.seconds.values())
    batch = speed.preset.training.batch
    shares = " | ".join(f"{speed.seconds[stage] / total:.0%}" for stage in STAGES)
    bound = "" if speed.way.accelerator != "cpu" else f"{speed.flops / peak / total:.0%}"
    return (
        f"| {speed.preset.name} | {speed.way} | {batch / speed.wall_s:.0f} | {batch / total:.0f} "
        f"| {speed.tokens:.0f} | {1e3 * total:.0f} | {shares} | {speed.flops / 1e9:.1f} | {bound} |"
    )


def report(speeds: Sequence[Speed], steps: int, peak: float, load: float) -> str:
    """The results as Markdown."""
    return "\n".join(
        [
            "# Training",
            "",
            f"Medians of {steps} steps on one thread; torch {torch.__version__}, "
            f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} when it began. "
            f"A large matrix product runs at {peak / 1e9:.0f} GFLOP/s of processor time.",
            "",
            "| preset | on | examples/s | per processor second | tokens | ms | data | encoder | decoder "
            "| optimiser | GFLOP | of ms at that speed |",
            "|---|---|---|---|---|---|---|---|---|---|---|---|",
            *(row(speed, peak) for speed in speeds),
            "",
        ]
    )


def ways() -> Iterator[Way]:
    yield Way()
    if torch.cuda.is_available():
        yield Way("cuda")
        yield Way("cuda", "bf16-mixed")
        yield Way("cuda", "bf16-mixed", compiled=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, help="folder of shards made for singing_small")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    options = parser.parse_args()
    configure_cpu()
    load, peak = os.getloadavg()[0], matrix_speed()
    presets = [PRESETS[f"singing_small_{name}"] for name in options.systems.split(",")]
    speeds = [
        speed_of(preset, way, corpus, options.steps)
        for preset, corpus in zip(presets, corpora(presets, options.data), strict=True)
        for way in ways()
    ]
    text = report(speeds, options.steps, peak, load)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "train.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
