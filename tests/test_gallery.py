"""Held-out examples on a page: which they are, what is drawn, what is heard."""

import base64
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tests.small_models import CHAINS, debug_model, write_examples
from unpatch.blind.models import save_pretrained
from unpatch.graph.build import chain
from unpatch.graph.data import Graph, Node
from unpatch.pages.gallery import Exhibit, Room, collect, page
from unpatch.processors import PROCESSORS
from unpatch.rendering import render

RATE = 44_100
TRUE = chain(PROCESSORS, "bell", "imager")


def exhibit(seed: int = 0, found: Graph = TRUE) -> Exhibit:
    generator = torch.Generator().manual_seed(seed)
    reference, rendered, dry = 0.1 * torch.randn(3, 2, 4_000, generator=generator)
    figures = {"iou": 0.5, "effect_f1": 0.25, "order": float("nan"), "edit_canonical": 0.125, "mss_full": 1.5}
    return Exhibit(str(seed), f"<singer {seed}>", TRUE, found, reference, rendered, dry, figures)


def shown(*rooms: tuple[Exhibit, ...]) -> str:
    return page(
        [Room(task, "a model", own, RATE) for task, own in zip(("singing", "drums"), rooms, strict=False)]
    )


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    folder = tmp_path_factory.mktemp("gallery")
    save_pretrained(debug_model(), folder / "small" / "model")
    return collect(folder / "small" / "model", write_examples(folder / "data", shards=2), count=4)


def test_examples_are_spread_evenly_over_the_data(room: Room) -> None:
    """Of two shards with the four chains each, every other one."""
    assert [exhibit.true for exhibit in room.exhibits] == 2 * [
        chain(PROCESSORS, *CHAINS[0]),
        chain(PROCESSORS, *CHAINS[2]),
    ]
    assert (room.task, room.model) == ("singing", "small")


def test_what_is_heard_is_what_is_drawn(room: Room) -> None:
    for own in room.exhibits:
        torch.testing.assert_close(own.reference, render(own.true, own.dry, RATE), atol=1e-4, rtol=0)
        assert own.rendered is not None
        torch.testing.assert_close(own.rendered, render(own.found, own.dry, RATE), atol=1e-4, rtol=0)
        assert own.figures["invalid"] == 0
        assert 0 <= own.figures["iou"] < 1


def test_a_small_data_set_is_shown_whole(tmp_path: Path) -> None:
    save_pretrained(debug_model(), tmp_path / "mine")
    done: list[tuple[int, int]] = []
    data = write_examples(tmp_path / "data")
    found = collect(tmp_path / "mine", data, count=9, report=lambda *how_far: done.append(how_far))
    assert found.model == "mine"
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_each_example_has_its_own_pictures_and_takes() -> None:
    text = shown((exhibit(0), exhibit(1)), (exhibit(2),))
    assert text.count("<h2>Singing ") == 2
    assert text.count("<h2>Drums 1: &lt;singer 2&gt;</h2>") == 1
    assert text.count("<svg") == 2 * 3
    assert text.count('class="player"') == 3
    played = re.findall(r'data-audio="([^"]+)"', text)
    assert len(set(played)) == len(played) == 9
    for key, audio in (
        ("audio-0-1-reference", exhibit(1).reference),
        ("audio-1-0-re-render", exhibit(2).rendered),
    ):
        found = re.search(rf'id="{key}">([^<]+)<', text)
        assert found is not None
        assert audio is not None
        samples, _ = soundfile.read(io.BytesIO(base64.b64decode(found[1])))
        np.testing.assert_allclose(samples.T, audio.numpy(), atol=2**-15)


def test_figures_that_are_not_defined_are_left_out() -> None:
    text = shown((exhibit(),))
    assert "<b>0.125</b><span>graph edit distance" in text
    assert "order of the shared kinds" not in text
    assert "nan" not in re.sub(r"<script.*", "", text, flags=re.DOTALL)


def test_an_invalid_estimate_is_told_not_drawn() -> None:
    broken = Graph((*TRUE.nodes, Node("chorus")), TRUE.edges)
    text = shown((replace(exhibit(found=broken), rendered=None),))
    assert text.count("<svg") == 1
    assert "Not a valid graph: node 4 (chorus)" in text
    silent = re.search(r'id="audio-0-0-re-render">([^<]+)<', text)
    assert silent is not None
    samples, _ = soundfile.read(io.BytesIO(base64.b64decode(silent[1])))
    assert not samples.any()


def test_the_page_needs_nothing_else() -> None:
    assert set(re.findall(r"https?://[^\"'\s<]+", shown((exhibit(),)))) <= {"http://www.w3.org/2000/svg"}
