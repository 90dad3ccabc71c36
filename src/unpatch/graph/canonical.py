"""One graph for all that are the same graph written differently.

Rules, each of which leaves the rendered sound as it is, with the energy rule on or off:

1. A sum of audio is a ``mix`` (a mix has the energy of its sum).
2. A neutral processor and a mix of one signal are wires.
3. A mix that feeds only another mix, of several signals, is part of it.
4. The gain before an unmodulated linear node moves behind the run that the node is in: linear
   nodes pass it on.
5. Neighbours A, B in a serial run of unmodulated linear single-input single-output nodes may be
   swapped if they do to the channels what commutes. With the energy rule on, A then B gives the
   signal BAx scaled to the energy of x, and B then A gives ABx = BAx scaled to the same energy.
6. The numbering of nodes and the order of edges mean nothing; only sources keep their order.

Rule 5 also holds for linear *regions* (a split, branches, a merge), but only with the energy rule
off: the rule sets each branch's gain by its input, so that ``x + bell(x)`` is no longer linear
in x. Such swaps are made only if the caller states that the rule is off. Modulated nodes and
nodes with a sidechain are never moved.

"As it is" means up to rounding, and for sounds that are there: the energy rule leaves alone what it
takes for silence (-120 dB), so that the rest of a sound that two filters together have wiped out
does depend on their order.

Why it is a normal form. Rules 1 to 3, read from left to right, remove a sum, a node or a mix each,
so they end; two of them never undo each other and give the same graph in either order (wires in a
row multiply their gains, mixes in mixes add their inputs). Rule 4 takes each gain to the end of its
run. None of these is enabled or disabled by rule 5, which moves nodes only inside a run. A run is
a word over pieces some of which commute, and the words reached by swaps are one trace, which has
exactly one lexicographically first word; :func:`~unpatch.graph.serial.arrange` finds it. (With
regions, one that shares its run with others stays nested: it must remain free to move.) The result
is a graph up to its numbering, and :func:`~unpatch.graph.labelling.relabel` gives isomorphic graphs
the same numbers. So two graphs that the rules connect come out the same, and a graph that has
come out comes out unchanged.
"""

from collections.abc import Iterable
from typing import Any

from unpatch.graph.check import Registry, check
from unpatch.graph.data import Graph
from unpatch.graph.labelling import edge_key, node_key, relabel
from unpatch.graph.regions import extract, find_regions
from unpatch.graph.serial import IndexedGraph, Run, SerialPiece, arrange, find_runs, rewire
from unpatch.graph.simplify import drop_identities, flatten_mixes, sum_at_mixes


def canonical(graph: Graph, registry: Registry, *, energy: bool = True) -> Graph:
    """The normal form of a valid graph.

    Sources come first, in the order of :data:`~unpatch.graph.data.SOURCES`; those of one kind in their
    old order. Audio given per source must be in that order as well.

    Args:
        graph: any valid graph, with or without parameters.
        registry: kind to processor.
        energy: whether the graph is rendered under the energy rule. Where it is not (baked graphs),
            linear regions are put in order too.
    """
    graph = drop_identities(sum_at_mixes(check(graph, registry), registry), registry)
    graph = _sort_nodes(flatten_mixes(graph), registry) if energy else _sort_regions(graph, registry)
    return relabel(graph, registry)


def _sort_nodes(graph: Graph, registry: Registry) -> Graph:
    """Arrange every run of single nodes."""
    indexed = IndexedGraph(graph, registry)
    return _sorted(indexed, find_runs(indexed, indexed.singles()))


def _sort_regions(graph: Graph, registry: Registry) -> Graph:
    """Arrange runs of nodes and regions and flatten mixes, the innermost first, until nothing moves."""
    while True:
        indexed = IndexedGraph(graph, registry)
        runs = find_runs(indexed, [*indexed.singles(), *find_regions(indexed)])
        changed = next(
            (new for run in sorted(runs, key=_size) if (new := _sorted(indexed, [run])) != graph), None
        )
        if changed is None:
            changed = flatten_mixes(graph, keep={piece.exit for run in runs if len(run) > 1 for piece in run})
            if changed == graph:
                return graph
        graph = changed


def _sorted(indexed: IndexedGraph, runs: Iterable[Run]) -> Graph:
    edges = list(indexed.graph.edges)
    for run in runs:
        arranged = arrange(run, lambda piece: _key(piece, indexed.graph, indexed.registry))
        rewire(edges, run, arranged, indexed.out_of[run[-1].exit])
    return Graph(indexed.graph.nodes, tuple(edges))


def _size(run: Run) -> int:
    return sum(len(piece.nodes) for piece in run)


def _key(piece: SerialPiece, graph: Graph, registry: Registry) -> tuple[Any, ...]:
    """By size, then kinds, then any other difference."""
    kinds = sorted(graph.nodes[node].kind for node in piece.nodes)
    if piece.is_single:
        return (1, kinds, node_key(graph.nodes[piece.exit]))
    inner = canonical(extract(graph, piece), registry, energy=False)
    wires = [(edge.source, edge.target, *edge_key(edge)) for edge in inner.edges]
    return (len(piece.nodes), kinds, [node_key(node) for node in inner.nodes], wires)
