"""Our way to prune: what the gradient holds for the least important first, in groups, then one by one.

Candidates are taken in the order of their importance, of all types together. While that succeeds they
leave in groups, each twice as large as the last; a group that costs too much is halved. Once a single one
costs too much, the rest are tried alone, several independent ones at a time, and leave together as far as
their rises in loss add up to the limit; a group is always evaluated together before it leaves.
"""

from collections.abc import Sequence
from itertools import accumulate, takewhile

from unpatch.mixing.pruning.objective import Ledger, PruningCandidate, PruningResult, PruningTrial


def gradual(ledger: Ledger, candidates: Sequence[PruningCandidate], batch: int) -> PruningResult:
    """Prune in groups, then one by one with ``batch`` candidates of different strips tried at a time."""
    queue = sorted(candidates, key=lambda c: (c.importance, c.node))
    queue = _in_groups(ledger, queue)
    while queue:
        alone, queue = _independent(queue, batch)
        queue = _one_by_one(ledger, alone) + queue
    return ledger.pruned()


def _in_groups(ledger: Ledger, queue: list[PruningCandidate]) -> list[PruningCandidate]:
    """Take out groups from the front of the queue; returns the rest when a single one fails, without that."""
    count = 2
    while queue:
        count = min(count, len(queue))
        if ledger.attempt(candidate.node for candidate in queue[:count]):
            queue, count = queue[count:], 2 * count
        elif count == 1:
            return queue[1:]
        else:
            count //= 2
    return queue


def _independent(
    queue: list[PruningCandidate], count: int
) -> tuple[list[PruningCandidate], list[PruningCandidate]]:
    """The first few candidates of different strips, and the rest in order."""
    first: dict[int, PruningCandidate] = {}
    for candidate in queue:
        if len(first) < count:
            first.setdefault(candidate.branch, candidate)
    taken = {candidate.node for candidate in first.values()}
    return list(first.values()), [candidate for candidate in queue if candidate.node not in taken]


def _one_by_one(ledger: Ledger, alone: list[PruningCandidate]) -> list[PruningCandidate]:
    """Try each alone and take out what may leave together; returns those to try again."""
    losses = ledger.losses([frozenset({candidate.node}) for candidate in alone])
    alone_losses = {candidate.node: loss for candidate, loss in zip(alone, losses, strict=True)}
    passing = [
        node
        for node in sorted(alone_losses, key=lambda n: (alone_losses[n], n))
        if alone_losses[node] < ledger.limit
    ]
    together = _affordable(ledger, [alone_losses[node] for node in passing])
    ledger.trials.extend(
        PruningTrial((node,), loss, passing[:together] == [node]) for node, loss in alone_losses.items()
    )
    if passing and (together == 1 or not ledger.attempt(passing[:together])):
        ledger.accept(frozenset(passing[:1]), alone_losses[passing[0]])
    waiting = set(passing) - ledger.gone
    return [candidate for candidate in alone if candidate.node in waiting]


def _affordable(ledger: Ledger, losses: Sequence[float]) -> int:
    """How many may leave together if their rises in loss add up; at least one where there is one."""
    room = ledger.limit - ledger.loss
    rises = accumulate(loss - ledger.loss for loss in losses)
    return max(min(1, len(losses)), sum(1 for _ in takewhile(lambda total: total < room, rises)))
