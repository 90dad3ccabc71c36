"""Signals on the edges: how sources come in, and how edges into one inlet are summed."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from unpatch.audio import AudioError, AudioLike, as_audio, transposed
from unpatch.graph.data import Graph
from unpatch.rendering.energy import Scalar


def stereo_sources(graph: Graph, given: AudioLike) -> Tensor:
    """Audio as ``[S, 2, T]``, in the order of the graph's sources.

    Accepts ``[C, T]`` or ``[T]`` where the graph has one source, and mono wherever stereo is meant.
    """
    if isinstance(given, Tensor) and given.device.type != "cpu":
        raise ValueError(f"rendering runs on the CPU, got audio on {given.device}")
    audio = as_audio(given, "the audio")
    rows = audio[None] if audio.ndim == 1 else audio
    stacked = rows[None] if rows.ndim == 2 else rows
    sources = len(graph.sources)
    if stacked.ndim != 3 or stacked.shape[0] != sources or stacked.shape[1] not in (1, 2):
        raise AudioError(
            f"a graph with {sources} source(s) takes audio [{sources}, 2, T], got {list(audio.shape)}"
            + transposed(audio)
        )
    return stacked.expand(-1, 2, -1)


def amplify(signal: Tensor, gain: Scalar) -> Tensor:
    """``gain * signal``, without a copy where the gain is exactly 1."""
    return signal if isinstance(gain, float) and gain == 1.0 else signal * gain


def mix(signals: Sequence[Tensor]) -> Tensor:
    """Sum; a mono control signal applies to both channels of a stereo one."""
    return sum(signals[1:], signals[0])


def stack(rows: Sequence[Tensor]) -> Tensor:
    """Rows ``[C, T]`` to ``[B, C, T]``; mono control rows are widened where others are stereo."""
    if len(rows) == 1:
        return rows[0].unsqueeze(0)
    channels = max(row.shape[0] for row in rows)
    return torch.stack([row.expand(channels, -1) for row in rows])


def column(values: Sequence[Scalar], like: Tensor) -> Tensor:
    """One parameter of several nodes as ``[B]``."""
    if any(isinstance(value, Tensor) for value in values):
        return torch.stack([torch.as_tensor(value, dtype=torch.float64) for value in values]).to(like)
    return torch.tensor(values, dtype=like.dtype)
