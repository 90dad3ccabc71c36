"""Weights of a blind estimator in a folder, see :mod:`unpatch.learning.weights`.

The config also holds the vocabulary with the version of every processor, so that weights meet a changed
registry with a clear error instead of wrong numbers.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from unpatch.blind.models.calibration import Calibration
from unpatch.blind.models.estimator import Estimator, ModelSettings
from unpatch.blind.models.systems import build
from unpatch.blind.vocabulary import Vocabulary
from unpatch.declaration import Processor
from unpatch.learning.weights import (
    CONFIG,
    FORMAT,
    FORMAT_VERSION,
    WEIGHTS,
    blamed_on,
    read_config,
    require_shapes,
    restore,
    write_model,
)


def save_pretrained(model: Estimator, folder: Path, **notes: Any) -> None:
    """Write weights and config; ``notes`` are kept in the config as they are."""
    config = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "settings": asdict(model.settings),
        "vocabulary": asdict(model.vocabulary),
        "calibration": asdict(model.calibration),
        **notes,
    }
    write_model(folder, config, model.state_dict())


def from_pretrained(folder: Path, registry: Mapping[str, Processor]) -> Estimator:
    """The model of a folder, ready to estimate; WeightsError if it holds none that can be used."""
    config = read_config(folder)
    with blamed_on(folder / CONFIG):
        vocabulary = restore(Vocabulary, config["vocabulary"])
        vocabulary.require(registry)
        model = build(restore(ModelSettings, config["settings"]), vocabulary)
        model.calibration = restore(Calibration, config.get("calibration", asdict(Calibration())))
    with blamed_on(folder / WEIGHTS):
        tensors = load_file(folder / WEIGHTS)
        require_shapes(tensors, model)
        model.load_state_dict(tensors)
    return model.eval()
