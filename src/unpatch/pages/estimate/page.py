"""The report: one HTML page that needs nothing else, read from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import starmap
from typing import TYPE_CHECKING

from unpatch.drawing import theme
from unpatch.graph.certainty import LEAST, certainty
from unpatch.graph.data import Graph, Node
from unpatch.graph.text import MINUS, knob_label, knob_value, quantity
from unpatch.pages.estimate import measures
from unpatch.pages.estimate.curve import curve_svg
from unpatch.pages.estimate.listening import Voice, leveled, players, voices
from unpatch.pages.estimate.parts import document, facts, figures, graph_picture, header, legend, section
from unpatch.pages.estimate.spectrogram import difference_svg, spectrogram_svg
from unpatch.pages.estimate.spectrum import spectrum_svg
from unpatch.pages.estimate.take import kinds_in_order
from unpatch.processors import KINDS
from unpatch.storage.legible import escape

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.estimates import Candidate
    from unpatch.pages.estimate.take import EstimateReport
    from unpatch.refining import Fitted

# Prefix of the keys of the second player.
APPLIED = "applied"


def page(take: EstimateReport) -> str:
    """The whole document."""
    takes = voices(take)
    other = (
        () if take.applied is None else leveled(_before_and_after(take.applied), take.sample_rate, APPLIED)
    )
    return document(take.name, _body(take, takes, other), (*takes, *other), take.sample_rate)


def _before_and_after(sounds: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
    return dict(zip(("Your recording", "With the graph"), sounds, strict=True))


def _body(take: EstimateReport, takes: Sequence[Voice], other: Sequence[Voice]) -> Iterator[str]:
    yield _header(take)
    if not take.has_own_dry:
        yield _other_voice(take)
    yield _figures(take)
    yield section("Listen", _listen_text(take), players(takes))
    yield section(
        "The graph that was found", _graph_text(take), graph_picture(take.found) + legend(take.found)
    )
    if take.truth is not None:
        yield section("The graph that was used", "The truth, for comparison.", graph_picture(take.truth))
    if other:
        yield section("On your own recording", "The found graph put on another take.", players(other))
    yield section("Settings", "Every knob of every processor, in signal order.", _table(take.found))
    if take.fitted is not None:
        yield section("Refinement", _refinement_text(take.fitted), _refinement(take.fitted))
    if len(take.candidates) > 1:
        title = "Candidates" if take.fitted is None else "Without the dry signal"
        yield section(title, _candidates_text(take.candidates), _candidates(take.candidates))
    yield from _sound(take)
    yield section("About this page", "", facts(take.facts))


# --- top ------------------------------------------------------------------------------------------


def _header(take: EstimateReport) -> str:
    seconds = take.reference.shape[-1] / take.sample_rate
    line = f"{seconds:.1f} s, {take.sample_rate / 1000:g} kHz"
    how = "blind estimation" if take.fitted is None else "estimation and refinement with the dry signal"
    return header(take.name, f"Processing graph by {how} \u00b7 {line}")


def _other_voice(take: EstimateReport) -> str:
    text = (
        "The dry signal behind this recording is not known. The re-render is the found graph played on "
        f"{take.dry_name}, another performance: compare the character of the effects, not the two takes. "
        "No distances are given. Pass the dry signal with --dry to get them."
    )
    return f'<section class="note"><p>{escape(text)}</p></section>'


def _figures(take: EstimateReport) -> str:
    shown = [_counted(take.found, "found")]
    if take.truth is not None:
        shown.append(_counted(take.truth, "used"))
    if take.distance is not None:
        shown += _distances(take.distance, take.compared_s)
    return figures(shown)


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


# --- graph ----------------------------------------------------------------------------------------


def _listen_text(take: EstimateReport) -> str:
    text = (
        "All takes run in lockstep: switching changes only what you hear, not where. Keys: space, 1, 2, ..."
    )
    return text + ("" if take.has_own_dry else " The reference is another performance than the other two.")


def _graph_text(take: EstimateReport) -> str:
    parts = [f"{take.verdict}." if take.verdict else ""]
    if take.perhaps_also:
        parts.append(f"Perhaps also: {', '.join(f'{k} {p:.0%}' for k, p in take.perhaps_also.items())}.")
    parts.append("Sound runs left to right. Rest the pointer on a box for all its numbers.")
    if take.fitted is not None:
        parts.append(
            "The percentage of a processor is the share of the squared distance from the recording that it "
            "takes away: 100 % if nothing is left with it, 0 % if it could as well be missing."
        )
    elif _has_confidence(take.found):
        bounds = (f"{word} from {least:.0%}" for word, least in LEAST.items())
        parts.append(f"Probabilities that an effect is there: {', '.join(bounds)}.")
    return " ".join(filter(None, parts))


def _has_confidence(graph: Graph) -> bool:
    return any(node.confidence is not None for node in graph.nodes if node.is_processor)


def _table(graph: Graph) -> str:
    from unpatch.graph.order import topological_order

    order = [i for i in topological_order(graph) if graph.nodes[i].is_processor]
    has_confidence = _has_confidence(graph)
    head = "<tr><th></th><th>Processor</th><th>Settings</th>" + (
        "<th>Confidence</th>" if has_confidence else ""
    )
    rows = (_table_row(i, graph.nodes[i], has_confidence) for i in order)
    return f"<table>{head}</tr>{''.join(rows)}</table>"


def _table_row(index: int, node: Node, has_confidence: bool) -> str:
    processor = KINDS[node.kind]
    hue = theme.hue(processor.family)
    values = "".join(
        f"<span><small>{escape(knob_label(knob))}</small>{escape(knob_value(knob, value))}</span>"
        for knob, value in ((processor.parameters[name], v) for name, v in node.parameters.items())
    )
    chip = f"background:{hue.fill};border-color:{hue.line}"
    name = escape(node.kind.replace("_", " "))
    cells = [
        f'<td class="number">{index}</td>',
        f'<td><span class="chip" style="{chip}" title="{escape(processor.summary)}">{name}</span></td>',
        f'<td class="values">{values or MINUS}</td>',
    ]
    if has_confidence:
        cells.append(f"<td>{_sureness(node.confidence)}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _sureness(confidence: float | None) -> str:
    if confidence is None:
        return ""
    return f"{_bar(confidence)}{certainty(confidence)} {confidence:.0%}"


def _bar(share: float) -> str:
    return f'<span class="sure"><i style="width:{share:.0%}"></i></span>'


# --- how it was found -----------------------------------------------------------------------------


def _refinement_text(fitted: Fitted) -> str:
    late = f" The recording starts {1000 * fitted.delay_s:.1f} ms after it." if fitted.delay_s else ""
    return (
        f"With the dry signal the spectral distance came down from {fitted.before:.3f} to "
        f"{fitted.after:.3f}.{late} The cost adds a little for every processor; rest the pointer on a dot "
        "to see what was changed."
    )


def _refinement(fitted: Fitted) -> str:
    return curve_svg(fitted.moments, fitted.cpu_seconds)


def _candidates_text(candidates: Sequence[Candidate]) -> str:
    text = "Different graphs. The share is how probable one is to be nearest to the truth, among all found."
    evaluated = candidates[0].distance is not None
    return text + (
        " In the order of their distance from the recording when re-rendered." if evaluated else ""
    )


def _candidates(candidates: Sequence[Candidate]) -> str:
    evaluated = candidates[0].distance is not None
    head = f"<tr><th></th><th>Share</th>{'<th>Distance</th>' * evaluated}<th>Graph</th></tr>"
    return f"<table>{head}{''.join(starmap(_candidate, enumerate(candidates, 1)))}</table>"


def _candidate(number: int, candidate: Candidate) -> str:
    apart = "" if candidate.distance is None else f"<td>{candidate.distance:.3f}</td>"
    picture = graph_picture(candidate.graph)
    graph = f"<details><summary>{escape(kinds_in_order(candidate.graph))}</summary>{picture}</details>"
    return (
        f'<tr><td class="number">{number}</td><td>{_bar(candidate.share)}{candidate.share:.0%}</td>{apart}'
        f"<td>{graph}</td></tr>"
    )


# --- sound ----------------------------------------------------------------------------------------


def _sound(take: EstimateReport) -> Iterator[str]:
    reference, rendered = take.compared if take.has_own_dry else (take.reference, take.rendered)
    matched = measures.match_level(rendered, reference)
    yield section("Spectrograms", _spectrogram_text(take), _spectrograms(take, reference, matched))
    yield section("Long-term spectrum", "Third octaves, levels matched.", _spectrum(take, reference, matched))


def _spectrogram_text(take: EstimateReport) -> str:
    text = "Mel scale, mean of both channels, levels matched."
    return text + (" Blue: the re-render is weaker; red: stronger." if take.has_own_dry else "")


def _spectrograms(take: EstimateReport, reference: Tensor, rendered: Tensor) -> str:
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
    figures = (f"<figure>{diagram}<figcaption>{name}</figcaption></figure>" for name, diagram in shown)
    return f'<div class="pictures">{"".join(figures)}</div>'


def _spectrum(take: EstimateReport, reference: Tensor, rendered: Tensor) -> str:
    centres, first = measures.third_octaves(reference, take.sample_rate)
    second = measures.third_octaves(rendered, take.sample_rate)[1]
    curves = [
        ("Reference", theme.AUDIO, first.tolist()),
        ("Re-render", theme.CONTROL, second.tolist()),
    ]
    legend = "".join(
        f'<span><i style="border-top:2px solid {colour}"></i>{name}</span>' for name, colour, _ in curves
    )
    return spectrum_svg(centres.tolist(), curves) + f'<div class="legend">{legend}</div>'
