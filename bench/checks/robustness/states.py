"""What the program keeps for itself, to continue: damaged, it must be read or refused like all else."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.checks.robustness import seeds
from bench.checks.robustness.format import Format

IDENTITY: Mapping[str, Any] = {"seed": 0}


@cache
def _training() -> Any:
    """A run of the smallest size, after a step."""
    from unpatch.blind.learner import fabric_of, learner_of, untaught
    from unpatch.blind.presets import preset
    from unpatch.processors import PROCESSORS

    chosen = preset("singing", "debug", "ours")
    learner = learner_of(fabric_of(chosen.training), untaught(chosen, PROCESSORS), chosen.training)
    return _after_a_step(learner)


@cache
def _proxy() -> Any:
    """A run of a proxy, likewise."""
    from unpatch.mastering.proxy_training import debug_training, learner_of

    return _after_a_step(learner_of(debug_training()))


def _after_a_step(learner: Any) -> Any:
    import torch

    for weight in learner.network.parameters():
        weight.grad = torch.zeros_like(weight)
    for optimiser in learner.optimisers:
        optimiser.step()
    learner.step = 1
    return learner


def _write(learner: Callable[[], Any]) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        from unpatch.learning.runs import write_state

        write_state(folder, learner().to_dict(), IDENTITY)

    return write


def _read(learner: Callable[[], Any]) -> Callable[[Path], None]:
    def read(folder: Path) -> None:
        from unpatch.learning.loop import resume

        resume(SimpleNamespace(learner=learner(), folder=folder, identity=IDENTITY))

    return read


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
    "state of a run": Format("resume.pt", _write(_training), _read(_training), share=2),
    "state of a proxy's run": Format("resume.pt", _write(_proxy), _read(_proxy)),
    "state of a search": Format("state.json", _search, _read_search, is_text=True, share=2),
    "tensors of a search": Format("state-1.safetensors", _search, _read_search),
    "beginning of a search": Format("beginning.json", _beginning, _read_beginning, is_text=True),
    "picture of a search": Format("told.json", _told, _read_told, is_text=True),
    "manifest of a data set": Format("dataset.json", _data_set, _read_data_set, is_text=True),
    "record of results": Format(".unpatch-results.json", _results, _read_results, is_text=True),
}
