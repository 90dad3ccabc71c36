"""From checkpoints and data sets to the table: every cell measured once, every sentence read off figures."""

import json
import math
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.small_models import debug_model, stored_examples, system, write_examples
from unpatch.blind.corpus import Corpus, item_of, level_of
from unpatch.blind.grammar import Grammar
from unpatch.blind.models import Estimator, build, save_pretrained
from unpatch.blind.models.deciding import decide
from unpatch.blind.presets import preset
from unpatch.blind.proposals import proposals
from unpatch.blind.study import (
    Comparison,
    Measured,
    SystemsTable,
    cells,
    compare,
    figures,
    fill,
    levels,
    section,
    write,
)
from unpatch.blind.study.cells import Cell, Options, measure, pieces_of
from unpatch.blind.study.claims import REPORTED, claims
from unpatch.blind.study.markdown import SECTION
from unpatch.blind.study.paper import COLUMNS, SYSTEMS, Split, published_ratio
from unpatch.blind.study.predicted import Predicted
from unpatch.blind.study.table import Column
from unpatch.blind.vocabulary import Vocabulary
from unpatch.graph.build import chain
from unpatch.graph.check import complete
from unpatch.graph.data import DRUMS, Edge, Graph, Node
from unpatch.metrics import Figure, Prediction, Tally
from unpatch.processors import EVERYDAY, PROCESSORS
from unpatch.synth.shards import DatasetError, Stored, shards_in, write_tar
from unpatch.synth.sources import FRAMES

SEEN: Split = "val_seen"
UNSEEN: Split = "val_unseen"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_examples(tmp_path / "data", shards=2)


def saved(folder: Path, seed: int = 0, name: str = "proposed") -> Path:
    save_pretrained(debug_model(seed, system(name)), folder)
    return folder


class Quick:
    """Stands for the measuring of figures, which it counts: by data set and model."""

    def __init__(self) -> None:
        self.jobs: list[tuple[int, int, frozenset[str]]] = []

    def __call__(
        self,
        models: Mapping[str, Estimator],
        chunk: Sequence[Stored],
        registry: object,
        *,
        sound: bool,
        decided: bool,
    ) -> dict[str, Measured]:
        metas = [stored.meta for stored in chunk]
        self.jobs.append((metas[0]["seed"], metas[0]["index"], frozenset(Path(m).name for m in models)))
        singers = [meta["performer"] for meta in metas]
        return {name: made_up(0.1 + 0.2 * metas[0]["seed"], singers) for name in models}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Quick:
    stand_in = Quick()
    monkeypatch.setattr(cells, "figures", stand_in)
    monkeypatch.setattr(cells, "PIECE", 2)
    return stand_in


def made_up(errors: float, performers: Sequence[str] = ("a", "a", "b", "b")) -> Measured:
    """The same figure everywhere, but for what is invalid."""
    tallies = {name: Tally.of([errors] * len(performers)) for name in COLUMNS}
    tallies["invalid"] = Tally.of([0.0] * len(performers))
    predictions = tuple((Prediction(0.5, True),) for _ in performers)
    return Measured(tuple(performers), tallies, predictions)


# --- figures --------------------------------------------------------------------------------------


def test_a_sound_that_blows_up_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    loud = torch.full((2, 8_000), math.inf)
    monkeypatch.setattr("unpatch.blind.study.examples.render", lambda *args, **kwargs: loud)
    with pytest.raises(ValueError, match="example 0 is not a finite number"):
        figures({"any": debug_model()}, stored_examples()[:1], PROCESSORS)


def test_nothing_is_relative_to_silence() -> None:
    """A drum that never sounds, say: its distances would be astronomic, and finite."""
    (stored, *_) = stored_examples()
    assert stored.dry is not None
    hushed = replace(stored, dry=stored.dry * 1e-7)
    found = figures({"any": debug_model()}, [hushed, stored], PROCESSORS)["any"].tallies
    for name in ("mss_default", "mss_oracle", "mss_full"):
        assert found[name].count.tolist() == [0, 1]
        assert found[name].mean < 100


