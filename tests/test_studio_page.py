"""The studio's page in Chromium: from an upload to an export. Skipped where there is no Chromium."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.accessibility import findings
from tests.small_stems import noise
from tests.studio_server import PATIENCE_S, Served, served
from unpatch.demo import EVERYDAY, processed_voice
from unpatch.graph.build import chain
from unpatch.pages.studio.routes.page import STATIC
from unpatch.processors import KINDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LARGEST_FIRST_LOAD = 150_000
"""Bytes with gzip."""
WAIT_MS = PATIENCE_S * 1000

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def test_the_first_load_is_small() -> None:
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) <= LARGEST_FIRST_LOAD


def test_the_page_loads_nothing_from_elsewhere() -> None:
    """Addresses of other hosts are only names of XML, or links that a person follows."""
    harmless = (
        "http://www.w3.org/",
        "https://reactflow.dev",
        "https://xyflow.com",
        "https://pro.reactflow.dev",
    )
    for path in (path for path in STATIC.rglob("*") if path.suffix in (".html", ".js", ".css")):
        for address in re.findall(r"https?://[\w.-]+[^\"'`\s]*", path.read_text(encoding="utf-8")):
            assert address.startswith(harmless), f"{path.name}: {address}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("studio")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    with sync_playwright() as started:
        found = started.chromium.launch(executable_path=CHROMIUM, args=options)
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    found = browser.new_page(viewport={"width": 1280, "height": 900})
    found.set_default_timeout(WAIT_MS)
    faults: list[str] = []
    found.on("pageerror", lambda error: faults.append(str(error)))
    yield found
    found.close()
    assert not faults


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The embedded voice, dry and processed."""
    folder = tmp_path_factory.mktemp("takes")
    dry, wet, rate = processed_voice(EVERYDAY)
    paths = {"dry": folder / "dry voice.wav", "wet": folder / "wet voice.wav"}
    for path, audio in zip(paths.values(), (dry, wet), strict=True):
        soundfile.write(path, audio.T.numpy(), rate, subtype="PCM_24")
    return paths


@pytest.fixture(scope="module")
def job(server: Served, takes: dict[str, Path]) -> str:
    """An estimate with its dry signal, not refined for long."""
    files = {name: server.upload(path.name, path.read_bytes())["id"] for name, path in takes.items()}
    key = server.start("estimate", file=files["wet"], dry={"in": files["dry"]}, cpu_seconds=0)
    found = server.wait(key, "done", "failed")
    assert found["state"] == "done", found["error"]
    return key


def opened(page: Page, server: Served, key: str) -> None:
    page.goto(f"{server.address}/#job={key}")
    page.get_by_role("button", name="Play").wait_for()
    processor(page).wait_for()


def processor(page: Page) -> Locator:
    """The first box with knobs."""
    return page.locator(".react-flow__node:has(.rows)").first


def rendered(page: Page) -> float:
    """Milliseconds from a change to its sound."""
    shown = page.locator("[data-latency]")
    shown.wait_for()
    return float(shown.get_attribute("data-latency") or "nan")


@needs_chromium
def test_an_upload_becomes_a_graph(page: Page, server: Served, takes: dict[str, Path]) -> None:
    page.goto(server.address)
    page.get_by_label("File for Recording").set_input_files(takes["wet"])
    page.get_by_text("wet voice.wav,").first.wait_for()
    page.get_by_role("button", name="Estimate").click()
    processor(page).wait_for()
    page.get_by_role("heading", name=re.compile("sure|likely|perhaps|No audible")).wait_for()
    page.get_by_role("group", name="Candidates").get_by_role("button").nth(1).click()


@needs_chromium
def test_a_knob_is_turned_compared_undone_and_exported(
    page: Page, server: Served, job: str, tmp_path: Path
) -> None:
    opened(page, server, job)
    processor(page).click()
    knob = page.locator(".knob [role=slider]").first
    before = knob.get_attribute("aria-valuetext")
    box = knob.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] - 40, steps=4)
    page.mouse.up()
    turned = knob.get_attribute("aria-valuetext")
    assert turned != before
    rendered(page)
    page.get_by_role("button", name="Play").click()
    for name in ("Reference", "Dry", "Render"):
        take = page.get_by_role("button", name=re.compile(f"^{name}"))
        take.click()
        assert take.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Undo").click()
    expect(knob).to_have_attribute("aria-valuetext", before or "")
    page.get_by_role("button", name="Redo").click()
    expect(knob).to_have_attribute("aria-valuetext", turned or "")
    knob.dblclick()
    assert knob.get_attribute("aria-valuenow") is not None
    with page.expect_download() as download:
        page.get_by_label("Export", exact=True).select_option("format:.dsp")
    download.value.save_as(tmp_path / "patch.dsp")
    assert "process" in (tmp_path / "patch.dsp").read_text(encoding="utf-8")
    expect(page.locator(".export-report")).to_contain_text("residual")


