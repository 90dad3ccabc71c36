"""The networks: what sees what, caching, decoding, files."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from tests.random_graphs import random_graph
from tests.small_models import (
    DEBUG,
    SINGING,
    batch_of,
    debug_model,
    noise_pictures,
    system,
    toy_corpus,
)
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator, build, from_pretrained, save_pretrained
from unpatch.blind.models.beams import PartialHypothesis, best_steps
from unpatch.blind.models.decoding import decode_prototypes, finished_graphs
from unpatch.blind.models.encoder import Encoder
from unpatch.blind.models.hypothesis import Decoding, Hypothesis, masked
from unpatch.blind.models.teacher_forcing import Outputs
from unpatch.blind.models.token_by_token import TokenByToken
from unpatch.blind.presets import PRESETS, SYSTEMS
from unpatch.blind.tokens import KIND, TARGET, TYPE, TokenType
from unpatch.graph.check import check
from unpatch.graph.data import Graph, GraphError
from unpatch.learning.weights import CONFIG, WEIGHTS, WeightsError
from unpatch.processors import PROCESSORS

MODEL = debug_model()
assert isinstance(MODEL, TokenByToken)
GRAMMAR = Grammar(SINGING, PROCESSORS, 6, 12)


def graphs_of(*seeds: int) -> list[Graph]:
    return [random_graph(seed, 4) for seed in seeds]


def listened(model: Estimator, count: int, seed: int = 0) -> Tensor:
    """Latents ``[B, 1, Q, D]`` of pictures of noise."""
    return model.encode(noise_pictures(count, seed))[:, None]


def test_steps_with_a_cache_equal_the_whole_sequence() -> None:
    batch = batch_of(*graphs_of(0, 1))
    rows = batch.rows
    with torch.inference_mode():
        latents = MODEL.latents(batch)
        whole = MODEL.decoder(rows, latents, torch.ones(2, dtype=torch.bool))
        cache = MODEL.open(latents)
        steps = torch.stack([MODEL.step(rows[:, i], cache) for i in range(rows.shape[1])], dim=1)
    real = rows[..., TYPE] != TokenType.PAD
    torch.testing.assert_close(steps[real], whole[real], atol=2e-5, rtol=1e-4)


def scores(outputs: Outputs, name: str) -> Tensor:
    return outputs.choices[name].scores


def test_prototype_tokens_see_the_past_only_and_parameter_tokens_see_all() -> None:
    batch = batch_of(*graphs_of(3))
    changed = batch._replace(rows=batch.rows.clone())
    changed.rows[0, -2, KIND] += 1
    changed.rows[0, -2, TYPE] = int(TokenType.NODE)
    with torch.inference_mode():
        before, after = MODEL(batch), MODEL(changed)
    torch.testing.assert_close(scores(before, "kind")[:, :-1], scores(after, "kind")[:, :-1])
    assert not torch.allclose(scores(before, "kind")[:, -1:], scores(after, "kind")[:, -1:])
    known = batch.slots >= 0
    assert not torch.allclose(before.numbers[known], after.numbers[known])


@pytest.mark.parametrize("name", SYSTEMS)
def test_padding_changes_nothing(name: str) -> None:
    model, graphs = debug_model(of=system(name)), graphs_of(0, 5)
    batch = batch_of(*graphs, of=system(name))
    with torch.inference_mode():
        together = model(batch)
        for i, graph in enumerate(graphs):
            own = batch_of(graph, of=system(name))
            own = own._replace(pictures=batch.pictures[i : i + 1], echoes=batch.echoes[i : i + 1])
            alone, length = model(own), own.rows.shape[1]
            torch.testing.assert_close(together.numbers[i, :length], alone.numbers[0], atol=2e-5, rtol=1e-4)
            for choice, part in zip(together.choices.values(), alone.choices.values(), strict=True):
                places = (i, *(slice(n) for n in part.truth.shape[1:]))
                torch.testing.assert_close(choice.scores[places], part.scores[0], atol=2e-5, rtol=1e-4)
                assert torch.equal(choice.truth[places], part.truth[0])


@pytest.mark.parametrize(
    ("name", "hears"), [("proposed", True), ("autoencoder", False), ("no_latent", False)]
)
def test_the_picture_matters_to_those_that_hear(name: str, hears: bool) -> None:
    graph = random_graph(2, 4)
    with torch.inference_mode():
        kinds = scores(debug_model(of=system(name))(batch_of(graph, graph)), "kind")
    assert torch.allclose(kinds[0], kinds[1], atol=1e-5) is not hears


def test_the_dry_source_matters_to_the_system_that_is_given_it() -> None:
    batch = batch_of(*graphs_of(2))
    brighter = batch._replace(dry=batch.dry + 1)
    with torch.inference_mode():
        for name, matters in (("with_dry", True), ("proposed", False)):
            model = debug_model(of=system(name))
            assert torch.allclose(model.latents(batch), model.latents(brighter)) is not matters
        model = debug_model(of=system("with_dry"))
        assert torch.equal(model.latents(batch), model.encode(batch.pictures))
        assert torch.equal(model.latents(brighter), model.encode(batch.pictures, brighter.dry))


def test_the_autoencoder_is_given_kinds_wires_and_numbers() -> None:
    batch = batch_of(*graphs_of(2))
    model = debug_model(of=system("autoencoder"))
    rows = batch.rows.clone()
    rows[0, 3, TARGET] += 1
    units = torch.where(batch.slots >= 0, 1 - batch.units, batch.units)
    with torch.inference_mode():
        told = model.latents(batch)
        assert not torch.allclose(told, model.latents(batch._replace(rows=rows)))
        assert not torch.allclose(told, model.latents(batch._replace(units=units)))
        with pytest.raises(ValueError, match="takes no recording"):
            model.encode(batch.pictures)


def test_whitening_centres_each_band() -> None:
    model = debug_model()
    corpus = toy_corpus()
    mean, deviation = corpus.statistics()
    assert isinstance(model.encoder, Encoder)
    model.encoder.whiten(mean[:2], deviation[:2])
    mean = mean[:2]
    pictures = corpus.batch(range(len(corpus))).pictures
    white = (pictures - model.encoder.mean) / model.encoder.deviation
    torch.testing.assert_close(white.mean((0, 3)), torch.zeros_like(mean), atol=1e-5, rtol=0)
    torch.testing.assert_close(white.std((0, 3)), torch.ones_like(mean), atol=1e-4, rtol=0)


def test_published_figures() -> None:
    """Lee et al. 2023, section 3, "Architecture details" and "Training"."""
    preset = PRESETS["singing_paper_proposed"]
    features, encoder, decoder = preset.model.features, preset.model.encoder, preset.model.decoder
    assert (features.fft, features.hop, features.bands, features.sample_rate) == (1536, 384, 256, 44_100)
    assert (len(encoder.channels), encoder.dilations, encoder.queries) == (7, (1, 2, 4, 8), 1)
    assert (decoder.layers, decoder.heads, decoder.width, decoder.max_processors) == (6, 16, 512, 30)
    training = preset.training
    assert (training.peak_rate, training.warmup, training.steps) == (5e-4, 50_000, 200_000)
    assert (training.batch, training.smoothing, training.number_share) == (32, 0.1, 1.0)
    assert features.shape == (2, 256, 417)
    assert PRESETS["drums_paper_proposed"].model.encoder.queries == 6


def test_the_shipped_preset_fits_in_25_megabytes() -> None:
    model = build(PRESETS["singing_small_ours"].model, SINGING)
    size = sum(t.numel() * t.element_size() for t in model.state_dict().values())
    assert 2e6 < size < 25e6


def test_a_saved_model_is_the_same_model(tmp_path: Path) -> None:
    model = debug_model(seed=3)
    model.encoder.adapt(*toy_corpus().statistics(), toy_corpus().batch([0, 1]))
    save_pretrained(model, tmp_path, note="hello")
    again = from_pretrained(tmp_path, PROCESSORS)
    assert again.settings == model.settings
    assert again.vocabulary == model.vocabulary
    batch = batch_of(*graphs_of(4))
    with torch.inference_mode():
        one, other = (m(batch) for m in (model, again))
    assert torch.equal(one.numbers, other.numbers)
    for name in one.choices:
        assert torch.equal(scores(one, name), scores(other, name))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a model that can be loaded."""
    save_pretrained(debug_model(), tmp_path)
    return tmp_path


