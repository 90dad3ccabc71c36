"""A model as a folder: ``model.safetensors`` and ``config.json``.

The config holds the settings; it is written last. Nothing is pickled.

:func:`restore` is not left to cattrs, which takes defaults for missing fields and converts what it finds ("3"
to 3): of its 25 lines it would replace 10, and need a converter and a translation of its errors to one line.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from safetensors import SafetensorError
from safetensors.torch import save as to_bytes
from torch import Tensor, nn

from unpatch.graph.data import GraphError, shorten
from unpatch.storage.documents import LONGEST_MESSAGE, read_json
from unpatch.storage.files import all_aside

FORMAT = "unpatch.model"
FORMAT_VERSION = 1
WEIGHTS, CONFIG = "model.safetensors", "config.json"

T = TypeVar("T")


class WeightsError(ValueError):
    """A fault of a folder of weights, in one line."""


def write_model(folder: Path, config: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> None:
    """Write weights and config, both or none; the config last, so that it never describes older weights."""
    with all_aside([folder / WEIGHTS, folder / CONFIG]) as (weights, described):
        weights.write_bytes(to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}))
        described.write_bytes(json.dumps(config, indent=1).encode())


@contextmanager
def blamed_on(path: Path) -> Iterator[None]:
    """Report in one line a fault of a file of a model; a changed registry stays a GraphError."""
    try:
        yield
    except GraphError as fault:
        raise GraphError(f"{path}: {_first_line(fault)}") from None
    except WeightsError as fault:
        raise WeightsError(f"{path}: {fault}") from None
    except KeyError as fault:
        raise WeightsError(f"{path}: has no {fault.args[0]}") from fault
    except OSError as fault:
        raise WeightsError(f"{path}: {fault.strerror or 'No such file or directory'}") from fault
    except SafetensorError as fault:
        raise WeightsError(f"{path}: damaged ({_first_line(fault)})") from fault
    except Exception as fault:  # settings that cannot be may fail anywhere while a model is built
        raise WeightsError(f"{path}: describes no model ({_first_line(fault)})") from fault


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0][:LONGEST_MESSAGE]


def require_shapes(tensors: Mapping[str, Tensor], model: nn.Module) -> None:
    """Raise WeightsError unless the tensors have the names and shapes of the model's."""
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    wanted = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    odd = [name for name in wanted | found if wanted.get(name) != found.get(name)]
    if odd:
        shapes = f"{odd[0]} is {found.get(odd[0], 'missing')}, expected is {wanted.get(odd[0], 'none')}"
        raise WeightsError(f"{len(odd)} tensors do not match {CONFIG}: {shapes}")


def read_config(
    folder: Path, format_name: str = FORMAT, format_version: int = FORMAT_VERSION
) -> dict[str, Any]:
    """The settings beside the weights, of one format."""
    if not (folder / CONFIG).is_file():
        raise WeightsError(f"{folder} holds no model: {CONFIG}: No such file or directory")
    config = read_json(folder / CONFIG, WeightsError)
    found = (config.get("format"), config.get("version")) if isinstance(config, dict) else None
    if found != (format_name, format_version):
        wanted = (format_name, format_version)
        raise WeightsError(f"{folder / CONFIG}: expected {wanted}, found {shorten(found)}")
    return dict(config)


def restore(cls: type[T], data: Any) -> T:
    """A frozen dataclass from its JSON: nested dataclasses and tuples come back as what they were.

    Every field must be present: today's default need not be that of an older file.
    """
    if not isinstance(data, Mapping):
        raise WeightsError(f"{cls.__name__} is no object: {shorten(data)}")
    hints = get_type_hints(cls)
    names = {f.name for f in fields(cls)}  # type: ignore[arg-type]
    if unknown := set(data) - names:
        raise WeightsError(f"{cls.__name__} has no {', '.join(sorted(unknown))[:80]}")
    if missing := names - set(data):
        raise WeightsError(f"{cls.__name__} lacks {', '.join(sorted(missing))}")
    return cls(**{name: _restored(hints[name], value) for name, value in data.items()})


def _restored(hint: Any, value: Any) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        return restore(hint, value)
    if get_origin(hint) is Mapping and isinstance(value, dict):
        return {name: _restored(get_args(hint)[1], item) for name, item in value.items()}
    return _tuples(value)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
