"""The published ways to prune: brute force, dry/wet, and the hybrid of both.

Lee et al., "Searching for music mixing graphs: a pruning approach", DAFx 2024. Dry/wet is lines 6 to 26 of
Algorithm 1 in the appendix, and reads like it.
"""

from collections.abc import Sequence

from unpatch.mixing.pruning.objective import Ledger, PruningCandidate, PruningResult
from unpatch.synth.draw import Draw

SHARE = 0.1
"""Of a type's processors that a first trial takes out."""
EVERY = 4
"""The hybrid's rounds of brute force."""


def brute_force(ledger: Ledger, candidates: Sequence[PruningCandidate], draw: Draw) -> PruningResult:
    """Try every processor once, in random order."""
    for candidate in sorted(candidates, key=lambda _: draw.number()):
        ledger.attempt([candidate.node])
    return ledger.pruned()


def dry_wet(ledger: Ledger, candidates: Sequence[PruningCandidate], draw: Draw) -> PruningResult:
    """Try those with the smallest weights, type by type, several at once while that succeeds.

    A type's share is halved when a trial fails, and the type is left alone when a single processor fails.
    The number tried is the nearest whole one, at least one; a type of which nothing is left is dropped,
    which the paper leaves unsaid.
    """
    kinds = sorted({candidate.kind for candidate in candidates})
    left = {kind: by_weight(candidates, kind) for kind in kinds}
    total = {kind: len(left[kind]) for kind in kinds}
    share = dict.fromkeys(kinds, SHARE)
    pool = list(kinds)
    while pool:
        kind = draw.choice(pool)
        count = rounded(total[kind] * share[kind])
        least, rest = left[kind][:count], left[kind][count:]
        if ledger.attempt(candidate.node for candidate in least):
            left[kind] = rest
            if not rest:
                pool.remove(kind)
        elif count > 1:
            share[kind] /= 2
        else:
            pool.remove(kind)
    return ledger.pruned()


def hybrid(ledger: Ledger, candidates: Sequence[PruningCandidate], draw: Draw, number: int) -> PruningResult:
    """Brute force in every fourth round, else dry/wet; rounds count from 1."""
    return (dry_wet if number % EVERY else brute_force)(ledger, candidates, draw)


def by_weight(candidates: Sequence[PruningCandidate], kind: str) -> list[PruningCandidate]:
    """Those of a kind, the smallest weight first."""
    return sorted((c for c in candidates if c.kind == kind), key=lambda c: (c.weight, c.node))


def rounded(count: float) -> int:
    """The nearest whole number, halves up, at least 1."""
    return max(1, int(count + 0.5))
