"""Options of :func:`unpatch.jobs.estimating.estimate_file`, with their defaults; light to import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from unpatch.blind.models.deciding import Deciding

Windows: TypeAlias = Literal["loudest", "all"]

BEAMS, DRAWS, TOP = 4, 24, 4


@dataclass(frozen=True)
class EstimateOptions:
    """How a recording is analysed.

    Attributes:
        task: a name in :data:`unpatch.tasks.TASKS`.
        windows: analyse the loudest stretch only, or stretches all over the recording.
        beams: hypotheses that are followed at once.
        draws: graphs that are drawn at random besides.
        seed: of the draws and of the refinement.
        top: largest number of candidates in the result.
        model: folder of a model in place of the shipped one.
        cpu_seconds: with the dry signal, processor time of the refinement in seconds; 0 refines nothing.
        renders: number of renders of the refinement in place of a time.
        structure: whether the refinement changes processors too, where the task allows that.
        amount: share of the processed sound on another recording, from 0 to 1.
    """

    task: str = "singing"
    windows: Windows = "loudest"
    beams: int = BEAMS
    draws: int = DRAWS
    seed: int = 0
    top: int = TOP
    model: Path | None = None
    cpu_seconds: float = 20.0
    renders: int | None = None
    structure: bool = True
    amount: float = 1.0

    @property
    def deciding(self) -> Deciding:
        """How many graphs are searched and drawn."""
        from unpatch.blind.models.deciding import Deciding

        return Deciding(self.beams, self.draws, self.seed)

    @property
    def is_refined(self) -> bool:
        """Whether there is anything to spend on a refinement."""
        return bool(self.renders or self.cpu_seconds)
