"""The training data of a model, and its terms of use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unpatch.learning.weights import CONFIG, WeightsError
from unpatch.storage.documents import read_json
from unpatch.synth.credits import terms_of

if TYPE_CHECKING:
    from pathlib import Path


def provenance(folder: Path) -> dict[str, Any]:
    """Of the model in a folder: name, steps, licence of the weights, and its sources with theirs.

    ``commercial_use`` and ``share_alike`` follow from the sources, see
    :func:`unpatch.synth.credits.terms_of`; fields missing in the model's config are null.
    """
    config = read_json(folder / CONFIG, WeightsError)
    if not isinstance(config, dict):
        raise WeightsError(f"{folder / CONFIG}: describes no model")
    preset, sources = config.get("preset"), config.get("sources")
    return {
        "name": preset.get("name") if isinstance(preset, dict) else None,
        "steps": config.get("step"),
        "licence": config.get("licence"),
        **terms_of(sources or []),
        "sources": sources,
    }
