"""Hear a sound, get the patch: features, encoder, prototype, numbers.

Shapes: C channels, T samples, W windows.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor

from unpatch.audio import AudioError, check_sounds, level_db, resample
from unpatch.draw import draw
from unpatch.dsp.cpu import one_thread
from unpatch.features import FeatureSettings, features
from unpatch.grammar import Grammar
from unpatch.graph.check import check
from unpatch.graph.data import Graph, Node
from unpatch.models import Estimator, from_pretrained
from unpatch.models.decoding import Decoding, Hypothesis, decode_prototypes, finished_graphs
from unpatch.processors import PROCESSORS
from unpatch.spec import Processor

Windows = Literal["loudest", "all"]

SHIPPED = {"singing": "singing_small"}
"""Task to the folder of weights inside the package."""

MOST_WINDOWS = 16
# Windows this far below the loudest are pauses.
PAUSE_DB = -30.0


@dataclass(frozen=True)
class Candidate:
    """A graph that may be the one.

    Attributes:
        probability: of its prototype, among all that the grammar allows.
        stray_mass: mean probability per step that the model gave to invalid continuations.
    """

    graph: Graph
    probability: float
    stray_mass: float


@dataclass(frozen=True)
class Estimate:
    """What was found.

    Attributes:
        candidates: different prototypes, most probable first.
        windows_s: where in the recording was listened, in seconds. Graphs are given as they play from the
            recording's beginning: that is what an oscillator's phase refers to.
        window_s: length of a window.
    """

    candidates: tuple[Candidate, ...]
    windows_s: tuple[float, ...]
    window_s: float

    @property
    def graph(self) -> Graph:
        """The most probable."""
        return self.candidates[0].graph

    def starting_at(self, seconds: float) -> "Estimate":
        """The same in the time of a longer recording, of which what was heard begins there."""
        candidates = tuple(replace(c, graph=after(c.graph, -seconds)) for c in self.candidates)
        windows_s = tuple(seconds + start for start in self.windows_s)
        return replace(self, candidates=candidates, windows_s=windows_s)

    def _repr_svg_(self) -> str:
        """The picture that a notebook shows."""
        return draw(self.graph).svg()


def estimate(
    audio: Tensor,
    sample_rate: int,
    task: str = "singing",
    *,
    model: Estimator | Path | None = None,
    windows: Windows = "loudest",
    decoding: Decoding | None = None,
    registry: Mapping[str, Processor] = PROCESSORS,
) -> Estimate:
    """Estimate the graph behind a processed recording.

    Thresholds and other knobs that follow the level are given for the recording as loud as it is, and
    phases as they are where it begins.

    Args:
        audio: ``[C, T]`` or ``[T]``, mono or stereo, of any length.
        sample_rate: in Hz.
        task: which of the shipped models to use.
        model: another model, or the folder of one.
        windows: listen to the loudest stretch only, or to stretches all over the recording.
        decoding: beams and temperature; four beams if left out.
        registry: kind to processor.
    """
    estimator = _model(model, task, registry)
    settings = estimator.settings
    if settings.task != task:
        raise ValueError(f"the model was trained for the task {settings.task!r}, not {task!r}")
    heard = prepare(audio, sample_rate, settings.features.sample_rate)
    starts = window_starts(heard, settings.features.frames, windows)
    stretches = cut(heard, starts, settings.features.frames)
    pictures = features(stretches, settings.features)
    grammar = Grammar(
        estimator.vocabulary, registry, settings.decoder.max_processors, settings.decoder.max_edges
    )
    with torch.inference_mode(), one_thread():
        latents = estimator.listen(pictures)[None]
        found = decode_prototypes(estimator, latents, grammar, decoding or Decoding(beams=4))[0]
        everywhere = latents.expand(len(found), -1, -1, -1)
        levels_db = [level_db(stretches)] * len(found)
        graphs = finished_graphs(estimator, found, everywhere, registry, levels_db)
        # A phase is of one window: there is no sense in a mean over several.
        first = finished_graphs(estimator, found, everywhere[:, :1], registry, levels_db)
    begun_s = starts[0] / settings.features.sample_rate
    graphs = [_with_phases(graph, one, -begun_s) for graph, one in zip(graphs, first, strict=True)]
    candidates = [_candidate(check(g, registry), h) for g, h in zip(graphs, found, strict=True)]
    return Estimate(tuple(candidates), *_seconds(starts, settings.features))


def after(graph: Graph, seconds: float) -> Graph:
    """The graph with its oscillators where they are so many seconds later."""
    return _with_phases(graph, graph, seconds)


def _with_phases(graph: Graph, told: Graph, seconds: float) -> Graph:
    """The graph with the phases that another one of its prototype has so many seconds later."""
    nodes = [
        replace(node, parameters={**node.parameters, "phase": _phase(its, seconds)})
        if "phase" in node.parameters
        else node
        for node, its in zip(graph.nodes, told.nodes, strict=True)
    ]
    return replace(graph, nodes=tuple(nodes))


def _phase(node: Node, seconds: float) -> float:
    return (node.parameters["phase"] + seconds * node.parameters["frequency_hz"]) % 1.0


def _model(model: Estimator | Path | None, task: str, registry: Mapping[str, Processor]) -> Estimator:
    if isinstance(model, Estimator):
        return model.eval()
    if model is not None:
        return from_pretrained(model, registry)
    return shipped(task) if registry is PROCESSORS else from_pretrained(shipped_folder(task), registry)


@lru_cache(maxsize=2)
def shipped(task: str) -> Estimator:
    """The model that comes with the package."""
    return from_pretrained(shipped_folder(task), PROCESSORS)


def shipped_folder(task: str) -> Path:
    """Where its weights lie."""
    if task not in SHIPPED:
        raise ValueError(f"no weights for task {task!r} are shipped; there are some for {', '.join(SHIPPED)}")
    return Path(str(files("unpatch") / "assets" / "weights" / SHIPPED[task]))


def _candidate(graph: Graph, hypothesis: Hypothesis) -> Candidate:
    stray = hypothesis.stray_mass
    return Candidate(graph, min(1.0, math.exp(hypothesis.log_probability)), sum(stray) / len(stray))


def _seconds(starts: list[int], settings: FeatureSettings) -> tuple[tuple[float, ...], float]:
    rate = settings.sample_rate
    return tuple(start / rate for start in starts), settings.frames / rate


def prepare(audio: Tensor, sample_rate: int, wanted_hz: int) -> Tensor:
    """Checked stereo ``[2, T]`` at the model's sample rate."""
    stereo = audio.detach().float().cpu()
    stereo = stereo[None] if stereo.ndim == 1 else stereo
    if stereo.ndim != 2 or not 1 <= len(stereo) <= 2:
        raise AudioError(f"audio has shape {tuple(audio.shape)}; [T], [1, T] and [2, T] are supported")
    if not torch.isfinite(stereo).all():
        raise AudioError("audio holds NaN or infinite samples")
    check_sounds(stereo, "audio")
    return resample(stereo.expand(2, -1), sample_rate, wanted_hz)


def window_starts(audio: Tensor, frames: int, windows: Windows) -> list[int]:
    """Where to listen in ``audio [2, T]``, in samples, in order of time.

    Windows start every half window. "all" spreads at most 16 over those that are no pauses.
    """
    last = max(0, audio.shape[-1] - frames)
    starts = [*range(0, last, frames // 2), last]
    power = torch.stack([audio[:, s : s + frames].square().mean() for s in starts])
    if windows == "loudest":
        return [starts[int(power.argmax())]]
    sounding = [s for s, p in zip(starts, power, strict=True) if p >= power.max() * 10 ** (PAUSE_DB / 10)]
    step = -(-len(sounding) // MOST_WINDOWS)
    return sounding[::step]


def cut(audio: Tensor, starts: list[int], frames: int) -> Tensor:
    """Windows ``[W, 2, frames]``; a short recording is followed by silence."""
    padded = torch.nn.functional.pad(audio, (0, max(0, frames - audio.shape[-1])))
    return torch.stack([padded[:, start : start + frames] for start in starts])