def test_data_without_audio_are_refused() -> None:
    silent = replace(stored_examples()[0], dry=None)
    with pytest.raises(DatasetError, match="0 has no dry audio"):
        figures({"any": debug_model()}, [silent], PROCESSORS)
    assert "mss_full" not in figures({"any": debug_model()}, [silent], PROCESSORS, sound=False)["any"].tallies


def test_an_invalid_graph_is_counted_and_not_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two bells in a circle, as a system without a grammar may say."""
    examples = stored_examples()[:2]
    true = examples[0].graph
    count = len(true)
    circle = (Edge(count, count + 1), Edge(count + 1, count))
    broken = Graph((*true.nodes, Node("bell"), Node("bell")), (*true.edges, *circle))
    predicted = Predicted({}, [broken, examples[1].graph], [None, None])
    monkeypatch.setattr("unpatch.blind.study.examples.predict", lambda *args, **kwargs: predicted)
    found = figures({"any": debug_model()}, examples, PROCESSORS)["any"].tallies
    assert found["invalid"].total.tolist() == [1, 0]
    assert found["exact"].total.tolist() == [0, 1]
    assert found["mss_full"].count.tolist() == [0, 1]
    assert found["order"].count[0] == 0
    assert found["mss_oracle"].count.tolist() == [0, 0]
    assert found["iou"].total[0] == pytest.approx(2 / 4)  # {in, distortion} of these and two bells


def drum_example(*tracks: tuple[str, ...], name: str = "proposed") -> Stored:
    """Serial tracks from kick, snare ... summed at a mix, in darkness, as a system is shown it."""
    nodes = [Node(kind) for track in tracks for kind in track]
    ends = np.cumsum([len(track) for track in tracks]).tolist()
    edges = [Edge(i, i + 1) for i in range(len(nodes)) if i + 1 not in ends]
    edges += [Edge(end - 1, len(nodes)) for end in ends] + [Edge(len(nodes), len(nodes) + 1)]
    graph = complete(Graph((*nodes, Node("mix"), Node("out")), tuple(edges)), PROCESSORS)
    (stored, *_), settings = stored_examples(), preset("drums", "debug", name).model.features
    dark = np.zeros(settings.shape, dtype=np.uint8)
    silent = np.zeros((len(DRUMS), *settings.shape[1:]), dtype=np.uint8)
    dry = 0.1 * torch.randn(len(tracks), 8_000, generator=torch.Generator().manual_seed(1))
    meta = {**stored.meta, "pictures": asdict(settings)}
    return replace(stored, graph=graph, meta=meta, picture=dark, dry=dry, dry_pictures=silent)


def drum_model(name: str) -> Estimator:
    torch.manual_seed(0)
    return build(preset("drums", "debug", name).model, Vocabulary.of(PROCESSORS, "drums")).eval()


def test_a_source_that_was_made_up_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snare and kick in the other order sound the same; a crash that nobody played adds nothing."""
    true = drum_example(("kick", "bell"), ("snare",))
    other = drum_example(("crash",), ("snare",), ("kick", "bell")).graph
    predicted = Predicted({}, [other], [true.graph])
    monkeypatch.setattr("unpatch.blind.study.examples.predict", lambda *args, **kwargs: predicted)
    found = figures({"any": drum_model("proposed")}, [true], PROCESSORS)["any"].tallies
    assert found["mss_full"].mean == pytest.approx(0, abs=1e-4)
    assert found["iou"].mean == pytest.approx(3 / 4)


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_is_measured_on_drums(name: str) -> None:
    model = drum_model(name)
    examples = [
        drum_example(("kick", "bell"), ("snare",), name=name),
        drum_example(("hat", "distortion", "imager"), ("ride",), name=name),
    ]
    found = figures({name: model}, examples, PROCESSORS)[name]
    assert found.performers == ("singer 0", "singer 0")
    heard = found.tallies["mss_full"]
    np.testing.assert_array_equal(heard.count, 1 - found.tallies["invalid"].total)
    assert np.isfinite(heard.total).all()
    assert (found.tallies["mss_oracle"].count == (name != "single_stage")).all()
    assert found.tallies["node_error"].count.tolist() == [4, 5]


