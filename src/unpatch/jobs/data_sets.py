"""Recordings in, data sets for training out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from unpatch.blind.presets import PRESETS, Preset
from unpatch.execution.extras import require
from unpatch.execution.reporting import SILENT, Reporter
from unpatch.features.pictures import CHANNELS, FeatureSettings
from unpatch.mastering.clips import prepare
from unpatch.mastering.sources import Split, tracks_from, tracks_of
from unpatch.storage.fetch import default_cache
from unpatch.storage.files import all_aside, check_can_hold
from unpatch.storage.outputs import check_outputs
from unpatch.storage.results import check_own, replacing
from unpatch.synth.produce import Dataset, check_data_set, write_shards
from unpatch.synth.shards import read_shards
from unpatch.synth.statistics import Statistics


def write_data_set(
    dataset: Dataset,
    count: int,
    output: Path,
    *,
    preset: str | None = None,
    workers: int = 1,
    reporter: Reporter = SILENT,
) -> tuple[Path, ...]:
    """Write a data set in shards, with a table and a picture of its graphs; an interrupted one continues.

    Args:
        dataset: what it holds.
        count: examples; whole shards are written.
        output: folder of the shards.
        preset: name of a preset for blind estimation; pictures are stored as its model takes them, of every
            channel, so that models that use different ones can share the data.
        workers: processes.
        reporter: shows the progress.

    Returns:
        The files.

    Raises:
        ValueError: an unknown preset, sources that cannot be used, or a folder with other data.
        MissingExtraError: without the extra ``synth``.
    """
    require("synth")
    check_data_set(output, dataset, count, also=_statistics_in(output))
    check_own(_statistics_in(output))
    pictures = _pictures_of(preset_called(preset)) if preset else None
    with reporter.progress("examples") as report:
        paths = write_shards(output, dataset, count, pictures=pictures, workers=workers, report=report)
    return (*paths, *_describe(output, paths))


def prepare_clips(
    roots: Sequence[Path],
    output: Path,
    *,
    unseen: Sequence[Path] = (),
    per_track: int = 10,
    cache: Path | None = None,
    reporter: Reporter = SILENT,
) -> dict[Split, int]:
    """Cut clips of 10 s from whole mixes, for training on masters.

    Args:
        roots: folders of mixes; without any, the fetched packages in the cache.
        output: folder of the clips.
        unseen: folders of mixes that are for tests only.
        per_track: largest number of clips of each track.
        cache: folder of the packages, where archives are unpacked too.
        reporter: shows the progress.

    Returns:
        Name of each split to its number of clips.

    Raises:
        ValueError: folders without usable mixes, or an output that is an input.
    """
    check_can_hold(output)
    place = cache or default_cache()
    check_outputs({"--root": roots, "--unseen": unseen}, {}, into=[output])
    tracks = tracks_from(roots, unseen, place) if roots else tracks_of(place, unseen)
    with reporter.progress("tracks") as report:
        return prepare(tracks, output, per_track=per_track, report=report)


def preset_called(name: str) -> Preset:
    """The preset of blind estimation of this name.

    Raises:
        ValueError: there is none.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; there are {', '.join(PRESETS)}")
    return PRESETS[name]


def _statistics_in(folder: Path) -> tuple[Path, Path]:
    return folder / "statistics.md", folder / "statistics.png"


def _describe(folder: Path, shards: Iterable[Path]) -> tuple[Path, Path]:
    """Table and picture of a data set's graphs."""
    found = Statistics.of(stored.graph for stored in read_shards(shards, parts=()))
    table, picture = _statistics_in(folder)
    with replacing([table, picture]), all_aside([table, picture]) as (text, drawing):
        text.write_text(found.table() + "\n", encoding="utf-8")
        found.draw(drawing)
    return table, picture


def _pictures_of(preset: Preset) -> FeatureSettings:
    return replace(preset.model.features, channels=CHANNELS)
