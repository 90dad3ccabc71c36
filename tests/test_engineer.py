"""The engineer stratum: everyday effects, alone and in company, set as engineers do, or nothing at all."""

import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

import unpatch
from unpatch.blind.tokens import decode, in_decoding_order, tokenize
from unpatch.blind.vocabulary import Vocabulary
from unpatch.features.pictures import FeatureSettings
from unpatch.graph.build import chain
from unpatch.graph.canonical import canonical
from unpatch.graph.check import carries_control, check
from unpatch.graph.data import DRUMS, Graph
from unpatch.processors import EVERYDAY, PROCESSORS
from unpatch.rendering import oracle
from unpatch.synth import Dataset, DatasetError, Example, Sources, generate, read_shards, write_shards
from unpatch.synth.draw import Draw
from unpatch.synth.engineer import SIZES, TOOLS, Settings, effects, prototype
from unpatch.synth.engineer.chains import ordered
from unpatch.synth.engineer.settings import REDUCTION_DB, reduction_db
from unpatch.synth.ghosts import GHOST_DB, audibility, without_ghosts
from unpatch.synth.listen import Listener
from unpatch.synth.produce import MANIFEST
from unpatch.synth.prune import prune
from unpatch.synth.rendered import Rendered
from unpatch.synth.sketch import Sketch, Tap
from unpatch.synth.strata import own_stratum

SR = 44_100
FRAMES = 44_100
VOICE = Path(unpatch.__file__).parent / "assets"


@pytest.fixture(scope="module")
def prototypes() -> list[Graph]:
    return [check(prototype(EVERYDAY, Draw(4, i)), EVERYDAY) for i in range(1500)]


@pytest.fixture(scope="module")
def singles() -> list[Graph]:
    """Of one effect each."""
    simple = [prototype(EVERYDAY, Draw(5, i), most=1) for i in range(1500)]
    return [check(graph, EVERYDAY) for graph in simple if effects(graph, EVERYDAY)]


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources.open(VOICE)


@pytest.fixture(scope="module")
def examples(sources: Sources) -> list[Example]:
    return [
        generate("singing", 3, sources, i, frames=FRAMES, stratum="engineer", most_processors=4)
        for i in range(16)
    ]


def processors_of(graph: Graph) -> list[str]:
    return [node.kind for node in graph.nodes if node.is_processor]


# --- what is wired -------------------------------------------------------------------------------


def test_sizes_are_as_often_as_declared(prototypes: list[Graph]) -> None:
    counts = Counter(effects(graph, EVERYDAY) for graph in prototypes)
    assert counts.keys() <= SIZES.keys()
    for size in range(5):
        assert counts[size] / len(prototypes) == pytest.approx(SIZES[size], abs=0.035)


def test_every_kind_occurs_in_company(prototypes: list[Graph]) -> None:
    counts = Counter(kind for g in prototypes if effects(g, EVERYDAY) > 1 for kind in set(processors_of(g)))
    assert counts.keys() == set(EVERYDAY)
    assert min(counts.values()) >= 10


PARTS = {kind for kind, processor in EVERYDAY.items() if not processor.is_effect}
WIDTHS = {k for k, p in EVERYDAY.items() if p.tools and all(tool.needs_stereo for tool in p.tools)}
ALONE = set(EVERYDAY) - WIDTHS - PARTS
"""Kinds that can be a whole processing: width needs a stereo signal, the others are parts."""


def test_every_kind_that_can_stands_alone(singles: list[Graph]) -> None:
    """With what moves it, and nothing else."""
    sounding = [[k for k in processors_of(g) if EVERYDAY[k].has_audio_output] for g in singles]
    counts = Counter(kinds[0] for kinds in sounding if len(kinds) == 1)
    assert counts.keys() == ALONE
    assert min(counts.values()) > 0.008 * len(singles)


def test_no_single_effect_is_more_than_a_tenth_of_the_singles(singles: list[Graph]) -> None:
    counts = Counter(next(k for k in processors_of(g) if k not in PARTS) for g in singles)
    assert max(counts.values()) < 0.1 * sum(counts.values())


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_has_the_effects_that_it_says(name: str) -> None:
    added = []
    for i in range(60):
        sketch = Sketch(EVERYDAY, Draw(7, i))
        tap = sketch.add("stereo_reverb", Tap(0))
        graph = check(sketch.graph(TOOLS[name].build(sketch, tap)), EVERYDAY)
        added.append(effects(graph, EVERYDAY) - 1)
    assert max(added) == TOOLS[name].effects
    assert min(added) >= 1


