"""What must hold of a kind that was pasted in; run by ``test_new_processor.py`` in a copy of the project."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.commands import printed
from tests.export_kit import one_node, sound
from tests.small_models import short, system
from unpatch.blind.corpus import Corpus, item
from unpatch.blind.models import build
from unpatch.blind.training import train
from unpatch.blind.vocabulary import Vocabulary
from unpatch.derive import json_schema
from unpatch.exports import export
from unpatch.graph.build import chain
from unpatch.graph.check import check
from unpatch.graph.data import Graph
from unpatch.processors import EVERYDAY, PROCESSORS
from unpatch.synth import engineer, wiring
from unpatch.synth.draw import Draw
from unpatch.synth.sources import SAMPLE_RATE, Segment
from unpatch.synth.strata import everyday

KIND = os.environ["ADDED_KIND"]
OURS = short(system("ours"), steps=3, warmup=1, save_every=3)


def kinds_of(graph: Graph) -> list[str]:
    return [node.kind for node in graph.nodes if node.is_processor]


def test_it_is_an_everyday_kind_and_none_of_the_paper() -> None:
    assert KIND in EVERYDAY and KIND not in PROCESSORS


def test_it_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert KIND in json.loads(printed(capsys, "list", "--set", "everyday", "--json"))
    assert KIND in printed(capsys, "show", KIND)


def test_it_has_its_place_in_the_reference_page() -> None:
    page = subprocess.run(
        [sys.executable, "-m", "unpatch.derive"], capture_output=True, text=True, check=True
    )
    assert f"### `{KIND}`" in page.stdout and EVERYDAY[KIND].summary in page.stdout


def test_it_is_in_the_schema() -> None:
    schema = json.dumps(json_schema())
    assert f'"{KIND}"' in schema and all(f'"{name}"' in schema for name in EVERYDAY[KIND].parameters)


def test_a_new_estimator_names_it_and_learns_from_examples_with_it(tmp_path: Path) -> None:
    words = Vocabulary.of(EVERYDAY, "singing")
    assert KIND in words.processor_kinds
    assert {(KIND, name) for name in EVERYDAY[KIND].parameters} <= set(words.slots)
    graph = chain(EVERYDAY, (KIND, {"mod": "mono_lfo"}), "bell")
    shape, echoes = OURS.model.features.shape, OURS.model.features.echo_shape
    picture, cepstra = torch.rand(*shape) * 2 - 1, torch.rand(*echoes) * 2 - 1
    corpus = Corpus((item(picture, graph, words, EVERYDAY, echoes=cepstra),) * 4)
    torch.manual_seed(0)
    before = build(OURS.model, words)
    run = train(OURS, corpus, tmp_path, registry=EVERYDAY)
    moved = [
        name
        for (name, weights), was in zip(run.model.named_parameters(), before.parameters(), strict=True)
        if weights.shape == was.shape and not torch.equal(weights, was)
    ]
    assert run.step == 3 and moved
    assert run.model.vocabulary.kinds == words.kinds
    assert all(weights.isfinite().all() for weights in run.model.parameters())


def test_the_engineer_uses_it_alone_and_in_company() -> None:
    graphs = [check(engineer.prototype(EVERYDAY, Draw(4, i)), EVERYDAY) for i in range(600)]
    with_it = [graph for graph in graphs if KIND in kinds_of(graph)]
    sizes = [engineer.effects(graph, EVERYDAY) for graph in with_it]
    assert min(sizes) == 1 and max(sizes) > 1
    assert len(with_it) > 10


def test_an_example_of_the_engineer_has_it_with_an_audible_setting() -> None:
    generator = torch.Generator().manual_seed(1)
    dry = 0.2 * torch.randn(1, SAMPLE_RATE // 2, generator=generator)
    index = next(i for i in range(400) if KIND in kinds_of(_sketch(i)))
    rendered = everyday(Segment(dry, ("in",), "noise", ()), Draw(6, index), most=1)
    (node,) = (node for node in rendered.graph.nodes if node.kind == KIND)
    assert all(value in EVERYDAY[KIND].parameters[name] for name, value in node.parameters.items())


def _sketch(index: int) -> Graph:
    """What the first attempt at an example of this index begins with."""
    return engineer.prototype(EVERYDAY, Draw(6, index).child(0).child(0), ("in",), 1)


def test_the_paper_stratum_has_only_the_papers_kinds() -> None:
    found = {kind for i in range(100) for kind in kinds_of(wiring.prototype(PROCESSORS, Draw(4, i)))}
    assert found <= set(PROCESSORS)


@pytest.mark.parametrize("ending", [".dsp", ".rpp", ".py"])
def test_an_export_holds_it(ending: str, tmp_path: Path) -> None:
    graph, heard = one_node(KIND, 1), sound(1, 6_000)
    report = export(graph, tmp_path / f"song{ending}", sources=heard, sample_rate=SAMPLE_RATE, energy=False)
    assert not any(KIND in line for line in report.lost)
    assert report.residual_db is not None and report.residual_db < -90
