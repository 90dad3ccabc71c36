"""The grammar: nothing invalid can be said, nothing valid is forbidden, and no sentence gets stuck."""

from functools import cache
from itertools import product

import numpy as np
import pytest

from tests.random_graphs import random_graph
from unpatch.blind.grammar import END_ACTION, Grammar, State
from unpatch.blind.tokens import decode, encode, in_decoding_order
from unpatch.blind.vocabulary import Vocabulary
from unpatch.graph.check import check
from unpatch.graph.data import GraphError
from unpatch.processors import PROCESSORS

TASKS = ("singing", "drums")
VOCABULARIES = {task: Vocabulary.of(PROCESSORS, task) for task in TASKS}
TEMPERATURE = 2.0


def babble(grammar: Grammar, random: np.random.Generator) -> State:
    """Say something at random: logits of deviation 2, and a random taste for edges."""
    state = grammar.start()
    taste = random.uniform(0, 6)
    while not state.finished:
        legal = state.legal()
        assert legal.any(), "stuck"
        logits = TEMPERATURE * random.standard_normal(len(legal))
        logits[grammar.actions.first_edge :] -= taste
        noise = random.gumbel(size=len(legal))
        state.take(int(np.argmax(np.where(legal, logits + noise, -np.inf))))
    return state


def test_a_thousand_graphs_from_random_logits_are_valid() -> None:
    random = np.random.default_rng(1)
    vocabulary = VOCABULARIES["singing"]
    grammar = Grammar(vocabulary, PROCESSORS)
    sizes = []
    for _ in range(1_000):
        graph = decode(babble(grammar, random).tokens, vocabulary, PROCESSORS)
        check(graph, PROCESSORS)
        assert graph.processor_count <= grammar.max_processors
        assert len(graph.edges) <= grammar.max_edges
        assert [graph.nodes[i].kind for i in graph.sources] == ["in"]
        sizes.append(graph.processor_count)
    assert min(sizes) < 5
    assert max(sizes) == grammar.max_processors


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(("processors", "edges"), [(0, 1), (1, 2), (1, 9), (2, 3), (3, 4), (5, 7), (30, 12)])
def test_tight_budgets_hold(task: str, processors: int, edges: int) -> None:
    random = np.random.default_rng(processors * 100 + edges)
    vocabulary = VOCABULARIES[task]
    grammar = Grammar(vocabulary, PROCESSORS, processors, edges)
    for _ in range(25):
        graph = check(decode(babble(grammar, random).tokens, vocabulary, PROCESSORS), PROCESSORS)
        assert graph.processor_count <= processors
        assert len(graph.edges) <= edges
        kinds = [graph.nodes[i].kind for i in graph.sources]
        assert len(kinds) == len(set(kinds)) >= 1


@pytest.mark.parametrize("seed", range(40))
def test_every_valid_graph_can_be_said_and_ends_where_it_is_whole(seed: int) -> None:
    vocabulary = VOCABULARIES["singing"]
    grammar = Grammar(vocabulary, PROCESSORS, max_processors=40, max_edges=200)
    rows = encode(in_decoding_order(random_graph(seed), vocabulary), vocabulary)
    state = grammar.start()
    for row in rows[1:]:
        legal = state.legal()
        assert legal[state.action_of(row)]
        assert legal[END_ACTION] == is_whole(state, vocabulary)
        state.take(state.action_of(row))
    np.testing.assert_array_equal(state.tokens, rows)
    assert not state.legal().any()


def is_whole(state: State, vocabulary: Vocabulary) -> bool:
    try:
        check(decode(state.tokens, vocabulary, PROCESSORS), PROCESSORS)
    except GraphError:
        return False
    return True


Wire = tuple[int, int, int]
"""(source, target, edge type)."""