@pytest.mark.parametrize("most", [0, 1, 2])
def test_a_bound_is_kept(most: int) -> None:
    graphs = [prototype(EVERYDAY, Draw(6, i), most=most) for i in range(200)]
    assert {effects(graph, EVERYDAY) for graph in graphs} == set(range(most + 1))


def test_a_gain_is_always_moved(prototypes: list[Graph]) -> None:
    """A gain that stands still is undone by the energy rule."""
    for graph in prototypes:
        for i, node in enumerate(graph.nodes):
            if node.kind == "gain":
                (control,) = [edge for edge in graph.edges_into(i) if carries_control(edge, graph, EVERYDAY)]
                assert control.inlet == "gain" and control.gain != 0


def test_most_chains_are_wired_as_engineers_wire() -> None:
    names = ["stereo room", "compressor", "gate", "delay", "low cut"]
    orders = [ordered(names, Draw(2, i)) for i in range(400)]
    usual = ["gate", "low cut", "compressor", "delay", "stereo room"]
    counts = Counter(map(tuple, orders))
    assert counts.most_common(1)[0][0] == tuple(usual)
    first_is_room = sum(order[0] == "stereo room" for order in orders) / len(orders)
    assert 0.005 < first_is_room < 0.1


def test_width_and_mid_side_need_a_stereo_signal(prototypes: list[Graph]) -> None:
    for graph in prototypes:
        if {"imager", "midside_split"} & set(processors_of(graph)):
            mono = chain(EVERYDAY, "bell")
            assert not {"imager", "midside_split"} & set(processors_of(mono))
            assert effects(graph, EVERYDAY) > 1


def test_several_sources_get_a_mix_and_a_bus() -> None:
    graphs = [check(prototype(EVERYDAY, Draw(9, i), DRUMS[:3]), EVERYDAY) for i in range(100)]
    assert all("mix" in processors_of(graph) for graph in graphs)
    assert any(effects(graph, EVERYDAY) == 0 for graph in graphs)
    within = [prototype(EVERYDAY, Draw(9, i), DRUMS[:3], most=2) for i in range(100)]
    assert max(effects(graph, EVERYDAY) for graph in within) == 2


# --- numbers -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def voice(sources: Sources) -> Tensor:
    return sources.segment(Draw(1), FRAMES).audio[:, None].repeat(1, 2, 1)


@pytest.mark.parametrize("kind", EVERYDAY)
def test_drawn_settings_are_complete_and_in_range(kind: str, voice: Tensor) -> None:
    step = (kind, {p.name: "mono_lfo" for p in EVERYDAY[kind].inlets if p.signal == "control"})
    graph = _with_all_inlets(step)
    position = next(i for i, node in enumerate(graph.nodes) if node.kind == kind)
    bare = replace(graph, nodes=tuple(replace(node, parameters={}) for node in graph.nodes))
    for i in range(20):
        heard = Listener(voice, SR) if EVERYDAY[kind].inlets else None
        values = Settings(EVERYDAY)(bare, position, heard, Draw(i))
        assert values.keys() == EVERYDAY[kind].parameters.keys()
        assert all(value in EVERYDAY[kind].parameters[name] for name, value in values.items())


def _with_all_inlets(step: tuple[str, dict[str, str]]) -> Graph:
    """A graph that has the kind, however it must be wired."""
    kind = step[0]
    if EVERYDAY[kind].has_audio_output and len(EVERYDAY[kind].outlets) == 1 and kind != "midside_merge":
        return chain(EVERYDAY, step)
    graphs = (prototype(EVERYDAY, Draw(4, i)) for i in range(1500))
    return next(graph for graph in graphs if kind in processors_of(graph))


