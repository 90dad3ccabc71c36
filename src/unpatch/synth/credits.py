"""Owners of the dry signals of a data set, and terms of use of what was learnt from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unpatch.synth.licences import Licence, LicenceError, licence_of


@dataclass(frozen=True)
class Credit:
    """Performers whose material has one licence and one origin.

    Attributes:
        category: voice, speech, instrument or drums; empty where sources are of one kind only.
        performers: singers, speakers, instruments or kits.
        licence: as the material names it; empty where it names none.
        origin: where it is from.
    """

    category: str
    performers: tuple[str, ...]
    licence: str
    origin: str = ""

    @property
    def known(self) -> Licence | None:
        """The licence, where it is in the list."""
        try:
            return licence_of(self.licence)
        except LicenceError:
            return None

    def to_dict(self) -> dict[str, Any]:
        """As JSON: ``commercial_use`` is null where the licence is not known."""
        known = self.known
        return {
            "category": self.category,
            "performers": list(self.performers),
            "licence": self.licence or None,
            "commercial_use": None if known is None else known.commercial_use,
            "share_alike": None if known is None else known.share_alike,
            "origin": self.origin or None,
        }


def gathered(credits: Iterable[Credit]) -> list[Credit]:
    """One credit for all performers of the same category, licence and origin, in the order of these."""
    performers: dict[tuple[str, str, str], set[str]] = {}
    for credit in credits:
        performers.setdefault((credit.category, credit.licence, credit.origin), set()).update(
            credit.performers
        )
    return [
        Credit(category, tuple(sorted(names)), licence, origin)
        for (category, licence, origin), names in sorted(performers.items())
    ]


def terms_of(credits: Sequence[Mapping[str, Any]]) -> dict[str, bool | None]:
    """Terms of use of a model that has learnt from this, by the strictest of the licences.

    A licence that is not known leaves that open (None), unless another one forbids it.
    """
    uses = [credit["commercial_use"] for credit in credits]
    alike = [credit["share_alike"] for credit in credits]
    return {
        "commercial_use": False if False in uses else None if None in uses or not uses else True,
        "share_alike": True if True in alike else None if None in alike or not alike else False,
    }
