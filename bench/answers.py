"""A clip, and what each guesser makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from judging import Verdict
from outside_clips import Clip

OURS = "estimate"
PRIOR = "no latent (same decoding, nothing heard)"
OTHER = "another clip's chain"


@dataclass(frozen=True)
class Answer:
    """See above; ``verdicts`` go by guesser."""

    clip: Clip
    verdicts: Mapping[str, Verdict]
