"""Songs and references in, masters out. Loads torch only for a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from unpatch.execution.reporting import SILENT, Reporter
from unpatch.mastering.matching.comparing import PAIR, write_pair
from unpatch.mastering.matching.master import Master
from unpatch.mastering.matching.matching import AS_REFERENCE, WHOLLY, Amounts, Targets
from unpatch.mastering.matching.processing import ProcessedSong
from unpatch.mastering.matching.profile import Profile
from unpatch.mastering.matching.song import (
    Mastered,
    Report,
    average_profile,
    final_stage,
    processed_to_match,
    processed_with_preset,
)
from unpatch.mastering.matching.source import AudioFile, check_length
from unpatch.mastering.matching.telling import as_data
from unpatch.mastering.matching.writing import check_format, write
from unpatch.storage.files import check_can_write
from unpatch.storage.outputs import check_outputs
from unpatch.storage.results import check_own, replacing

AUDIO = (".wav", ".flac", ".aiff", ".aif", ".ogg", ".mp3")


@dataclass(frozen=True)
class MatchOptions:
    """How songs are matched, and what is written.

    Attributes:
        amounts: how far each aspect goes.
        targets: loudness and true peak in place of the references'.
        bits: of the masters: 16 (with dither), 24, or 32 (floating point).
        ab: folder for before.wav and after.wav at equal loudness.
        report: page to write (.html).
        save_preset: file for the settings (.json).
    """

    amounts: Amounts = WHOLLY
    targets: Targets = AS_REFERENCE
    bits: Literal[16, 24, 32] = 24
    ab: Path | None = None
    report: Path | None = None
    save_preset: Path | None = None

    @property
    def pair(self) -> list[Path]:
        """Files of the comparison at equal loudness."""
        return [self.ab / name for name in PAIR] if self.ab else []


@dataclass(frozen=True)
class MatchedFile:
    """A song, its master, and what was done to it."""

    song: AudioFile
    output: Path
    mastered: Mastered

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {"output": str(self.output), **as_data(self.mastered)}


def match_files(
    target: Path,
    references: Sequence[Path],
    output: Path,
    options: MatchOptions | None = None,
    *,
    preset: Path | None = None,
    reporter: Reporter = SILENT,
) -> Iterator[MatchedFile]:
    """Master a song, or each song of a folder, to match references or with stored settings.

    Inputs and outputs are checked, and references analysed, at once; each song is mastered when the iterator
    gets to it.

    Args:
        target: a song, or a folder of songs.
        references: songs, or folders of them, which are averaged; none with a preset.
        output: the master: .wav, .flac or .aiff; a folder where the target is one.
        options: amounts, targets and further outputs.
        preset: file of stored settings, in place of references.
        reporter: shows the progress.

    Raises:
        ValueError: inputs or outputs that cannot be used, or that would replace one another.
    """
    options = options or MatchOptions()
    songs = _songs(target, output)
    if (preset is None) == (not references):
        raise ValueError("give references or --preset, one of them; see `unpatch match --help`")
    if len(songs) > 1 and (options.save_preset or options.report or options.ab):
        raise ValueError("--save-preset, --report and --ab are for one song, not for a folder of songs")
    goals = [path for given in references for path in _audio_in(given)]
    _check_outputs(target, songs, [*references, *goals], output, options, preset)
    job = _Job({path: AudioFile.of(path) for path in songs}, songs, options, target.is_dir(), reporter)
    return job.mastered_with(Master.load(preset) if preset else None, [AudioFile.of(path) for path in goals])


def _songs(target: Path, output: Path) -> dict[Path, Path]:
    """Each song and its output file."""
    if not target.is_dir():
        return {target: output}
    if output.suffix:
        raise ValueError(f"{output}: the target is a folder, so the output is one too")
    return {path: output / path.with_suffix(".wav").name for path in _audio_in(target)}


def _audio_in(given: Path) -> list[Path]:
    if not given.is_dir():
        return [given]
    found = sorted(path for path in given.iterdir() if path.suffix.lower() in AUDIO and path.name[0] != ".")
    if not found:
        raise ValueError(f"{given}: there is no audio file in this folder")
    return found


def _check_outputs(
    target: Path,
    songs: dict[Path, Path],
    references: Sequence[Path],
    output: Path,
    options: MatchOptions,
    preset: Path | None,
) -> None:
    for path in songs.values():
        check_format(path, options.bits)
        check_can_write(path, [path.suffix.lower()])
    for extra, ending in ((options.report, ".html"), (options.save_preset, ".json")):
        if extra:
            check_can_write(extra, [ending])
    check_outputs(
        {"TARGET": [target, *songs], "REFERENCES": references, "--preset": preset},
        {
            "--output": songs.values(),
            "--ab": options.pair,
            "--report": options.report,
            "--save-preset": options.save_preset,
        },
        into=[output, *([options.ab] if options.ab else [])],
    )
    check_own([*options.pair, *(songs.values() if target.is_dir() else ())])


@dataclass(frozen=True)
class _Job:
    """Songs, their outputs, and what is common to all."""

    files: dict[Path, AudioFile]
    outputs: dict[Path, Path]
    options: MatchOptions
    is_folder: bool
    reporter: Reporter

    def mastered_with(self, preset: Master | None, references: Sequence[AudioFile]) -> Iterator[MatchedFile]:
        """Check the songs, analyse the references, and give an iterator that masters each song."""
        for file in self.files.values():
            check_length(file)
        goal = None
        if references:
            with self._moving() as moved:
                goal = average_profile(references, moved)
        return (self._one(file, self.outputs[path], preset, goal) for path, file in self.files.items())

    def _one(self, file: AudioFile, output: Path, preset: Master | None, goal: Profile | None) -> MatchedFile:
        output.parent.mkdir(parents=True, exist_ok=True)
        with (
            self._moving() as moved,
            self._found(file, output.parent, preset, goal, moved) as (master, before, played),
        ):
            blocks, done = final_stage(master, before, played, goal)
            with replacing([output] if self.is_folder else []):
                write(output, blocks, file, self.options.bits)
            matched = MatchedFile(file, output, done())
        self._write_extras(matched)
        return matched

    @contextmanager
    def _moving(self) -> Iterator[Report]:
        with self.reporter.progress("analysing") as report:
            yield lambda what, done, total: report(done, total)

    def _found(
        self, file: AudioFile, folder: Path, preset: Master | None, goal: Profile | None, moved: Report
    ) -> AbstractContextManager[tuple[Master, Profile, ProcessedSong]]:
        targets = self.options.targets
        if preset:
            return processed_with_preset(preset.at(targets.lufs, targets.true_peak_db), file, folder, moved)
        assert goal is not None
        return processed_to_match(file, goal, self.options.amounts, targets, folder, moved)

    def _write_extras(self, matched: MatchedFile) -> None:
        options, file = self.options, matched.song
        if options.save_preset:
            matched.mastered.master.save(options.save_preset)
        if options.ab:
            with replacing(options.pair):
                write_pair(options.ab, file, AudioFile.of(matched.output), matched.mastered)
        if options.report:
            from unpatch.pages.match import write_page  # loads torch, which a match does not need

            after = AudioFile.of(matched.output)
            write_page(options.report, file.path.name, matched.mastered, file, after)
