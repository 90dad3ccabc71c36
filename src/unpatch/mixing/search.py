"""The search for the mixing graph behind a mix.

Shapes: C channels (1 or 2), T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from unpatch.audio import AudioLike
from unpatch.mixing.inputs import Stems, gathered
from unpatch.mixing.results import Report, SearchResult
from unpatch.mixing.resumable import run_search
from unpatch.mixing.settings import SearchSettings, laptop
from unpatch.mixing.start import prepare_start


def search(
    stems: Stems,
    mix: AudioLike | None = None,
    sample_rate: float | None = None,
    *,
    groups: Mapping[str, str] | None = None,
    tolerance: float | None = None,
    settings: SearchSettings | None = None,
    alignment: bool = True,
    anyway: bool = False,
    folder: Path | None = None,
    report: Report = lambda progress: None,
) -> SearchResult:
    """Find the mixing graph behind a mix: fit a whole console, then remove unneeded processors.

    Lee et al., "Searching for music mixing graphs: a pruning approach", DAFx 2024. The result plays stems
    with ``unpatch.render(found.graph, stems, sample_rate)``.

    Args:
        stems: dry tracks, equally long: a result of :func:`unpatch.stems.load_multitrack`, or name to audio
            ``[C, T]``, or stacked audio, named ``track 1``, ``track 2``, ...
        mix: ``[C, T]``, as long as the stems; that of the multitrack if left out.
        sample_rate: of stems and mix in Hz; that of the multitrack if left out.
        groups: name of track to name of subgroup; others stay where the multitrack has them, or else all are
            in one.
        tolerance: by how much the loss may rise over the lowest when processors go; that of the settings if
            left out.
        settings: see :mod:`unpatch.mixing.settings`; those of a laptop if left out.
        alignment: whether to measure where each stem is in the mix, and to start with delays and
            polarities accordingly.
        anyway: search even if the mix seems unrelated to the stems.
        folder: of checkpoints; one of the same search is continued.
        report: called with the progress.

    Returns:
        The graph, the full console that it was pruned from, and the losses of both.

    Raises:
        StemsError: where there is no mix, shapes or names do not fit, something is silent throughout, or the
            mix is unrelated to the stems.
        ValueError: where the folder holds another search.

    Example:
        >>> import torch, unpatch
        >>> from unpatch.mixing.settings import PRESETS
        >>> stems = {name: 0.1 * torch.randn(2, 16_000) for name in ("bass", "voice")}
        >>> settings = PRESETS["debug"]()
        >>> found = unpatch.search(stems, stems["bass"] + 0.5 * stems["voice"], 8_000, settings=settings)
        >>> unpatch.render(found.graph, torch.stack(list(stems.values())), 8_000).shape
        torch.Size([2, 16000])
    """
    settings = settings or laptop()
    if tolerance is not None:
        settings = replace(settings, prune=replace(settings.prune, tolerance=tolerance))
    given = gathered(stems, mix, sample_rate, groups)
    start = prepare_start(given, settings, alignment=alignment, anyway=anyway, folder=folder)
    found = run_search(start.console, start.song, settings, folder=folder, report=report)
    return replace(found, notices=start.multitrack.notices)
