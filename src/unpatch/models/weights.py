"""A model as a folder: ``model.safetensors`` and ``config.json``.

The config holds the settings and the vocabulary with the version of every processor, so that weights
meet a changed registry with a clear error instead of wrong numbers. Nothing is ever pickled.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from safetensors.torch import load_file, save_file

from unpatch.files import aside, write_aside
from unpatch.models.estimator import Estimator, ModelSettings
from unpatch.spec import Processor
from unpatch.vocabulary import Vocabulary

FORMAT = "unpatch.model"
FORMAT_VERSION = 1
WEIGHTS, CONFIG = "model.safetensors", "config.json"

T = TypeVar("T")


class WeightsError(ValueError):
    """What is wrong with a folder of weights, in one line."""


def save_pretrained(model: Estimator, folder: Path, **notes: Any) -> None:
    """Write weights and config; ``notes`` are kept in the config as they are."""
    config = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "settings": asdict(model.settings),
        "vocabulary": asdict(model.vocabulary),
        **notes,
    }
    write_aside(folder / CONFIG, json.dumps(config, indent=1).encode())
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    with aside(folder / WEIGHTS) as draft:
        save_file(tensors, draft)


def from_pretrained(folder: Path, registry: Mapping[str, Processor]) -> Estimator:
    """The model of a folder, ready to estimate."""
    config = read_config(folder)
    vocabulary = restore(Vocabulary, config["vocabulary"])
    vocabulary.require(registry)
    model = Estimator(restore(ModelSettings, config["settings"]), vocabulary)
    model.load_state_dict(load_file(folder / WEIGHTS))
    return model.eval()


def read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text())
    except (OSError, json.JSONDecodeError) as fault:
        raise WeightsError(f"{folder} holds no model: {fault}") from fault
    found = (config.get("format"), config.get("version"))
    if found != (FORMAT, FORMAT_VERSION):
        raise WeightsError(f"{folder / CONFIG}: expected {(FORMAT, FORMAT_VERSION)}, found {found}")
    return dict(config)


def restore(cls: type[T], data: Mapping[str, Any]) -> T:
    """A frozen dataclass from its JSON: nested dataclasses and tuples come back as what they were."""
    hints = get_type_hints(cls)
    names = {f.name for f in fields(cls)}  # type: ignore[arg-type]
    if unknown := set(data) - names:
        raise WeightsError(f"{cls.__name__} has no {', '.join(sorted(unknown))}")
    return cls(**{name: _restored(hints[name], value) for name, value in data.items()})


def _restored(hint: Any, value: Any) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        return restore(hint, value)
    return _tuples(value)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