@pytest.mark.parametrize("level_db", [0.0, -20.0])
def test_a_compressor_takes_off_what_can_be_heard_and_is_wanted(voice: Tensor, level_db: float) -> None:
    graph = chain(EVERYDAY, "compressor")
    bare = replace(graph, nodes=tuple(replace(node, parameters={}) for node in graph.nodes))
    heard = Listener(10 ** (level_db / 20) * voice, SR)
    taken = []
    for i in range(60):
        values = Settings(EVERYDAY)(bare, 1, heard, Draw(i))
        taken.append(reduction_db(values["threshold_db"], values["ratio"], heard.level_db(0.9)))
    assert np.quantile(taken, 0.05) >= REDUCTION_DB[0] - 1e-9
    assert np.quantile(taken, 0.95) <= REDUCTION_DB[1] + 1e-9


def test_reduction_is_that_of_the_static_curve() -> None:
    """4:1 and 12 dB above the threshold: the output is 3 dB above it."""
    assert reduction_db(-20, 4, -8) == pytest.approx(9)
    assert reduction_db(-20, 4, -30) == 0


def test_given_numbers_stay_and_moved_knobs_stand_elsewhere() -> None:
    graph = chain(EVERYDAY, ("highpass2", {"frequency": "mono_lfo"}))
    position = next(i for i, node in enumerate(graph.nodes) if node.kind == "highpass2")
    bare = replace(graph, nodes=tuple(replace(node, parameters={}) for node in graph.nodes))
    swept = [Settings(EVERYDAY)(bare, position, None, Draw(i))["frequency_hz"] for i in range(200)]
    still = replace(bare, edges=tuple(edge for edge in bare.edges if edge.inlet != "frequency"))
    fixed = [Settings(EVERYDAY)(still, position, None, Draw(i))["frequency_hz"] for i in range(200)]
    assert np.median(swept) > 500
    assert np.median(fixed) < 200
    assert Settings(EVERYDAY)(graph, position, None, Draw(0)) == dict(graph.nodes[position].parameters)


def test_plain_echoes_are_coherent_bright_and_in_tempo(voice: Tensor) -> None:
    graph = chain(EVERYDAY, "mono_delay")
    bare = replace(graph, nodes=tuple(replace(node, parameters={}) for node in graph.nodes))
    drawn = [Settings(EVERYDAY)(bare, 1, Listener(voice, SR), Draw(i)) for i in range(300)]
    assert np.mean([values["stereo_offset"] == 0 for values in drawn]) > 0.7
    assert np.mean([values["frequency_hz"] > 3_000 for values in drawn]) > 0.7
    assert np.mean([80 <= values["delay_ms"] <= 700 for values in drawn]) > 0.9


# --- parts that mean nothing alone ---------------------------------------------------------------


def test_a_gain_goes_with_what_moves_it() -> None:
    graph = chain(EVERYDAY, ("gain", {"gain_db": 3, "gain": "mono_lfo"}), "bell")
    wire = next(i for i, edge in enumerate(graph.edges) if edge.inlet == "gain")
    assert prune(graph, EVERYDAY, edges=[wire]).graph == chain(EVERYDAY, "bell")


def test_a_gain_that_stands_still_is_a_ghost(voice: Tensor) -> None:
    graph = chain(EVERYDAY, ("gain", {"gain_db": -9}), ("distortion", {"gain_db": 30}))
    kept = without_ghosts(Rendered.of(graph, voice, SR, EVERYDAY)).graph
    assert processors_of(kept) == ["distortion"]


def test_a_tremolo_is_none(voice: Tensor) -> None:
    graph = chain(EVERYDAY, ("gain", {"gain": ("mono_lfo", {"frequency_hz": 5})}))
    edges = tuple(replace(e, gain=0.3) if e.inlet == "gain" else e for e in graph.edges)
    kept = without_ghosts(Rendered.of(replace(graph, edges=edges), voice, SR, EVERYDAY)).graph
    assert sorted(processors_of(kept)) == ["gain", "mono_lfo"]


# --- examples ------------------------------------------------------------------------------------


def test_examples_are_complete_and_in_normal_form(examples: list[Example]) -> None:
    for example in examples:
        assert example.stratum == "engineer"
        assert canonical(check(example.graph, EVERYDAY), EVERYDAY) == example.graph
        assert effects(example.graph, EVERYDAY) <= 4
        for node in example.graph.nodes:
            assert not node.is_processor or node.parameters.keys() == EVERYDAY[node.kind].parameters.keys()


