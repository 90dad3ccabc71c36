"""Orders of a graph's nodes: topological and breadth-first from ``out``; and which track each belongs to."""

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from unpatch.graph.data import SOURCES, Edge, Graph, GraphError

THROUGH_INLETS = ("input", "mid", "side")
"""Inlets whose audio continues to the outlets, in every declaration."""
AUDIO_INLETS = (*THROUGH_INLETS, "sidechain")
"""Inlets that take audio; the others are knobs that can be moved."""


def predecessors(graph: Graph) -> list[list[int]]:
    """For each node the nodes that feed it, in edge order, each once."""
    return _neighbours(graph, lambda source, target: (target, source))


def successors(graph: Graph) -> list[list[int]]:
    """For each node the nodes that it feeds, in edge order, each once."""
    return _neighbours(graph, lambda source, target: (source, target))


def _neighbours(graph: Graph, orient: Callable[[int, int], tuple[int, int]]) -> list[list[int]]:
    found: list[dict[int, None]] = [{} for _ in graph.nodes]
    for edge in graph.edges:
        near, far = orient(edge.source, edge.target)
        found[near][far] = None
    return [list(nodes) for nodes in found]


def topological_order(graph: Graph) -> tuple[int, ...]:
    """Every node after those that feed it; among ready nodes the lowest position goes first."""
    following = successors(graph)
    waiting_for = [len(nodes) for nodes in predecessors(graph)]
    ready = [node for node, count in enumerate(waiting_for) if count == 0]
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for target in following[node]:
            waiting_for[target] -= 1
            if waiting_for[target] == 0:
                heapq.heappush(ready, target)
    if len(order) < len(graph.nodes):
        raise GraphError(f"cycle: {describe_path(graph, find_cycle(graph))}")
    return tuple(order)


def renumbered(graph: Graph, order: Sequence[int]) -> Graph:
    """The same graph with its nodes listed in another order, a permutation of their positions."""
    place = {old: new for new, old in enumerate(order)}
    edges = [
        Edge(place[e.source], place[e.target], e.outlet, e.inlet, e.gain, e.confidence) for e in graph.edges
    ]
    return Graph(tuple(graph.nodes[i] for i in order), tuple(edges))


def in_playing_order(graph: Graph) -> Graph:
    """The same graph with every node after those that feed it, edges in the order of what they leave.

    Of nodes that are free the last goes first: decoded graphs list what is nearest to ``out`` first.
    """
    backwards = renumbered(graph, range(len(graph))[::-1])
    found = renumbered(backwards, topological_order(backwards))
    return Graph(found.nodes, tuple(sorted(found.edges, key=lambda e: (e.source, e.target))))


def find_cycle(graph: Graph) -> tuple[int, ...]:
    """Nodes of one cycle, the first repeated at the end; empty when there is none."""
    before = predecessors(graph)
    stuck = set(range(len(graph.nodes)))
    while loose := {node for node in stuck if not stuck.intersection(before[node])}:
        stuck -= loose
    if not stuck:
        return ()
    # Every stuck node is fed by a stuck node: walking against the edges must come round.
    walk = [min(stuck)]
    while len(set(walk)) == len(walk):
        walk.append(next(node for node in before[walk[-1]] if node in stuck))
    return tuple(reversed(walk[walk.index(walk[-1]) :]))


def describe_path(graph: Graph, nodes: Iterable[int]) -> str:
    """Like ``2 (bell) -> 3 (mix) -> 2 (bell)``."""
    return " -> ".join(f"{node} ({graph.nodes[node].kind})" for node in nodes)


def reached(start: Iterable[int], neighbours: Sequence[Sequence[int]]) -> set[int]:
    """Every node that can be walked to from ``start``, which is included."""
    return set(_breadth_first(start, neighbours))


def breadth_first(graph: Graph) -> tuple[int, ...]:
    """From ``out`` against the edges; a node's feeders are in edge order.

    In a checked graph every node reaches ``out``, so that every node is visited.
    """
    return tuple(_breadth_first([graph.sink], predecessors(graph)))


def _breadth_first(start: Iterable[int], neighbours: Sequence[Sequence[int]]) -> Iterable[int]:
    queue = deque(dict.fromkeys(start))
    seen = set(queue)
    while queue:
        node = queue.popleft()
        yield node
        for neighbour in neighbours[node]:
            if neighbour not in seen:
                seen.add(neighbour)
                queue.append(neighbour)


def gates(graph: Graph) -> dict[int, int]:
    """For each node the last one that every way to it passes (its immediate dominator), if any."""
    before = predecessors(graph)
    found: dict[int, int | None] = {}
    depth: dict[int | None, int] = {None: 0}
    for node in topological_order(graph):
        common = before[node][0] if before[node] else None
        for feeder in before[node][1:]:
            common = _meet(common, feeder, found, depth)
        found[node] = common
        depth[node] = depth[common] + 1
    return {node: gate for node, gate in found.items() if gate is not None}


def _meet(
    a: int | None, b: int | None, gate: Mapping[int, int | None], depth: Mapping[int | None, int]
) -> int | None:
    """The last node that all ways to both pass, in the tree of gates (Cooper, Harvey, Kennedy 2001)."""
    while a != b:
        if depth[a] >= depth[b] and a is not None:
            a = gate[a]
        elif b is not None:
            b = gate[b]
    return a


def groups(graph: Graph) -> tuple[int | None, ...]:
    """For each node of any graph the source in whose track it is, or None on the mixing bus.

    A track holds what exactly one source reaches by its audio; a sidechain or a moved knob does not count.
    The bus holds ``out`` and everything that several sources reach. A modulator, such as an LFO, is where the
    first of them is: on the bus, or in the track whose source comes first in SOURCES.
    """
    owner = _owners(graph)
    home: list[int | None] = list(owner)
    for node in range(len(graph)):
        moved = [edge.target for edge in graph.edges_from(node) if edge.inlet not in AUDIO_INLETS]
        if moved:
            home[node] = min((owner[target] for target in moved), key=lambda track: track_rank(graph, track))
    return tuple(home)


def track_rank(graph: Graph, track: int | None) -> tuple[int, int]:
    """By which the bus comes first, then tracks in the order of their sources in SOURCES."""
    return (0, 0) if track is None else (1 + SOURCES.index(graph.nodes[track].kind), track)


def _owners(graph: Graph) -> list[int | None]:
    """For each node the only source whose audio reaches it, or None."""
    after: list[list[int]] = [[] for _ in graph.nodes]
    for edge in graph.edges:
        if edge.inlet in THROUGH_INLETS and not graph.nodes[edge.target].is_sink:
            after[edge.source].append(edge.target)
    reaching: dict[int, list[int]] = defaultdict(list)
    for source in graph.sources:
        for node in reached([source], after):
            reaching[node].append(source)
    found = (reaching[node] for node in range(len(graph)))
    return [sources[0] if len(sources) == 1 else None for sources in found]
