"""The paper's conclusions, each compared with the figures: holds, does not hold, or undecided.

A difference counts only if its interval of 95 % over tracks excludes zero, and the expected winner has learnt
something: is better than numbers in the middle of their ranges.
"""

from collections.abc import Iterator

from unpatch.learning.claims import Claim
from unpatch.mastering.figure import Cells, shown
from unpatch.metrics import Figure


def conclusions(cells: Cells) -> Iterator[Claim]:
    """All of them, in the order of the paper's tables."""
    yield _claim(
        cells,
        "The best equalizer is the parametric one with TFE",
        [
            ("equalizer", "tfe", "mee", "mel", "", "TFE less MEE, Mel"),
            ("equalizer", "tfe", "te", "mel", "", "TFE less TE, Mel"),
            ("equalizer", "tfe", "tfe", "mel", "graphic", "parametric less graphic, Mel"),
        ],
        [("equalizer", "tfe")],
    )
    yield _claim(
        cells,
        "The hybrid compressor is better than the proxy alone and than the simplified one, with MEE",
        [
            ("hybrid", "mee", "mee", "mel", "proxy", "hybrid less proxy, Mel"),
            ("hybrid", "mee", "mee", "mel", "simplified", "hybrid less simplified, Mel"),
        ],
        [("hybrid", "mee")],
    )
    yield _claim(
        cells,
        "One time constant for attack and release is too restrictive",
        [("compressor", "tfe", "tfe", "mel", "simplified", "exact less simplified, TFE, Mel")],
        [("compressor", "tfe")],
    )
    yield _claim(
        cells,
        "The best clipper is the parametric one with MEE",
        [
            ("clipper", "mee", "tfe", "mel", "", "MEE less TFE, Mel"),
            ("clipper", "mee", "te", "mel", "", "MEE less TE, Mel"),
            ("clipper", "mee", "mee", "mel", "taylor", "parametric less Taylor, Mel"),
            ("clipper", "mee", "mee", "mel", "chebyshev", "parametric less Chebyshev, Mel"),
        ],
        [("clipper", "mee")],
    )
    for chain, encoder in (("equalizer", "tfe"), ("chain", "tfe")):
        yield _claim(
            cells,
            f"Training on sound gives the better sound ({chain})",
            [(chain, encoder, f"{encoder}_parameters", "mel", "", "Mel loss less parameter loss, Mel")],
            [(chain, encoder)],
        )
    for chain in ("compressor", "clipper"):
        yield _claim(
            cells,
            f"Training on numbers gives the better sound ({chain})",
            [(chain, "mee_parameters", "mee", "mel", "", "parameter loss less Mel loss, Mel")],
            [(chain, "mee_parameters")],
        )
    yield _claim(
        cells,
        "Training on numbers gives the better numbers (chain)",
        [("chain", "tfe_parameters", "tfe", "mse_q", "", "parameter loss less Mel loss, MSE_q")],
        [("chain", "tfe_parameters")],
    )


Comparison = tuple[str, str, str, str, str, str]
"""Chain, system that should be lower, the other one, figure, the other's chain if it differs, words."""


def _claim(cells: Cells, text: str, comparisons: list[Comparison], learnt: list[tuple[str, str]]) -> Claim:
    found = [(words, cells.difference(c, a, b, name, other)) for c, a, b, name, other, words in comparisons]
    known = [f"{words} {shown(figure)}" for words, figure in found if figure is not None]
    missing = [words for words, figure in found if figure is None]
    if missing:
        known.append(f"not measured: {', '.join(missing)}" if known else "not measured")
    holds, remark = _verdict(cells, [figure for _, figure in found], learnt)
    return Claim(text, holds, "; ".join(known), remark)


def _verdict(
    cells: Cells, found: list[Figure | None], learnt: list[tuple[str, str]]
) -> tuple[bool | None, str]:
    """Whether it holds, and a remark."""
    figures = [figure for figure in found if figure is not None]
    for chain, system in learnt:
        better = cells.difference(chain, system, "half", "mel")
        if better is not None and not better.high < 0:
            return None, "the expected winner is no better than numbers in the middle"
    if any(figure.low > 0 for figure in figures):
        return False, "at this budget"
    if len(figures) < len(found):
        return None, "not all of it was trained"
    return (True, "") if all(figure.high < 0 for figure in figures) else (None, "at this budget")
