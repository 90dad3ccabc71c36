"""Training of the neural proxy against the exact compressor.

Every step draws passages of music, levels and settings by its own number, so that a run resumed after
a break ends where it would have ended without it. ``resume.safetensors`` holds weights and the optimiser's
moments.
"""

from __future__ import annotations

import json
import math
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors import safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from unpatch.learning.runs import DAMAGED, flat
from unpatch.mastering.proxy import KIND, KNOBS, NeuralCompressor, ProxySettings, debug
from unpatch.mastering.proxy_weights import save_proxy
from unpatch.processors import MASTERING
from unpatch.storage.documents import reading
from unpatch.storage.files import write_aside
from unpatch.storage.identity import code_of, require_same
from unpatch.synth.draw import Draw

RESUME = "resume.safetensors"
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


@dataclass(frozen=True)
class ProxyProgress:
    """State of a run; errors are means since the last report."""

    step: int
    steps: int
    seconds: float
    error: ProxyError


def train_proxy(
    clips: Sequence[Tensor],
    folder: Path,
    training: ProxyTraining | None = None,
    report: Callable[[ProxyProgress], None] = lambda progress: None,
) -> NeuralCompressor:
    """Train, or resume training, a proxy; leaves the weights in the folder, too.

    Args:
        clips: music to learn from, mono ``[T]`` at the network's sample rate.
        folder: of the run.
        training: settings; a run resumes only with the same ones.
        report: called with the progress.
    """
    training = training or ProxyTraining()
    _check_length(clips, training)
    torch.manual_seed(training.seed)
    proxy = NeuralCompressor(training.network)
    adam = torch.optim.Adam(proxy.parameters(), training.rate)
    identity = identify(clips, training)
    first, begun = _resumed(folder / RESUME, proxy, adam, identity), time.monotonic()
    errors: list[Tensor] = []
    for step in range(first + 1, training.steps + 1):
        errors.append(_learn(proxy, adam, clips, training, step))
        if step % training.report_every == 0 or step == training.steps:
            error = ProxyError(*torch.stack(errors).mean(0).tolist())
            report(ProxyProgress(step, training.steps, time.monotonic() - begun, error))
            errors = []
        if step % training.save_every == 0 or step == training.steps:
            _save(folder / RESUME, proxy, adam, step, identity)
    save_proxy(proxy, folder, training=asdict(training))
    return proxy.requires_grad_(False).eval()


def _learn(
    proxy: NeuralCompressor,
    adam: torch.optim.Adam,
    clips: Sequence[Tensor],
    training: ProxyTraining,
    step: int,
) -> Tensor:
    """One step; the errors, ``[3]``."""
    audio, knobs = batch(clips, training, step)
    error = errors_of(proxy, audio, knobs)
    for group in adam.param_groups:
        group["lr"] = training.rate * _share(step, training.steps)
    adam.zero_grad()
    relative = error[0] / (error[2] + _LEAST_CHANGE)
    torch.autograd.backward(relative + training.level_weight * error[1])
    torch.nn.utils.clip_grad_norm_(proxy.parameters(), 1.0)
    adam.step()
    return error.detach()


def _share(step: int, steps: int) -> float:
    """Of the learning rate: a short rise, then half a cosine."""
    return min(1.0, step / min(50, max(1, steps // 10))) * 0.5 * (1 + math.cos(math.pi * (step - 1) / steps))


def errors_of(proxy: NeuralCompressor, audio: Tensor, knobs: Mapping[str, Tensor]) -> Tensor:
    """Mean absolute errors of audio and gain in decibels, and that of the identity, ``[3]``.

    ``audio [B, 1, T]``; the gain counts where the audio is louder than -60 dB.
    """
    rate = proxy.settings.sample_rate
    stereo = audio.expand(-1, 2, -1)
    exact = MASTERING[KIND]({"input": stereo}, sample_rate=rate, frames=None, **knobs)["out"][:, :1]
    gains = proxy.gains(audio, knobs, rate)
    heard = audio.abs() > 1e-3
    truth = 20 * torch.log10((exact / audio)[heard])
    found = 20 * torch.log10(gains[heard])
    off_db = (found - truth).abs().sum() / heard.sum().clamp(min=1)
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
    kept = {k: v for k, v in asdict(training).items() if k not in ("report_every", "save_every")}
    tree = {
        "training": kept,
        "clips": {"count": len(clips), "checksum": checksum},
        "code": {"checksum": code_of("mastering.proxy_training")},
    }
    return dict(flat(tree))


def _save(
    path: Path, proxy: NeuralCompressor, adam: torch.optim.Adam, step: int, identity: Mapping[str, Any]
) -> None:
    tensors = {f"proxy.{name}": tensor for name, tensor in proxy.state_dict().items()}
    for i, moments in adam.state_dict()["state"].items():
        tensors |= {f"adam.{i}.{name}": torch.as_tensor(moment) for name, moment in moments.items()}
    write_aside(path, to_bytes(tensors, {"step": str(step), "identity": json.dumps(identity)}))


def _resumed(path: Path, proxy: NeuralCompressor, adam: torch.optim.Adam, identity: Mapping[str, Any]) -> int:
    """Load where a run was left; the number of steps already made."""
    if not path.exists():
        return 0
    with reading(path, ValueError, DAMAGED):
        with safe_open(path, "pt") as stored:
            notes, tensors = stored.metadata(), {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        step, there = int(notes["step"]), dict(flat(json.loads(notes["identity"])))
    require_same(path, identity, there, "run")
    with reading(path, ValueError, DAMAGED):
        _restore(tensors, proxy, adam)
    return step


def _restore(tensors: Mapping[str, Tensor], proxy: NeuralCompressor, adam: torch.optim.Adam) -> None:
    prefix = "proxy."
    proxy.load_state_dict({n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)})
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("adam."):
            _, i, moment = name.split(".")
            moments.setdefault(int(i), {})[moment] = tensor
    adam.load_state_dict({**adam.state_dict(), "state": moments})
