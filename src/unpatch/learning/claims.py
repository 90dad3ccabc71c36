"""Claims about figures: sentences with whether they hold."""

from dataclasses import dataclass

VERDICTS = {True: "holds", False: "**does not hold**", None: "not known"}


@dataclass(frozen=True)
class Claim:
    """A sentence, whether it holds (None if that is not known), and why.

    Attributes:
        evidence: the figures.
        remark: on the verdict.
    """

    text: str
    holds: bool | None
    evidence: str = ""
    remark: str = ""

    def __str__(self) -> str:
        """As an item of a list in Markdown."""
        remark = f", {self.remark}" if self.remark else ""
        evidence = f" ({self.evidence})" if self.evidence else ""
        return f"- {self.text}: {VERDICTS[self.holds]}{remark}{evidence}."