def refusal(folder: Path) -> str:
    with pytest.raises(WeightsError) as caught:
        from_pretrained(folder, PROCESSORS)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_an_empty_folder_and_a_changed_registry_are_refused(folder: Path, tmp_path: Path) -> None:
    assert "holds no model: config.json: No such file" in refusal(tmp_path / "empty")
    newer = {**PROCESSORS, "bell": replace(PROCESSORS["bell"], version=9)}
    with pytest.raises(GraphError, match="version 9"):
        from_pretrained(folder, newer)


WIDE = asdict(replace(DEBUG.model, decoder=replace(DEBUG.model.decoder, width=64)))


def settings_with(part: str, **changes: Any) -> dict[str, Any]:
    """The debug model's, as a config has them, with some of a part changed."""
    whole = asdict(DEBUG.model)
    return whole | {part: whole[part] | changes}


def without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": 99}, "config.json: expected ('unpatch.model', 1), found ('unpatch.model', 99)"),
        ({"vocabulary": None}, "config.json: has no vocabulary"),
        ({"settings": None}, "config.json: has no settings"),
        ({"settings": {"spaghetti": 1}}, "config.json: ModelSettings has no spaghetti"),
        ({"settings": [1, 2]}, "config.json: ModelSettings is no object: [1, 2]"),
        ({"settings": settings_with("decoder", width="wide")}, "config.json: describes no model ("),
        ({"settings": settings_with("decoder", width=-4)}, "config.json: describes no model ("),
        ({"settings": settings_with("encoder", channels=[])}, "config.json: describes no model ("),
        ({"settings": settings_with("encoder", dilations=[])}, "config.json: describes no model ("),
        ({"settings": without(asdict(DEBUG.model), "bins", "task")}, "ModelSettings lacks bins, task"),
        ({"vocabulary": asdict(SINGING) | {"kinds": 3}}, "config.json: describes no model ("),
        (
            {"settings": WIDE},
            "tensors do not match config.json: encoder.queries is (1, 32), expected is (1, 64)",
        ),
    ],
)
def test_unusable_configs_are_refused(changes: dict[str, Any], words: str, folder: Path) -> None:
    config = json.loads((folder / CONFIG).read_text()) | changes
    (folder / CONFIG).write_text(json.dumps({k: v for k, v in config.items() if v is not None}))
    assert words in refusal(folder)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe{", b"{", b"[1, 2]", b"3", b"null"])
def test_configs_that_are_no_objects_are_refused(content: bytes, folder: Path) -> None:
    (folder / CONFIG).write_bytes(content)
    assert str(folder / CONFIG) in refusal(folder)


@pytest.mark.parametrize("length", [0, 4, 100, 20_000])
def test_truncated_weights_are_refused(length: int, folder: Path) -> None:
    path = folder / WEIGHTS
    path.write_bytes(path.read_bytes()[:length])
    assert refusal(folder).startswith(f"{path}: damaged (")


def test_missing_and_foreign_weights_are_refused(folder: Path) -> None:
    path = folder / WEIGHTS
    path.write_bytes(b"spaghetti" * 100)
    assert refusal(folder).startswith(f"{path}: damaged (")
    save_file({"spaghetti": torch.zeros(3)}, path)
    assert "model.safetensors: " in refusal(folder)
    assert "is missing, expected is" in refusal(folder)
    path.unlink()
    assert refusal(folder) == f"{path}: No such file or directory"


def decoded(how: Decoding, windows: int = 1, seed: int = 0) -> list[list[Hypothesis]]:
    with torch.inference_mode():
        latents = listened(MODEL, 2, seed).expand(-1, windows, -1, -1)
        return decode_prototypes(MODEL, latents, GRAMMAR, how)


@pytest.mark.parametrize("how", [Decoding(), Decoding(beams=3), Decoding(temperature=2.0, seed=5)])
def test_decoded_graphs_are_valid_and_numbered(how: Decoding) -> None:
    latents = listened(MODEL, 2)
    for i, found in enumerate(decoded(how)):
        assert 1 <= len(found) <= how.beams
        own = latents[i : i + 1].expand(len(found), -1, -1, -1)
        with torch.inference_mode():
            graphs = finished_graphs(MODEL, found, own, PROCESSORS, [-21.0] * len(found))
        for graph, hypothesis in zip(graphs, found, strict=True):
            check(graph, PROCESSORS)
            for node in graph.nodes:
                if node.is_processor:
                    assert set(node.parameters) == set(PROCESSORS[node.kind].parameters)
            parts = [n.confidence for n in graph.nodes] + [e.confidence for e in graph.edges]
            assert all(p is not None and 0 <= p <= 1 for p in parts)
            assert np.log(hypothesis.confidences).sum() == pytest.approx(hypothesis.log_probability, rel=1e-6)
            assert all(0 <= mass < 1 for mass in hypothesis.stray_mass)


def test_more_beams_find_more_probable_graphs() -> None:
    greedy, wide = decoded(Decoding()), decoded(Decoding(beams=8))
    for a, b in zip(greedy, wide, strict=True):
        assert b[0].log_probability >= a[0].log_probability - 1e-6
        scores = [hypothesis.log_probability for hypothesis in b]
        assert scores == sorted(scores, reverse=True)
        assert len({h.rows for h in b}) == len(b)


def test_no_more_candidates_than_beams() -> None:
    """Where all that is legal is equally likely, several hypotheses are finished in one step."""
    indifferent, grammar = debug_model(), Grammar(SINGING, PROCESSORS, 1, 3)
    with torch.inference_mode():
        for name, part in indifferent.named_parameters():
            if "head" in name:
                part.zero_()
        latents = listened(indifferent, 2)
        for beams in (1, 2, 3, 5):
            found = decode_prototypes(indifferent, latents, grammar, Decoding(beams=beams))
            assert [len(hypotheses) for hypotheses in found] == [beams, beams]


def test_draws_are_independent() -> None:
    """An unsure model draws something else nearly every time, a sure one the same: nothing makes room."""
    model, how = debug_model(), Decoding(beams=20, temperature=1.0, seed=1)
    assert isinstance(model, TokenByToken)
    with torch.inference_mode():
        latents = listened(model, 1)
        different = decode_prototypes(model, latents, GRAMMAR, how)[0]
        for head in (model.type_head, model.kind_head, model.target_head, model.edge_type_head):
            head.weight *= 1e3
        alike = decode_prototypes(model, latents, GRAMMAR, how)[0]
        greedy = decode_prototypes(model, latents, GRAMMAR)[0]
    assert 15 < len(different) <= how.beams
    assert len({h.rows for h in different}) == len(different)
    scores = [h.log_probability for h in different]
    assert scores == sorted(scores, reverse=True)
    assert [h.rows for h in alike] == [h.rows for h in greedy]


def test_hearing_one_window_twice_changes_nothing() -> None:
    once, twice = decoded(Decoding(beams=2)), decoded(Decoding(beams=2), windows=3)
    for a, b in zip(once, twice, strict=True):
        assert [h.rows for h in a] == [h.rows for h in b]
        assert [h.log_probability for h in a] == pytest.approx([h.log_probability for h in b], abs=1e-4)


def test_sampling_follows_the_probabilities() -> None:
    """Gumbel noise on log p / T draws from softmax(log p / T)."""
    state = GRAMMAR.start()
    state.take(GRAMMAR.actions.node(0))
    state.take(GRAMMAR.actions.node(1))
    legal = np.flatnonzero(state.legal())
    logs = np.full(len(state.legal()), np.log(1 / len(state.legal())))
    allowed, stray = masked(logs, state.legal())
    assert np.exp(allowed[legal]).sum() == pytest.approx(1)
    assert stray == pytest.approx(1 - len(legal) / len(logs))

    state = GRAMMAR.start()
    state.take(GRAMMAR.actions.node(0))
    legal = np.flatnonzero(state.legal())[:3]
    logs = np.full(len(logs), -60.0)
    logs[legal] = np.log([0.6, 0.3, 0.1])
    random = np.random.default_rng(0)
    draws = [
        best_steps(0, PartialHypothesis(state), logs, Decoding(temperature=2.0), random)[0].action
        for _ in range(4_000)
    ]
    share = np.array([np.mean(np.array(draws) == action) for action in legal])
    expected = np.sqrt([0.6, 0.3, 0.1]) / np.sqrt([0.6, 0.3, 0.1]).sum()
    np.testing.assert_allclose(share, expected, atol=0.03)
