"""What is odd about stems and their mix, in words."""

from collections.abc import Iterator, Mapping, Sequence

import torch

from unpatch.stems.alignment import Alignment, Alignments
from unpatch.stems.multitrack import Multitrack, Stem
from unpatch.stems.spectra import CrossSpectra

# Stems are the same where their correlation comes so close to one: what differs is 40 dB below.
SAME = 0.9999
# A peak that nearly has its like the other way up does not tell polarity.
_RIVAL = 0.9
_LITTLE = 0.5


def duplicates(stems: Sequence[Stem], spectra: CrossSpectra) -> Mapping[str, tuple[str, ...]]:
    """Stem to those that are the same but for level, polarity and delay."""
    products = spectra.stems.sum((0, 1))
    powers = torch.diagonal(products).real.clamp_min(1e-30)
    alike = products.abs().square() / powers / powers[:, None] > SAME
    return {
        stem.name: tuple(stems[int(j)].name for j in alike[i].nonzero()[:, 0] if int(j) != i)
        for i, stem in enumerate(stems)
    }


def about_stem(stem: Stem, row: Alignment, rival: float | None, alike: Sequence[str]) -> tuple[str, ...]:
    return tuple(_about_stem(stem, row, rival, alike))


def _about_stem(stem: Stem, row: Alignment, rival: float | None, alike: Sequence[str]) -> Iterator[str]:
    if rival is None:
        yield "silent"
    elif not row.found:
        yield "not found in the mix"
    elif rival > _RIVAL:
        yield "polarity uncertain"
    if alike:
        yield f"the same as {', '.join(alike)}"
    if stem.clipped:
        yield f"clipped in {_places(stem.clipped)}"


def about_mix(multitrack: Multitrack, told: Alignments) -> tuple[str, ...]:
    return tuple(_about_mix(multitrack, told))


def _about_mix(multitrack: Multitrack, told: Alignments) -> Iterator[str]:
    if not told.related:
        yield "The mix seems to have nothing to do with the stems: none of them was found in it."
    elif told.explained < _LITTLE:
        yield (
            f"The stems explain only {100 * told.explained:.0f} % of the mix: "
            "tracks may be missing, or much was done to them."
        )
    if told.offset_samples:
        seconds, when = told.offset_samples / told.sample_rate, "late" if told.offset_samples > 0 else "early"
        yield f"Together the stems come {abs(seconds):.3f} s too {when} for the mix; moved they fit."
    if multitrack.mix_clipped:
        yield f"The mix is clipped in {_places(multitrack.mix_clipped)}."


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"
