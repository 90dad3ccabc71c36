"""The direct system: queries per kind, what they answer, and a decoder that looks them up."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.random_graphs import random_graph
from tests.small_models import (
    batch_of,
    corpus_of,
    debug_model,
    noise_echoes,
    noise_pictures,
    system,
    vocabulary_for,
)
from unpatch.blind.corpus import Batch
from unpatch.blind.grammar import Grammar
from unpatch.blind.losses import LossSettings, losses
from unpatch.blind.models import build, from_pretrained, save_pretrained
from unpatch.blind.models.attention import attend
from unpatch.blind.models.decoding import decode_prototypes, finished_graphs
from unpatch.blind.models.direct import Direct, at_slots
from unpatch.blind.models.hypothesis import Decoding
from unpatch.blind.models.keyed import KeyedTokenGT
from unpatch.blind.models.queries import KindHead
from unpatch.blind.presets import SYSTEMS
from unpatch.blind.tokens import TYPE, TokenType
from unpatch.blind.training import train
from unpatch.graph.build import chain
from unpatch.graph.data import Edge, Graph, Node
from unpatch.processors import EVERYDAY

PRESET = system("direct")
WORDS = vocabulary_for(PRESET)
UNTOUCHED = Graph((Node("in"), Node("out")), (Edge(0, 1),))
TWICE = chain(EVERYDAY, "bell", "distortion", "bell", "bell")


def model_of(seed: int = 0) -> Direct:
    model = debug_model(seed, PRESET)
    assert isinstance(model, Direct)
    return model


def batch(*graphs: Graph) -> Batch:
    return batch_of(*graphs, of=PRESET)


def heard(model: Direct, count: int) -> Tensor:
    """Latents ``[B, 1, Q, D]`` of recordings."""
    pictures, echoes = noise_pictures(count, of=PRESET), noise_echoes(count, of=PRESET)
    return model.encode(pictures, None, echoes)[:, None]


def test_there_is_a_query_per_processor_and_free_ones() -> None:
    latents = model_of().latents(batch(random_graph(0, 4)))
    assert latents.shape == (1, len(EVERYDAY) + PRESET.model.encoder.queries, PRESET.model.decoder.width)


def test_steps_with_a_cache_equal_the_whole_sequence() -> None:
    model, given = model_of(), batch(random_graph(0, 4), random_graph(1, 4))
    with torch.inference_mode():
        latents = model.latents(given)
        whole = model.decoder(given.rows, latents, torch.ones(2, dtype=torch.bool))
        cache = model.open(latents)
        steps = torch.stack([model.step(given.rows[:, i], cache) for i in range(given.rows.shape[1])], dim=1)
    real = given.rows[..., TYPE] != TokenType.PAD
    torch.testing.assert_close(steps[real], whole[real], atol=2e-5, rtol=1e-4)


def test_numbers_of_a_prototype_are_those_of_the_teacher_forced_pass() -> None:
    model, given = model_of(), batch(random_graph(0, 5), TWICE)
    with torch.inference_mode():
        told = model.numbers(given.rows, given.slots, model.latents(given))
        known = given.slots >= 0
        torch.testing.assert_close(told[known], model(given).numbers[known], atol=1e-5, rtol=1e-4)


def test_a_kinds_own_query_answers_for_it() -> None:
    """Turn one query's vector: presence and numbers of its kind change, and no others."""
    model = model_of()
    with torch.inference_mode():
        latents = model.latents(batch(TWICE))
        place = list(EVERYDAY).index("bell")
        turned = latents.clone()
        turned[:, place] += 1
        kinds = (model.presence(turned) != model.presence(latents))[0].nonzero().flatten().tolist()
        slots = (model.direct_numbers(turned) != model.direct_numbers(latents)).any(-1)[0]
    assert [WORDS.kinds[i] for i in kinds] == ["bell"]
    assert {WORDS.slots[i][0] for i in slots.nonzero().flatten().tolist()} == {"bell"}
    assert slots.sum() == len(EVERYDAY["bell"].parameters)


def test_a_head_of_kinds_is_one_linear_layer_each() -> None:
    head = KindHead(torch.tensor([2, 0, 2]), 5, 4)
    torch.nn.init.normal_(head.bias)
    latents = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0))
    found = head(latents)
    for asked, owner in enumerate((2, 0, 2)):
        expected = latents[:, owner] @ head.weight[asked] + head.bias[asked]
        torch.testing.assert_close(found[:, asked], expected)


