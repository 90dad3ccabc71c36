"""A clip, and what each guesser makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.checks.outside.clips import Clip
from bench.checks.outside.judging import Verdict

OURS = "estimate"
PRIOR = "no latent (same decoding, nothing heard)"
OTHER = "another clip's chain"


@dataclass(frozen=True)
class Answer:
    """See above; ``verdicts`` go by guesser."""

    clip: Clip
    verdicts: Mapping[str, Verdict]
