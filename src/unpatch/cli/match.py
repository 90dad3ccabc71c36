"""``match``: master a song to references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import AsJson, Output, note, print_json, print_text, progress
from unpatch.cli.options import Loudness, Share, TruePeak
from unpatch.storage.files import check_can_write
from unpatch.storage.outputs import check_outputs
from unpatch.storage.results import check_own, replacing

if TYPE_CHECKING:
    from unpatch.mastering.matching.master import Master
    from unpatch.mastering.matching.profile import Profile
    from unpatch.mastering.matching.song import Mastered, Report
    from unpatch.mastering.matching.source import File

AUDIO = (".wav", ".flac", ".aiff", ".aif", ".ogg", ".mp3")
Bits = Literal[16, 24, 32]


@dataclass(frozen=True)
class Wishes:
    """Options that do not depend on the song."""

    goal: Profile | None
    preset: Master | None
    amounts: tuple[float, ...]
    lufs: float | None
    true_peak_db: float | None
    bits: int
    ab: Path | None
    report: Path | None
    save_preset: Path | None
    is_folder: bool


def match(
    target: Path,
    references: Annotated[list[Path] | None, Option(negative=())] = None,
    /,
    *,
    preset: Path | None = None,
    eq: Share = 1.0,
    dynamics: Share = 1.0,
    clip: Share = 1.0,
    width: Share = 1.0,
    loudness: Share = 1.0,
    lufs: Loudness | None = None,
    true_peak: TruePeak | None = None,
    bits: Bits = 24,
    ab: Path | None = None,
    report: Path | None = None,
    save_preset: Path | None = None,
    output: Output = Path("matched.wav"),
    json: AsJson = False,
) -> None:
    """Master a song to match one or more references.

    Finds equalizers for mid and side (bands to edit, and a curve for the rest), a compressor or expander, a
    clipper, the width, loudness and true peak, and reports them. The song keeps its sample rate and length;
    any length is processed in little memory.

    **Examples**

        unpatch match song.wav reference.wav -o master.wav
        unpatch match song.wav first.wav second.flac --eq 0.5 --dynamics 0 -o master.wav
        unpatch match song.wav reference.wav --lufs -14 --true-peak -1 --bits 16 -o master.wav
        unpatch match song.wav reference.wav --save-preset warm.json --report report.html --ab ab/
        unpatch match --preset warm.json other.wav -o other_master.wav
        unpatch match album/ reference.wav -o masters/

    Parameters
    ----------
    target:
        A song, or a folder of songs: each is mastered by itself.
    references:
        Songs to match, or folders of them; several are averaged.
    preset:
        Stored settings, instead of references.
    eq:
        How far the spectrum moves to that of the references, from 0 to 1.
    dynamics:
        How far crest and level distribution go.
    clip:
        Share of the peaks above the true-peak limit that is clipped, 6 dB at most; the limiter does the rest.
    width:
        How far the level of the side signal goes.
    loudness:
        How far the loudness goes; at 0 the song stays as loud as it was.
    lufs:
        Integrated loudness to reach instead of the references'. Mono files are measured as they are played,
        on both channels: 3 LU more than as one channel.
    true_peak:
        Highest true peak in dBTP instead of the references'.
    bits:
        Of the output: 16 (with dither), 24, or 32 (floating point).
    ab:
        Folder for before.wav and after.wav at equal loudness.
    report:
        Page to write, with spectra, curves and a player (.html).
    save_preset:
        File to write the settings to (.json): a graph, a curve, loudness and true peak.
    output:
        The master: .wav, .flac or .aiff; a folder where the target is one.
    """
    from unpatch.mastering.matching.comparing import PAIR
    from unpatch.mastering.matching.master import Master
    from unpatch.mastering.matching.song import listened
    from unpatch.mastering.matching.source import File, check_length
    from unpatch.mastering.matching.writing import check_format

    songs = _songs(target, output)
    if (preset is None) == (not references):
        raise ValueError("give references or --preset, one of them; see `unpatch match --help`")
    if len(songs) > 1 and (save_preset or report or ab):
        raise ValueError("--save-preset, --report and --ab are for one song, not for a folder of songs")
    for path in songs.values():
        check_format(path, bits)
        check_can_write(path, [path.suffix.lower()])
    for extra, ending in ((report, ".html"), (save_preset, ".json")):
        if extra:
            check_can_write(extra, [ending])
    goals = [path for given in references or () for path in _audio_in(given)]
    pair = [ab / name for name in PAIR] if ab else []
    check_outputs(
        {"TARGET": [target, *songs], "REFERENCES": [*(references or ()), *goals], "--preset": preset},
        {"--output": songs.values(), "--ab": pair, "--report": report, "--save-preset": save_preset},
        into=[output, *([ab] if ab else [])],
    )
    check_own([*pair, *(songs.values() if target.is_dir() else ())])
    files = {path: File.of(path) for path in songs}
    for file in files.values():
        check_length(file)
    found = Master.load(preset) if preset else None
    sources = [File.of(path) for path in goals]
    with _moving() as moved:
        goal = listened(sources, moved) if sources else None
    amounts = (eq, dynamics, clip, width, loudness)
    wishes = Wishes(goal, found, amounts, lufs, true_peak, bits, ab, report, save_preset, target.is_dir())
    results = {str(songs[path]): _one(file, songs[path], wishes, json) for path, file in files.items()}
    if json:
        print_json(results if len(results) > 1 else next(iter(results.values())))


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


@contextmanager
def _moving() -> Iterator[Report]:
    with progress("analysing") as report:
        yield lambda what, done, total: report(done, total)


def _one(file: File, output: Path, wishes: Wishes, quiet: bool) -> dict[str, Any]:
    """Master one song, write the requested files, and report the settings."""
    from unpatch.mastering.matching.song import finished
    from unpatch.mastering.matching.telling import as_data, in_words
    from unpatch.mastering.matching.writing import write

    output.parent.mkdir(parents=True, exist_ok=True)
    with _moving() as moved, _found(file, wishes, output.parent, moved) as (master, before, played):
        blocks, done = finished(master, before, played, wishes.goal)
        with replacing([output] if wishes.is_folder else []):
            write(output, blocks, file, wishes.bits)
        mastered = done()
    _extras(file, output, mastered, wishes)
    if not quiet:
        print_text(f"{output}\n{in_words(mastered)}")
    if file.mono:
        note(f"{file.name}: is mono; the master has it on both channels")
    return {"output": str(output), **as_data(mastered)}


def _found(file: File, wishes: Wishes, folder: Path, moved: Report) -> Any:
    from unpatch.mastering.matching.matching import Amounts, Targets
    from unpatch.mastering.matching.song import applying, finding

    if wishes.preset:
        return applying(wishes.preset.at(wishes.lufs, wishes.true_peak_db), file, folder, moved)
    assert wishes.goal is not None
    targets = Targets(wishes.lufs, wishes.true_peak_db)
    return finding(file, wishes.goal, Amounts(*wishes.amounts), targets, folder, moved)


def _extras(file: File, output: Path, mastered: Mastered, wishes: Wishes) -> None:
    from unpatch.mastering.matching.comparing import PAIR, write_pair
    from unpatch.mastering.matching.source import File

    if wishes.save_preset:
        mastered.master.save(wishes.save_preset)
    if wishes.ab:
        with replacing([wishes.ab / name for name in PAIR]):
            write_pair(wishes.ab, file, File.of(output), mastered)
    if wishes.report:
        from unpatch.pages.match import write_page  # loads torch, which a match does not need

        write_page(wishes.report, file.path.name, mastered, file, File.of(output))


__all__: Sequence[str] = ["match"]
