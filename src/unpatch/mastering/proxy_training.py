"""Training of the neural proxy against the exact compressor.

Every step draws passages of music, levels and settings by its own number, so that a run resumed after
a break ends where it would have ended without it; the loop is in :mod:`unpatch.learning.loop`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import Tensor

from unpatch.learning import loop
from unpatch.learning.device import fabric_of
from unpatch.learning.learner import Learner
from unpatch.learning.means import Means
from unpatch.learning.runs import MACHINERY, MODEL, Report, check_run_folder, identity_of
from unpatch.learning.schedules import cosine, rise
from unpatch.mastering.proxy import KIND, KNOBS, NeuralCompressor, ProxySettings, debug
from unpatch.mastering.proxy_weights import save_proxy
from unpatch.processors import MASTERING
from unpatch.storage.identity import code_of
from unpatch.synth.draw import Draw

WARMUP = 50
"""Steps, or a tenth of all where those are fewer."""
# Passages that a setting leaves alone must not count without bound.
_LEAST_CHANGE = 1e-3
Knobs: TypeAlias = dict[str, Tensor]


@dataclass(frozen=True)
class ProxyTraining:
    """Of a run.

    Attributes:
        passage_s: length of a passage, starting in silence.
        quietest_db: passages are normalised to a peak between this and full scale.
        level_weight: of the error of the gain in decibels, beside the error of the audio.
    """

    network: ProxySettings = field(default_factory=ProxySettings)
    steps: int = 4_000
    batch: int = 4
    passage_s: float = 3.0
    rate: float = 5e-3
    quietest_db: float = -6.0
    level_weight: float = 0.01
    seed: int = 0
    report_every: int = 50
    save_every: int = 200

    @property
    def validate_every(self) -> int:
        """Only once, as there are no held-out passages."""
        return self.steps


def debug_training() -> ProxyTraining:
    """Small enough for a test."""
    return ProxyTraining(
        debug(),
        steps=60,
        batch=4,
        passage_s=0.25,
        rate=2e-2,
        level_weight=0.1,
        report_every=10,
        save_every=10,
    )


@dataclass(frozen=True)
class ProxyError:
    """How far a proxy is from the exact compressor.

    Attributes:
        audio: mean absolute error of the audio.
        gain_db: mean absolute error of the gain, in decibels, where there is sound.
        identity: mean absolute error of leaving the audio alone.
    """

    audio: float
    gain_db: float
    identity: float


def train_proxy(
    clips: Sequence[Tensor],
    folder: Path,
    training: ProxyTraining | None = None,
    report: Report = lambda progress: None,
) -> NeuralCompressor:
    """Train, or resume training, a proxy.

    Args:
        clips: music to learn from, mono ``[T]`` at the network's sample rate.
        folder: of the run.
        training: settings; a run resumes only with the same ones, but for steps and intervals.
        report: called with the errors, means since the last report, named as in :class:`ProxyError`.
    """
    check_run_folder(folder)
    training = training or ProxyTraining()
    _check_length(clips, training)
    job = OnPassages(learner_of(training), folder, identify(clips, training), training, clips)
    loop.resume(job)
    loop.train(job, report)
    return job.learner.network.requires_grad_(requires_grad=False).eval()


def learner_of(training: ProxyTraining) -> Learner[NeuralCompressor]:
    """An untrained proxy with its optimiser."""
    fabric = fabric_of("cpu", "32-true", training.seed)
    proxy = NeuralCompressor(training.network)
    adam, schedule = torch.optim.Adam(proxy.parameters(), training.rate), partial(rate_at, training=training)
    return Learner.of(fabric, proxy, [adam], peak_rate=training.rate, schedule=schedule, clip=1.0)


def rate_at(step: int, training: ProxyTraining) -> float:
    """Share of the learning rate: a short rise, then half a cosine."""
    warmup = min(WARMUP, max(1, training.steps // 10))
    return rise(step, warmup) * cosine(step, 0, training.steps)


@dataclass
class OnPassages:
    """Training on passages of music, see :class:`unpatch.learning.loop.TrainingJob`.

    Attributes:
        means: of the errors since the last report.
    """

    learner: Learner[NeuralCompressor]
    folder: Path
    identity: Mapping[str, Any]
    settings: ProxyTraining
    clips: Sequence[Tensor]
    means: Means = field(default_factory=Means)

    def batches(self) -> Iterator[tuple[Tensor, Knobs]]:
        """Numbered by their steps, from 1."""
        remaining = range(self.learner.step + 1, self.settings.steps + 1)
        return (batch(self.clips, self.settings, step) for step in remaining)

    def learn(self, batch: tuple[Tensor, Knobs]) -> None:
        errors = errors_of(self.learner.network, *batch)
        relative = errors[0] / (errors[2] + _LEAST_CHANGE)
        self.learner.update(relative + self.settings.level_weight * errors[1])
        self.means.add(asdict(ProxyError(*errors.tolist())))

    def losses(self) -> dict[str, float]:
        return self.means.taken()

    def validate(self) -> dict[str, float]:
        return {}

    def state(self) -> dict[str, Any]:
        return self.learner.to_dict()

    def publish(self) -> None:
        proxy, step = self.learner.network, self.learner.step
        save_proxy(proxy, self.folder / MODEL, step=step, training=asdict(self.settings))


def errors_of(proxy: NeuralCompressor, audio: Tensor, knobs: Mapping[str, Tensor]) -> Tensor:
    """Mean absolute errors of audio and gain in decibels, and that of the identity, ``[3]``.

    ``audio [B, 1, T]``; the gain counts where the audio is louder than -60 dB.
    """
    rate = proxy.settings.sample_rate
    stereo = audio.expand(-1, 2, -1)
    exact = MASTERING[KIND]({"input": stereo}, sample_rate=rate, frames=None, **knobs)["out"][:, :1]
    gains = proxy.gains(audio, knobs, rate)
    audible = audio.abs() > 1e-3
    truth = 20 * torch.log10((exact / audio)[audible])
    found = 20 * torch.log10(gains[audible])
    off_db = (found - truth).abs().sum() / audible.sum().clamp(min=1)
    return torch.stack([(gains * audio - exact).abs().mean(), off_db, (audio - exact).abs().mean()])


def measure_proxy(
    proxy: NeuralCompressor, clips: Sequence[Tensor], training: ProxyTraining, steps: int
) -> ProxyError:
    """Errors on passages of held-out clips."""
    with torch.no_grad():
        found = [errors_of(proxy, *batch(clips, training, step)) for step in range(steps)]
    return ProxyError(*torch.stack(found).mean(0).tolist())


def batch(clips: Sequence[Tensor], training: ProxyTraining, step: int) -> tuple[Tensor, Knobs]:
    """Passages ``[B, 1, T]`` and settings, uniform in the unit range of each knob, ``[B]``."""
    draws = [Draw(training.seed, step, i) for i in range(training.batch)]
    audio = torch.stack([_passage(clips, training, draw) for draw in draws])[:, None]
    units = {name: torch.tensor([draw.number() for draw in draws]) for name in KNOBS}
    return audio, {name: knob.from_unit(units[name]) for name, knob in KNOBS.items()}


def _passage(clips: Sequence[Tensor], training: ProxyTraining, draw: Draw) -> Tensor:
    frames = _frames(training)
    clip = draw.choice(clips)
    start = draw.integer(0, len(clip) - frames)
    passage = clip[start : start + frames]
    passage = passage - passage.mean()
    peak_db = draw.number(training.quietest_db, 0.0)
    return passage * (10 ** (peak_db / 20) / passage.abs().max().clamp(min=1e-6))


def _frames(training: ProxyTraining) -> int:
    return round(training.passage_s * training.network.sample_rate)


def _check_length(clips: Sequence[Tensor], training: ProxyTraining) -> None:
    if not clips or min(map(len, clips)) < _frames(training):
        raise ValueError(f"clips must be at least {training.passage_s:g} s long, and there must be one")


def identify(clips: Sequence[Tensor], training: ProxyTraining) -> dict[str, Any]:
    """What must be equal for a run to continue."""
    checksum = 0
    for clip in clips:
        checksum = zlib.crc32(clip.contiguous().numpy().tobytes(), checksum)
    return identity_of(
        preset={"training": asdict(training)},
        clips={"count": len(clips), "checksum": checksum},
        code={"checksum": code_of("mastering.proxy_training", without=MACHINERY)},
    )
