"""What the program keeps for itself, to continue: damaged, it must be read or refused like all else."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from robustness import seeds
from robustness.format import Format

IDENTITY: Mapping[str, Any] = {"seed": 0}


@cache
def _training() -> Any:
    """A run of the smallest size, after a step."""
    import torch

    from unpatch.blind.presets import preset
    from unpatch.blind.training import Learner, fabric_of, untaught
    from unpatch.processors import PROCESSORS

    chosen = preset("singing", "debug", "ours")
    learner = Learner.of(fabric_of(chosen.training), untaught(chosen, PROCESSORS), chosen.training)
    for weight in learner.estimator.parameters():
        weight.grad = torch.zeros_like(weight)
    for optimiser in learner.optimisers:
        optimiser.step()
    return learner


def _run(folder: Path) -> None:
    from unpatch.learning.runs import write_state

    write_state(folder, {**_training().to_dict(), "step": 1}, IDENTITY)


def _read_run(folder: Path) -> None:
    from unpatch.blind.training import resume

    resume(folder, _training(), IDENTITY)


def _proxy_run(folder: Path) -> None:
    from unpatch.mastering.proxy_training import RESUME, _save

    proxy, adam = _proxy()
    _save(folder / RESUME, proxy, adam, 1, IDENTITY)


def _read_proxy_run(folder: Path) -> None:
    from unpatch.mastering.proxy_training import RESUME, _resumed

    proxy, adam = _proxy()
    _resumed(folder / RESUME, proxy, adam, IDENTITY)


@cache
def _proxy() -> Any:
    import torch

    from unpatch.mastering.proxy import NeuralCompressor
    from unpatch.mastering.proxy_training import debug_training

    proxy = NeuralCompressor(debug_training().network)
    return proxy, torch.optim.Adam(proxy.parameters())


def _search(folder: Path) -> None:
    import torch

    from unpatch.mixing.checkpoint import Checkpoint, save

    save(folder, 1, Checkpoint({"step": 3, "losses": [0.5]}, {"a": torch.zeros(3)}), IDENTITY)


def _read_search(folder: Path) -> None:
    from unpatch.mixing.checkpoint import load

    load(folder, IDENTITY)


def _beginning(folder: Path) -> None:
    from unpatch.graph.build import chain
    from unpatch.mixing.start_file import save_start
    from unpatch.processors import PROCESSORS

    save_start(folder, chain(PROCESSORS, "bell"), None)
    _search(folder)


def _read_beginning(folder: Path) -> None:
    from unpatch.mixing.start_file import load_start

    if load_start(folder) is None:
        raise AssertionError("there is a checkpoint")


def _told(folder: Path) -> None:
    from unpatch.mixing.results import SearchMoment
    from unpatch.pages.mix.record import Record

    Record(moments=[SearchMoment("console", 3, 1.0, 0.5, {"e": 2})], seconds=2.0).save(folder)


def _read_told(folder: Path) -> None:
    from unpatch.pages.mix.record import Record

    Record.load(folder)


def _data_set(folder: Path) -> None:
    from unpatch.synth.produce import Dataset, write_shards

    (folder / "songs").mkdir()
    (folder / "songs" / "a.wav").write_bytes(seeds.wav(6.0))
    write_shards(folder, Dataset(str(folder / "songs")), 0)


def _read_data_set(folder: Path) -> None:
    from unpatch.synth.produce import Dataset, write_shards

    write_shards(folder, Dataset(str(folder / "songs")), 0)


def _results(folder: Path) -> None:
    from unpatch.storage.results import replacing

    with replacing([folder / "graph.json"]):
        (folder / "graph.json").write_text("{}")


def _read_results(folder: Path) -> None:
    from unpatch.storage.results import check_own

    check_own([folder / "graph.json"])


FORMATS: dict[str, Format] = {
    "state of a run": Format("resume.pt", _run, _read_run, share=2),
    "state of a proxy's run": Format("resume.safetensors", _proxy_run, _read_proxy_run),
    "state of a search": Format("state.json", _search, _read_search, is_text=True, share=2),
    "tensors of a search": Format("state-1.safetensors", _search, _read_search),
    "beginning of a search": Format("beginning.json", _beginning, _read_beginning, is_text=True),
    "picture of a search": Format("told.json", _told, _read_told, is_text=True),
    "manifest of a data set": Format("dataset.json", _data_set, _read_data_set, is_text=True),
    "record of results": Format(".unpatch-results.json", _results, _read_results, is_text=True),
}
