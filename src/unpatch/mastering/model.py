"""An estimator of a mastering chain: an encoder and its head, or ours; and its folder.

Shapes: B batch, T samples, Q numbers, E effects.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from unpatch.learning.weights import (
    CONFIG,
    WEIGHTS,
    WeightsError,
    blamed_on,
    read_config,
    restore,
    write_model,
)
from unpatch.mastering.chains import MasteringChain, normalised
from unpatch.mastering.encoders import ENCODERS, Head
from unpatch.mastering.ours import ChainPrediction, Ours
from unpatch.mastering.presets import MasteringSettings
from unpatch.processors import MASTERING

FORMAT, FORMAT_VERSION = "unpatch.mastering", 1


class Published(nn.Module):
    """Encoder and head: numbers ``[B, Q]`` of masters ``[B, T]``, brought to full scale."""

    def __init__(self, settings: MasteringSettings, numbers: int) -> None:
        super().__init__()
        self.encoder = ENCODERS[settings.encoder.name](settings.encoder)
        self.head = Head(self.encoder.features, settings.widths, numbers)

    def forward(self, audio: Tensor) -> Tensor:
        return self.head(self.encoder(normalised(audio)))  # type: ignore[no-any-return]


class Mastering(nn.Module):
    """A published system or ours."""

    def __init__(self, settings: MasteringSettings) -> None:
        super().__init__()
        self.settings, self.chain = settings, MasteringChain.from_name(settings.chain)
        numbers = len(self.chain)
        self.net: nn.Module
        if settings.is_ours:
            self.net = Ours(settings.ours, numbers, len(self.chain.kinds))
        elif settings.encoder.name in ENCODERS:
            self.net = Published(settings, numbers)
        else:
            known = ", ".join((*ENCODERS, "ours"))
            raise ValueError(f"unknown encoder {settings.encoder.name!r}; there are {known}")

    def forward(self, audio: Tensor) -> Tensor | ChainPrediction:
        """Numbers, or all outputs of ours."""
        return self.net(audio)  # type: ignore[no-any-return]

    def units(self, audio: Tensor) -> Tensor:
        """Numbers ``[B, Q]``."""
        found = self(audio)
        return found.units if isinstance(found, ChainPrediction) else found


def calibrated(model: Mastering, audio: Tensor) -> None:
    """Run some masters through batch normalisation, so that a fresh model's outputs differ between inputs."""
    model.train()
    with torch.no_grad():
        model(audio)


def save_model(model: Mastering, folder: Path, **notes: Any) -> None:
    """Write weights and config; ``notes`` are kept in the config."""
    config = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "settings": asdict(model.settings),
        "kinds": {kind: MASTERING[kind].version for kind in model.chain.kinds},
        **notes,
    }
    write_model(folder, config, model.state_dict())


def load_model(folder: Path) -> Mastering:
    """The model of a folder, ready to estimate; WeightsError if it holds none that can be used."""
    config = read_config(folder, FORMAT, FORMAT_VERSION)
    with blamed_on(folder / CONFIG):
        model = Mastering(restore(MasteringSettings, config["settings"]))
        _require_versions(model, config["kinds"])
    with blamed_on(folder / WEIGHTS):
        tensors = load_file(folder / WEIGHTS)
        wanted = model.state_dict()
        if {name: tuple(t.shape) for name, t in tensors.items()} != {
            name: tuple(t.shape) for name, t in wanted.items()
        }:
            raise WeightsError(f"tensors do not match {CONFIG}")
        model.load_state_dict(tensors)
    return model.eval()


def _require_versions(model: Mastering, known: dict[str, int]) -> None:
    for kind in model.chain.kinds:
        if known.get(kind) != MASTERING[kind].version:
            raise WeightsError(f"trained with {kind} {known.get(kind)}, this is {MASTERING[kind].version}")
