"""What counts as right, each figure defined once, and how sure a mean of it is.

Shapes: N examples, L tokens, P parameters per token, T samples, G groups, R resamples.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from unpatch.corpus import Batch, Corpus
from unpatch.graph.canonical import canonical
from unpatch.graph.check import check, complete
from unpatch.graph.data import SINK, Edge, Graph, GraphError, Node
from unpatch.graph.order import reached, successors
from unpatch.models.estimator import Logits
from unpatch.spec import Processor
from unpatch.tokens import EDGE_TYPE, KIND, NODE_ID, TARGET, TYPE, TokenType
from unpatch.vocabulary import NO_SLOT

Figures = NDArray[np.float64]

# Scales of the spectral distance, with hops of a quarter, after Engel et al. 2020 (DDSP).
FFT_SIZES = (2048, 1024, 512, 256, 128, 64)
# Magnitudes below this share of the target's own root mean square count as silence.
FLOOR = 1e-2

RESAMPLES = 2_000
COVERED = 0.95


@dataclass(frozen=True)
class Tally:
    """One figure of each example, as ``total / count`` ``[N]``; an example that counts 0 has none.

    The mean is the sum of totals over the sum of counts. Steps and numbers thus weigh the same in
    whichever graph they stand, as in the paper's tables; a figure of the whole graph counts 1.
    """

    total: Figures
    count: Figures

    @classmethod
    def of(cls, values: Sequence[float]) -> "Tally":
        """One value per example."""
        return cls(np.asarray(values, dtype=np.float64), np.ones(len(values)))

    @classmethod
    def of_known(cls, values: Sequence[float]) -> "Tally":
        """The same where NaN says that an example has no such figure."""
        known = ~np.isnan(values)
        return cls(np.where(known, values, 0.0), known.astype(np.float64))

    @classmethod
    def joined(cls, parts: Sequence["Tally"]) -> "Tally":
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))

    @property
    def mean(self) -> float:
        """NaN if no example has the figure."""
        return float(_ratio(self.total.sum(), self.count.sum()))


def _ratio(above: Any, below: Any) -> Figures:
    """Quotient; what is divided by zero is NaN or infinite without a word."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(above, below))


@dataclass(frozen=True)
class TeacherForced:
    """Errors while the true prefix is given.

    Attributes:
        node_error: share of nodes that were not predicted: wrong token type or wrong kind. ``out``, which
            opens every sequence, does not count.
        edge_error: share of edges that were not predicted: wrong token type, node id or edge type.
        end_error: share of ends that were not predicted when they came.
        parameter_error: mean absolute error of processors' parameters in unit coordinates, given the
            true prototype.
        gain_error: the same of edge gains, where they are free.
    """

    node_error: Tally
    edge_error: Tally
    end_error: Tally
    parameter_error: Tally
    gain_error: Tally


def teacher_forced(model: Any, corpus: Corpus, size: int = 64) -> TeacherForced:
    """Errors of a model, wherever it lies, over a corpus."""
    model.eval()
    with torch.inference_mode():
        parts = [_errors_of(model, batch) for batch in corpus.in_order(size)]
    return TeacherForced(
        *(Tally.joined([getattr(part, f.name) for part in parts]) for f in fields(TeacherForced))
    )


def _errors_of(model: Any, batch: Batch) -> TeacherForced:
    device = next(model.parameters()).device
    answers = model(*(part.to(device) for part in (batch.pictures, batch.rows, batch.slots)))
    logits = Logits(*(scores.cpu() for scores in answers.logits))
    return errors(logits, answers.numbers.cpu(), batch)


