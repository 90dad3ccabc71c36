"""What a report is about: a recording, the graph found behind it, and what that graph does to a dry signal.

Shapes: T time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from unpatch.demo import VOICE_NAME, embedded_voice
from unpatch.graph.order import topological_order

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.estimate import Candidate, Estimate
    from unpatch.graph.data import Graph
    from unpatch.report.measures import Distance

# The report and the re-render hold at most this much of a long recording.
EXCERPT_S = 30
# A dry signal that lasts longer or shorter than its recording by more is of another take.
SLACK_S = 0.5


@dataclass(frozen=True)
class Take:
    """A reference, the graph found behind it, and that graph's rendering of a dry signal.

    Attributes:
        name: what the reference is called.
        found: the graph, with confidences where there are any.
        reference: what was listened to ``[2, T]``.
        rendered: the graph's output ``[2, T']``.
        dry: what the graph was played on ``[2, T']``.
        sample_rate: of all three, in Hz.
        dry_name: what the dry signal is called.
        has_own_dry: whether ``dry`` is the reference without its processing; only then are
            reference and re-render comparable.
        truth: the graph that was really used, where it is known.
        facts: label to text, printed at the end of the page.
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
    facts: Mapping[str, str] = field(default_factory=dict)

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
        from unpatch.report.measures import distance

        return distance(*self.compared, self.sample_rate) if self.has_own_dry else None


def compose(
    found: Estimate,
    recording: Tensor,
    sample_rate: int,
    *,
    name: str = "recording",
    dry: Tensor | None = None,
    dry_name: str = "its own dry signal",
    truth: Graph | None = None,
    starts_s: float = 0.0,
    lasts_s: float | None = None,
) -> Take:
    """Re-render the found graph, on an excerpt where the recording is long.

    Args:
        found: what :func:`unpatch.estimate` made of the recording.
        recording: ``[C, T]``, mono or stereo.
        sample_rate: of recording and dry signal, in Hz.
        name: what the recording is called.
        dry: the recording before processing ``[C, T]``, at the same rate; the embedded voice if left out.
        dry_name: what the dry signal is called.
        truth: the graph that was really used, where it is known.
        starts_s: where ``recording`` begins, if it is cut from a longer one in whose time ``found`` speaks.
        lasts_s: how long that longer one is.
    """
    from unpatch.estimate import after
    from unpatch.render import render

    if dry is not None:
        check_belongs(dry.shape[-1] / sample_rate, recording.shape[-1] / sample_rate, dry_name)
    frames = EXCERPT_S * sample_rate
    heard = round((found.windows_s[0] - starts_s) * sample_rate)
    start = max(0, min(heard, recording.shape[-1] - frames))
    reference = recording[:, start : start + frames].expand(2, -1)
    played = _voice(sample_rate)[:, :frames] if dry is None else dry[:, start : start + frames].expand(2, -1)
    whole_s = lasts_s or recording.shape[-1] / sample_rate
    return Take(
        name=name,
        found=found.graph,
        reference=reference,
        rendered=render(after(found.graph, starts_s + start / sample_rate), played, sample_rate),
        dry=played,
        sample_rate=sample_rate,
        dry_name=VOICE_NAME if dry is None else dry_name,
        has_own_dry=dry is not None,
        truth=truth,
        facts=_facts(
            found, VOICE_NAME if dry is None else dry_name, reference.shape[-1] / sample_rate, whole_s
        ),
    )


def check_belongs(dry_s: float, recording_s: float, name: str) -> None:
    """Refuse a dry signal that is not as long as the recording."""
    if abs(dry_s - recording_s) > SLACK_S:
        raise ValueError(
            f"{name}: lasts {dry_s:.3g} s, the recording {recording_s:.3g} s; "
            "a recording and its dry signal are equally long"
        )


def _voice(sample_rate: int) -> Tensor:
    """The embedded voice ``[2, T]`` at another sample rate."""
    from unpatch.audio import resample

    audio, rate = embedded_voice()
    return resample(audio, rate, sample_rate)


# --- words ----------------------------------------------------------------------------------------


def _facts(found: Estimate, dry_name: str, shown_s: float, whole_s: float) -> dict[str, str]:
    from unpatch import __version__

    facts = {
        "heard": ", ".join(f"{start:.1f} to {start + found.window_s:.1f} s" for start in found.windows_s),
        "re-rendered": dry_name,
        **_alternatives(found.candidates),
        "made by": f"unpatch {__version__}",
    }
    if shown_s < whole_s:
        facts["excerpt"] = f"{shown_s:.0f} s of {whole_s:.0f} s are shown"
    return facts


def _alternatives(candidates: Sequence[Candidate]) -> dict[str, str]:
    """Each candidate with its share and its processors."""
    pairs = zip(candidates, shares(candidates), strict=True)
    return {f"candidate {i}": f"{share:.0%}: {_kinds(c.graph)}" for i, (c, share) in enumerate(pairs, 1)}


def shares(candidates: Sequence[Candidate]) -> list[float]:
    """Each candidate's part of the probability of all that were followed to the end.

    A graph is one of very many, so that even a sure one has a tiny probability; the share tells it
    from its rivals.
    """
    total = sum(candidate.probability for candidate in candidates)
    return [c.probability / total if total else 1 / len(candidates) for c in candidates]


def certainty(candidates: Sequence[Candidate]) -> str:
    """How sure the first candidate is, in words."""
    probability = f"probability {candidates[0].probability:.2g}"
    if len(candidates) == 1:
        return probability
    return f"{shares(candidates)[0]:.0%} of the {len(candidates)} candidates' {probability}"


def _kinds(graph: Graph) -> str:
    nodes = [graph.nodes[i] for i in topological_order(graph)]
    return ", ".join(node.kind for node in nodes if node.is_processor) or "no processor"
