"""Takes to play, embedded in the page, and the buttons that switch between them."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpatch.audio import fit_full_scale
from unpatch.drawing import theme
from unpatch.pages.estimate.measures import match_level
from unpatch.pages.estimate.take import EXCERPT_S
from unpatch.storage.legible import escape

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.pages.estimate.take import EstimateReport

PEAKS = 240
COLOURS = (theme.AUDIO, theme.CONTROL, "#4f9a6b", "#8a5fb4")


@dataclass(frozen=True)
class Voice:
    """One take ``[2, T]``; ``match_gain`` brings it to the reference's level."""

    key: str
    name: str
    colour: str
    audio: Tensor
    match_gain: float


def voices(take: EstimateReport) -> tuple[Voice, ...]:
    """Reference, re-render, what that was before it was refined, and dry, of equal length, none clipped."""
    sounds = {"Reference": take.reference, "Re-render": take.rendered, "Dry": take.dry}
    if take.unrefined is not None:
        sounds["Before refining"] = take.unrefined
    return leveled(sounds, take.sample_rate)


def voices_of(
    reference: Tensor, rendered: Tensor, dry: Tensor, sample_rate: int, prefix: str = "audio"
) -> tuple[Voice, ...]:
    """The three of one example; prefixes distinguish the players of a page."""
    return leveled({"Reference": reference, "Re-render": rendered, "Dry": dry}, sample_rate, prefix)


def leveled(sounds: Mapping[str, Tensor], sample_rate: int, prefix: str = "audio") -> tuple[Voice, ...]:
    """Signals ``[2, T]`` by their names; levels are matched to the first's."""
    import torch

    frames = EXCERPT_S * sample_rate
    signals = [fit_full_scale(audio[:, :frames]) for audio in sounds.values()]
    longest = max(signal.shape[-1] for signal in signals)
    return tuple(
        Voice(
            key=f"{prefix}-{name.lower().replace(' ', '-')}",
            name=name,
            colour=colour,
            audio=torch.nn.functional.pad(signal, (0, longest - signal.shape[-1])),
            match_gain=_gain(signal, signals[0]),
        )
        for name, colour, signal in zip(sounds, COLOURS, signals, strict=False)
    )


def _gain(signal: Tensor, reference: Tensor) -> float:
    peak = float(signal.abs().amax())
    return float(match_level(signal, reference).abs().amax()) / peak if peak else 1.0


def players(takes: Sequence[Voice]) -> str:
    """Play button, a button per take, options, and the waveform."""
    buttons = "".join(_button(i, voice) for i, voice in enumerate(takes, 1))
    options = (
        '<label class="match"><input type="checkbox" checked> match levels</label>'
        '<label class="loop"><input type="checkbox" checked> loop</label>'
    )
    bar = f'<div class="bar"><button class="play" aria-pressed="false">Play</button>{buttons}{options}'
    clock = '<span class="clock"></span></div>'
    return f'<div class="player">{bar}{clock}<canvas aria-label="waveform"></canvas></div>'


def _button(number: int, voice: Voice) -> str:
    block = max(1, voice.audio.shape[-1] // PEAKS)
    count = voice.audio.shape[-1] // block
    peaks = voice.audio.abs().amax(0)[: count * block].reshape(count, block).amax(1)
    return (
        f'<button class="take" style="--colour:{voice.colour}" data-audio="{voice.key}" '
        f'data-colour="{voice.colour}" data-match-gain="{voice.match_gain:.6g}" '
        f'data-peaks="{",".join(f"{p:.3f}" for p in peaks.tolist())}" aria-pressed="false">'
        f"{escape(voice.name)}<kbd>{number}</kbd></button>"
    )


def audio_element(voice: Voice, sample_rate: int) -> str:
    """The take as base64 FLAC, 16 bit, which every browser decodes without loss."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, voice.audio.T.numpy(), sample_rate, format="FLAC", subtype="PCM_16")
    data = base64.b64encode(file.getvalue()).decode()
    return f'<script type="application/octet-stream" id="{voice.key}">{data}</script>'
