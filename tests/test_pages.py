"""All pages: text from outside stays text, every template renders in all its states, the markup is sound."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jinja2
import lxml.etree  # type: ignore[import-untyped]
import lxml.html  # type: ignore[import-untyped]
import numpy as np
import pytest
import torch
from torch import Tensor

from unpatch.estimates import Candidate
from unpatch.graph.build import chain
from unpatch.graph.data import Graph, Node
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.song import Mastered
from unpatch.mastering.matching.source import AudioInMemory
from unpatch.mastering.matching.spectrum import POINTS_HZ
from unpatch.mixing.console import console
from unpatch.mixing.results import SearchMoment, SearchProgress, SearchResult, by_letter
from unpatch.pages import estimate, gallery, match, mix
from unpatch.pages.estimate import EstimateReport
from unpatch.pages.gallery import Exhibit, Room
from unpatch.pages.gallery.page import SHOWN
from unpatch.pages.mix import Live, Mixdown
from unpatch.pages.mix.losses import MixLosses, Parts
from unpatch.pages.mix.loudness import Loudness
from unpatch.pages.mix.mixdown import MIX, RECREATION, SUM
from unpatch.pages.templating import environment, render
from unpatch.processors import PROCESSORS
from unpatch.refining import Fitted
from unpatch.refining.problem import FitMoment
from unpatch.stems.alignment import Alignment, Alignments

RATE = 16_000
EVIL = "<script>alert(1)</script>\"'&</title>\x1b\u202e"
"""In place of every name and text that a user or a file gives."""
SHOWN_EVIL = EVIL.replace("\x1b\u202e", r"\x1b\u202e")


def noise(*shape: int) -> Tensor:
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def named(graph: Graph) -> Graph:
    """With a hostile name on every node that may have one."""
    nodes = [replace(node, name=EVIL) if node.is_processor else node for node in graph.nodes]
    return replace(graph, nodes=tuple(nodes))


BELL = named(chain(PROCESSORS, "bell", "compressor"))


# --- one of each page -----------------------------------------------------------------------------


def estimate_page(**other: object) -> str:
    nodes = (replace(node, confidence=0.5) if node.kind == "bell" else node for node in BELL.nodes)
    take = EstimateReport(
        name=EVIL,
        found=replace(BELL, nodes=tuple(nodes)),
        reference=noise(2, RATE),
        rendered=noise(2, RATE),
        dry=noise(2, RATE),
        sample_rate=RATE,
        dry_name=EVIL,
        has_own_dry=False,
        truth=BELL,
        facts={EVIL: EVIL},
        verdict=EVIL,
        perhaps_also={EVIL: 0.25},
    )
    return estimate.page(replace(take, **other))  # type: ignore[arg-type]


def fitted_page() -> str:
    moments = [FitMoment(0.1, 1, 0.5, EVIL), FitMoment(0.2, 2, 0.4, "numbers")]
    fitted = Fitted(BELL, 0.6, 0.5, 0.4, 0.001, 0.0, tuple(moments), 0.3)
    candidates = tuple(Candidate(BELL, 0.5, 0.0, 0.5, distance=0.25) for _ in range(2))
    applied = noise(2, RATE), noise(2, RATE)
    return estimate_page(
        has_own_dry=True, fitted=fitted, candidates=candidates, applied=applied, unrefined=noise(2, RATE)
    )


def match_page(folder: Path) -> str:
    flat = Profile(-14.0, 5.0, -1.0, 12.0, np.zeros((2, len(POINTS_HZ))), np.zeros(4), 8_000.0, False)
    master = Master(None, None, np.zeros((2, len(POINTS_HZ))), 1.0, None, None, -20.0, -14.0, -1.0)
    done = Mastered(master, flat, flat, flat, 0.0, False, (EVIL,))
    song = AudioInMemory(noise(2, 40 * RATE).numpy(), RATE, EVIL)
    match.write_page(folder / "r.html", EVIL, done, song, song)
    return (folder / "r.html").read_text(encoding="utf-8")


FULL = console({EVIL: f"bus {EVIL}", "b": f"bus {EVIL}"}, lone=False)
MOMENTS = (
    SearchMoment("console", 20, 1.0, 0.9, by_letter(FULL)),
    SearchMoment(EVIL, 20, 2.0, 0.8, by_letter(FULL), judged=True),
)
FOUND = SearchResult(FULL, FULL, 0.9, 0.8, 0.01, MOMENTS, RATE, 60.0)


def mix_page() -> str:
    sounds = {name: noise(2, 40 * RATE) for name in (MIX, RECREATION, SUM)}
    stems = (
        Alignment(EVIL, True, 7.0, False, 0.0, -3.0, 0.9, 1.0, remarks=(EVIL,)),
        Alignment("lead", False, 0.0, False, 0.0, 0.0, 0.0, 0.1),
    )
    take = Mixdown(
        name=EVIL,
        found=FOUND,
        sounds=sounds,
        sample_rate=RATE,
        losses={EVIL: MixLosses(0.5, (Parts(0.1, 0.2, 0.3), Parts(0.4, 0.5, 0.6)))},
        loudness={name: Loudness(-14.0, -1.0) for name in sounds} | {EVIL: Loudness(-14.0, -1.0)},
        alignments=Alignments(stems, RATE, 0.9, False, remarks=(EVIL,)),
        notes=[EVIL],
        facts={EVIL: EVIL},
    )
    return mix.page(take)


def live_page(folder: Path, state: str) -> str:
    live = Live(folder, folder / "search", EVIL, 50, every_s=0.0)
    live.update(SearchProgress("console", 20, 40, 0.5, 28, 30.0, FULL))
    return live.page(state, EVIL)


def gallery_page() -> str:
    broken = Graph((*BELL.nodes, Node("chorus")), BELL.edges)
    audio = noise(2, RATE)
    figures = dict.fromkeys(SHOWN, 0.5)
    exhibits = tuple(
        Exhibit(EVIL, EVIL, BELL, found, audio, audio, audio, figures) for found in (BELL, broken)
    )
    return gallery.page([Room(EVIL, EVIL, exhibits, RATE), Room("drums", "m", exhibits, RATE)])


PAGES: dict[str, Callable[[Path], str]] = {
    "estimate": lambda folder: estimate_page(),
    "estimate, refined": lambda folder: fitted_page(),
    "match": match_page,
    "mix": lambda folder: mix_page(),
    "live, running": lambda folder: live_page(folder, "running"),
    "live, stopped": lambda folder: live_page(folder, "stopped"),
    "live, done": lambda folder: live_page(folder, "done"),
    "gallery": lambda folder: gallery_page(),
}

NAME, GRAPH, FACTS = ("//title", "//h1"), ("//svg//text",), ("//dt", "//dd")
STRIPS = ("//table[@class='grid']//th/span", "//table[@class='grid']//th/span/@title", "//td/i/@title")
PLACES: dict[str, tuple[str, ...]] = {
    "estimate": (
        *NAME,
        *GRAPH,
        *FACTS,
        "//section[@class='note']/p",
        "//section[h2='The graph that was found']/p",
    ),
    "estimate, refined": (*NAME, *GRAPH, *FACTS, "//circle/title"),
    "match": (*NAME, "//li", "//pre"),
    "mix": (
        *NAME,
        *GRAPH,
        *FACTS,
        *STRIPS,
        "//section[@class='note']/p",
        "//table[@class='strips']//th/b",
        "//table[@class='strips']//th/small",
        "//circle/title",
        "//path[@class='stage']/title",
        "//table[caption='Losses']//th",
        "//table[caption='Loudness']//th",
        "//table[caption='Stems in the mix']//th",
        "//table[caption='Stems in the mix']//td",
    ),
    "live, running": (*NAME, *STRIPS),
    "live, stopped": (*NAME, *STRIPS),
    "live, done": (*NAME, *STRIPS, "//a/@href"),
    "gallery": (*GRAPH, "//header/p", "//h2"),
}
"""Where text from outside stands, as XPath."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {name: make(tmp_path_factory.mktemp("page")) for name, make in PAGES.items()}


