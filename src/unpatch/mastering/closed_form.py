"""Initialisation of ours: numbers and curve as linear functions of the statistics, in closed form.

Of some seventy songs no network learns more about a curve than a ridge regression does; gradient steps need
thousands of batches to get as far. So means and deviations of the statistics, the linear functions, and how
their errors are computed from the first examples; the network is trained after that with their outputs as
input and corrects them. The penalty is the one that is best on held-out songs.

Shapes: S examples, D statistics, K targets.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

from unpatch.mastering.chains import MasteringChain
from unpatch.mastering.clips import Clips
from unpatch.mastering.examples import MasteringBatch
from unpatch.mastering.objective import EQUALIZERS, counted, true_curve_db
from unpatch.mastering.ours import CURVE_SCALE_DB, Ours

PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Per example; of statistics with a deviation of 1."""
LEFT_OUT = 4
"""One song in this many is held out."""
LEAST_DEVIATION = 1e-3


@torch.no_grad()
def begin(net: Ours, examples: Iterable[MasteringBatch], chain: MasteringChain, clips: Clips) -> float:
    """Set the linear part of ``net``; the mean squared error on songs that were left out is returned."""
    points = net.settings.points
    rows = [
        (
            net.levels(example.wet)[0],
            targets_of(example, chain, points),
            weights_of(example, chain, points),
            torch.tensor(example.clips),
        )
        for example in examples
    ]
    statistics, targets, weights, drawn = (torch.cat(column) for column in zip(*rows, strict=True))
    net.standard.set(statistics.mean(0), statistics.std(0).clamp_min(LEAST_DEVIATION))
    inputs = net.standard(statistics)
    tracks = clips.tracks
    songs = {song: place for place, song in enumerate(sorted(set(tracks)))}
    kept = torch.tensor([songs[tracks[clip]] % LEFT_OUT != 0 for clip in drawn.tolist()])
    matrix, offset, errors = ridge(inputs, targets, weights, kept)
    net.at_once.set(matrix, offset, errors)
    return float(errors.mean())


def targets_of(example: MasteringBatch, chain: MasteringChain, points: int) -> Tensor:
    """Numbers, then the curve in units of its scale, flat without an equalizer; ``[S, K]``."""
    curve = example.units.new_zeros(len(example.units), points)
    if chain.kinds[0] in EQUALIZERS:
        curve = true_curve_db(example, chain, points) / CURVE_SCALE_DB
    return torch.cat((example.units, curve), 1)


def weights_of(example: MasteringBatch, chain: MasteringChain, points: int) -> Tensor:
    """0 for numbers of effects that are not there, else 1; ``[S, K]``."""
    there = counted(example, chain)
    return torch.cat((there, there.new_ones(len(there), points)), 1)


def ridge(inputs: Tensor, targets: Tensor, weights: Tensor, kept: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Matrix ``[D, K]`` and offset ``[K]`` of least squares with a penalty, and mean squared errors ``[K]``.

    Args:
        inputs: ``[S, D]``.
        targets: ``[S, K]``.
        weights: 0 or 1 for each target; targets with equal weights are solved for together.
        kept: ``[S]``, the examples for fitting while the penalty is chosen; errors are of the rest.
    """
    matrix = inputs.new_zeros(inputs.shape[1], targets.shape[1])
    offset, errors = targets.mean(0), targets.var(0, correction=0)
    groups, place = torch.unique(weights.T.contiguous(), dim=0, return_inverse=True)
    for group, own_weights in enumerate(groups):
        own = place == group
        there = own_weights > 0
        fit_rows, test_rows = there & kept, there & ~kept
        if not (fit_rows.any() and test_rows.any()):
            continue  # too few examples: the mean stays
        best = None
        for penalty in PENALTIES:
            map_, bias = _solved(inputs[fit_rows], targets[fit_rows][:, own], penalty)
            error = (inputs[test_rows] @ map_ + bias - targets[test_rows][:, own]).square().mean(0)
            if best is None or error.mean() < best[0].mean():
                best = error, penalty
        assert best is not None
        errors[own] = best[0]
        matrix[:, own], offset[own] = _solved(inputs[there], targets[there][:, own], best[1])
    return matrix, offset, errors


def _solved(inputs: Tensor, targets: Tensor, penalty: float) -> tuple[Tensor, Tensor]:
    count, middle = max(1, len(inputs)), inputs.double().mean(0)
    around, mean = inputs.double() - middle, targets.double().mean(0)
    gram = around.T @ around / count
    gram.diagonal().add_(penalty)
    matrix = torch.linalg.solve(gram, around.T @ (targets.double() - mean) / count)
    return matrix.to(inputs), (mean - middle @ matrix).to(inputs)
