"""Audio to level-normalised log-mel pictures.

Channels are read off the left and right spectra:

========  ====================================================================================
left      level of the left channel
right     level of the right channel
mid       level of (L + R) / 2
side      level of (L - R) / 2
balance   level of left minus level of right
echo      per band, similarity of the amplitude to itself some frames later: delays, tremolo
sway      the same of the balance: moving panorama, ping-pong
========  ====================================================================================

In "echo" and "sway" a picture's frames are lags: they show at once what convolutions would have to piece
together from far apart. The two are not in the paper.

Levels are dB relative to the example's mean power, so that turning a recording up or down changes
nothing. Everything is scaled into [-1, 1]. Stored are bytes: 256 steps over [-1, 1] are 0.4 dB of
level, far below the resolution of a network, and a quarter of the memory of float32.

Shapes: C channels, S dry tracks, V sources that a task may have, M mel bands, F frames, T samples; E signals
and N lags of cepstra.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.features.echoes import LAGS, EchoSignal, echo_pictures

VERSION = 1
"""Of what :func:`features`, :func:`dry_pictures` and :func:`echoes` make of audio. Raise it whenever any
of it changes: models and data sets of another version are refused (``tests/golden`` fails until then)."""

Channel = Literal["left", "right", "mid", "side", "balance", "echo", "sway"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)

# Levels shown, in dB relative to the mean power of the example, and the range of the balance.
LOWEST_DB, HIGHEST_DB = -80.0, 20.0
BALANCE_DB = 30.0
SILENT_POWER = 1e-12
STEPS = 255


@dataclass(frozen=True)
class FeatureSettings:
    """How a picture is taken. The window is Hann of ``fft`` samples.

    Attributes:
        echoes: signals whose cepstra are taken beside the pictures; see :mod:`unpatch.features.echoes`.
        version: of the code that the settings are for; ValueError for another than :data:`VERSION`.
    """

    sample_rate: int = 44_100
    frames: int = 160_000
    fft: int = 1536
    hop: int = 384
    bands: int = 256
    channels: tuple[Channel, ...] = ("left", "right")
    echoes: tuple[EchoSignal, ...] = ()
    version: int = VERSION

    def __post_init__(self) -> None:
        require_version(self.version, VERSION)
        if self.echoes and self.frames < self.sample_rate:
            raise ValueError(f"cepstra need a second at least, not {self.frames} frames")

    @property
    def shape(self) -> tuple[int, int, int]:
        """``[C, M, F]`` of an example."""
        return len(self.channels), self.bands, 1 + self.frames // self.hop

    @property
    def echo_shape(self) -> tuple[int, int]:
        """``[E, N]`` of an example: its signals' cepstra by lag; nothing if there are none."""
        return (len(self.echoes), LAGS) if self.echoes else (0, 0)


def require_version(found: int, own: int) -> None:
    """ValueError unless settings are for the features of this code."""
    if found != own:
        raise ValueError(f"features of version {found}; this code makes version {own}")


def features(audio: Tensor, settings: FeatureSettings) -> Tensor:
    """Picture ``[..., C, M, F]`` in [-1, 1] of ``audio [..., 2, T]`` at the settings' sample rate."""
    left, right = _spectra(audio, settings).unbind(-3)
    bank = mel_bank(settings.sample_rate, settings.fft, settings.bands).to(audio)
    powers = {
        "left": bank @ left.abs().square(),
        "right": bank @ right.abs().square(),
        "mid": bank @ ((left + right) / 2).abs().square(),
        "side": bank @ ((left - right) / 2).abs().square(),
    }
    reference = (powers["left"] + powers["right"]).sum(-2).mean(-1).clamp_min(SILENT_POWER) / 2
    levels = {name: _level_db(power, reference[..., None, None]) for name, power in powers.items()}
    balance = ((levels["left"] - levels["right"]) / BALANCE_DB).clamp(-1, 1)
    shown = {name: partial(_scaled_level, level) for name, level in levels.items()} | {
        "balance": lambda: balance,
        "echo": lambda: likeness(powers["mid"].sqrt()),
        "sway": lambda: likeness(balance),
    }
    return torch.stack([shown[name]() for name in settings.channels], dim=-3)


def echoes(audio: Tensor, settings: FeatureSettings) -> Tensor:
    """Cepstra ``[..., E, N]`` in [-1, 1] of ``audio [..., 2, T]``; ``[..., 0, 0]`` where disabled."""
    if not settings.echoes:
        return audio.new_zeros(*audio.shape[:-2], *settings.echo_shape)
    return echo_pictures(audio, settings.echoes, settings.sample_rate)


