"""The widget: its state is kept in Python, where changes are checked and rendered.

Shapes: C channel, S source, T time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from unpatch.audio import AudioLike, as_audio, as_stereo
from unpatch.demo import embedded_voice
from unpatch.graph.check import check, complete
from unpatch.graph.data import Graph
from unpatch.pages.studio.canvas import drawn
from unpatch.pages.studio.catalogue import kind_entry
from unpatch.pages.studio.editing import edited
from unpatch.pages.studio.tasks.playing import encoded, loudness_of
from unpatch.processors import KINDS
from unpatch.rendering import render

if TYPE_CHECKING:
    from torch import Tensor

STATIC = Path(__file__).parent / "static"
LONGEST_S = 30.0
"""Of what is played; the rest is left out."""


class GraphWidget(anywidget.AnyWidget):
    """A graph with knobs to turn, played on a dry signal.

    Args:
        graph: to show; a change makes a new one, see :attr:`graph`.
        dry: what it is played on: ``[C, T]`` for one source, else ``[S, 2, T]`` in the order of its sources.
            The first 30 s are used. Left out, it is the voice embedded in unpatch.
        sample_rate: of all audio, in Hz.
        reference: what the render is compared with at equal loudness, ``[C, T]``.
        energy: whether the energy rule applies; left out, it does for all but mixing consoles.

    Raises:
        GraphError: the graph is not valid.
        ValueError: audio without a sample rate, or that does not fit the graph.
    """

    _esm = STATIC / "widget.js"
    drawn = traitlets.Dict().tag(sync=True)
    kinds = traitlets.Dict().tag(sync=True)
    takes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    sample_rate = traitlets.Int().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        graph: Graph,
        dry: AudioLike | None = None,
        sample_rate: int | None = None,
        *,
        reference: AudioLike | None = None,
        energy: bool | None = None,
    ) -> None:
        whole = complete(check(graph, KINDS), KINDS)
        self._energy = energy
        self._sources, rate = _sources(whole, dry, sample_rate)
        self._sounds = {"dry": self._sources.sum(0)}
        if reference is not None:
            self._sounds["reference"] = _cut(as_stereo(reference, "reference"), rate)
        names = {"reference": "Reference", "render": "Render", "dry": "Dry"}
        takes = [
            {"key": key, "name": name} for key, name in names.items() if key in (*self._sounds, "render")
        ]
        super().__init__(**_state(whole), takes=takes, sample_rate=rate, fault="")
        self.on_msg(self._receive)

    @property
    def graph(self) -> Graph:
        """As it is after the last change."""
        return Graph.from_dict(self.drawn["graph"])

    @graph.setter
    def graph(self, graph: Graph) -> None:
        self._show(complete(check(graph, KINDS), KINDS))

    def change(self, change: dict[str, Any]) -> None:
        """Make a change of :func:`unpatch.pages.studio.editing.edited`, or set a knob.

        Args:
            change: ``{"action": "turn", "node": ..., "name": ..., "value": ...}`` sets a knob.

        Raises:
            ValueError: the change is not possible.
        """
        graph = self.graph
        self._show(_turned(graph, change) if change.get("action") == "turn" else edited(graph, change))

    def rendered(self) -> Tensor:
        """The graph's output ``[2, T]``."""
        return render(self.graph, self._sources, self.sample_rate, energy=self._energy)

    def _show(self, graph: Graph) -> None:
        with self.hold_sync():
            for name, value in _state(graph).items():
                setattr(self, name, value)
            self.fault = ""
        self._send_render()

    def _receive(self, widget: object, content: object, buffers: Sequence[Any]) -> None:
        """A message of the page: it is open, or the graph is changed there."""
        try:
            if not isinstance(content, dict):
                raise ValueError("a message must be an object")
            if content.get("action") == "ready":
                for key, audio in self._sounds.items():
                    self._send_sound(key, audio)
                self._send_render()
            else:
                self.change(content)
        except ValueError as error:
            self.fault = str(error)
            self.send_state(["drawn", "fault"])  # the page shows what is kept here

    def _send_render(self) -> None:
        if self.drawn["missing"] is None:
            self._send_sound("render", self.rendered())

    def _send_sound(self, key: str, audio: Tensor) -> None:
        peak, rate = float(audio.abs().amax()), self.sample_rate
        if not math.isfinite(peak):
            raise ValueError("the output of the graph is not finite with these settings")
        figures = {"lufs": loudness_of(audio, rate), "peak": peak, "seconds": audio.shape[-1] / rate}
        self.send({"kind": "sound", "key": key, "figures": figures}, [encoded(audio, rate)])


def _state(graph: Graph) -> dict[str, Any]:
    kinds = {node.kind for node in graph.nodes if node.is_processor}
    return {"drawn": drawn(graph), "kinds": {kind: kind_entry(KINDS[kind]) for kind in sorted(kinds)}}


def _turned(graph: Graph, change: dict[str, Any]) -> Graph:
    """With one parameter set."""
    data = graph.to_dict()
    place, name = change.get("node"), change.get("name")
    if not isinstance(place, int) or not 0 <= place < len(data["nodes"]):
        raise ValueError(f"node must be a number from 0 to {len(data['nodes']) - 1}")
    node = data["nodes"][place]
    if name not in node.get("parameters", {}):
        raise ValueError(f"{node['kind']} has no parameter {name!r}")
    node["parameters"][name] = change.get("value")
    return complete(check(Graph.from_dict(data), KINDS), KINDS)


def _sources(graph: Graph, dry: AudioLike | None, sample_rate: int | None) -> tuple[Tensor, int]:
    """Signals ``[S, 2, T]`` and their rate in Hz."""
    count = len(graph.sources)
    if dry is None:
        voice, rate = embedded_voice()
        return _cut(voice, rate).expand(count, -1, -1), rate
    if sample_rate is None:
        raise ValueError("audio needs its sample_rate")
    given = as_audio(dry, "dry")
    signals = given if given.ndim == 3 else as_stereo(given, "dry")[None]
    if signals.shape[:2] != (count, 2):
        raise ValueError(f"the graph has {count} source(s), got audio of shape {tuple(given.shape)}")
    return _cut(signals, sample_rate), sample_rate


def _cut(audio: Tensor, rate: int) -> Tensor:
    return audio[..., : round(LONGEST_S * rate)]
