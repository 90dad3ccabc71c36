"""What a report is about: a recording, the graph found behind it, and what that graph does to a dry signal.

Shapes: T time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from unpatch.demo import VOICE_NAME, embedded_voice
from unpatch.graph.certainty import LEAST, certainty
from unpatch.graph.order import topological_order
from unpatch.graph.time import after
from unpatch.processors import KINDS

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.estimates import Candidate, Estimate
    from unpatch.graph.data import Graph
    from unpatch.pages.estimate.measures import Distance
    from unpatch.refining import Fitted
    from unpatch.refining.material import Dry

# The report and the re-render hold at most this much of a long recording.
EXCERPT_S = 30


@dataclass(frozen=True)
class EstimateReport:
    """A reference, the graph found behind it, and that graph's rendering of a dry signal.

    Attributes:
        name: what the reference is called.
        found: the graph, with confidences where there are any.
        reference: the analysed audio ``[2, T]``.
        rendered: the graph's output ``[2, T']``.
        dry: what the graph was played on ``[2, T']``.
        sample_rate: of all three, in Hz.
        dry_name: what the dry signal is called.
        has_own_dry: whether ``dry`` is the reference without its processing; only then are
            reference and re-render comparable.
        truth: the graph that was really used, where it is known.
        candidates: what else was found, in order; the first led to ``found``.
        fitted: how ``found`` was refined, if it was.
        unrefined: the output of the first candidate before refinement ``[2, T']``.
        applied: another recording that ``found`` was applied to, and its output ``[2, T'']`` each.
        facts: label to text, printed at the end of the page.
        verdict: what was found, in one line.
        perhaps_also: effect that ``found`` lacks to the probability that it is there.
        sources: what each source of the graph played, by its kind ``[2, T']``; ``dry`` is their sum.
        plays_from_s: where the excerpt starts in the time of ``found``.
    """

    name: str
    found: Graph
    reference: Tensor
    rendered: Tensor
    dry: Tensor
    sample_rate: int
    dry_name: str
    has_own_dry: bool
    truth: Graph | None = None
    candidates: tuple[Candidate, ...] = ()
    fitted: Fitted | None = None
    unrefined: Tensor | None = None
    applied: tuple[Tensor, Tensor] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    verdict: str = ""
    perhaps_also: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, Tensor] = field(default_factory=dict)
    plays_from_s: float = 0.0

    @property
    def compared(self) -> tuple[Tensor, Tensor]:
        """Reference and re-render, as long as both of them last."""
        frames = min(self.reference.shape[-1], self.rendered.shape[-1])
        return self.reference[:, :frames], self.rendered[:, :frames]

    @property
    def compared_s(self) -> float:
        return self.compared[0].shape[-1] / self.sample_rate

    @cached_property
    def distance(self) -> Distance | None:
        """Between reference and re-render, where they are comparable."""
        from unpatch.pages.estimate.measures import distance

        return distance(*self.compared, self.sample_rate) if self.has_own_dry else None


def compose(
    found: Estimate,
    recording: Tensor,
    sample_rate: int,
    *,
    name: str = "recording",
    dry: Dry | None = None,
    dry_name: str = "its own dry signal",
    truth: Graph | None = None,
    fitted: Fitted | None = None,
    applied: tuple[Tensor, Tensor] | None = None,
    starts_s: float = 0.0,
    lasts_s: float | None = None,
) -> EstimateReport:
    """Re-render the found graph, on an excerpt where the recording is long.

    Args:
        found: what :func:`unpatch.estimate` made of the recording.
        recording: ``[C, T]``, mono or stereo.
        sample_rate: of recording and dry signal, in Hz.
        name: what the recording is called.
        dry: the recording before processing ``[C, T]``, or source kind to ``[C, T]``, at the same rate; the
            embedded voice if left out.
        dry_name: what the dry signal is called.
        truth: the graph that was really used, where it is known.
        fitted: what :func:`unpatch.fit` made of the candidates; its graph takes the place of the first.
        applied: another recording and its output, see :func:`unpatch.apply`.
        starts_s: start of ``recording`` in a longer one, whose time ``found`` uses.
        lasts_s: how long that longer one is.
    """
    from unpatch.rendering import render
    from unpatch.rendering.named import in_order, mixed

    graph = fitted.graph if fitted else found.graph
    frames = EXCERPT_S * sample_rate
    first_window = round((found.windows_s[0] - starts_s) * sample_rate)
    start = max(0, min(first_window, recording.shape[-1] - frames))
    reference = recording[:, start : start + frames].expand(2, -1)
    played = (
        _voices(graph, sample_rate, frames)
        if dry is None
        else _own(dry, recording, sample_rate, slice(start, start + frames), fitted)
    )
    used_name = VOICE_NAME if dry is None else dry_name
    whole_s = lasts_s or recording.shape[-1] / sample_rate
    plays_from_s = starts_s + start / sample_rate

    def rendering(of: Graph) -> Tensor:
        return render(after(of, plays_from_s), in_order(of, played), sample_rate)

    return EstimateReport(
        name=name,
        found=graph,
        reference=reference,
        rendered=rendering(graph),
        dry=mixed(played),
        sample_rate=sample_rate,
        dry_name=used_name,
        has_own_dry=dry is not None,
        truth=truth,
        candidates=found.candidates,
        fitted=fitted,
        unrefined=rendering(found.graph) if fitted else None,
        applied=applied,
        facts=_facts(found, used_name, reference.shape[-1] / sample_rate, whole_s),
        verdict=verdict(graph, found) if fitted is None else fitted_verdict(fitted),
        perhaps_also={} if fitted else found.perhaps_also,
        sources=played,
        plays_from_s=plays_from_s,
    )


def _voices(graph: Graph, sample_rate: int, frames: int) -> dict[str, Tensor]:
    """The embedded voice ``[2, T]`` for every source of the graph, all together as loud as it is."""
    from unpatch.audio import resample

    audio, rate = embedded_voice()
    kinds = [graph.nodes[source].kind for source in graph.sources]
    return dict.fromkeys(kinds, resample(audio, rate, sample_rate)[:, :frames] / len(kinds))


def _own(
    dry: Dry, recording: Tensor, sample_rate: int, part: slice, fitted: Fitted | None
) -> dict[str, Tensor]:
    """The recording's own dry sources, shifted to its estimated start."""
    from unpatch.refining.align import delayed
    from unpatch.refining.material import sources_of

    late = round(fitted.delay_s * sample_rate) if fitted else 0
    sources = sources_of(dry, recording, sample_rate)
    return {kind: delayed(audio, late)[:, part] for kind, audio in sources.items()}


# --- words ----------------------------------------------------------------------------------------


def _facts(found: Estimate, dry_name: str, shown_s: float, whole_s: float) -> dict[str, str]:
    from unpatch import __version__

    facts = {
        "analysed": ", ".join(f"{start:.1f} to {start + found.window_s:.1f} s" for start in found.windows_s),
        "re-rendered": dry_name,
        "made by": f"unpatch {__version__}",
    }
    if shown_s < whole_s:
        facts["excerpt"] = f"{shown_s:.0f} s of {whole_s:.0f} s are shown"
    return facts


def verdict(graph: Graph, found: Estimate) -> str:
    """What was found, in one line: effects by how sure they are.

    ``sure: mono reverb; likely: compressor; perhaps: bell``. Where nothing is better than perhaps, the
    probability of an untouched recording follows.
    """
    share = "" if found.untouched is None else f" (probability {found.untouched:.0%})"
    if not any(node.is_processor for node in graph.nodes):
        return f"No audible processing{share}"
    groups: dict[str, list[str]] = {}
    for node in (graph.nodes[i] for i in topological_order(graph)):
        if node.is_processor and node.confidence is not None:
            groups.setdefault(certainty(node.confidence), []).append(KINDS[node.kind].label)
    named = [f"{word}: {', '.join(dict.fromkeys(groups[word]))}" for word in LEAST if word in groups]
    if groups.keys() == {"perhaps"} and (found.untouched or 0) >= LEAST["perhaps"]:
        named.append(f"or no audible processing{share}")
    return "; ".join(named) or "The graph that was found"


def fitted_verdict(fitted: Fitted) -> str:
    """What the dry signal brought to light, in one line."""
    nodes = [fitted.graph.nodes[i] for i in topological_order(fitted.graph)]
    kinds = dict.fromkeys(KINDS[node.kind].label for node in nodes if node.is_processor)
    if not kinds:
        return "No audible processing: nothing brings the dry signal nearer to the recording"
    return f"Found with the dry signal: {', '.join(kinds)}"


def kinds_in_order(graph: Graph) -> str:
    """Its processors, in signal order."""
    nodes = [graph.nodes[i] for i in topological_order(graph)]
    return ", ".join(node.kind for node in nodes if node.is_processor) or "no processor"