class Exhaustive:
    """The slow reference: tries every continuation and asks the graph check whether it is whole."""

    def __init__(self, kinds: tuple[str, ...], max_processors: int, max_edges: int) -> None:
        self.registry = {kind: PROCESSORS[kind] for kind in kinds}
        self.vocabulary = Vocabulary.of(self.registry, "singing")
        self.grammar = Grammar(self.vocabulary, self.registry, max_processors, max_edges)
        self.can_end = cache(self._can_end)

    def _can_end(self, kinds: tuple[int, ...], wires: frozenset[Wire]) -> bool:
        return self._is_whole(kinds, wires) or any(self.can_end(*after) for after in self.after(kinds, wires))

    def after(
        self, kinds: tuple[int, ...], wires: frozenset[Wire]
    ) -> list[tuple[tuple[int, ...], frozenset[Wire]]]:
        """Every state one NODE or EDGE further that keeps to the budgets; only port pairs are respected."""
        newest = len(kinds) - 1
        found = []
        heard = newest == 0 or any(source == newest for source, _, _ in wires)
        for kind in range(1, len(self.vocabulary.kinds)):
            processors = sum(k > 1 for k in (*kinds, kind))
            if heard and processors <= self.grammar.max_processors and (kind != 1 or 1 not in kinds):
                found.append(((*kinds, kind), wires))
        for target, pair in product(range(newest), range(len(self.vocabulary.edge_types))):
            wire = (newest, target, pair)
            fits = self.grammar.fits[kinds[newest], kinds[target], pair]
            if fits and wire not in wires and len(wires) < self.grammar.max_edges:
                found.append((kinds, wires | {wire}))
        return found

    def _is_whole(self, kinds: tuple[int, ...], wires: frozenset[Wire]) -> bool:
        rows = [(3, 0, 0, 0, 0), *((0, i, i, kind, 0) for i, kind in enumerate(kinds))]
        rows += [(1, source, target, 0, pair) for source, target, pair in wires]
        try:
            check(decode(np.array(rows), self.vocabulary, self.registry), self.registry)
        except GraphError:
            return False
        return True


@pytest.mark.parametrize(
    ("kinds", "processors", "edges"),
    [(("bell", "mono_lfo"), 2, 4), (("chorus", "mono_lfo"), 2, 4), (("midside_merge", "mono_lfo"), 1, 4),
     (("chorus", "envelope_follower", "stereo_lfo"), 2, 3)],
)  # fmt: skip
def test_mask_equals_exhaustive_search(kinds: tuple[str, ...], processors: int, edges: int) -> None:
    slow = Exhaustive(kinds, processors, edges)
    random = np.random.default_rng(0)
    compared = 0
    for _ in range(60):
        state, wires = slow.grammar.start(), frozenset[Wire]()
        state.take(slow.grammar.actions.node(0))
        while not state.finished:
            legal = state.legal()
            layout = slow.grammar.actions
            allowed = set(np.flatnonzero(legal).tolist()) - {END_ACTION}
            expected = set()
            for after_kinds, after_wires in slow.after(tuple(state.kinds), wires):
                if slow.can_end(after_kinds, after_wires):
                    new = after_wires - wires
                    expected.add(layout.edge(*next(iter(new))[1:]) if new else layout.node(after_kinds[-1]))
            assert allowed == expected
            compared += 1
            action = int(random.choice(np.flatnonzero(legal)))
            if action >= layout.first_edge:
                wires |= {(len(state.kinds) - 1, *layout.split_edge(action))}
            state.take(action)
    assert compared > 100


def test_kinds_that_need_control_need_a_generator() -> None:
    registry = {"chorus": PROCESSORS["chorus"], "envelope_follower": PROCESSORS["envelope_follower"]}
    with pytest.raises(ValueError, match="no kind generates one"):
        Grammar(Vocabulary.of(registry, "singing"), registry)


def test_a_copy_goes_its_own_way() -> None:
    grammar = Grammar(VOCABULARIES["singing"], PROCESSORS)
    state = grammar.start()
    state.take(grammar.actions.node(0))
    twin = state.copy()
    twin.take(int(np.flatnonzero(twin.legal())[0]))
    assert len(state.rows) + 1 == len(twin.rows)
    np.testing.assert_array_equal(state.legal(), state.copy().legal())
    assert twin.grammar is grammar