def test_wet_is_the_graph_applied_to_dry(examples: list[Example]) -> None:
    for example in examples:
        assert torch.allclose(oracle(example.graph, example.sources, SR), example.wet, atol=1e-6)


def test_nothing_in_an_example_is_inaudible(examples: list[Example]) -> None:
    heard = [audibility(Rendered.of(e.graph, e.sources[0], SR, EVERYDAY)) for e in examples]
    distances = np.array([distance for parts in heard for distance in parts.values()])
    assert distances.min() >= 0.75 * GHOST_DB


def test_untouched_sound_is_an_example_like_any_other(sources: Sources, tmp_path: Path) -> None:
    """Through check, normal form, tokens, shards and back."""
    example = generate("singing", 3, sources, 0, frames=20_000, stratum="engineer", most_processors=0)
    assert [node.kind for node in example.graph.nodes] == ["in", "out"]
    assert torch.equal(example.wet, example.dry.expand(2, -1))
    vocabulary = Vocabulary.of(EVERYDAY, "singing")
    tokens = tokenize(example.graph, vocabulary, EVERYDAY)
    assert decode(tokens.rows, vocabulary, EVERYDAY) == in_decoding_order(example.graph, vocabulary)
    dataset = Dataset(str(VOICE), seed=3, frames=20_000, stratum="engineer", most_processors=0, shard_size=1)
    settings = FeatureSettings(frames=20_000, fft=512, hop=512, bands=16)
    (stored,) = read_shards(write_shards(tmp_path, dataset, 1, pictures=settings))
    assert stored.graph == example.graph
    assert math.isfinite(stored.meta["level_db"])


def test_both_strata_are_drawn_half_and_half(sources: Sources) -> None:
    made = [generate("singing", 8, sources, i, frames=8_000, stratum="both") for i in range(12)]
    assert {example.stratum for example in made} == {"paper", "engineer"}
    counts = Counter(own_stratum("both", Draw(8, i)) for i in range(1000))
    assert counts["paper"] == pytest.approx(500, abs=50)
    for example in made[:4]:
        alone = generate("singing", 8, sources, example.index, frames=8_000, stratum=example.stratum)
        assert alone.graph == example.graph and torch.equal(alone.wet, example.wet)


def test_the_papers_stratum_has_none_of_it(sources: Sources) -> None:
    for i in range(6):
        graph = generate("singing", 8, sources, i, frames=8_000).graph
        assert graph.processor_count >= 1 and set(processors_of(graph)) <= set(PROCESSORS)


# --- data sets -----------------------------------------------------------------------------------


def small(**more: object) -> Dataset:
    return Dataset(str(VOICE), frames=8_000, shard_size=2, **more)  # type: ignore[arg-type]


def test_shards_say_which_stratum_an_example_is_of(tmp_path: Path) -> None:
    dataset = small(stratum="both", most_processors=1)
    stored = list(read_shards(write_shards(tmp_path, dataset, 6)))
    assert {item.meta["stratum"] for item in stored} == {"paper", "engineer"}
    assert max(effects(i.graph, EVERYDAY) for i in stored if i.meta["stratum"] == "engineer") <= 1


def test_a_folder_holds_one_stratum(tmp_path: Path) -> None:
    write_shards(tmp_path, small(stratum="engineer"), 0)
    with pytest.raises(DatasetError, match=r"differs in most_processors$"):
        write_shards(tmp_path, small(stratum="engineer", most_processors=2), 0)
    with pytest.raises(DatasetError, match=r"differs in stratum, versions$"):
        write_shards(tmp_path, small(), 0)


def test_a_folder_that_is_older_than_strata_holds_the_papers(tmp_path: Path) -> None:
    write_shards(tmp_path, small(), 0)
    manifest = tmp_path / MANIFEST
    older = json.loads(manifest.read_text())
    del older["stratum"], older["most_processors"]
    manifest.write_text(json.dumps(older))
    write_shards(tmp_path, small(), 0)
    with pytest.raises(DatasetError, match="differs in stratum"):
        write_shards(tmp_path, small(stratum="both"), 0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"stratum": "engineer", "most_processors": -1}, "most_processors is -1; allowed are 0 to 8"),
        ({"most_processors": 2}, "bounds the engineer stratum"),
    ],
)
def test_impossible_bounds_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        small(**wrong)
