"""Pruning trials: heard with less work, the loss is that of the whole graph without the processors."""

import math
from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from tests.toy_console import RATE, TOYS, noises
from unpatch.graph.data import Graph
from unpatch.mixing.console import console, prunable, without
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.loss import MixLossSettings
from unpatch.mixing.pruning.objective import NONE, Gone
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import SegmentSettings
from unpatch.mixing.strips import StripJob
from unpatch.mixing.subgraphs import values_of
from unpatch.mixing.trials import Cached, Whole
from unpatch.rendering import parameters, render
from unpatch.rendering.parameters import Numbers

GROUPS = {"kick": "drums", "bass": "bass", "snare": "drums", "voice": "vocals"}
LOSS = MixLossSettings(warmup_s=0.1)


def scene(seed: int = 0, master: bool = True) -> tuple[Graph, Numbers, Evaluator]:
    """A console with all knobs somewhere, and a song that another such console mixed; the bass is late."""
    graph = console(GROUPS, "ecgr", master=master, lone=False, registry=TOYS)
    mixed = graph
    for which in (0, 1):
        numbers = parameters.read(graph, TOYS, edges=False)
        latent = torch.randn(len(numbers.values), generator=torch.Generator().manual_seed(2 * seed + which))
        moved = parameters.write(graph, numbers.moved(latent.double(), "latent"))
        graph, mixed = (moved, mixed) if which else (graph, moved)
    stems = noises(4, 3.0, seed)
    stems[1, :, : 2 * RATE] = 0
    mix = render(mixed, stems, RATE, energy=False, registry=TOYS)
    evaluator = Evaluator(StemsAndMix(stems, mix, RATE, SegmentSettings(0.6, 0.1, 5)), LOSS, TOYS)
    return graph, values_of(graph, TOYS), evaluator


def some_trials(graph: Graph) -> list[Gone]:
    nodes = prunable(graph)
    return [frozenset({node}) for node in nodes] + [frozenset(nodes[i::5]) for i in range(5)]


@pytest.mark.parametrize("seed", range(2))
def test_trials_with_and_without_caching_agree(seed: int) -> None:
    graph, numbers, evaluator = scene(seed)
    cached, whole = Cached(graph, numbers, evaluator, early=False), Whole(graph, numbers, evaluator)
    trials = some_trials(graph)
    gone = NONE
    for extra in (NONE, trials[3], trials[-2], trials[8]):
        gone |= extra
        some = trials[::4]
        ours, plain = cached.losses(gone, some), whole.losses(gone, some)
        assert ours == pytest.approx(plain, abs=2e-4)
    assert cached.losses(gone, [NONE])[0] == pytest.approx(whole.loss(gone), abs=2e-4)


def test_a_trial_is_the_loss_of_the_graph_that_it_would_leave() -> None:
    graph, numbers, evaluator = scene()
    gone = some_trials(graph)[-1]
    left = without(graph, gone)
    expected = 0.0
    for passage in evaluator.passages:
        audio = render(left, passage.stems, RATE, energy=False, registry=TOYS)
        expected += float(evaluator.target(passage).loss(audio)) / len(evaluator.passages)
    assert Cached(graph, numbers, evaluator).losses(NONE, [gone])[0] == pytest.approx(expected, abs=2e-4)
    assert evaluator.value(left, values_of(left, TOYS)) == pytest.approx(expected, abs=2e-4)


def test_what_is_kept_does_not_hang_on_what_was_tried() -> None:
    """To the last bit: a search that is resumed must decide alike."""
    graph, numbers, evaluator = scene()
    trials = some_trials(graph)
    one, other = Cached(graph, numbers, evaluator), Cached(graph, numbers, evaluator)
    gone = NONE
    for extra in trials[:6]:
        one.losses(gone, [extra], limit=math.inf)
        gone |= extra
    assert one.losses(gone, trials[6:9]) == other.losses(gone, trials[6:9])
    assert one.losses(NONE, trials[:2]) == Cached(graph, numbers, evaluator).losses(NONE, trials[:2])


def test_strips_that_did_not_change_are_not_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, numbers, evaluator = scene()
    cached = Cached(graph, numbers, evaluator, early=False)
    cached.losses(NONE, [NONE])
    rendered: list[tuple[int, int]] = []
    plain = cached.strips.rendered

    def noted(jobs: Sequence[StripJob]) -> list[Tensor]:
        rendered.extend((job.branch, job.passage) for job in jobs)
        return plain(jobs)

    monkeypatch.setattr(cached.strips, "rendered", noted)
    kick = cached.tree.branches[cached.tree.by_head[graph.sources[0]]]
    cached.losses(NONE, [frozenset({kick.nodes[1]})])
    passages = range(len(evaluator.passages))
    named = {graph.nodes[cached.tree.branches[b].head].name for b, _ in rendered}
    assert named == {"kick", "drums", "master"}
    assert len(rendered) == 3 * len(passages)
    rendered.clear()
    bass = cached.tree.branches[cached.tree.by_head[graph.sources[1]]]
    cached.losses(NONE, [frozenset({bass.nodes[0]})])
    assert 0 < len({p for _, p in rendered}) < len(passages)  # it is silent in the others


def test_a_trial_that_costs_too_much_ends_early() -> None:
    graph, numbers, evaluator = scene()
    whole, early = Cached(graph, numbers, evaluator, early=False), Cached(graph, numbers, evaluator)
    trials = some_trials(graph)
    full = whole.losses(NONE, trials)
    limit = whole.losses(NONE, [NONE])[0] + 0.01  # a search allows for more than there is
    for sure, loss in zip(full, early.losses(NONE, trials, limit), strict=True):
        assert loss == math.inf or loss == pytest.approx(sure, abs=1e-5)
        assert sure >= limit - 0.05 or loss < math.inf
    refused = [loss == math.inf for loss in early.losses(NONE, trials, limit)]
    assert sum(refused) >= sum(loss >= limit for loss in full) / 2 > 0


def test_a_console_without_processors_is_judged_too() -> None:
    _, _, evaluator = scene()
    graph = console(GROUPS, "", registry=TOYS)
    cached = Cached(graph, values_of(graph, TOYS), evaluator)
    assert cached.losses(NONE, [NONE]) == pytest.approx(
        [evaluator.value(graph, values_of(graph, TOYS))], abs=1e-5
    )
