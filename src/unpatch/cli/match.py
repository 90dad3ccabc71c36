"""The command ``match``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter as Option

from unpatch.cli.console import TERMINAL, AsJson, Output, note, print_json, print_text
from unpatch.cli.options import Loudness, Share, TruePeak

if TYPE_CHECKING:
    from unpatch.jobs.matching import MatchedFile

Bits = Literal[16, 24, 32]


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
        How far crest factor and level distribution move to those of the references, from 0 to 1.
    clip:
        Share of the peaks above the true-peak limit that is clipped, from 0 to 1, by 6 dB at most; the
        limiter does the rest.
    width:
        How far the level of the side signal moves, from 0 to 1.
    loudness:
        How far the loudness moves, from 0 to 1; at 0 the song stays as loud as it was.
    lufs:
        Integrated loudness in LUFS to reach instead of the references'. Mono files are measured as they are
        played, on both channels: 3 LU more than as one channel.
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
    from unpatch.jobs.matching import MatchOptions, match_files
    from unpatch.mastering.matching.matching import Amounts, Targets

    amounts = Amounts(eq, dynamics, clip, width, loudness)
    options = MatchOptions(amounts, Targets(lufs, true_peak), bits, ab, report, save_preset)
    given = tuple(references or ())
    results = {}
    for matched in match_files(target, given, output, options, preset=preset, reporter=TERMINAL):
        results[str(matched.output)] = matched.to_dict()
        _show(matched, quiet=json)
    if json:
        print_json(results if len(results) > 1 else next(iter(results.values())))


def _show(matched: MatchedFile, *, quiet: bool) -> None:
    from unpatch.mastering.matching.telling import in_words

    if not quiet:
        print_text(f"{matched.output}\n{in_words(matched.mastered)}")
    if matched.song.mono:
        note(f"{matched.song.name}: is mono; the master has it on both channels")
