"""Calibration of intervals: a temperature per number, from music that training has not used.

After Guo et al., On Calibration of Modern Neural Networks, ICML 2017, section 4.2.

Shapes: B batch, Q numbers, N bins, E effects.
"""

import torch
from torch import Tensor

from unpatch.mastering.clips import Clips
from unpatch.mastering.examples import in_order, made_with
from unpatch.mastering.model import Mastering
from unpatch.mastering.objective import between, counted
from unpatch.mastering.ours import ChainPrediction, Ours
from unpatch.mastering.settings import Style

SEED = 2_000_003
BATCH = 20
TEMPERATURES = torch.logspace(-0.5, 0.7, 25)


def calibrate(model: Mastering, clips: Clips, *, style: Style = "mixed") -> Tensor:
    """Set the temperatures ``[Q]`` under which held-out numbers are most likely; they are returned."""
    net = model.net
    if not isinstance(net, Ours):
        raise ValueError("only ours estimates distributions")
    model.eval()
    net.get_buffer("temperature").fill_(1.0)
    logits, truths, there = _outputs(model, clips, style)
    costs = []
    for temperature in TEMPERATURES:
        entropy = -(truths * (logits / temperature).log_softmax(-1)).sum(-1)
        costs.append((entropy * there).sum(0) / there.sum(0).clamp_min(1))
    best = TEMPERATURES[torch.stack(costs).argmin(0)]
    net.get_buffer("temperature").copy_(best)
    return best


def _outputs(model: Mastering, clips: Clips, style: Style) -> tuple[Tensor, Tensor, Tensor]:
    """Logits and true shares ``[B, Q, N]``, and which numbers count ``[B, Q]``."""
    logits, truths, there = [], [], []
    chain, source = model.chain, made_with(model.settings.chain)
    for first in range(0, len(clips), BATCH):
        size, samples = min(BATCH, len(clips) - first), model.settings.encoder.samples
        example = in_order(clips, source, first=first, size=size, samples=samples, style=style, seed=SEED)
        with torch.no_grad():
            predicted = model(example.wet)
        assert isinstance(predicted, ChainPrediction)
        logits.append(predicted.logits)
        truths.append(between(example.units, predicted.logits.shape[-1]))
        there.append(counted(example, chain))
    return torch.cat(logits), torch.cat(truths), torch.cat(there)