@needs_chromium
def test_the_keyboard_is_enough(page: Page, server: Served, job: str) -> None:
    opened(page, server, job)
    processor(page).focus()
    page.keyboard.press("Enter")
    knob = page.locator(".knob [role=slider]").first
    knob.focus()
    before = knob.get_attribute("aria-valuenow")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowUp")
    assert knob.get_attribute("aria-valuenow") != before
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(knob).to_have_attribute("aria-valuenow", before or "")
    page.keyboard.press("Delete")  # resets the knob that has the focus, not the node
    assert knob.is_visible()
    page.locator("body").press("1")
    expect(page.get_by_role("button", name=re.compile("^Reference"))).to_have_attribute(
        "aria-pressed", "true"
    )


@needs_chromium
def test_wires_are_drawn_and_processors_added_and_deleted(page: Page, server: Served, job: str) -> None:
    opened(page, server, job)
    nodes, wires = page.locator(".react-flow__node"), page.locator(".react-flow__edge")
    count, wire_count = nodes.count(), wires.count()
    page.get_by_label("Add a processor").select_option("chorus")
    expect(nodes).to_have_count(count + 1)
    expect(page.get_by_text("nothing is connected to its inlet 'mod'")).to_be_visible()
    page.get_by_label("Add a processor").select_option("mono_lfo")
    expect(nodes).to_have_count(count + 2)
    page.wait_for_timeout(500)
    start = page.locator(".react-flow__node", has_text="mono lfo").locator(".source").first
    end = page.locator(".react-flow__node", has_text="chorus").locator(".target[data-handleid=mod]")
    start.drag_to(end)
    expect(wires).to_have_count(wire_count + 2)
    rendered(page)
    page.locator(".react-flow__node", has_text="chorus").click()
    page.keyboard.press("Delete")
    expect(nodes).to_have_count(count + 1)
    for _ in range(4):
        page.keyboard.press("Control+z")
    expect(nodes).to_have_count(count)
    expect(wires).to_have_count(wire_count)


@needs_chromium
def test_a_blind_comparison_is_kept(page: Page, server: Served, job: str) -> None:
    opened(page, server, job)
    page.get_by_role("button", name="ABX").click()
    page.get_by_role("button", name="X", exact=True).click()
    page.get_by_role("group", name="Blind comparison").get_by_role("button", name="render").click()
    expect(page.get_by_text("of 1 right")).to_be_visible()
    assert server.client.get(f"/api/jobs/{job}/ratings").json()[-1]["method"] == "abx"


@needs_chromium
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(page: Page, server: Served, job: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for address in (f"{server.address}/", f"{server.address}/#job={job}"):
        page.goto(address)
        page.get_by_role("heading", level=2).first.wait_for()
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, select, input, [role=slider]')].filter((e) => !e.hidden && "
        "!(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title)).map((e) => e.outerHTML)"
    )
    assert unnamed == []


# --- other tasks ------------------------------------------------------------------------------------

RATE = 32_000


def write(path: Path, audio: object) -> Path:
    soundfile.write(path, audio.T.numpy(), RATE, subtype="FLOAT")  # type: ignore[attr-defined]
    return path


@needs_chromium
def test_a_graph_file_is_opened_and_edited(page: Page, server: Served, tmp_path: Path) -> None:
    graph = tmp_path / "patch.json"
    graph.write_text(chain(KINDS, "lowpass2", "compressor").to_json())
    page.goto(server.address)
    page.get_by_role("tab", name="Graph").click()
    page.get_by_label("File for Graph").set_input_files(graph)
    page.get_by_text("patch.json").first.wait_for()
    page.get_by_role("button", name="Open", exact=True).click()
    processor(page).click()
    expect(page.locator(".react-flow__node:has(.rows)")).to_have_count(2)
    page.locator(".knob [role=slider]").first.focus()
    page.keyboard.press("PageDown")
    rendered(page)
    assert page.get_by_role("button", name="ABX").count() == 0, "there is nothing to compare with"
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    page.goto(server.address)
    page.get_by_role("tab", name="Graph").click()
    page.get_by_label("File for Graph").set_input_files(broken)
    expect(page.get_by_role("alert")).to_contain_text("broken.json")


