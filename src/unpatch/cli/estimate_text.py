"""Results of ``estimate``, ``fit`` and ``demo`` as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unpatch.cli.console import note, print_graph, print_text

if TYPE_CHECKING:
    from pathlib import Path

    from unpatch.estimates import Estimate
    from unpatch.jobs.estimated import EstimatedFile
    from unpatch.pages.estimate import EstimateFiles
    from unpatch.refining import Fitted


def show_all(audio: Sequence[Path], found: Sequence[EstimatedFile]) -> None:
    """The graphs of several recordings."""
    for path, each in zip(audio, found, strict=True):
        if len(found) > 1:
            print_text(f"{path}\n")
        show(each)


def show(result: EstimatedFile) -> None:
    """The graph of a recording, how certain it is, and the files."""
    found, report = result.estimate, result.report
    print_text(f"{report.verdict}\n")
    print_graph(report.found)
    if report.perhaps_also:
        also = ", ".join(f"{kind} {share:.0%}" for kind, share in report.perhaps_also.items())
        print_text(f"Perhaps also: {also}\n")
    if report.fitted:
        print_text(fit_in_words(report.fitted) + "\n")
    else:
        _show_others(found)
        _show_settings(found)
    if (apart := report.distance) is not None:
        print_text(
            f"The re-render against the recording: level {apart.level_db:+.1f} dB, "
            f"third octaves {apart.spectrum_db:.1f} dB, spectrogram {apart.spectrogram_db:.1f} dB apart, "
            f"multi-scale distance {apart.multi_scale:.3f}\n"
        )
    show_files(result.files)


def show_fit(result: EstimatedFile) -> None:
    """A refined graph, what that has changed, and the files."""
    fitted = result.report.fitted
    assert fitted is not None
    print_graph(fitted.graph)
    print_text(f"{fit_in_words(fitted)}\n")
    show_files(result.files)


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
    """Distances before and after the refinement, and delay and level of the recording, in a sentence."""
    text = (
        f"Refined with the dry signal: distance {fitted.after:.3f}, {fitted.before:.3f} before; "
        f"of the dry signal itself {fitted.nothing:.3f}"
    )
    if fitted.delay_s:
        when = "after" if fitted.delay_s > 0 else "before"
        text += f"; the recording starts {abs(fitted.delay_s) * 1000:.1f} ms {when} the dry signal"
    return text + f"; its level is {fitted.gain_db:+.1f} dB relative to the graph's output"


def show_files(files: EstimateFiles) -> None:
    """Print where the results were written."""
    note(f"graph    {files.graph}\npicture  {files.picture}\naudio    {files.audio}")
    if files.applied:
        print_text(f"applied  {files.applied}")
    print_text(f"report   {files.report.resolve()}")
