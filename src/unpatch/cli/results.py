"""Text about a graph that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unpatch.cli.console import note, print_text
from unpatch.graph.certainty import certainty
from unpatch.processors import KINDS

if TYPE_CHECKING:
    from unpatch.estimates import Estimate
    from unpatch.pages.estimate import Files, Take
    from unpatch.refining import Fitted


def show(found: Estimate, take: Take, files: Files) -> None:
    """In words."""
    from unpatch.graph.text import to_text

    print_text(f"{take.verdict}\n\n{to_text(take.found, KINDS)}\n")
    if take.perhaps_also:
        also = ", ".join(f"{kind} {share:.0%}" for kind, share in take.perhaps_also.items())
        print_text(f"Perhaps also: {also}\n")
    if take.fitted:
        print_text(fit_in_words(take.fitted) + "\n")
    else:
        _show_others(found)
        _show_settings(found)
    if (apart := take.distance) is not None:
        print_text(
            f"The re-render against the recording: level {apart.level_db:+.1f} dB, "
            f"third octaves {apart.spectrum_db:.1f} dB, spectrogram {apart.spectrogram_db:.1f} dB apart, "
            f"multi-scale distance {apart.multi_scale:.3f}\n"
        )
    show_files(files)


def _show_others(found: Estimate) -> None:
    """A line for each candidate, where there are several."""
    from unpatch.pages.estimate import kinds_in_order

    if len(found.candidates) < 2:
        return
    for i, candidate in enumerate(found.candidates, 1):
        apart = "" if candidate.distance is None else f"  distance {candidate.distance:.3f}"
        print_text(f"{i:3}  {candidate.share:4.0%}{apart}  {kinds_in_order(candidate.graph)}")
    print_text("")


def _show_settings(found: Estimate) -> None:
    """Of a master: every number with its interval."""
    for setting in getattr(found, "settings", ()):
        unit = f" {setting.unit}" if setting.unit else ""
        print_text(
            f"{setting.name:15} {setting.value:10.4g}{unit:4} 90 % in {setting.low:.4g} to {setting.high:.4g}"
        )
    if getattr(found, "settings", ()):
        print_text("")


def fit_in_words(fitted: Fitted) -> str:
    """The effect of refining."""
    text = (
        f"Refined with the dry signal: distance {fitted.after:.3f}, {fitted.before:.3f} before; "
        f"of the dry signal itself {fitted.nothing:.3f}"
    )
    if fitted.delay_s:
        when = "after" if fitted.delay_s > 0 else "before"
        text += f"; the recording starts {abs(fitted.delay_s) * 1000:.1f} ms {when} the dry signal"
    return text + f"; its level is {fitted.gain_db:+.1f} dB relative to the graph's output"


def show_files(files: Files) -> None:
    """The files."""
    note(f"graph    {files.graph}\npicture  {files.picture}\naudio    {files.audio}")
    if files.applied:
        print_text(f"applied  {files.applied}")
    print_text(f"report   {files.report.resolve()}")


def as_json(found: Estimate, take: Take, files: Files) -> dict[str, Any]:
    """For programs."""
    from unpatch.mastering.masters import MasterEstimate

    apart = take.distance
    blind = {"candidates": candidates_as_json(found), "certainty": certainty_as_json(found)}
    return {
        "graph": take.found.to_dict(),
        **(blind if take.fitted is None else {"without_dry": blind}),
        **({"master": found.to_dict()} if isinstance(found, MasterEstimate) else {}),
        "windows_s": list(found.windows_s),
        "window_s": found.window_s,
        "fit": fit_as_json(take.fitted) if take.fitted else None,
        "distance": None if apart is None else {**vars(apart), "compared_s": take.compared_s},
        "files": {name: str(path) for name, path in vars(files).items() if path is not None},
    }


def candidates_as_json(found: Estimate) -> list[dict[str, Any]]:
    """The estimate before refinement."""
    return [
        {
            "share": c.share,
            "probability": c.probability,
            "stray_mass": c.stray_mass,
            "expected_f1": c.expected_f1,
            "distance": c.distance,
            "graph": c.graph.to_dict(),
        }
        for c in found.candidates
    ]


def certainty_as_json(found: Estimate) -> dict[str, Any]:
    """Confidence of each processor, alternatives, and whether the recording is processed at all."""
    return {
        "processors": [
            {"node": i, "kind": n.kind, "probability": n.confidence, "certainty": certainty(n.confidence)}
            for i, n in enumerate(found.graph.nodes)
            if n.is_processor and n.confidence is not None
        ],
        "perhaps_also": dict(found.perhaps_also),
        "no_audible_processing": found.untouched,
    }


def fit_as_json(fitted: Fitted) -> dict[str, Any]:
    """The effect of refining."""
    return {
        "nothing": fitted.nothing,
        "before": fitted.before,
        "after": fitted.after,
        "delay_s": fitted.delay_s,
        "gain_db": fitted.gain_db,
        "moments": [moment._asdict() for moment in fitted.moments],
    }
