"""What the licences of dry recordings allow, as one table.

A model learns from recordings, so the strictest of their licences decides the terms of its weights.
*Permissive* means here: commercial use is allowed, and derived works need not have the same licence.
"""

from dataclasses import dataclass


class LicenceError(ValueError):
    """What is wrong with a licence, in one line."""


@dataclass(frozen=True)
class Licence:
    """One licence or set of terms.

    Attributes:
        name: as the model card gives it.
        commercial_use: whether it allows that.
        share_alike: whether derived works must carry the same licence.
        begins: first words of texts, in lower case, by which an index refers to it, ``name`` among them.
    """

    name: str
    commercial_use: bool
    share_alike: bool = False
    begins: tuple[str, ...] = ()

    @property
    def permissive(self) -> bool:
        return self.commercial_use and not self.share_alike

    @property
    def marks(self) -> tuple[str, ...]:
        return (self.name.lower(), *self.begins)


KNOWN: tuple[Licence, ...] = (
    Licence("CC0", commercial_use=True),
    Licence("public domain", commercial_use=True, begins=("public-domain",)),
    Licence("CC BY", commercial_use=True),
    Licence("CC BY-SA", commercial_use=True, share_alike=True),
    Licence("CC BY-NC", commercial_use=False),
    Licence("CC BY-NC-SA", commercial_use=False, share_alike=True),
    Licence("CC BY-ND", commercial_use=False),
    Licence("MIT", commercial_use=True),
    Licence("BSD", commercial_use=True),
    Licence("ISC", commercial_use=True),
    Licence("Apache-2.0", commercial_use=True),
    Licence("GPL", commercial_use=True, share_alike=True),
    # Terms of the makers of singing voices.
    Licence("SCOTTPOID terms", commercial_use=True),
    Licence("Hitsuboku Kumi terms", commercial_use=True),
    Licence("dorodoro terms", commercial_use=True, begins=('"use however you like"',)),
    Licence("Hikari One terms", commercial_use=False),
    Licence("Viki Hopper terms", commercial_use=False),
    Licence("Xihelv terms", commercial_use=False),  # what was modified must not be passed on
)
"""Licences that we have read."""


def licence_of(text: str) -> Licence:
    """The known licence at the start of a text, by the longest name that fits.

    >>> licence_of("CC BY-NC-SA 4.0 (some dataset)").commercial_use
    False

    Raises:
        LicenceError: none does.
    """
    lowered = text.strip().lower()
    found = [(len(mark), licence) for licence in KNOWN for mark in licence.marks if lowered.startswith(mark)]
    if not found:
        known = ", ".join(licence.name for licence in KNOWN)
        raise LicenceError(f"unknown licence {text[:60]!r}; known are {known}")
    return max(found, key=lambda item: item[0])[1]


def is_permissive(text: str) -> bool:
    """Whether a text names a permissive licence; LicenceError where it names none that is known."""
    return licence_of(text).permissive
