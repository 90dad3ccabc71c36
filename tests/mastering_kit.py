"""A little music to master, and runs that learn nothing, for tests of mastering."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.songs import song
from unpatch.mastering.clips import FRAMES, FULL_SCALE, Clip, Clips
from unpatch.mastering.presets import PRESETS, MasteringPreset
from unpatch.mastering.training import MasteringRun, OnClips, learner_of, train_mastering

TRACKS = 3


@lru_cache
def toy_clips() -> Clips:
    """Two clips of each of three songs."""
    sounds = [song(10.0, seed=seed).mean(0) for seed in range(2 * TRACKS)]
    samples = np.stack([(own / np.abs(own).max() * FULL_SCALE).astype(np.int16)[:FRAMES] for own in sounds])
    about = tuple(Clip(f"toys/{place // 2}", 10.0 * (place % 2), -9.0, 12.0) for place in range(len(samples)))
    return Clips(about, samples)


def write_clips(folder: Path) -> Path:
    """The same clips as every split of a data folder."""
    import json
    from dataclasses import asdict

    folder.mkdir(parents=True, exist_ok=True)
    clips = toy_clips()
    predicted = {"rate_hz": 44_100, "clips": [asdict(clip) for clip in clips.about]}
    for split in ("train", "val", "test", "unseen"):
        np.save(folder / f"{split}.npy", clips.samples)
        (folder / f"{split}.json").write_text(json.dumps(predicted), encoding="utf-8")
    return folder


def debug(rest: str, **training: Any) -> MasteringPreset:
    """A debug preset by chain and encoder."""
    preset = PRESETS[f"mastering_debug_{rest}"]
    return replace(preset, training=replace(preset.training, **training))


def trained(rest: str, folder: Path, **training: Any) -> MasteringRun:
    """A run of a debug preset."""
    return train_mastering(debug(rest, **training), toy_clips(), folder, validation=toy_clips())


def untrained(preset: MasteringPreset) -> OnClips:
    """A training on the toy clips before its first step, without a folder that is written to."""
    return OnClips(learner_of(preset, toy_clips()), Path("none"), {}, preset, toy_clips())


def masters(rest: str, count: int = 4) -> torch.Tensor:
    """Toy masters ``[count, T]`` of the length that a debug preset hears."""
    samples = PRESETS[f"mastering_debug_{rest}"].model.encoder.samples
    return torch.stack([toy_clips().cut(place, 44_100, samples) for place in range(count)])