def test_answers_are_picked_by_slot_and_nothing_is_said_where_none_is() -> None:
    outputs = torch.arange(2 * 3 * 2.0).view(2, 3, 2)
    slots = torch.tensor([[[2, -1]], [[-1, 0]]])
    found = at_slots(outputs, slots)
    assert found.tolist() == [[[[4, 5], [0, 0]]], [[[0, 0], [6, 7]]]]


def test_every_loss_reaches_the_queries_and_the_encoder() -> None:
    model, given = model_of(), batch(random_graph(0, 5), TWICE, UNTOUCHED)
    found = losses(model(given), given, 0.1, PRESET.training.losses)
    assert set(found.parts) == {
        *("type", "kind", "target", "edge_type"),
        *("numbers", "presence", "direct", "total"),
    }
    for name, loss in found.parts.items():
        model.zero_grad()
        torch.autograd.backward(loss, retain_graph=True)
        for part in ("queries", "stem.weight", "echoes.layers.0.weight"):
            gradient = model.encoder.get_parameter(part).grad
            assert gradient is not None and bool(gradient.abs().sum() > 0), name
    unused = {name for name, weight in model.named_parameters() if weight.grad is None}
    assert not unused


def test_the_direct_loss_is_the_queries_alone() -> None:
    """Whatever the tokens say, the direct answers cost what they cost."""
    model, given = model_of(), batch(TWICE)
    before = model(given)
    torch.nn.init.normal_(model.number_head.weight)
    after = model(given)
    assert before.direct is not None and after.direct is not None
    torch.testing.assert_close(before.direct, after.direct)
    assert not torch.allclose(before.costs, after.costs)


def test_a_number_is_the_sum_of_what_token_and_query_say() -> None:
    model, given = model_of(), batch(TWICE)
    known = given.slots >= 0
    with torch.inference_mode():
        model.number_head.weight.zero_()
        costs, direct = model(given).costs, model(given).direct
        assert direct is not None
        torch.testing.assert_close(costs[known], direct[known])
        model.direct_numbers.weight.zero_()
        model.direct_numbers.bias.zero_()
        silent = model(given)
        assert silent.costs[known].std() < 0.2  # nothing is said: an even distribution


def test_rare_slots_count_more() -> None:
    """Three numbers of one slot that cost 1, one of another that costs 4."""
    from unpatch.blind.losses import number_cost

    slots = torch.tensor([[[5, -1], [5, 5], [7, -1]]])
    costs = torch.tensor([[[1.0, 0], [1, 1], [4, 0]]])
    assert float(number_cost(costs, slots)) == pytest.approx(7 / 4)
    assert float(number_cost(costs, slots, 1.0)) == pytest.approx((1 + 4) / 2)
    root = 3**0.5
    assert float(number_cost(costs, slots, 0.5)) == pytest.approx((root + 4) / (root + 1))
    none = torch.full_like(slots, -1)
    assert float(number_cost(costs, none, 0.5)) == 0


@pytest.mark.parametrize("how", [Decoding(), Decoding(beams=4), Decoding(beams=3, temperature=1.0)])
def test_decoded_graphs_are_valid_and_say_how_sure_they_are(how: Decoding) -> None:
    model = model_of(1)
    grammar = Grammar(WORDS, EVERYDAY, 6, 12)
    with torch.inference_mode():
        latents = heard(model, 2).expand(-1, 2, -1, -1)  # as if two windows were heard
        for i, found in enumerate(decode_prototypes(model, latents, grammar, how)):
            own = latents[i : i + 1].expand(len(found), -1, -1, -1)
            for graph in finished_graphs(model, found, own, EVERYDAY, [-21.0] * len(found)):
                sure = [n.confidence for n in graph.nodes] + [e.confidence for e in graph.edges]
                assert all(p is not None and 0 <= p <= 1 for p in sure)