# --- cells ----------------------------------------------------------------------------------------


def test_pieces_cover_the_first_examples_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "PIECE", 3)
    shards = shards_in(data)
    assert [tuple(piece) for piece in pieces_of(shards, 6)] == [
        (shards[0], 0, 3),
        (shards[0], 3, 1),
        (shards[1], 0, 2),
    ]
    assert sum(piece.size for piece in pieces_of(shards, None)) == 8
    with pytest.raises(DatasetError, match="holds no example"):
        pieces_of([], None)


def test_only_what_has_changed_is_measured_again(data: Path, tmp_path: Path, quick: Quick) -> None:
    one, other = saved(tmp_path / "one"), saved(tmp_path / "other", seed=1)
    kept, first = tmp_path / "figures", Cell(one, data)

    def newly_measured(found: Mapping[Cell, Measured]) -> list[frozenset[str]]:
        assert all(len(measured) == 4 for measured in found.values())
        names = [models for _, _, models in quick.jobs]
        quick.jobs.clear()
        return names

    assert newly_measured(measure([first], limit=4, cache=kept)) == [{"one"}, {"one"}]
    assert newly_measured(measure([first, Cell(other, data)], limit=4, cache=kept)) == [{"other"}, {"other"}]
    saved(one, seed=2)  # other weights under the same name
    assert newly_measured(measure([first], limit=4, cache=kept)) == [{"one"}, {"one"}]
    assert newly_measured(measure([first], limit=4, cache=kept)) == []
    assert newly_measured(measure([first], limit=4, cache=kept, options=Options(sound=False))) == [
        {"one"},
        {"one"},
    ]