def errors(logits: Logits, guesses: Tensor, batch: Batch) -> TeacherForced:
    """Errors of one batch; everything lies on the CPU."""
    coming = batch.rows[:, 1:]
    types = coming[..., TYPE]

    def missed(scores: Tensor, column: int) -> Tensor:
        return scores[:, :-1].argmax(-1) != coming[..., column]

    wrong_type = missed(logits.type, TYPE)
    wrong_edge = wrong_type | missed(logits.target, TARGET) | missed(logits.edge_type, EDGE_TYPE)
    is_sink = (types == TokenType.NODE) & (coming[..., NODE_ID] == 0)
    distance = (guesses.clamp(0, 1) - batch.units).abs()
    is_gain = (batch.rows[..., TYPE] == TokenType.EDGE)[..., None]
    return TeacherForced(
        node_error=_tally(wrong_type | missed(logits.kind, KIND), (types == TokenType.NODE) & ~is_sink),
        edge_error=_tally(wrong_edge, types == TokenType.EDGE),
        end_error=_tally(wrong_type, types == TokenType.END),
        parameter_error=_tally(distance, (batch.slots != NO_SLOT) & ~is_gain),
        gain_error=_tally(distance, (batch.slots != NO_SLOT) & is_gain),
    )


def _tally(values: Tensor, where: Tensor) -> Tally:
    """Of each row, over the places where the mask holds."""
    total, count = (values.double() * where).flatten(1).sum(1), where.double().flatten(1).sum(1)
    return Tally(total.numpy(), count.numpy())


def kinds_of(graph: Graph) -> Counter[str]:
    """Multiset of a graph's node kinds, sources included; the sink, which every graph has, is not."""
    return Counter(node.kind for node in graph.nodes if node.kind != SINK)


def intersection_over_union(found: Graph, true: Graph) -> float:
    """Of the multisets of node kinds."""
    a, b = kinds_of(found), kinds_of(true)
    return (a & b).total() / max(1, (a | b).total())


def effect_f1(found: Graph, true: Graph) -> float:
    """F1 of the *sets* of processor kinds: which effects are there, however often."""
    a = {node.kind for node in found.nodes if node.is_processor}
    b = {node.kind for node in true.nodes if node.is_processor}
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0


def order_correlation(found: Graph, true: Graph, registry: Mapping[str, Processor]) -> float:
    """Goodman and Kruskal's gamma of the order of processors; NaN if there is nothing to compare.

    Compared are pairs of kinds that occur once, where in both graphs one reaches the other: agreeing
    pairs less the others, over all. Both graphs are in canonical form, so that an order that cannot be
    heard does not count.
    """
    a, b = _precedences(found, registry), _precedences(true, registry)
    signs = [1.0 if pair in b else -1.0 for pair in a if pair in b or pair[::-1] in b]
    return float(np.mean(signs)) if signs else float("nan")


def _precedences(graph: Graph, registry: Mapping[str, Processor]) -> set[tuple[str, str]]:
    """Pairs of processor kinds that occur once, of which the first reaches the second."""
    graph = canonical(bare(graph), registry)
    count, after = kinds_of(graph), successors(graph)
    once = {i: node.kind for i, node in enumerate(graph.nodes) if node.is_processor and count[node.kind] == 1}
    return {(once[i], once[j]) for i in once for j in reached([i], after) & once.keys() if j != i}


def bare(graph: Graph) -> Graph:
    """Kinds and wires alone: no parameters, every edge gain at 1."""
    nodes = tuple(Node(node.kind, version=node.version) for node in graph.nodes)
    edges = tuple(Edge(edge.source, edge.target, *edge.port_pair) for edge in graph.edges)
    return Graph(nodes, edges)


def prototype(graph: Graph, registry: Mapping[str, Processor]) -> Graph:
    """The graph with every parameter at its default and every edge gain at 1."""
    return complete(bare(graph), registry)


def exact_match(found: Graph, true: Graph, registry: Mapping[str, Processor]) -> float:
    """1 if the two have one canonical form, whatever their numbers: no processor counts as neutral."""
    a, b = (canonical(bare(graph), registry) for graph in (found, true))
    return float(a == b)


def invalid(graph: Graph, registry: Mapping[str, Processor]) -> float:
    """1 if the graph does not pass the check."""
    try:
        check(graph, registry)
    except GraphError:
        return 1.0
    return 0.0


