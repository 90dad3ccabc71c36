"""A trained proxy as a folder: ``model.safetensors`` in half precision, and ``config.json``."""

from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from unpatch.graph.data import shorten
from unpatch.learning.weights import CONFIG, WEIGHTS, write_model
from unpatch.mastering.proxy import KIND, NeuralCompressor, ProxySettings
from unpatch.processors import MASTERING
from unpatch.storage.documents import read_json, reading

FORMAT, FORMAT_VERSION = "unpatch.compressor_proxy", 1
SHIPPED = "compressor_proxy"


def shipped_proxy() -> Path:
    """Folder of the proxy that comes with the package."""
    return Path(str(files("unpatch") / "assets" / "weights" / SHIPPED))


def save_proxy(proxy: NeuralCompressor, folder: Path, **notes: Any) -> None:
    """Write weights and config; ``notes`` are kept in the config as they are."""
    config = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "kind": KIND,
        "kind_version": MASTERING[KIND].version,
        "settings": asdict(proxy.settings),
        **notes,
    }
    write_model(folder, config, {name: tensor.half() for name, tensor in proxy.state_dict().items()})


def load_proxy(folder: Path | None = None) -> NeuralCompressor:
    """The proxy of a folder, else the one that comes with the package; frozen, ready to play.

    Raises:
        ValueError: what is wrong with the folder, in one line.
    """
    folder = folder or shipped_proxy()
    with reading(folder, advice="; it holds no proxy that can be used"):
        config = read_json(folder / CONFIG)
        _require_versions(config)
        proxy = NeuralCompressor(ProxySettings(**config["settings"]))
        tensors = load_file(folder / WEIGHTS)
        proxy.load_state_dict({name: tensor.to(torch.float32) for name, tensor in tensors.items()})
    return proxy.requires_grad_(requires_grad=False).eval()


def _require_versions(config: dict[str, Any]) -> None:
    """ValueError unless the file can be read and was trained on the compressor as it is now."""
    found = config["format"], config["version"], config["kind"], config["kind_version"]
    wanted = FORMAT, FORMAT_VERSION, KIND, MASTERING[KIND].version
    if found != wanted:
        raise ValueError(f"expected {wanted}, found {shorten(found)}")
