"""Takes to play, embedded in the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unpatch.audio import fit_full_scale
from unpatch.drawing import theme
from unpatch.pages.estimate.measures import match_level
from unpatch.pages.estimate.take import EXCERPT_S

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.pages.estimate.take import EstimateReport

PEAKS = 240
COLOURS = (theme.AUDIO, theme.CONTROL, "#4f9a6b", "#8a5fb4")


@dataclass(frozen=True)
class Voice:
    """One take.

    Attributes:
        key: id of its element in the page.
        name: the text of its button.
        colour: of its button and waveform.
        audio: ``[2, T]``.
        sample_rate: in Hz.
        match_gain: brings it to the reference's level.
    """

    key: str
    name: str
    colour: str
    audio: Tensor
    sample_rate: int
    match_gain: float

    @property
    def peaks(self) -> str:
        """The waveform: peaks of equal parts, in order."""
        block = max(1, self.audio.shape[-1] // PEAKS)
        count = self.audio.shape[-1] // block
        peaks = self.audio.abs().amax(0)[: count * block].reshape(count, block).amax(1)
        return ",".join(f"{peak:.3f}" for peak in peaks.tolist())

    @property
    def flac(self) -> str:
        """FLAC, 16 bit, which every browser decodes without loss, in base64."""
        import soundfile

        file = io.BytesIO()
        soundfile.write(file, self.audio.T.numpy(), self.sample_rate, format="FLAC", subtype="PCM_16")
        return base64.b64encode(file.getvalue()).decode()


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
            sample_rate=sample_rate,
            match_gain=_gain(signal, signals[0]),
        )
        for name, colour, signal in zip(sounds, COLOURS, signals, strict=False)
    )


def _gain(signal: Tensor, reference: Tensor) -> float:
    peak = float(signal.abs().amax())
    return float(match_level(signal, reference).abs().amax()) / peak if peak else 1.0
