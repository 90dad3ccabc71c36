"""Our way to prune: what the gradient holds for the least important first, in groups, then one by one.

Candidates are taken in the order of their importance, whatever their type. As long as that works out they
leave in groups, each twice as large as the last; a group that costs too much is halved. Once a single one
costs too much, the rest are heard alone, several independent ones at a time, and leave together as far as
their rises in loss add up to what is allowed; what leaves together is always heard together first.
"""

from collections.abc import Sequence
from itertools import accumulate, takewhile

from unpatch.search.pruning.objective import Candidate, Ledger, Pruned, Trial


def gradual(ledger: Ledger, candidates: Sequence[Candidate], batch: int) -> Pruned:
    """Prune in groups, then one by one with ``batch`` candidates of different strips heard at a time."""
    queue = sorted(candidates, key=lambda c: (c.importance, c.node))
    queue = _in_groups(ledger, queue)
    while queue:
        alone, queue = _independent(queue, batch)
        queue = _one_by_one(ledger, alone) + queue
    return ledger.pruned()


def _in_groups(ledger: Ledger, queue: list[Candidate]) -> list[Candidate]:
    """Take out groups from the front of the queue; what is left when a single one fails, without that."""
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


def _independent(queue: list[Candidate], count: int) -> tuple[list[Candidate], list[Candidate]]:
    """The first few candidates of different strips, and the rest in order."""
    first: dict[int, Candidate] = {}
    for candidate in queue:
        if len(first) < count:
            first.setdefault(candidate.branch, candidate)
    taken = {candidate.node for candidate in first.values()}
    return list(first.values()), [candidate for candidate in queue if candidate.node not in taken]


def _one_by_one(ledger: Ledger, alone: list[Candidate]) -> list[Candidate]:
    """Hear each alone and take out what may leave together; those that have to be heard again."""
    losses = ledger.heard([frozenset({candidate.node}) for candidate in alone])
    heard = {candidate.node: loss for candidate, loss in zip(alone, losses, strict=True)}
    passing = [node for node in sorted(heard, key=lambda n: (heard[n], n)) if heard[node] < ledger.limit]
    together = _affordable(ledger, [heard[node] for node in passing])
    ledger.trials.extend(Trial((node,), loss, passing[:together] == [node]) for node, loss in heard.items())
    if passing and (together == 1 or not ledger.attempt(passing[:together])):
        ledger.settle(frozenset(passing[:1]), heard[passing[0]])
    waiting = set(passing) - ledger.gone
    return [candidate for candidate in alone if candidate.node in waiting]


def _affordable(ledger: Ledger, losses: Sequence[float]) -> int:
    """How many may leave together if their rises in loss add up; at least one where there is one."""
    room = ledger.limit - ledger.loss
    rises = accumulate(loss - ledger.loss for loss in losses)
    return max(min(1, len(losses)), sum(1 for _ in takewhile(lambda total: total < room, rises)))
