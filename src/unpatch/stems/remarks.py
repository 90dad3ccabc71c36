"""What is odd about stems and their mix, in words."""

from collections.abc import Iterator, Mapping, Sequence

import torch

from unpatch.stems.alignment import EXACT, Alignment, Alignments
from unpatch.stems.multitrack import Multitrack, Stem
from unpatch.stems.spectra import CrossSpectra

# Stems are the same where their correlation comes so close to one: what differs is 40 dB below.
SAME = 0.9999
# A peak with a rival of nearly the same height and opposite polarity leaves polarity undecided.
_RIVAL = 0.9
_LITTLE = 0.5
# A gain moves if it does so by this much, and if that explains this share of the residual.
_MOVING_DB, _MOVING_SHARE = 2.0, 0.1
# Gains that go so closely against the stem's own level are a compressor's.
_AGAINST = -0.8
# This many blocks in which the sum of stems was limited indicate a limiter.
_LIMITED_PLACES = 5
# More than a panned stem or a reverb in stereo can have of its power in the side signal.
_SIDE = 0.75
# Causes that explain this share of the rest exclude another.
_ACCOUNTED = 0.5
# No cause is looked for of a residual 25 dB below the mix or further.
_WORTH = 0.003
_LISTED = 2


def duplicates(stems: Sequence[Stem], spectra: CrossSpectra) -> Mapping[str, tuple[str, ...]]:
    """Stem to those that are the same but for level, polarity and delay."""
    products = spectra.stems.sum((0, 1))
    powers = torch.diagonal(products).real.clamp_min(1e-30)
    alike = products.abs().square() / powers / powers[:, None] > SAME
    return {
        stem.name: tuple(stems[int(j)].name for j in alike[i].nonzero()[:, 0] if int(j) != i)
        for i, stem in enumerate(stems)
    }


def about_stem(
    stem: Stem, row: Alignment, rival: float | None, same: Sequence[str], alike: int
) -> tuple[str, ...]:
    """Remarks on one stem.

    Args:
        stem: to describe.
        row: its alignment in the mix.
        rival: height of the highest peak of opposite polarity in its impulse response; None of a silent stem.
        same: stems that are the same.
        alike: in how many other places it would fit nearly as well as in that to which it was moved.
    """
    return tuple(_about_stem(stem, row, rival, same, alike))


def _about_stem(
    stem: Stem, row: Alignment, rival: float | None, same: Sequence[str], alike: int
) -> Iterator[str]:
    if rival is None:
        yield "silent"
    elif not row.found:
        yield "not found in the mix"
    elif rival > _RIVAL:
        yield "polarity uncertain"
    if row.found and alike:
        yield f"fits {_places(alike, 'other ')} nearly as well (repeated music)"
    if same:
        yield f"the same as {', '.join(same)}"
    if _moves(row):
        why = "compressed" if row.by_level <= _AGAINST else "automation or dynamics"
        yield f"level moves by {row.range_db:.1f} dB ({why})"
    if stem.clipped:
        yield f"clipped in {_places(stem.clipped)}"


def _moves(row: Alignment) -> bool:
    return row.found and row.range_db >= _MOVING_DB and row.moved_share >= _MOVING_SHARE


def about_mix(multitrack: Multitrack, found: Alignments) -> tuple[str, ...]:
    """Remarks on the mix as a whole."""
    return tuple(_about_mix(multitrack, found))


def _about_mix(multitrack: Multitrack, found: Alignments) -> Iterator[str]:
    if found.related:
        yield from _about_found(found)
        yield from _about_rest(found)
    else:
        yield "The mix seems to have nothing to do with the stems: none of them was found in it."
    if multitrack.mix_clipped:
        yield f"The mix is clipped in {_places(multitrack.mix_clipped)}."


def _about_found(found: Alignments) -> Iterator[str]:
    lost = [stem.name for stem in found.stems if not stem.found and "silent" not in stem.remarks]
    if lost:
        yield f"Not found in the mix, and left in place: {', '.join(lost)}."
    if found.explained < _LITTLE:
        yield (
            f"The stems explain only {100 * found.explained:.0f} % of the mix: "
            "tracks may be missing, or much was done to them."
        )
    if found.offset_samples:
        seconds, when = (
            found.offset_samples / found.sample_rate,
            "late" if found.offset_samples > 0 else "early",
        )
        yield f"Together the stems come {abs(seconds):.3f} s too {when} for the mix; moved they fit."


def _about_rest(found: Alignments) -> Iterator[str]:
    """Known causes of the residual, and else whether it follows a stem."""
    rest = found.left_over
    if rest.share <= EXACT:
        return
    moving = [stem for stem in found.stems if _moves(stem)]
    if moving:
        names = ", ".join(f"{stem.name} by {stem.range_db:.1f} dB" for stem in moving)
        yield f"Levels move over the song: {names}. No gain that stays as it is explains that."
    limited = rest.limited_places >= _LIMITED_PLACES
    if limited:
        yield (
            f"The mix is limited or clipped: in {_places(rest.limited_places)} the sum of the stems exceeds "
            f"its peak, by up to {rest.limited_db:.1f} dB."
        )
    sided = rest.side_share >= _SIDE and rest.share >= _WORTH
    if sided:
        yield (
            f"The stems explain only {100 * rest.side_explained:.0f} % of the side signal, and the residual "
            "is there: a widener, or an effect on the sides."
        )
    accounted = limited or sided or sum(stem.moved_share for stem in moving) >= _ACCOUNTED
    if rest.share >= _WORTH:
        yield from _about_company(found, accounted=accounted)


def _about_company(found: Alignments, *, accounted: bool) -> Iterator[str]:
    rest = found.left_over
    # The residual is reported: the figure must not be rounded to all.
    percent = 100 * found.explained
    share = f"The stems explain {percent:.{1 if percent > 99 else 0}f} % of the mix's energy"
    if rest.follows:
        few = len(rest.follows) <= _LISTED
        whose = " and ".join(rest.follows) if few else "the stems as a whole"
        yield f"{share}; the residual moves with the level of {whose}."
    elif not accounted:
        yield f"{share}; the residual moves with the level of no stem: a stem seems to be missing."


def _places(count: int, which: str = "") -> str:
    return f"1 {which}place" if count == 1 else f"{count} {which}places"
