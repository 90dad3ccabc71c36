"""Files to a multitrack: everything at one rate, of one length, in stereo."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from unpatch.audio import opened
from unpatch.stems.layout import planned
from unpatch.stems.multitrack import Multitrack, Stem, StemsError
from unpatch.stems.tape import TapedFile, taped
from unpatch.stems.track import MultitrackFiles, TrackFile

SILENT_PEAK = 1e-4
"""-80 dB relative to full scale."""

Report = Callable[[int, int], None]


def load_multitrack(
    folder: str | Path,
    mix: str | Path | None = None,
    *,
    groups: str | Path | None = None,
    sample_rate: int | None = None,
    report: Report = lambda done, total: None,
) -> Multitrack:
    """Read stems and their mix.

    Samples are decoded and resampled once, to files without a name in the directory for temporary files
    (four bytes a sample, mono recordings once), and mapped into memory: see :class:`Stem`.

    Args:
        folder: of stems; see :func:`unpatch.stems.layout.planned` for what is understood.
        mix: its file. Without one a file in the folder that is called a mix, a master or a mixture; if there
            is none the multitrack has none.
        groups: a YAML file of group to file names, see :mod:`unpatch.stems.groups`.
        sample_rate: of the result, in Hz; that of the mix if left out, or else of most stems.
        report: called with how many files are read and how many there are.

    Returns:
        Stems ``[C, T]`` and the mix at one sample rate and of one length, for :func:`unpatch.search`.

    Raises:
        StemsError: where there are no stems, all are silent, or the mix is.
        AudioError: where a file cannot be read.

    Example:
        >>> import torch, unpatch
        >>> from pathlib import Path
        >>> Path("song").mkdir()
        >>> for name in ("bass", "voice", "mix"):
        ...     unpatch.save(f"song/{name}.wav", 0.1 * torch.randn(2, 8_000), 8_000)
        >>> loaded = unpatch.load_multitrack("song")
        >>> [stem.name for stem in loaded.stems], loaded.sample_rate
        (['bass', 'voice'], 8000)
    """
    plan = planned(Path(folder), _path(mix), _path(groups))
    rate = sample_rate or _rate(plan)
    files = [track.path for track in plan.tracks] + ([plan.mix] if plan.mix else [])
    takes = list(_taped(files, rate, report))
    mixed = takes[len(plan.tracks)] if plan.mix else None
    _check_sounds(Path(folder), takes[: len(plan.tracks)])
    if mixed is not None and mixed.peak < SILENT_PEAK:
        raise StemsError(f"{plan.mix}: the mix is silent")
    mix_frames = mixed.tape.frames if mixed else 0
    notices = [*plan.notices, *_notices(plan, takes, rate)]
    frames = max(take.tape.frames for take in takes)
    for take in takes:
        take.tape.extend(frames)
    stems = tuple(_stem(track, take) for track, take in zip(plan.tracks, takes, strict=False))
    return Multitrack(
        stems,
        mixed.tape.audio() if mixed else None,
        rate,
        mix_frames=mix_frames,
        mix_clipped=mixed.clipped if mixed else 0,
        notices=tuple(notices),
    )


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)


def _taped(files: Sequence[Path], rate: int, report: Report) -> Iterator[TapedFile]:
    for done, file in enumerate(files, 1):
        yield taped(file, rate)
        report(done, len(files))


def _stem(track: TrackFile, take: TapedFile) -> Stem:
    return Stem(track.name, track.group, take.tape.audio(), take.clipped, take.tape)


def _rate(plan: MultitrackFiles) -> int:
    if plan.mix is not None:
        return _rate_of(plan.mix)
    return Counter(_rate_of(track.path) for track in plan.tracks).most_common(1)[0][0]


def _rate_of(path: Path) -> int:
    with opened(path) as file:
        return int(file.samplerate)


def _check_sounds(folder: Path, takes: Sequence[TapedFile]) -> None:
    if all(take.peak < SILENT_PEAK for take in takes):
        raise StemsError(f"{folder}: {'all stems are' if len(takes) > 1 else 'the stem is'} silent")


def _notices(plan: MultitrackFiles, takes: Sequence[TapedFile], rate: int) -> Iterator[str]:
    """What had to be done to make rates and lengths equal."""
    names = [track.path.name for track in plan.tracks] + ([plan.mix.name] if plan.mix else [])
    others: dict[int, list[str]] = {}
    for name, take in zip(names, takes, strict=True):
        if take.sample_rate != rate:
            others.setdefault(take.sample_rate, []).append(name)
    for other, those in sorted(others.items()):
        yield f"resampled from {other} Hz to {rate} Hz: {', '.join(those)}"
    longest = max(take.tape.frames for take in takes)
    short = [(name, longest - take.tape.frames) for name, take in zip(names, takes, strict=True)]
    padded = [f"{name} by {missing / rate:.3g} s" for name, missing in short if missing]
    if padded:
        yield f"silence put behind, to {longest / rate:.4g} s: {', '.join(padded)}"