@pytest.fixture(params=PAGES)
def html(request: pytest.FixtureRequest, made: dict[str, str]) -> str:
    return made[request.param]


# --- text from outside ----------------------------------------------------------------------------


def test_text_from_outside_is_never_markup(html: str) -> None:
    assert "<script>alert" not in html
    assert not re.search("[\x1b\u202e]", html)
    page = lxml.html.document_fromstring(html)
    assert not any("alert(1)" in (script.text or "") for script in page.iter("script"))


@pytest.mark.parametrize(("name", "place"), [(name, place) for name in PAGES for place in PLACES[name]])
def test_text_from_outside_is_shown_as_it_is(made: dict[str, str], name: str, place: str) -> None:
    found = lxml.html.document_fromstring(made[name]).xpath(place)
    assert any(SHOWN_EVIL in (part if isinstance(part, str) else part.text_content()) for part in found)


def test_attributes_hold_text_from_outside(html: str) -> None:
    """A quotation mark that ended one would start others."""
    names = {name for element in lxml.html.document_fromstring(html).iter() for name in element.attrib}
    assert all(re.fullmatch(r"[a-zA-Z][a-zA-Z0-9-]*", name) for name in names)
    assert not {name for name in names if "alert" in name}


# --- markup ---------------------------------------------------------------------------------------


def test_markup_is_sound(html: str) -> None:
    """Nothing that the parser had to repair; it only knows the elements of HTML 4."""
    parser = lxml.etree.HTMLParser()
    page = lxml.etree.fromstring(html.encode(), parser)
    unknown = lxml.etree.ErrorTypes.HTML_UNKNOWN_TAG
    assert [str(fault) for fault in parser.error_log if fault.type != unknown] == []
    ids = Counter(page.xpath("//@id"))
    assert [name for name, count in ids.items() if count > 1] == []
    played = page.xpath("//button/@data-audio")
    assert set(played) == set(ids), "each take that can be played is there, and no other"


def test_pages_can_be_read_aloud(html: str) -> None:
    page = lxml.html.document_fromstring(html)
    assert page.get("lang") == "en"
    assert len(page.findall(".//h1")) == 1
    assert len(page.findall(".//main")) == 1
    assert all(table.findtext("caption") for table in page.iter("table"))
    assert all(cell.get("scope") in {"col", "row"} for cell in page.iter("th"))
    assert all(picture.get("aria-label") for picture in page.iter("svg", "canvas"))
    assert all(re.fullmatch(r"\S.*", heading.text_content()) for heading in page.iter("h1", "h2", "h3"))


# --- the environment ------------------------------------------------------------------------------


def test_missing_values_are_errors() -> None:
    with pytest.raises(jinja2.UndefinedError):
        render("diagram.svg.j2")
    with pytest.raises(TypeError, match="None"):
        environment().from_string("{{ nothing }}").render(nothing=None)


def test_text_is_escaped_and_markup_is_not_escaped_again() -> None:
    inner = environment().from_string("{% macro part(x) %}<b>{{ x }}</b>{% endmacro %}{{ part(text) }}")
    assert inner.render(text="<&\x00") == "<b>&lt;&amp;\\x00</b>"