def test_figures_of_other_code_do_not_count(
    data: Path, tmp_path: Path, quick: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell, kept = Cell(saved(tmp_path / "one"), data), tmp_path / "figures"
    measure([cell], limit=2, cache=kept)
    monkeypatch.setattr(cells, "code", lambda: "another metric")
    measure([cell], limit=2, cache=kept)
    assert len(quick.jobs) == 2


def test_where_nothing_works_the_first_pieces_tell(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data without what is needed are refused after a few pieces, not after hours."""
    jobs: list[cells.MeasuringJob] = []

    def fail(job: cells.MeasuringJob) -> dict[Path, Measured]:
        jobs.append(job)
        raise DatasetError("no dry audio")

    monkeypatch.setattr(cells, "do", fail)
    monkeypatch.setattr(cells, "PIECE", 1)
    with pytest.raises(DatasetError, match="no dry audio"):
        measure([Cell(saved(tmp_path / "one"), data)])
    assert len(jobs) == cells.HOPELESS


@pytest.mark.parametrize("workers", [1, 2])
def test_a_piece_that_fails_costs_no_other(data: Path, tmp_path: Path, workers: int) -> None:
    """A shard that is cut in the middle of an example: the other one is measured and kept."""
    broken = shards_in(data)[0]
    with tarfile.open(broken) as tar:
        members = [member for member in tar.getmembers() if not member.name.endswith(".wet.npy")]
        content = {member.name: tar.extractfile(member).read() for member in members}  # type: ignore[union-attr]
    write_tar(broken, content)
    cell, kept = Cell(saved(tmp_path / "one"), data), tmp_path / "figures"
    with pytest.raises(DatasetError):
        measure([cell], options=Options(sound=False), workers=workers, cache=kept)
    assert len(list(kept.glob("*.json"))) == 1


def test_other_data_under_the_same_name_are_measured_anew(tmp_path: Path, quick: Quick) -> None:
    cell, kept = Cell(saved(tmp_path / "one"), tmp_path / "data"), tmp_path / "figures"
    means = []
    for seed in (0, 1):
        write_examples(tmp_path / "data", seed=seed)
        means.append(measure([cell], cache=kept)[cell].tallies["iou"].mean)
    assert means == pytest.approx([0.1, 0.3])


def test_an_interrupted_run_goes_on(data: Path, tmp_path: Path, quick: Quick) -> None:
    cell, kept = Cell(saved(tmp_path / "one"), data), tmp_path / "figures"

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure([cell], cache=kept, report=stop)
    assert [index for _, index, _ in quick.jobs] == [0]
    seen: list[tuple[int, int]] = []
    measure([cell], cache=kept, report=lambda *how_far: seen.append(how_far))
    assert [index for _, index, _ in quick.jobs] == [0, 2, 0, 2]
    assert seen == [(2, 8), (4, 8), (6, 8), (8, 8)]


def test_workers_find_what_one_finds(data: Path, tmp_path: Path) -> None:
    """In processes of their own, with real figures, shard by shard."""
    cell = Cell(saved(tmp_path / "one"), data)
    alone, together = (
        measure([cell], options=Options(sound=False), workers=n)[cell].to_dict() for n in (1, 2)
    )
    assert alone == together


def test_models_that_lack_the_same_piece_share_its_truth(data: Path, tmp_path: Path, quick: Quick) -> None:
    models = [saved(tmp_path / name, seed=i) for i, name in enumerate("abc")]
    measure([Cell(model, data) for model in models], limit=2)
    assert [names for _, _, names in quick.jobs] == [{"a", "b", "c"}]


def test_graphs_are_judged_as_the_product_decides_on_them() -> None:
    """The F1 and the confidences are those of the first proposal; what is greedy stays as it is."""
    model, examples = debug_model(), stored_examples()
    greedy = figures({"any": model}, examples, EVERYDAY, sound=False)["any"]
    decided = figures({"any": model}, examples, EVERYDAY, sound=False, decided=True)["any"]
    assert "decided_f1" not in greedy.tallies
    assert decided.tallies["effect_f1"].mean == greedy.tallies["effect_f1"].mean
    limits = model.settings.decoder
    corpus = Corpus(tuple(item_of(e, model.vocabulary, EVERYDAY, model.settings.features) for e in examples))
    grammar = Grammar(model.vocabulary, EVERYDAY, limits.max_processors, limits.max_edges)
    with torch.inference_mode():
        latents = model.latents(corpus.batch(range(len(corpus))))[:, None]
        decisions = decide(model, latents, grammar, EVERYDAY)
    f1, confidences = [], []
    for decision, own, example in zip(decisions, latents, examples, strict=True):
        with torch.inference_mode():
            graph = proposals(model, decision, own[None], EVERYDAY, level_of(example), alone=True)[0].graph
        found, true = (
            [node for node in one.nodes if node.is_processor and EVERYDAY[node.kind].is_effect]
            for one in (graph, example.graph)
        )
        both = {node.kind for node in found} & {node.kind for node in true}
        sizes = len({node.kind for node in found}) + len({node.kind for node in true})
        f1.append(2 * len(both) / sizes if sizes else 1.0)
        confidences.append([node.confidence or 0.0 for node in found])
    assert decided.tallies["decided_f1"].mean == pytest.approx(np.mean(f1))
    predictions = [sorted({verdict.confidence for verdict in own}) for own in decided.predictions]
    for own, presence in zip(predictions, confidences, strict=True):
        assert set(np.round(presence, 6)) <= set(np.round(own, 6))


def test_what_was_measured_survives_as_json() -> None:
    measured = figures({"any": debug_model()}, stored_examples(), PROCESSORS, sound=False)["any"]
    again = Measured.from_dict(json.loads(json.dumps(measured.to_dict(), allow_nan=False)))
    assert again.to_dict() == measured.to_dict()
    assert again.predictions == measured.predictions
    assert again.tallies["order"].mean == pytest.approx(measured.tallies["order"].mean, nan_ok=True)


# --- level ----------------------------------------------------------------------------------------


def turned(*thresholds_db: float, mix: float = 0.5) -> list[Graph]:
    """A compressor before a reverb, as it is told for a recording and for the same turned."""
    reverb = ("mono_reverb", {"mix": mix})
    first = chain(PROCESSORS, ("compressor", {"threshold_db": thresholds_db[0]}), "mono_reverb")
    others = [chain(PROCESSORS, ("compressor", {"threshold_db": t}), reverb) for t in thresholds_db[1:]]
    return [first, *others]


def test_thresholds_follow_the_level_and_nothing_else_does() -> None:
    good = levels.measured([turned(-20, *(-20 + change for change in levels.CHANGES_DB))], PROCESSORS)
    assert (good.same, good.following_db) == (1, 0)
    stuck = levels.measured([turned(-20, -20, -20, -20, -20)], PROCESSORS)
    assert stuck.following_db == pytest.approx((12 + 6 + 6 + 12) / 4)
    mixes = PROCESSORS["mono_reverb"].parameters["mix"]
    moved = levels.measured([turned(-20, -32, -26, -14, -8, mix=0.75)], PROCESSORS)
    apart = abs(mixes.to_unit(0.75) - mixes.to_unit(mixes.default))
    knobs = sum(len(PROCESSORS[kind].parameters) for kind in ("compressor", "mono_reverb")) - 1
    assert moved.others == pytest.approx(apart / knobs)


def test_knobs_at_the_end_of_their_range_cannot_follow() -> None:
    assert math.isnan(levels.measured([turned(-60, -60, -60, -54, -48)], PROCESSORS).following_db)


def test_another_prototype_is_not_the_same() -> None:
    other = chain(PROCESSORS, "bell")
    found = levels.measured([[*turned(-20, -32, -26, -14), other]], PROCESSORS)
    assert found.same == 3 / 4
    assert found.following_db == 0


def test_a_recording_is_heard_at_every_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five pictures reach the model, all alike, and levels that differ as the recordings do."""
    noise = 0.1 * torch.randn(1, FRAMES, generator=torch.Generator().manual_seed(0))
    example, model = replace(stored_examples()[1], dry=noise), debug_model()
    told: list[list[float]] = []
    seen: list[torch.Tensor] = []

    def finish(
        of: Estimator, best: object, latents: torch.Tensor, registry: object, db: list[float]
    ) -> list[Graph]:
        told.append(db)
        seen.append(latents)
        return [example.graph] * len(db)

    monkeypatch.setattr(levels, "finished_graphs", finish)
    assert len(levels.shifted(model, example, PROCESSORS)) == 1 + len(levels.CHANGES_DB)
    assert [db - told[0][0] for db in told[0][1:]] == pytest.approx(levels.CHANGES_DB, abs=1e-3)
    torch.testing.assert_close(seen[0], seen[0][:1].expand_as(seen[0]), atol=1e-4, rtol=0)


# --- one model ------------------------------------------------------------------------------------


def test_a_model_beside_itself(data: Path, tmp_path: Path) -> None:
    model = saved(tmp_path / "one")
    found = compare(model, data, baseline=model, limit=4, sound=False)
    assert found.examples == 4
    assert found.resampled == "2 singers"
    own, other = found.systems.values()
    assert {n: f.mean for n, f in own.items() if f.count} == {n: f.mean for n, f in other.items() if f.count}
    assert (found.ratios["node_error"].low, found.ratios["node_error"].high) == (1, 1)
    lines = str(found).splitlines()
    assert lines[0].split() == ["model", "no", "latent", "ratio"]
    assert lines[-1] == "Intervals: bootstrap over 2 singers."
    gain, parameters = (next(x for x in lines if x.startswith(m)) for m in ("gain_error", "parameter_error"))
    assert "n=1" in gain
    assert "n=" not in parameters
    assert found.to_dict()["systems"]["model"]["iou"]["count"] == 4


def test_drums_are_drawn_by_kits() -> None:
    assert Comparison.of("drums", {"model": made_up(0.5)}).resampled == "2 kits"


# --- the whole table ------------------------------------------------------------------------------


def table_of(errors: dict[str, float], missing: Sequence[str] = ()) -> SystemsTable:
    column = Column.of("singing", {name: made_up(error) for name, error in errors.items()})
    return SystemsTable("small", {("singing", UNSEEN): column}, {}, missing)


def test_ratios_of_the_paper_are_those_of_the_design() -> None:
    for task, node, parameters, full in (("singing", 0.48, 0.63, 0.55), ("drums", 0.74, 0.78, 0.64)):
        found = [
            published_ratio(task, "proposed", UNSEEN, figure)
            for figure in ("node_error", "parameter_error", "mss_full")
        ]
        assert found == pytest.approx([node, parameters, full], abs=0.006)
    assert math.isnan(published_ratio("singing", "ours", UNSEEN, "node_error"))
    assert math.isnan(published_ratio("singing", "with_dry", SEEN, "node_error"))


def test_claims_are_read_off_the_figures() -> None:
    good = {"autoencoder": 0.1, "with_dry": 0.2, "proposed": 0.3, "no_latent": 0.6, "ours": 0.2}
    found = {claim.text: claim for claim in claims(table_of(good), "singing")}
    order = next(claim for text, claim in found.items() if text.startswith("Node errors rise"))
    assert order.holds
    assert order.evidence == "0.100, 0.200, 0.300, 0.600"
    better = [claim for text, claim in found.items() if text.startswith("7 (ours) has at most 0.90")]
    assert [claim.holds for claim in better] == [True] * 3
    assert better[0].evidence == "0.67 [0.67, 0.67]"
    behind = [claim for text, claim in found.items() if "is behind" in text]
    assert [claim.holds for claim in behind] == [None] * 4  # 5 and 6 were not measured
    near = {claim.text: claim.holds for claim in claims(table_of(good | {"autoencoder": 0.11}), "singing")}
    assert not near[order.text]  # nearer to the second row than by half
    bad = good | {"proposed": 0.7, "single_stage": 0.6}
    verdicts = {claim.text: claim.holds for claim in claims(table_of(bad), "singing")}
    assert not verdicts[order.text]
    assert verdicts["6 (single stage) is behind 3 (proposed) on MSS-full"] is False
    assert verdicts["6 (single stage) is behind 3 (proposed) on invalid"] is None  # neither can be


def gap(mean: float, half: float = 0.01) -> dict[str, Figure]:
    return {name: Figure(mean, mean - half, mean + half, 4) for name in REPORTED}


@pytest.mark.parametrize(
    ("own", "proposed", "holds"),
    [(0.02, 0.05, True), (0.03, 0.05, False), (-0.02, 0.05, True), (0.0, 0.005, None), (-0.01, -0.02, None)],
)
def test_a_gap_can_only_be_closed_where_there_is_one(own: float, proposed: float, holds: bool | None) -> None:
    table = replace(
        table_of({"proposed": 0.3, "ours": 0.2}),
        gaps={("singing", "ours"): gap(own), ("singing", "proposed"): gap(proposed)},
    )
    verdicts = [claim.holds for claim in claims(table, "singing") if "from seen to unseen" in claim.text]
    assert verdicts == [holds] * 3


def test_sounds_are_compared_on_the_examples_that_both_can_play() -> None:
    """The invalid graph is the hard one: without it the other system, too, is at half."""
    one, other = made_up(0.3), made_up(0.3)
    played = Tally.of_known([0.1, 0.1, 0.1, math.nan])
    hard = Tally.of([0.1, 0.1, 0.1, 0.9])
    own = replace(one, tallies={**one.tallies, "mss_full": played})
    column = Column.of(
        "singing",
        {"proposed": replace(other, tallies={**other.tallies, "mss_full": hard}), "node_by_node": own},
    )
    figure = column.against["node_by_node"]["mss_full"]
    assert figure.mean == pytest.approx(1.0)
    assert figure.count == 3


def test_gap_is_unseen_less_seen(tmp_path: Path, quick: Quick) -> None:
    for seed, split in enumerate((SEEN, UNSEEN)):
        write_examples(tmp_path / "sets" / "singing" / split, seed=seed)
    saved(tmp_path / "runs" / "singing_debug_proposed" / "model")
    table = fill(tmp_path / "runs", tmp_path / "sets", size="debug", cache=tmp_path / "figures")
    gap = table.gaps["singing", "proposed"]["mss_full"]
    assert [gap.low, gap.mean, gap.high] == pytest.approx([0.2, 0.2, 0.2])
    assert "singing_debug_ours: not trained" in table.missing
    assert sum("drums_debug_ours" in line for line in table.missing) == 1
    assert set(table.columns["singing", UNSEEN].systems) == {"proposed"}


def test_a_run_that_goes_on_is_no_row(tmp_path: Path, quick: Quick) -> None:
    for split in (SEEN, UNSEEN):
        write_examples(tmp_path / "sets" / "singing" / split)
    for name, told, step in (
        ("proposed", "proposed", 8),
        ("with_dry", "with_dry", 4),
        ("ours", "proposed", 8),
    ):
        folder = tmp_path / "runs" / f"singing_debug_{name}" / "model"
        notes = {"step": step, "preset": asdict(preset("singing", "debug", told))}
        save_pretrained(debug_model(0, system(name)), folder, **notes)
    table = fill(tmp_path / "runs", tmp_path / "sets", size="debug")
    assert set(table.columns["singing", UNSEEN].systems) == {"proposed"}
    assert "singing_debug_with_dry: trained for 4 of 8 steps" in table.missing
    assert "singing_debug_ours: trained as singing_debug_proposed" in table.missing


def test_a_table_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nothing to measure: singing_debug_autoencoder: not trained"):
        fill(tmp_path, tmp_path, size="debug")


def test_rows_are_in_the_papers_order_with_its_ratio_beside() -> None:
    text = section(
        table_of(
            {"ours": 0.2, "no_latent": 0.4, "proposed": 0.3},
            ["data/drums: no data", "a: not trained", "b: not trained"],
        )
    )
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    heads = [line.split(" | ")[0] for line in lines[1:5]]
    assert heads == ["| ---", "| 2 no latent", "| 3 proposed", "| 7 ours"]
    assert "0.300 [0.300, 0.300]" in lines[3]
    assert "0.75 [0.75, 0.75] (0.48)" in text
    assert "4 examples (fewer than 1,000) of 2 singers" in text
    assert text.endswith("Left out, no data: data/drums.\nLeft out, not trained: a, b.")
    assert sum(line.startswith("| 2 no latent | unseen") for line in lines) == 2


def test_the_page_around_the_table_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{SECTION.begin}\nstale\n{SECTION.end}\nafter\n")
    table = table_of({"no_latent": 0.4, "proposed": float("nan")})
    assert write(table, page) == (page, tmp_path / "page.json")
    text = page.read_text()
    assert text.startswith(f"before\n{SECTION.begin}\n")
    assert text.endswith(f"{SECTION.end}\nafter\n")
    assert "stale" not in text
    stored = json.loads((tmp_path / "page.json").read_text())
    assert stored["columns"]["singing val_unseen"]["systems"]["proposed"]["iou"]["mean"] is None
    write(table, page)
    assert page.read_text() == text
    page.write_text("no place for it")
    with pytest.raises(ValueError, match="no single pair of lines"):
        write(table, page)
    assert page.read_text() == "no place for it"


def test_every_system_that_learns_from_the_papers_data_has_a_row() -> None:
    from unpatch.blind.presets import SYSTEMS as PRESET_SYSTEMS

    assert [*SYSTEMS, "direct"] == list(PRESET_SYSTEMS)


def test_a_task_that_was_not_measured_now_keeps_its_figures(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    singing = table_of({"no_latent": 0.4, "proposed": float("nan")}, ["drums_small_ours: not trained"])
    drums = SystemsTable(
        singing.size,
        {("drums", split): column for (_, split), column in singing.columns.items()},
        {("drums", system): gap for (_, system), gap in singing.gaps.items()},
        ["singing_small_ours: not trained", "drums_small_ours: not trained"],
    )
    write(singing, page)
    alone = section(singing).removesuffix("Left out, not trained: drums_small_ours.")
    write(drums, page)
    both = page.read_text()
    assert alone in both and "### Drum mixing" in both
    assert "Left out, not trained: drums_small_ours." in both and "singing_small_ours" not in both
    write(replace(singing, size="paper"), page)
    assert "### Drum mixing" not in page.read_text()
