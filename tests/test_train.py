"""Training learns, can be interrupted, and is measured against the model that hears nothing."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.small_models import (
    DEBUG,
    SINGING,
    corpus_of,
    debug_model,
    noise_pictures,
    registry_for,
    short,
    stored_examples,
    system,
    toy_corpus,
)
from unpatch.blind import training
from unpatch.blind.corpus import Corpus, Item, item_of, pixels
from unpatch.blind.learner import rate_at
from unpatch.blind.losses import losses, presence_error
from unpatch.blind.models import Estimator, from_pretrained
from unpatch.blind.models.teacher_forcing import Choice, Outputs
from unpatch.blind.presets import PRESETS, SYSTEMS, Preset
from unpatch.blind.study import MEANINGS, figures
from unpatch.blind.teacher_forced import teacher_forced
from unpatch.blind.tokens import tokenize
from unpatch.blind.training import train
from unpatch.blind.variation import Variation, varied
from unpatch.graph.build import chain
from unpatch.learning import device
from unpatch.learning.runs import MODEL, RESUME, Progress
from unpatch.processors import PROCESSORS

BY_HEART = short(DEBUG, steps=170, warmup=10, peak_rate=5e-3, smoothing=0.0, save_every=170)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory: pytest.TempPathFactory) -> Estimator:
    """A model that knows the toy corpus by heart."""
    return train(BY_HEART, toy_corpus(), tmp_path_factory.mktemp("learnt")).model


def test_hearing_beats_not_hearing(learnt: Estimator, tmp_path: Path) -> None:
    """Four pictures, four graphs: the model learns them by heart, the baseline can only guess."""
    corpus = toy_corpus()
    hearing = teacher_forced(learnt, corpus)
    assert hearing.node_error.mean == 0
    assert hearing.edge_error.mean == 0
    assert hearing.parameter_error.mean < 0.02
    deaf = train(replace(BY_HEART, model=system("no_latent").model), corpus, tmp_path).model
    # What follows out cannot be guessed for more than one graph of four, in 3 of 13 nodes.
    assert teacher_forced(deaf, corpus).node_error.mean >= 3 / 13
    batch = corpus.batch(range(4))
    with torch.inference_mode():
        one, other = deaf(batch).choices, deaf(batch._replace(pictures=batch.pictures.flip(0))).choices
    assert all(torch.equal(one[name].scores, other[name].scores) for name in one)


class StopHereError(Exception):
    """Ends a run in the middle."""


def stop_at(step: int) -> Callable[[Progress], None]:
    def report(progress: Progress) -> None:
        if progress.step == step:
            raise StopHereError

    return report


def restless() -> Preset:
    """A preset that draws random numbers at every step."""
    model = replace(
        DEBUG.model,
        encoder=replace(DEBUG.model.encoder, dropout=0.1),
        decoder=replace(DEBUG.model.decoder, dropout=0.1),
    )
    variation = Variation(colour=0.02, frames=0.3, bands=0.3)
    training = replace(DEBUG.training, variation=variation, report_every=1)
    return Preset("restless", model, training)


@pytest.mark.parametrize("preset", [restless(), *map(system, SYSTEMS)], ids=lambda preset: str(preset.name))
def test_an_interrupted_run_ends_where_an_uninterrupted_one_does(preset: Preset, tmp_path: Path) -> None:
    corpus, registry = toy_corpus(preset), registry_for(preset)
    whole = train(preset, corpus, tmp_path / "whole", registry=registry).model
    with pytest.raises(StopHereError):
        train(preset, corpus, tmp_path / "parts", registry=registry, report=stop_at(6))
    seen: list[int] = []
    torch.manual_seed(99)
    resumed = train(
        preset, corpus, tmp_path / "parts", registry=registry, report=lambda p: seen.append(p.step)
    )
    assert seen == [step for step in range(5, 9) if step % preset.training.report_every == 0]
    for a, b in zip(whole.parameters(), resumed.model.parameters(), strict=True):
        assert torch.equal(a, b)
    again = train(preset, corpus, tmp_path / "parts", registry=registry, report=lambda p: seen.append(p.step))
    assert again.step == preset.training.steps
    assert seen[-1] == 8
    assert len(set(seen)) == len(seen)


def test_a_run_goes_on_with_the_same_preset_and_corpus_only(tmp_path: Path) -> None:
    corpus, preset = toy_corpus(), DEBUG
    train(preset, corpus, tmp_path)
    for change, words in (
        ({"batch": 2}, "preset.training.batch is 2, was 4$"),
        ({"seed": 1, "peak_rate": 1e-3}, "peak_rate is 0.001, was 0.003; preset.training.seed is 1, was 0$"),
    ):
        with pytest.raises(ValueError, match=words):
            train(short(preset, **change), corpus, tmp_path)
    narrow = replace(preset.model.decoder, width=16)
    with pytest.raises(ValueError, match=r"preset.model.decoder.width is 16, was 32$"):
        train(replace(preset, model=replace(preset.model, decoder=narrow)), corpus, tmp_path)
    with pytest.raises(ValueError, match=r"corpus.examples is 3, was 4; corpus.checksum"):
        train(preset, Corpus(corpus.items[:3]), tmp_path)
    with pytest.raises(ValueError, match=r"another run, where corpus.checksum is"):
        train(preset, Corpus(corpus.items[::-1]), tmp_path)
    newer = {**PROCESSORS, "bell": replace(PROCESSORS["bell"], version=9)}
    with pytest.raises(ValueError, match=r"another run, where vocabulary.checksum is"):
        train(preset, corpus, tmp_path, registry=newer)
    assert train(short(preset, steps=9, save_every=3), corpus, tmp_path).step == 9


def test_a_run_does_not_continue_with_other_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(DEBUG, toy_corpus(), tmp_path)
    monkeypatch.setattr(training, "code_of", lambda *modules, without: "other code")
    with pytest.raises(
        ValueError, match=r"another run, where code\.checksum is other code, was [0-9a-f]{64}$"
    ):
        train(DEBUG, toy_corpus(), tmp_path)


@pytest.mark.parametrize("content", [b"", b"spaghetti", None])
def test_a_damaged_run_is_refused(content: bytes | None, tmp_path: Path) -> None:
    train(DEBUG, toy_corpus(), tmp_path)
    path = tmp_path / RESUME
    path.write_bytes(path.read_bytes()[:10_000] if content is None else content)
    with pytest.raises(ValueError, match=r"damaged .*; choose another folder"):
        train(DEBUG, toy_corpus(), tmp_path)


def test_progress_and_checkpoint(tmp_path: Path) -> None:
    corpus, reports = toy_corpus(), list[Progress]()
    run = train(DEBUG, corpus, tmp_path, validation=corpus, report=reports.append)
    assert [r.step for r in reports] == [2, 4, 6, 8]
    assert "validation/node_error" in reports[1].values
    assert "validation/node_error" not in reports[0].values
    assert reports[-1].values["loss/total"] < reports[0].values["loss/total"]
    loaded = from_pretrained(tmp_path / MODEL, PROCESSORS)
    for a, b in zip(run.model.parameters(), loaded.parameters(), strict=True):
        assert torch.equal(a, b)
    config = json.loads((tmp_path / MODEL / "config.json").read_text())
    assert config["step"] == 8
    assert config["preset"]["training"]["peak_rate"] == DEBUG.training.peak_rate
    assert list(tmp_path.glob("events*"))


def test_validation_keeps_its_own_time(tmp_path: Path) -> None:
    """Every third step is validated, though every second is reported."""
    corpus, reports = toy_corpus(), list[Progress]()
    preset = short(DEBUG, validate_every=3)
    train(preset, corpus, tmp_path, validation=corpus, report=reports.append)
    assert [r.step for r in reports] == [2, 3, 4, 6, 8]
    assert [r.step for r in reports if "validation/node_error" in r.values] == [3, 6, 8]


def test_learning_rate_rises_then_falls_to_zero() -> None:
    settings = PRESETS["singing_small_ours"].training
    rates = [rate_at(step, settings) for step in range(settings.steps + 1)]
    assert max(rates) == pytest.approx(1)
    assert int(np.argmax(rates)) in (settings.warmup - 1, settings.warmup)
    assert rates[0] < 0.01
    assert rates[-1] == 0
    middle = (settings.warmup + settings.steps) // 2
    assert rates[middle] == pytest.approx(0.5, abs=0.01)


def wide_corpus(count: int) -> Corpus:
    tokens = [tokenize(chain(PROCESSORS, *(["mix"] * (i % 7))), SINGING, PROCESSORS) for i in range(count)]
    picture = np.zeros((1, 1, 1), dtype=np.uint8)
    return Corpus(tuple(Item(picture, picture, t, chain(PROCESSORS), (0,)) for t in tokens))


def test_an_epoch_holds_every_example_once_in_batches_of_like_length() -> None:
    corpus = wide_corpus(150)
    epoch = list(islice(corpus.shuffled(8, seed=3), 19))
    assert sorted(i for batch in epoch for i in batch.tolist()) == list(range(150))
    spread = [np.ptp([len(corpus.items[i].tokens) for i in batch]) for batch in epoch]
    assert np.mean(spread) < 4
    first, again = next(corpus.shuffled(8, seed=3)), next(corpus.shuffled(8, seed=3))
    np.testing.assert_array_equal(first, again)


def test_blurred_lengths_leave_no_batch_of_equal_graphs() -> None:
    """Sorted, untouched recordings have a batch of their own; where lengths are blurred they are spread."""
    corpus = wide_corpus(280)

    def untouched(blur_octaves: float) -> list[int]:
        epoch = list(corpus.epoch(40, np.random.default_rng(0), blur_octaves=blur_octaves))
        assert sorted(i for batch in epoch for i in batch.tolist()) == list(range(280))
        return [sum(i % 7 == 0 for i in batch) for batch in epoch]

    assert sorted(untouched(0.0)) == [0, 0, 0, 0, 0, 0, 40]
    assert max(untouched(2.0)) < 30
    assert sum(some > 0 for some in untouched(2.0)) >= 4


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_batch_of_untouched_recordings_can_be_learnt_from(name: str, tmp_path: Path) -> None:
    """Sorted by length they meet: not one number is asked."""
    preset = short(system(name), steps=3, report_every=1)
    reports: list[Progress] = []
    corpus = corpus_of([chain(PROCESSORS)] * 4, preset)
    train(preset, corpus, tmp_path, validation=corpus, report=reports.append)
    assert all(math.isfinite(value) for report in reports for value in report.values.values())
    assert reports[-1].values["loss/total"] < reports[0].values["loss/total"]


@pytest.mark.parametrize("name", ["proposed", "node_by_node"])
def test_losses_of_an_even_guess(name: str) -> None:
    """Equal logits cost log(choices); each number is off by its distance from the guess."""
    batch = toy_corpus().batch(range(4))
    model, kinds, named = debug_model(of=system(name)), len(SINGING.kinds), batch.slots >= 0
    outputs = model(batch)
    even = {n: Choice(torch.zeros_like(choice.scores), choice.truth) for n, choice in outputs.choices.items()}
    costs = model.costs(torch.full_like(batch.units, 0.5)[..., None], batch)
    found = losses(Outputs(even, outputs.numbers, costs, torch.zeros(4, kinds)), batch, smoothing=0.0)
    for n, choice in even.items():
        assert float(found.choices[n]) == pytest.approx(math.log(choice.scores.shape[-1]), rel=1e-5)
    assert float(found.numbers) == pytest.approx(float((batch.units[named] - 0.5).abs().mean()), rel=1e-5)
    assert float(found.presence) == pytest.approx(kinds * math.log(2), rel=1e-5)


def test_presence_wants_the_kinds_that_are_there() -> None:
    batch = toy_corpus().batch([1])
    kinds = [SINGING.kind_index[kind] for kind in ("in", "out", "bell", "compressor")]
    sure = torch.full((1, len(SINGING.kinds)), -30.0)
    sure[0, kinds] = 30.0
    assert float(presence_error(sure, batch.rows)) == pytest.approx(0, abs=1e-6)
    sure[0, kinds[2]] = -30.0
    assert float(presence_error(sure, batch.rows)) == pytest.approx(30)


def test_variation_paints_stretches_and_colours_levels() -> None:
    pictures = noise_pictures(64)
    assert varied(pictures, Variation()) is pictures
    masked = varied(pictures, Variation(frames=0.5, bands=0.25))
    changed = masked != pictures
    assert 0.2 < changed.float().mean() < 0.45
    means = pictures.mean((-2, -1), keepdim=True).expand_as(pictures)
    torch.testing.assert_close(masked[changed], means[changed])
    dark = torch.where(pictures < 0, -torch.ones(()), pictures * 0.5)
    moved = varied(dark, Variation(colour=0.02, levels=1)) - dark
    assert (moved[:, 1:] == 0).all()
    assert (moved[:, :1][dark[:, :1] == -1] == 0).all()
    assert float(moved[:, :1][dark[:, :1] > -1].std()) == pytest.approx(0.02, rel=0.35)


def test_a_model_that_knows_the_answers_scores_full_marks(learnt: Estimator) -> None:
    measured = figures({"by heart": learnt}, stored_examples(), PROCESSORS, decided=True)["by heart"]
    found = measured.tallies
    assert set(found) == set(MEANINGS)
    for name in ("node_error", "edge_error", "end_error", "invalid", "edit", "edit_canonical"):
        assert found[name].mean == 0
    for name in ("iou", "effect_f1", "decided_f1", "same", "exact", "order"):
        assert found[name].mean == 1
    np.testing.assert_allclose(found["mss_default"].total, 0, atol=1e-4)
    np.testing.assert_allclose(found["mss_full"].total, found["mss_oracle"].total, atol=1e-4)
    assert 0 < found["mss_full"].mean < 0.5
    assert measured.calibration_error < 0.2
    assert all(right for told in measured.predictions for _, right in told)


def test_an_empty_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no example"):
        train(DEBUG, Corpus(()), tmp_path)


def test_pictures_of_another_preset_are_refused() -> None:
    stored, features = stored_examples()[0], DEBUG.model.features
    for wanted, words in (
        (replace(features, bands=8), r"'bands': 16.*the model takes .*'bands': 8"),
        (replace(features, channels=("left", "side")), "0 has no channel side; it has left, right"),
    ):
        with pytest.raises(ValueError, match=words):
            item_of(stored, SINGING, PROCESSORS, wanted)
    older = {name: value for name, value in stored.meta["pictures"].items() if name != "version"}
    for pictures in (older, older | {"version": features.version + 1}):
        changed = replace(stored, meta={**stored.meta, "pictures": pictures})
        with pytest.raises(ValueError, match=r"the model takes .*'version': 1\}: make the data set"):
            item_of(changed, SINGING, PROCESSORS, features)
    with pytest.raises(ValueError, match="0 has no pictures"):
        item_of(replace(stored, picture=None), SINGING, PROCESSORS, features)


def test_a_model_sees_the_channels_that_it_asks_for() -> None:
    stored = stored_examples()[0]
    swapped = item_of(stored, SINGING, PROCESSORS, replace(DEBUG.model.features, channels=("right", "left")))
    assert stored.picture is not None
    np.testing.assert_array_equal(swapped.shown(), pixels(stored.picture)[::-1])


def test_cepstra_lie_beside_the_pictures_for_models_that_take_them() -> None:
    stored, features = stored_examples()[0], DEBUG.model.features
    wanted = replace(features, echoes=("side", "mid"))
    with pytest.raises(ValueError, match="0 has no cepstrum of side, mid; it has none"):
        item_of(stored, SINGING, PROCESSORS, wanted)
    there = asdict(replace(features, echoes=("left", "mid", "side")))
    repeats = np.arange(6, dtype=np.uint8).reshape(3, 2)
    richer = replace(stored, meta={**stored.meta, "pictures": there}, echoes=repeats)
    np.testing.assert_array_equal(item_of(richer, SINGING, PROCESSORS, wanted).repeats(), repeats[[2, 1]])
    none = item_of(richer, SINGING, PROCESSORS, features)
    assert Corpus((none,)).batch([0]).echoes.shape == (1, 0, 0)
    older = {name: value for name, value in stored.meta["pictures"].items() if name != "echoes"}
    item_of(replace(stored, meta={**stored.meta, "pictures": older}), SINGING, PROCESSORS, features)


@pytest.mark.parametrize(
    ("capabilities", "fastest"),
    [
        ({"avx512_bf16": True, "amx_bf16": True}, "bf16-mixed"),
        ({"avx512_bf16": True, "amx_bf16": False}, "32-true"),  # in vectors alone it is slower than single
        ({}, "32-true"),
    ],
)
def test_the_fastest_precision_is_that_of_the_processors_tiles(
    capabilities: dict[str, bool], fastest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert device.resolved("fastest", "cpu") == fastest
    assert device.resolved("32-true", "cpu") == "32-true"
    assert device.resolved("bf16-mixed", "cpu") == "bf16-mixed"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device.resolved("fastest", "auto") == "bf16-mixed"