def test_eight_examples_are_learnt_by_heart_untouched_and_repeated_ones_too(tmp_path: Path) -> None:
    graphs = [UNTOUCHED, TWICE, *(random_graph(seed, 4) for seed in range(6))]
    training = replace(
        PRESET.training, steps=80, warmup=10, peak_rate=8e-3, smoothing=0.0, batch=8, save_every=80
    )
    training = replace(training, variation=replace(training.variation, colour=0, frames=0, bands=0))
    corpus = corpus_of(graphs, PRESET)
    model = train(replace(PRESET, training=training), corpus, tmp_path, registry=EVERYDAY).model
    assert isinstance(model, Direct)
    given = corpus.batch(range(8))
    with torch.inference_mode():
        latents = model.latents(given)
        present = model.presence(latents).sigmoid()
        (untouched,) = decode_prototypes(model, latents[:1, None], Grammar(WORDS, EVERYDAY))[0]
        numbers = model(given).numbers
    for graph, chances in zip(graphs, present, strict=True):
        kinds = {node.kind for node in graph.nodes}
        assert {WORDS.kinds[i] for i in (chances > 0.5).nonzero().flatten().tolist()} == kinds
    assert [WORDS.kinds[row[3]] for row in untouched.rows if row[TYPE] == TokenType.NODE] == ["out", "in"]
    known = given.slots >= 0
    assert float((numbers - given.units)[known].abs().mean()) < 0.05


def test_a_saved_model_is_the_same_model(tmp_path: Path) -> None:
    model = model_of(3)
    given = batch(TWICE, UNTOUCHED)
    model.encoder.adapt(*corpus_of([TWICE, UNTOUCHED], PRESET).statistics(), given)
    save_pretrained(model, tmp_path)
    again = from_pretrained(tmp_path, EVERYDAY)
    with torch.inference_mode():
        one, other = model(given), again(given)
    assert again.settings == model.settings
    assert torch.equal(one.numbers, other.numbers)
    assert one.presence is not None and torch.equal(one.presence, other.presence)


def test_what_it_needs_is_asked_for() -> None:
    for model in (
        replace(PRESET.model, bins=0),
        replace(PRESET.model, encoder=replace(PRESET.model.encoder, queries=0)),
    ):
        with pytest.raises(ValueError, match="distributions of numbers, and a free query"):
            build(model, WORDS)


def test_latents_are_looked_up_and_stay_outside_the_sequence() -> None:
    model = model_of()
    assert isinstance(model.decoder, KeyedTokenGT)
    cache = model.open(torch.randn(2, 5, PRESET.model.decoder.width))
    assert all(keys.shape[2] == 5 for keys, _ in cache.layers)
    assert LossSettings() != PRESET.training.losses


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_a_batch_of_nothing_but_untouched_recordings_is_learnt_from(name: str) -> None:
    """Examples of similar length meet in a batch, and these have not a single number."""
    of = system(name)
    model, given = debug_model(of=of).train(), batch_of(UNTOUCHED, UNTOUCHED, of=of)
    found = losses(model(given), given, 0.1)
    found.total.backward()  # type: ignore[no-untyped-call]
    assert found.numbers == 0 == found.direct
    assert all(p.grad.isfinite().all() for p in model.parameters() if p.grad is not None)
    assert any(p.grad is not None and p.grad.abs().max() > 0 for p in model.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_attention_is_that_of_the_definition_in_value_and_slope(dtype: torch.dtype) -> None:
    draw = torch.Generator().manual_seed(0)
    parts = [torch.randn(2, 3, n, 4, generator=draw) for n in (5, 7, 7)]
    mask = torch.rand(2, 1, 5, 7, generator=draw) > 0.3
    given = [part.to(dtype).requires_grad_() for part in parts]
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
        found = attend(given[0], given[1], given[2], mask)
    assert found.dtype == dtype
    exact = [part.detach().double().requires_grad_() for part in given]
    scores = (exact[0] @ exact[1].transpose(-1, -2) / 2).masked_fill(~mask, -torch.inf)
    expected = scores.softmax(-1) @ exact[2]
    tolerance = 1e-5 if dtype == torch.float32 else 0.02
    torch.testing.assert_close(found.double(), expected, atol=tolerance, rtol=tolerance)
    torch.autograd.backward([found.sum(), expected.sum()])
    for own, true in zip(given, exact, strict=True):
        assert own.grad is not None and true.grad is not None
        torch.testing.assert_close(own.grad.double(), true.grad, atol=2 * tolerance, rtol=2 * tolerance)