def spectral_distance(found: Tensor, target: Tensor) -> Tensor:
    """Multi-scale spectral distance of ``[..., 2, T]``, one value per example ``[...]``.

    Both are scaled by what brings the target to a root mean square of 1. At each scale, with magnitudes
    Y of the target and X of the other, over both channels::

        1/2 sum |Y - X| / sum Y  +  1/2 mean |log10(Y + f) - log10(X + f)|,   f = FLOOR rms(Y)

    and the scales are averaged. Equal signals are at 0; against silence the first term is 1/2.
    """
    level = target.square().mean((-2, -1), keepdim=True).sqrt().clamp_min(1e-9)
    return torch.stack([_at_scale(found / level, target / level, fft) for fft in FFT_SIZES]).mean(0)


def _at_scale(found: Tensor, target: Tensor, fft: int) -> Tensor:
    x, y = _magnitudes(found, fft), _magnitudes(target, fft)
    floor = FLOOR * y.square().mean((-3, -2, -1), keepdim=True).sqrt().clamp_min(1e-9)
    linear = (y - x).abs().sum((-3, -2, -1)) / y.sum((-3, -2, -1)).clamp_min(1e-9)
    logarithmic = ((y + floor).log10() - (x + floor).log10()).abs().mean((-3, -2, -1))
    return (linear + logarithmic) / 2


def _magnitudes(audio: Tensor, fft: int) -> Tensor:
    """``[..., 2, bins, frames]``."""
    window = torch.hann_window(fft, dtype=audio.dtype, device=audio.device)
    flat = audio.reshape(-1, audio.shape[-1])
    spectra = torch.stft(flat, fft, fft // 4, window=window, pad_mode="constant", return_complex=True).abs()
    return spectra.reshape(*audio.shape[:-1], *spectra.shape[-2:])


@dataclass(frozen=True)
class Figure:
    """A mean with its interval of 95 % (NaN if there is none), and how many examples have the figure."""

    mean: float
    low: float
    high: float
    count: int


class Bootstrap:
    """Intervals by drawing whole groups of examples, with replacement; the percentile method.

    The claim is about other singers, not about more examples of these, hence groups (a cluster
    bootstrap; Davison & Hinkley 1997, section 3.8). The fewer groups, the more an interval is too narrow.
    Examples of fewer than two groups are drawn one by one.

    Attributes:
        unit: what is drawn: "singers" or "examples".
        size: how many of them there are.
    """

    def __init__(self, groups: Sequence[str], seed: int = 0) -> None:
        names, members = np.unique(np.array(groups), return_inverse=True)
        self.unit = "singers" if len(names) > 1 else "examples"
        self._members = members if len(names) > 1 else np.arange(len(groups))
        self.size = len(set(self._members.tolist()))
        # How often each group is drawn [R, G].
        even = np.full(self.size, 1 / self.size)
        self._drawn = np.random.default_rng(seed).multinomial(self.size, even, size=RESAMPLES)

    def figure(self, tally: Tally) -> Figure:
        """The mean of a figure."""
        return _figure(tally.mean, self._means(tally), tally.count > 0)

    def ratio(self, one: Tally, other: Tally) -> Figure:
        """Mean of one system over the mean of another on the same examples, drawn together."""
        mean = float(_ratio(one.mean, other.mean))
        both = (one.count > 0) & (other.count > 0)
        return _figure(mean, _ratio(self._means(one), self._means(other)), both)

    def _means(self, tally: Tally) -> Figures:
        """Mean of each resample ``[R]``."""
        return _ratio(self._drawn @ self._sums(tally.total), self._drawn @ self._sums(tally.count))

    def _sums(self, values: Figures) -> Figures:
        """Of each group ``[G]``."""
        return np.bincount(self._members, values, minlength=self.size).astype(np.float64, copy=False)


def _figure(mean: float, resampled: Figures, known: NDArray[np.bool_]) -> Figure:
    """No interval unless every resample has the figure."""
    low, high = float("nan"), float("nan")
    if np.isfinite(resampled).all():
        low, high = np.quantile(resampled, [(1 - COVERED) / 2, (1 + COVERED) / 2]).tolist()
    return Figure(mean, low, high, int(known.sum()))
