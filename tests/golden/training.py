"""Norms of weights after a few steps of each training, in ``training.json`` of the folder ``trained``.

    python -m tests.golden.training    writes the file

A change of the loop, of batches or of losses must leave them as they are.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import torch
from torch import nn

from tests.mastering_kit import debug, toy_clips
from tests.small_models import registry_for, system, toy_corpus
from unpatch.blind.training import train
from unpatch.mastering.proxy_training import debug_training, train_proxy
from unpatch.mastering.training import train_mastering

FILE = Path(__file__).parent / "trained" / "training.json"


def norms(model: nn.Module) -> dict[str, float]:
    """Of each floating-point tensor of the state, those near zero left out."""
    found = {name: float(tensor.double().norm()) for name, tensor in model.state_dict().items()}
    return {name: float(f"{norm:.6g}") for name, norm in found.items() if norm > 1e-2}


def blind(name: str, folder: Path) -> dict[str, float]:
    preset = system(name)
    return norms(train(preset, toy_corpus(preset), folder, registry=registry_for(preset)).model)


def mastering(name: str, folder: Path) -> dict[str, float]:
    return norms(train_mastering(debug(name, steps=6, save_every=3), toy_clips(), folder).model)


def proxy(folder: Path) -> dict[str, float]:
    clips = [0.1 * torch.randn(22_050, generator=torch.Generator().manual_seed(seed)) for seed in range(3)]
    return norms(train_proxy(clips, folder, debug_training()))


RUNS: Mapping[str, Callable[[Path], dict[str, float]]] = {
    "blind proposed": partial(blind, "proposed"),
    "blind direct": partial(blind, "direct"),
    "mastering equalizer_tfe": partial(mastering, "equalizer_tfe"),
    "mastering chain_ours": partial(mastering, "chain_ours"),
    "proxy": proxy,
}


def main() -> None:
    found = {}
    for name, run in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = run(Path(folder))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
