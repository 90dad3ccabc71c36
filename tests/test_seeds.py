"""Weights that a training continues from, kept in the repository, can be loaded by the code of today."""

from pathlib import Path

import pytest

from unpatch.blind.models import from_pretrained
from unpatch.blind.presets import PRESETS
from unpatch.processors import EVERYDAY

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[1] / "training").glob("*/config.json"))
MOST_BYTES = 8_000_000


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_committed_weights_are_those_of_their_preset(folder: Path) -> None:
    assert from_pretrained(folder, EVERYDAY).settings == PRESETS[folder.name].model
    assert (folder / "model.safetensors").stat().st_size <= MOST_BYTES