@needs_chromium
def test_a_search_is_cancelled_continued_and_shown_in_strips(
    page: Page, server: Served, tmp_path: Path
) -> None:
    stems = [noise(seed, 3.0, rate=RATE) for seed in range(2)]
    paths = [
        write(tmp_path / f"{name}.wav", stem) for name, stem in zip(("Kick", "Bass"), stems, strict=True)
    ]
    mix = write(tmp_path / "the mix.wav", 0.7 * stems[0] + 0.4 * stems[1])
    page.goto(server.address)
    page.get_by_role("tab", name="Mix").click()
    page.get_by_label("File for Stems").set_input_files(paths)
    page.get_by_text("Bass.wav,").first.wait_for()
    page.get_by_label("File for Mix").set_input_files(mix)
    page.get_by_text("the mix.wav,").first.wait_for()
    page.get_by_label("Preset").select_option("debug")
    page.get_by_role("button", name="Search").click()
    page.get_by_text(re.compile(r"\d+ processors")).first.wait_for()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Continue").click()
    strips = page.get_by_role("region", name="Strips")
    strips.wait_for()
    assert {*strips.get_by_role("rowheader").all_text_contents()} >= {"Kick", "Bass"}
    strips.get_by_role("button").first.click()
    page.get_by_role("complementary", name=re.compile("^Settings of ")).wait_for()
    assert findings(page) == []


@needs_chromium
def test_a_song_is_matched_with_amounts_and_again(page: Page, server: Served, tmp_path: Path) -> None:
    song, reference = (write(tmp_path / f"song {seed}.wav", noise(seed, 6.0, rate=RATE)) for seed in (3, 4))
    page.goto(server.address)
    page.get_by_role("tab", name="Master").click()
    page.get_by_label("File for Song").set_input_files(song)
    page.get_by_text("song 3.wav,").first.wait_for()
    page.get_by_label("File for References").set_input_files(reference)
    page.get_by_text("song 4.wav,").first.wait_for()
    page.get_by_label("eq").fill("0.5")
    page.get_by_role("button", name="Match").click()
    page.get_by_role("row", name=re.compile("^after")).wait_for()
    assert findings(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="master.wav").click()
    assert soundfile.info(download.value.path()).samplerate == RATE
    before = page.url
    page.get_by_label("width").fill("0")
    page.get_by_role("button", name="Match again").click()
    page.wait_for_url(lambda address: address != before)
    page.get_by_role("row", name=re.compile("^after")).wait_for()


@needs_chromium
def test_a_listening_test_from_files_to_results(page: Page, server: Served, tmp_path: Path) -> None:
    """A MUSHRA test of three trials."""
    paths = []
    for trial in range(3):
        sound = 0.1 * noise(trial, 2.0, rate=RATE)
        for name, audio in (
            ("reference", sound),
            ("fine", sound),
            ("noisy", sound + 0.05 * noise(9, 2.0, rate=RATE)),
        ):
            paths.append(write(tmp_path / f"song {trial} - {name}.wav", audio))
    page.goto(server.address)
    page.get_by_role("tab", name="Listening test").click()
    page.get_by_label("File for Recordings").set_input_files(paths[:2] + paths[3:])
    expect(page.get_by_text("song 1: has fine, noisy, not fine")).to_be_visible()
    # Files of the first choice are still being uploaded: none may drop out.
    page.get_by_label("File for Recordings").set_input_files(paths[2])
    page.get_by_text("song 0: fine, noisy; song 1").wait_for()
    page.get_by_role("button", name="Prepare").click()
    page.get_by_label("Listener").fill("Ada")
    assert findings(page) == []
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("region", name="Training").get_by_role("button", name="Sound 5").click()
    page.get_by_role("button", name="Another trial").click()
    page.get_by_role("button", name="Begin to rate").click()
    for trial in range(3):
        page.get_by_role("heading", name=f"Trial {trial + 1} of 3").wait_for()
        page.get_by_role("button", name="Play").click()
        following = page.get_by_role("button", name="Next")
        sliders = page.get_by_role("slider", name=re.compile("^Quality of sound"))
        expect(sliders).to_have_count(5)
        for place in range(5):
            assert following.is_disabled()
            sliders.nth(place).fill(str(60 - 10 * place))
        expect(page.get_by_text("rate it 100")).to_be_visible()
        sliders.nth(0).fill("100")
        if trial == 0:
            assert findings(page) == []
        following.click()
    page.get_by_text("Thank you, Ada").wait_for()
    page.get_by_role("button", name="Show the results").click()
    # Ada has rated at random, so that she may be left out; who was not is in the table.
    page.get_by_text(re.compile("1 listener;|Ada is left out")).first.wait_for()
    assert findings(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="scores.csv").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 1 + 3 * 5


@needs_chromium
@pytest.mark.parametrize("dark", [False, True])
def test_every_view_is_accessible(page: Page, server: Served, job: str, dark: bool) -> None:
    """Axe-core finds nothing serious."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.goto(server.address)
    for tab in ("Voice & instruments", "Drums", "Mix", "Master", "Graph", "Listening test"):
        page.get_by_role("tab", name=tab).click()
        assert findings(page) == [], tab
    opened(page, server, job)
    assert findings(page) == []
    processor(page).click()
    page.get_by_role("button", name="ABX").click()
    assert findings(page) == []
