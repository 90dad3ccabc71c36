"""The notebook widget: its Python side, and its page in Chromium with a model in between."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import soundfile
import torch
from playwright.sync_api import Page, Route, expect, sync_playwright

from tests.small_stems import noise
from unpatch.graph.build import chain
from unpatch.graph.data import GraphError
from unpatch.pages.notebook import GraphWidget
from unpatch.pages.notebook.widget import STATIC
from unpatch.processors import KINDS
from unpatch.rendering import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
RATE = 22_050
LARGEST_MODULE = 360_000


class Sent:
    """What a widget sends."""

    def __init__(self, widget: GraphWidget, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sounds: list[tuple[dict[str, Any], bytes]] = []
        self.states: list[tuple[str, Any]] = []
        monkeypatch.setattr(
            widget, "send", lambda message, buffers: self.sounds.append((message, buffers[0]))
        )
        widget.observe(lambda change: self.states.append((change.name, change.new)), [*NAMES])


NAMES = "drawn", "kinds", "takes", "fault", "sample_rate"


@pytest.fixture
def widget() -> GraphWidget:
    graph = chain(KINDS, "lowpass2", "compressor")
    return GraphWidget(graph, noise(1, 1.0, rate=RATE), RATE, reference=noise(2, 1.0, rate=RATE))


def receive(widget: GraphWidget, content: object) -> None:
    widget._receive(widget, content, [])


def test_a_widget_sends_its_sounds_when_it_is_open(
    widget: GraphWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Sent(widget, monkeypatch)
    receive(widget, {"action": "ready"})
    assert {message["key"] for message, _ in sent.sounds} == {"dry", "reference", "render"}
    message, data = next(each for each in sent.sounds if each[0]["key"] == "render")
    audio, rate = soundfile.read(io.BytesIO(data))
    assert rate == RATE and message["figures"]["lufs"] < 0
    wanted = render(widget.graph, noise(1, 1.0, rate=RATE), RATE)
    assert torch.allclose(torch.tensor(audio.T).float(), wanted, atol=1e-5)


def test_a_turned_knob_is_rendered(widget: GraphWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = Sent(widget, monkeypatch)
    before = widget.rendered()
    receive(widget, {"action": "turn", "node": 1, "name": "frequency_hz", "value": 300.0})
    assert widget.graph.nodes[1].parameters["frequency_hz"] == 300
    assert [message["key"] for message, _ in sent.sounds] == ["render"]
    assert float((widget.rendered() - before).abs().amax()) > 0.01


def test_impossible_changes_leave_the_graph_alone(
    widget: GraphWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = widget.graph
    for content, words in (
        ({"action": "turn", "node": 1, "name": "frequency_hz", "value": 1e9}, "frequency_hz"),
        ({"action": "turn", "node": 99, "name": "q", "value": 1}, "node"),
        ({"action": "turn", "node": 1, "name": "colour", "value": 1}, "colour"),
        ({"action": "connect", "source": 2, "target": 1}, "cycle"),
        ({"action": "paint"}, "action"),
        ("ready", "object"),
    ):
        receive(widget, content)
        assert words in widget.fault and "\n" not in widget.fault, content
        assert widget.graph == graph
    receive(widget, {"action": "turn", "node": 1, "name": "frequency_hz", "value": 400.0})
    assert widget.fault == ""


def test_wires_are_changed_and_graphs_replaced(widget: GraphWidget) -> None:
    receive(widget, {"action": "delete", "nodes": [1]})
    assert [node.kind for node in widget.graph.nodes] == ["in", "compressor", "out"]
    widget.graph = chain(KINDS, "bell")
    assert [*widget.kinds] == ["bell"]


def test_audio_must_fit_the_graph() -> None:
    graph = chain(KINDS, "bell")
    with pytest.raises(ValueError, match="sample_rate"):
        GraphWidget(graph, noise(1, 1.0, rate=RATE))
    with pytest.raises(ValueError, match=r"1 source\(s\)"):
        GraphWidget(graph, noise(1, 1.0, rate=RATE).expand(3, -1, -1), RATE)
    with pytest.raises(GraphError):
        GraphWidget(replace(graph, edges=()))
    assert [take["key"] for take in GraphWidget(graph).takes] == ["render", "dry"]


def test_the_module_is_small_and_loads_nothing() -> None:
    text = (STATIC / "widget.js").read_text(encoding="utf-8")
    assert len(text.encode()) <= LARGEST_MODULE
    assert "import(" not in text and "licences.txt" in text


PAGE = """<!doctype html><div id="place"></div><script type="module">
import widget from "./widget.js";
const calls = {};
window.model = {
  values: JSON.parse(atob("STATE")),
  get(name) { return this.values[name]; },
  set(name, value) { this.values[name] = value; for (const call of calls[`change:${name}`] ?? []) call(); },
  sound(message, text) {
    const data = new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
    for (const call of calls["msg:custom"] ?? []) call(message, [data]);
  },
  on(name, call) { (calls[name] ??= []).push(call); },
  off(name, call) { calls[name] = (calls[name] ?? []).filter((each) => each !== call); },
  send(message) { window.messages.push(message); },
};
window.messages = [];
widget.render({ model: window.model, el: document.getElementById("place") });
</script>"""


class Bridge:
    """Between a widget in this process and its page."""

    def __init__(self, page: Page, widget: GraphWidget, sent: Sent) -> None:
        self.page, self.widget, self.sent = page, widget, sent

    def pump(self) -> list[Any]:
        """Pass messages on in both directions; those of the page."""
        messages = self.page.evaluate("window.messages.splice(0)")
        for message in messages:
            receive(self.widget, message)
        for name, value in self.sent.states:
            self.page.evaluate("([name, value]) => window.model.set(name, value)", [name, value])
        for message, data in self.sent.sounds:
            text = base64.b64encode(data).decode()
            self.page.evaluate("([message, text]) => window.model.sound(message, text)", [message, text])
        self.sent.states.clear()
        self.sent.sounds.clear()
        return list(messages)


@pytest.fixture
def bridge(widget: GraphWidget, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    import json

    sent = Sent(widget, monkeypatch)
    state = json.dumps({name: getattr(widget, name) for name in NAMES})
    html = PAGE.replace("STATE", base64.b64encode(state.encode("ascii")).decode())

    def serve(route: Route) -> None:
        if route.request.url.endswith("widget.js"):
            route.fulfill(path=STATIC / "widget.js", content_type="text/javascript")
        else:
            route.fulfill(body=html, content_type="text/html")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(900_000)
        page.route("http://notebook.test/**", serve)
        page.goto("http://notebook.test/")
        page.locator(".react-flow__node").first.wait_for()
        yield Bridge(page, widget, sent)
        browser.close()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_knob_is_turned_in_the_page(bridge: Bridge) -> None:
    page = bridge.page
    assert bridge.pump() == [{"action": "ready"}]
    expect(page.get_by_role("button", name="Render")).to_be_enabled()
    page.locator(".react-flow__node:has(.rows)").first.click()
    knob = page.locator(".knob [role=slider]").first
    before = knob.get_attribute("aria-valuetext")
    knob.focus()
    page.keyboard.press("PageDown")
    (message,) = bridge.pump()
    assert message["action"] == "turn" and message["node"] == 1
    assert bridge.widget.graph.nodes[1].parameters[message["name"]] == pytest.approx(message["value"])
    assert knob.get_attribute("aria-valuetext") != before
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Dry").click()
    assert page.get_by_role("button", name="Pause").is_visible()
