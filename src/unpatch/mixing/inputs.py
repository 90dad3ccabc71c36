"""Stems and their mix as input of a search.

Shapes: C channels (1 or 2), T samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from unpatch.audio import AudioLike, as_rate, as_stereo
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import SearchSettings
from unpatch.stems import Multitrack, Stem, StemsError

Stems: TypeAlias = "Multitrack | Mapping[str, AudioLike] | Sequence[Stem | AudioLike]"
"""Stems of a search."""


def gathered(
    stems: Stems,
    mix: AudioLike | None,
    sample_rate: float | None,
    groups: Mapping[str, str] | None,
) -> Multitrack:
    """One multitrack with a mix, from any of the inputs."""
    if not isinstance(stems, Multitrack):
        if sample_rate is None:
            raise StemsError("stems without a sample rate: give it in Hz")
        stems = Multitrack(tuple(_stems(stems)), None, as_rate(sample_rate))
    elif sample_rate not in (None, stems.sample_rate):
        raise StemsError(f"the stems are at {stems.sample_rate} Hz, not at {sample_rate}")
    if mix is not None:
        stems = replace(stems, mix=as_stereo(mix, "the mix"), mix_frames=0)
    if stems.mix is None:
        raise StemsError("stems without a mix: there is nothing to search for")
    return _grouped(stems, groups or {})


def song_of(multitrack: Multitrack, settings: SearchSettings) -> StemsAndMix:
    """As input of a search: stems are read in place."""
    if multitrack.mix is None:
        raise StemsError("stems without a mix: there is nothing to search for")
    return StemsAndMix(multitrack.stems, multitrack.mix, multitrack.sample_rate, settings.segments)


def _stems(given: Mapping[str, AudioLike] | Sequence[Stem | AudioLike]) -> Iterator[Stem]:
    if isinstance(given, Mapping):
        named: Iterable[tuple[str, Stem | AudioLike]] = given.items()
    else:
        named = ((f"track {number}", each) for number, each in enumerate(given, 1))
    for name, each in named:
        yield each if isinstance(each, Stem) else _stem(name, each)


def _stem(name: str, audio: AudioLike) -> Stem:
    return Stem(name, "all", as_stereo(audio, name))


def _grouped(multitrack: Multitrack, groups: Mapping[str, str]) -> Multitrack:
    for name in groups:
        if all(stem.name != name for stem in multitrack.stems):
            known = ", ".join(stem.name for stem in multitrack.stems)
            raise StemsError(f"groups name a track {name!r}; there are {known}")
    stems = tuple(replace(stem, group=groups.get(stem.name, stem.group)) for stem in multitrack.stems)
    return replace(multitrack, stems=stems)
