"""The report: one HTML page that needs nothing else, read from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from unpatch.drawing import theme
from unpatch.graph.certainty import LEAST, certainty
from unpatch.graph.data import Graph
from unpatch.graph.order import topological_order
from unpatch.graph.text import MINUS, quantity
from unpatch.pages.estimate import measures
from unpatch.pages.estimate.curve import curve_svg
from unpatch.pages.estimate.listening import leveled, voices
from unpatch.pages.estimate.parts import ShownProcessor, families, shown_processor
from unpatch.pages.estimate.spectrogram import difference_svg, spectrogram_svg
from unpatch.pages.estimate.spectrum import LevelCurve, SpectrumDiagram, spectrum
from unpatch.pages.estimate.take import kinds_in_order
from unpatch.pages.templating import graph_picture, render

if TYPE_CHECKING:
    from markupsafe import Markup
    from torch import Tensor

    from unpatch.estimates import Candidate
    from unpatch.pages.estimate.listening import Voice
    from unpatch.pages.estimate.take import EstimateReport

# Prefix of the keys of the second player.
APPLIED = "applied"


def page(take: EstimateReport) -> str:
    """The whole document."""
    takes, applied = voices(take), _applied(take)
    reference, rendered = take.compared if take.has_own_dry else (take.reference, take.rendered)
    matched = measures.match_level(rendered, reference)
    return render(
        "estimate.html.j2",
        title=take.name,
        subtitle=_subtitle(take),
        voices=(*takes, *applied),
        take=take,
        takes=takes,
        applied=applied,
        numbers=_numbers(take),
        found_picture=graph_picture(take.found),
        families=families(take.found),
        truth_picture=graph_picture(take.truth) if take.truth else "",
        certainties=LEAST,
        has_confidence=any(node.confidence is not None for node in take.found.nodes if node.is_processor),
        settings=list(_settings(take.found)),
        minus=MINUS,
        fit_curve=curve_svg(take.fitted.moments, take.fitted.cpu_seconds) if take.fitted else "",
        candidates=[_candidate(candidate) for candidate in take.candidates],
        spectrograms=_spectrograms(take, reference, matched),
        long_term=_long_term(take.sample_rate, reference, matched),
    )


def _subtitle(take: EstimateReport) -> str:
    seconds = take.reference.shape[-1] / take.sample_rate
    how = "blind estimation" if take.fitted is None else "estimation and refinement with the dry signal"
    return f"Processing graph by {how} \u00b7 {seconds:.1f} s, {take.sample_rate / 1000:g} kHz"


def _applied(take: EstimateReport) -> tuple[Voice, ...]:
    if take.applied is None:
        return ()
    sounds = dict(zip(("Your recording", "With the graph"), take.applied, strict=True))
    return leveled(sounds, take.sample_rate, APPLIED)


def _numbers(take: EstimateReport) -> list[tuple[str, str]]:
    shown = [_counted(take.found, "found")]
    if take.truth is not None:
        shown.append(_counted(take.truth, "used"))
    if take.distance is not None:
        shown += _distances(take.distance, take.compared_s)
    return shown


def _counted(graph: Graph, what: str) -> tuple[str, str]:
    count = graph.processor_count
    return str(count), f"processor{'' if count == 1 else 's'} {what}"


def _distances(apart: measures.Distance, seconds: float) -> list[tuple[str, str]]:
    """What was measured, and how to read it."""
    level = f"level of the re-render against the reference, over {seconds:.1f} s"
    return [
        (quantity(apart.level_db, "dB"), f"{level}; 0 is equal"),
        (f"{apart.spectrum_db:.1f} dB", "mean difference of the third-octave spectra; lower is nearer"),
        (f"{apart.spectrogram_db:.1f} dB", "mean difference of the spectrograms; lower is nearer"),
        (f"{apart.multi_scale:.3f}", "multi-scale spectral distance; 0 is equal"),
    ]


class _Row(NamedTuple):
    """Of the table of settings; ``number`` is the node's."""

    number: int
    processor: ShownProcessor
    confidence: float | None
    certainty: str


def _settings(graph: Graph) -> Iterator[_Row]:
    for number in topological_order(graph):
        node = graph.nodes[number]
        if node.is_processor:
            sure = "" if node.confidence is None else certainty(node.confidence)
            yield _Row(number, shown_processor(node), node.confidence, sure)


class _ShownCandidate(NamedTuple):
    """Of the table of candidates; ``distance`` is empty where it is not known."""

    share: float
    distance: str
    kinds: str
    picture: Markup


def _candidate(candidate: Candidate) -> _ShownCandidate:
    apart = "" if candidate.distance is None else f"{candidate.distance:.3f}"
    graph = candidate.graph
    return _ShownCandidate(candidate.share, apart, kinds_in_order(graph), graph_picture(graph))


def _spectrograms(take: EstimateReport, reference: Tensor, rendered: Tensor) -> list[tuple[str, Markup]]:
    """Captions and diagrams."""
    rate = take.sample_rate
    centres = measures.band_centres_hz(rate)
    first, second = measures.spectrograms_db((reference, rendered), rate)
    loudest = float(max(first.max(), second.max()))
    shown = [
        ("Reference", spectrogram_svg(first, centres, rate, loudest)),
        ("Re-render", spectrogram_svg(second, centres, rate, loudest)),
    ]
    if take.has_own_dry:
        shown.append(("Difference", difference_svg(second - first, centres, rate)))
    return shown


def _long_term(sample_rate: int, reference: Tensor, rendered: Tensor) -> SpectrumDiagram:
    centres, first = measures.third_octaves(reference, sample_rate)
    second = measures.third_octaves(rendered, sample_rate)[1]
    curves = [
        LevelCurve("Reference", theme.AUDIO, first.tolist()),
        LevelCurve("Re-render", theme.CONTROL, second.tolist()),
    ]
    return spectrum(centres.tolist(), curves)
