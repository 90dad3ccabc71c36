"""Signals in memory: level, length, sample rate.

Shapes: C channel, T time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from unpatch.audio.limits import SHORTEST_HEARD_S, SILENCE_DB, SLACK_S, AudioError

if TYPE_CHECKING:
    from torch import Tensor


def fit_full_scale(audio: Tensor) -> Tensor:
    """Lower a signal whose peak exceeds 1 so that it does not clip."""
    return audio / audio.abs().amax().clamp_min(1.0)


def resample(audio: Tensor, from_hz: int, to_hz: int) -> Tensor:
    """``[C, T]`` at another sample rate (soxr, high quality)."""
    if from_hz == to_hz:
        return audio
    import soxr
    import torch

    return torch.from_numpy(soxr.resample(audio.T.numpy(), from_hz, to_hz).T.copy()).to(audio)


def resampled(blocks: Iterable[Tensor], from_hz: int, to_hz: int) -> Iterator[Tensor]:
    """The same of a stereo signal in blocks ``[2, n]``, sample by sample as if it had come at once."""
    if from_hz == to_hz:
        yield from blocks
        return
    import soxr
    import torch

    stream = soxr.ResampleStream(from_hz, to_hz, 2, dtype="float32")
    for block in blocks:
        yield torch.from_numpy(stream.resample_chunk(block.T.contiguous().numpy()).T.copy())
    yield torch.from_numpy(stream.resample_chunk(torch.empty(0, 2).numpy(), last=True).T.copy())


def level_db(audio: Tensor) -> float:
    """Root mean square over all samples and channels, in dB relative to full scale; silence is -inf."""
    import math

    power = float(audio.double().square().mean())
    return 10 * math.log10(power) if power > 0 else -math.inf


def check_sounds(audio: Tensor, name: str) -> None:
    """Refuse silence, which cannot be analysed; direct current is inaudible as well."""
    moving = audio - audio.mean(dim=-1, keepdim=True)
    peak = float(moving.abs().amax()) if audio.numel() else 0.0
    if peak < 10 ** (SILENCE_DB / 20):
        raise AudioError(f"{name}: silence: there is nothing to estimate")


def check_lasts(audio: Tensor, sample_rate: int, name: str) -> None:
    """Refuse what is too short to show any processing."""
    seconds = audio.shape[-1] / sample_rate
    if seconds < SHORTEST_HEARD_S:
        raise AudioError(f"{name}: lasts {seconds:.2g} s; at least {SHORTEST_HEARD_S:g} s are needed")


def check_equally_long(dry_s: float, recording_s: float, name: str) -> None:
    """Refuse a dry signal that lasts longer or shorter than its recording: it is of another take."""
    if abs(dry_s - recording_s) > SLACK_S:
        raise AudioError(
            f"{name}: lasts {dry_s:.3g} s, the recording {recording_s:.3g} s; "
            "a recording and its dry signal are equally long"
        )
