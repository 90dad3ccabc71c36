"""Every figure, held against examples worked out by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from unpatch import metrics
from unpatch.corpus import Batch
from unpatch.graph.build import chain
from unpatch.graph.data import Edge, Graph, Node
from unpatch.models.estimator import Logits
from unpatch.processors import PROCESSORS
from unpatch.tokens import EDGE_TYPE, KIND, TARGET, TYPE, pad, tokenize
from unpatch.vocabulary import Vocabulary

SINGING = Vocabulary.of(PROCESSORS, "singing")
TRUE = chain(PROCESSORS, "bell", "distortion", "mono_reverb")


def told(rows: torch.Tensor) -> Logits:
    """Logits of an oracle that always predicts the next token."""

    def sure(column: int, size: int) -> torch.Tensor:
        coming = torch.cat([rows[:, 1:, column], torch.zeros_like(rows[:, :1, column])], dim=1)
        return torch.nn.functional.one_hot(coming.clamp_max(size - 1), size).float()

    return Logits(sure(TYPE, 3), sure(TARGET, 32), sure(KIND, len(SINGING.kinds)), sure(EDGE_TYPE, 28))


def batch_of(*graphs: Graph) -> Batch:
    tokens = pad([tokenize(graph, SINGING, PROCESSORS) for graph in graphs])
    arrays = [torch.from_numpy(a) for a in (tokens.rows, tokens.slots, tokens.units)]
    return Batch(torch.zeros(len(graphs), 1, 1, 1), *arrays)


def test_an_oracle_makes_no_error() -> None:
    batch = batch_of(TRUE, chain(PROCESSORS, "imager"))
    found = metrics.errors(told(batch.rows), batch.units, batch)
    for figures in (found.node_error, found.edge_error, found.end_error, found.number_error):
        np.testing.assert_array_equal(figures, [0, 0])


def test_each_mistake_counts_where_it_belongs() -> None:
    """Tokens of TRUE: start out reverb > distortion > bell > in > end; 4 nodes after out, 4 edges."""
    batch = batch_of(TRUE)
    logits = told(batch.rows)
    logits.kind[0, 1] = logits.kind[0, 1].roll(1)  # what follows out: wrong kind
    logits.type[0, 2] = torch.tensor([1.0, 0.0, 0.0])  # an edge is taken for a node
    logits.target[0, 4] = logits.target[0, 4].roll(1)  # an edge to a wrong node
    logits.type[0, 9] = torch.tensor([1.0, 0.0, 0.0])  # the end is missed
    numbers = batch.units + 0.25 * (batch.slots >= 0)
    found = metrics.errors(logits, numbers, batch)
    assert found.node_error == pytest.approx([1 / 4])
    assert found.edge_error == pytest.approx([2 / 4])
    assert found.end_error == pytest.approx([1])
    clipped = (numbers.clamp(0, 1) - batch.units)[batch.slots >= 0].mean()
    assert found.number_error == pytest.approx([float(clipped)])


def test_out_does_not_count_as_a_node() -> None:
    batch = batch_of(TRUE)
    logits = told(batch.rows)
    logits.kind[0, 0] = logits.kind[0, 0].roll(1)
    assert metrics.errors(logits, batch.units, batch).node_error == pytest.approx([0])


def test_intersection_over_union_counts_multisets() -> None:
    found = chain(PROCESSORS, "bell", "bell", "mono_reverb")
    # {in, bell, reverb} of {in, bell, bell, distortion, reverb}
    assert metrics.intersection_over_union(found, TRUE) == pytest.approx(3 / 5)
    assert metrics.intersection_over_union(TRUE, TRUE) == 1


def test_effect_f1_counts_sets() -> None:
    found = chain(
        PROCESSORS, "bell", "bell", "mono_reverb", "imager", "panning"
    )  # fmt: skip
    # precision 2/4, recall 2/3
    assert metrics.effect_f1(found, TRUE) == pytest.approx(2 * 2 / 7)


@pytest.mark.parametrize(
    ("steps", "tau"),
    [
        (("bell", "distortion", "mono_reverb"), 1),
        (("mono_reverb", "distortion", "bell"), -1),
        (("distortion", "bell", "imager", "mono_reverb"), 1 / 3),
        (("bell", "imager"), math.nan),
        (("bell", "distortion", "bell"), math.nan),
    ],
)
def test_order_correlation(steps: tuple[str, ...], tau: float) -> None:
    assert metrics.order_correlation(chain(PROCESSORS, *steps), TRUE) == pytest.approx(tau, nan_ok=True)


def test_exact_match_sees_through_equivalent_writing() -> None:
    swapped = chain(PROCESSORS, "highpass2", "bell")
    assert metrics.exact_match(swapped, chain(PROCESSORS, "bell", "highpass2"), PROCESSORS) == 1
    other_values = chain(PROCESSORS, ("bell", {"gain_db": -9}), "highpass2")
    assert metrics.exact_match(swapped, other_values, PROCESSORS) == 1
    nonlinear = chain(PROCESSORS, "distortion", "bell")
    assert metrics.exact_match(nonlinear, chain(PROCESSORS, "bell", "distortion"), PROCESSORS) == 0


def test_invalid_is_what_the_check_refuses() -> None:
    assert metrics.invalid(TRUE, PROCESSORS) == 0
    assert metrics.invalid(Graph((Node("in"), Node("out")), ()), PROCESSORS) == 1


def test_prototype_forgets_numbers() -> None:
    graph = chain(PROCESSORS, ("bell", {"gain_db": -9}))
    louder = Graph(graph.nodes, tuple(Edge(e.source, e.target, gain=0.5) for e in graph.edges))
    assert metrics.prototype(louder, PROCESSORS) == chain(PROCESSORS, "bell")


def test_spectral_distance_by_hand() -> None:
    """Half the amplitude: |Y - X| / Y = 1/2 and, far above the floor, |log10| difference = log10 2."""
    generator = torch.Generator().manual_seed(0)
    target = torch.randn(2, 2, 32_000, generator=generator)
    assert metrics.spectral_distance(target, target) == pytest.approx([0, 0])
    half = metrics.spectral_distance(target / 2, target)
    assert half == pytest.approx([(0.5 + math.log10(2)) / 2] * 2, rel=0.03)
    quiet = metrics.spectral_distance(1e-3 * target / 2, 1e-3 * target)
    torch.testing.assert_close(quiet, half)


def test_spectral_distance_grows_with_error_and_hears_both_channels() -> None:
    generator = torch.Generator().manual_seed(0)
    target, noise = torch.randn(2, 2, 16_000, generator=generator)
    distances = [float(metrics.spectral_distance(target + a * noise, target)) for a in (0, 0.1, 0.3, 1)]
    assert all(b > a for a, b in pairwise(distances))
    one_channel = torch.stack([target[0], 0 * target[1]])
    assert float(metrics.spectral_distance(one_channel, target)) > 0.3


def test_bootstrap_interval_has_the_textbook_width() -> None:
    values = np.random.default_rng(0).normal(3, 2, 900)
    figure = metrics.summarise(np.append(values, np.nan))
    expected = 1.96 * values.std() / 30
    assert figure.mean == pytest.approx(values.mean())
    assert figure.count == 900
    assert figure.high - figure.mean == pytest.approx(expected, rel=0.1)
    assert figure.mean - figure.low == pytest.approx(expected, rel=0.1)
    assert math.isnan(metrics.summarise(np.array([np.nan])).mean)
