"""A whole song in blocks: the same samples, whatever the block."""

import errno
import io
import os
import tempfile
from pathlib import Path

import pytest
import torch

from tests.random_graphs import random_graph
from tests.toy_console import RATE, TOYS, noises
from unpatch.graph.build import chain
from unpatch.graph.data import Graph
from unpatch.mixing.console import console, prunable, without
from unpatch.processors import CONSOLE, KINDS, PROCESSORS, PUBLISHED
from unpatch.rendering import oracle, render, render_batch
from unpatch.rendering.runs import runs
from unpatch.rendering.song import play, render_song
from unpatch.rendering.tape import TapeStore

GROUPS = {"kick": "drums", "snare": "drums", "bass": "bass", "lead": "vocals"}


def toy_console(share: int = 1) -> Graph:
    full = console(GROUPS, "cgr", master=True, registry=TOYS)
    graph = without(full, prunable(full)[::3]) if share > 1 else full
    for i, node in enumerate(graph.nodes):
        moved = {"gain_db": 3.0 + i % 5, "drive": 2.0, "weight": 0.7}
        graph = graph.with_parameters(i, {k: v for k, v in moved.items() if k in node.parameters})
    return graph


@pytest.mark.parametrize("block", [997, 4_000, 10**9])
@pytest.mark.parametrize("share", [1, 3])
def test_blocks_add_up_to_the_whole(block: int, share: int) -> None:
    graph, audio = toy_console(share), noises(4, 2.0)
    whole = render(graph, audio, RATE, energy=False, registry=TOYS)
    found = render_song(graph, audio, RATE, registry=TOYS, block=block)
    # The toy echo takes its phase in single precision.
    torch.testing.assert_close(found, whole, atol=1e-3 * float(whole.abs().max()), rtol=0)


@pytest.mark.parametrize("strip", ["ours", "published"])
def test_real_consoles_sound_the_same_in_blocks(strip: str) -> None:
    rate, groups = 16_000, {"a": "x", "b": "x", "c": "y"}
    graph = console(groups, strip="ours" if strip == "ours" else "published", lone=False)
    audio = 0.1 * torch.randn(3, 2, 3 * rate, generator=torch.Generator().manual_seed(1))
    whole = render(graph, audio, rate)
    found = render_song(graph, list(audio), rate, block=rate // 2)
    torch.testing.assert_close(found, whole, atol=2e-4 * float(whole.abs().max()), rtol=0)


@pytest.mark.parametrize("seed", range(6))
def test_any_graph_renders_so(seed: int) -> None:
    graph = random_graph(seed)
    audio = 0.1 * torch.randn(len(graph.sources), 2, 8_000, generator=torch.Generator().manual_seed(seed))
    expected = oracle(graph, audio, RATE, energy=False)
    torch.testing.assert_close(render_song(graph, audio, RATE), expected, atol=1e-4, rtol=1e-4)


def test_runs_hold_every_node_once_and_tracks_one_by_one() -> None:
    graph = toy_console()
    found = list(runs(graph, TOYS))
    assert sorted(node for run in found for node in run) == list(range(len(graph)))
    assert max(map(len, found)) > 1
    heard = [run[0] for run in found if graph.nodes[run[0]].is_source]
    assert heard == list(graph.sources)
    first, second = (next(i for i, run in enumerate(found) if run[0] == source) for source in heard[:2])
    assert second - first == 3  # source, compressor, gain and reverb


def test_wrong_number_of_sources_is_refused() -> None:
    with pytest.raises(ValueError, match="has 4 source"):
        render_song(toy_console(), noises(3, 0.1), RATE, registry=TOYS)


# --- the energy rule ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["console_gain", "published_gain"])
def test_a_console_plays_without_the_energy_rule(kind: str) -> None:
    """A gain that the rule would undo."""
    knob = next(name for name in KINDS[kind].parameters if "gain" in name or "db" in name)
    graph, audio = chain(KINDS, (kind, {knob: 6.0})), noises(1, 0.2)[0]
    torch.testing.assert_close(render(graph, audio, RATE), render(graph, audio, RATE, energy=False))
    torch.testing.assert_close(oracle(graph, audio, RATE), render(graph, audio, RATE))
    assert not torch.allclose(render(graph, audio, RATE), render(graph, audio, RATE, energy=True), rtol=0.05)


def test_other_graphs_keep_it() -> None:
    graph, audio = chain(PROCESSORS, ("bell", {"gain_db": 12.0})), noises(1, 0.2)[0]
    torch.testing.assert_close(render(graph, audio, RATE), render(graph, audio, RATE, energy=True))
    mixed = [graph, chain(KINDS, next(iter({**CONSOLE, **PUBLISHED})))]
    with pytest.raises(ValueError, match="some of these graphs only"):
        render_batch(mixed, [audio, audio], RATE)


# --- memory ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("energy", [False, True])
def test_signals_in_files_sound_like_signals_in_memory(energy: bool, tmp_path: Path) -> None:
    """Several tracks, controls and buses; nothing is left in the folder."""
    graph = random_graph(3)
    audio = 0.1 * torch.randn(len(graph.sources), 2, 8_000, generator=torch.Generator().manual_seed(3))
    expected = oracle(graph, audio, RATE, energy=energy)
    store = TapeStore(tmp_path, memory_bytes=0)
    tapes = (store.record(iter(row.split(1_000, dim=1)), 8_000) for row in audio)
    wire = play(graph, tapes, 8_000, RATE, store, energy=energy, block=3_000)
    assert store.held == 0
    torch.testing.assert_close(wire.read(0, 8_000), expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(torch.cat(list(wire.blocks(8_000, 999)), dim=1), wire.read(0, 8_000))
    assert not list(tmp_path.iterdir())


def test_a_store_gives_memory_back_and_has_silence_around_its_tapes() -> None:
    store = TapeStore(memory_bytes=2 * 100 * 4)
    kept, filed = (store.record(iter([torch.ones(2, 60), 2 * torch.ones(2, 40)]), 100) for _ in range(2))
    for tape in (kept, filed):
        assert torch.equal(tape.read(58, 62)[0], torch.tensor([1.0, 1.0, 2.0, 2.0]))
        assert torch.equal(tape.read(-2, 1)[1], torch.tensor([0.0, 0.0, 1.0]))
        assert torch.equal(tape.read(99, 102)[1], torch.tensor([2.0, 0.0, 0.0]))
        assert not tape.read(100, 105).any()
    assert store.held == 800
    del kept, tape
    assert store.held == 0


def test_a_full_disk_is_said_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Full())
    with pytest.raises(OSError, match=f"No space left on device: '{tmp_path}'"):
        TapeStore(tmp_path, memory_bytes=0).record(iter([torch.ones(2, 10)]), 10)