def likeness(values: Tensor) -> Tensor:
    """Autocorrelation of rows ``[..., F]`` about their means, by lag: 1 at first, 0 where nothing moves."""
    frames = values.shape[-1]
    moving = values - values.mean(-1, keepdim=True)
    spectrum = torch.fft.rfft(moving, 2 * frames)
    products = torch.fft.irfft(spectrum.abs().square(), 2 * frames)[..., :frames]
    energy = products[..., :1]
    still = energy <= SILENT_POWER * frames
    return torch.where(still, 0.0, products / energy.clamp_min(SILENT_POWER)).clamp(-1, 1)


def dry_pictures(
    tracks: Tensor, names: Sequence[str], sources: Sequence[str], settings: FeatureSettings
) -> Tensor:
    """Pictures ``[V, M, F]`` of mono tracks ``[S, T]``: levels relative to the mean power of their sum.

    Args:
        tracks: dry, at the settings' sample rate.
        names: of the tracks.
        sources: all that there may be; those without a track stay dark.
        settings: the channels do not matter.
    """
    bank = mel_bank(settings.sample_rate, settings.fft, settings.bands).to(tracks)
    powers = bank @ _spectra(tracks, settings).abs().square()
    reference = powers.sum((0, 1)).mean().clamp_min(SILENT_POWER)
    pictures = _scaled_level(_level_db(powers, reference))
    found = pictures.new_full((len(sources), *pictures.shape[1:]), -1.0)
    found[[sources.index(name) for name in names]] = pictures
    return found


def quantised(picture: Tensor) -> NDArray[np.uint8]:
    """[-1, 1] to bytes."""
    levels: NDArray[np.uint8] = ((picture.float() + 1) * (STEPS / 2)).round().to(torch.uint8).numpy()
    return levels


def restored(levels: Tensor) -> Tensor:
    """Bytes to [-1, 1]."""
    return levels.float() * (2 / STEPS) - 1


def _spectra(audio: Tensor, settings: FeatureSettings) -> Tensor:
    """Of ``[..., T]``: ``[..., bins, F]``."""
    window = torch.hann_window(settings.fft, dtype=audio.dtype, device=audio.device)
    flat = audio.reshape(-1, audio.shape[-1])
    spectra = torch.stft(
        flat, settings.fft, settings.hop, window=window, center=True, pad_mode="constant", return_complex=True
    )
    return spectra.reshape(*audio.shape[:-1], *spectra.shape[-2:])


def _level_db(power: Tensor, reference: Tensor) -> Tensor:
    floor = 10 ** (LOWEST_DB / 10)
    return 10 * torch.log10((power / reference).clamp_min(floor))


def _scaled_level(level_db: Tensor) -> Tensor:
    centre, half = (HIGHEST_DB + LOWEST_DB) / 2, (HIGHEST_DB - LOWEST_DB) / 2
    return ((level_db - centre) / half).clamp(-1, 1)


def hz_to_mel(frequency_hz: Tensor) -> Tensor:
    """O'Shaughnessy's formula (Speech Communication, 1987)."""
    return 2595 * torch.log10(1 + frequency_hz / 700)


def mel_to_hz(mel: Tensor) -> Tensor:
    return 700 * (10 ** (mel / 2595) - 1)


@lru_cache(maxsize=8)
def mel_bank(sample_rate: int, fft: int, bands: int) -> Tensor:
    """Triangles ``[M, bins]`` with peak 1, evenly spaced in mel from 0 Hz to half the sample rate.

    A slope is at least one bin wide, so that a narrow low band interpolates between bins instead of
    falling between them.
    """
    bins_hz = torch.linspace(0, sample_rate / 2, fft // 2 + 1, dtype=torch.float64)
    highest = float(hz_to_mel(torch.tensor(sample_rate / 2, dtype=torch.float64)))
    corners = mel_to_hz(torch.linspace(0, highest, bands + 2, dtype=torch.float64))
    low, centre, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    bin_hz = sample_rate / fft
    rising = 1 - (centre - bins_hz) / (centre - low).clamp_min(bin_hz)
    falling = 1 - (bins_hz - centre) / (high - centre).clamp_min(bin_hz)
    return torch.minimum(rising, falling).clamp_min(0).float()
