"""Steps of optimisation of a full mixing console, by grafx and by ours."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from bench.shared.dry_stems import band
from bench.shared.turns import Works
from bench.speed.console.peer import GROUP, patch, stepper, without_torchaudio
from bench.speed.console.published_loss import PublishedLoss
from unpatch.dsp.cpu import configure_cpu
from unpatch.mixing.console import Strip, console
from unpatch.mixing.evaluator import Evaluator
from unpatch.mixing.fitting import Fit
from unpatch.mixing.loss import MixTarget
from unpatch.mixing.segments import StemsAndMix
from unpatch.mixing.settings import SearchSettings, paper, with_published_strips
from unpatch.synth.draw import Draw

SAMPLE_RATE = 30_000
PASSAGE = 114_000
SONG_S = 30.0

STOCK, PATCHED, THEIRS, OURS = "grafx", "grafx, patched", "unpatch, published kinds", "unpatch, our kinds"
SAME_LOSS = f"{PATCHED}, our loss"
ROWS = {
    STOCK: (STOCK, "their loss"),
    PATCHED: (PATCHED, "their loss"),
    SAME_LOSS: (PATCHED, "our loss"),
    THEIRS: (THEIRS, "step"),
    OURS: (OURS, "step"),
}
"""Row of the table to an implementation and its work."""


def tracks(count: int) -> Tensor:
    """Dry tracks ``[K, 2, T]`` of one band after another, with noise at -80 dB: none is ever silent."""
    bands = [band(Draw(0, i), SONG_S, SAMPLE_RATE) for i in range(-(-count // 8))]
    mono = torch.stack([track for players in bands for track in players.values()][:count])
    return mono[:, None] + 1e-4 * torch.randn(
        count, 2, mono.shape[-1], generator=torch.Generator().manual_seed(0)
    )


def mix(dry: Tensor) -> Tensor:
    """Tracks at other levels, so that there is something to fit, ``[2, T]``."""
    gains = torch.linspace(0.2, 1.0, 2 * len(dry)).reshape(len(dry), 2, 1)
    return (gains * dry).sum(0)


def peer(count: int, patched: bool) -> Works:
    """Steps of grafx, under the loss of its authors or under ours."""
    without_torchaudio()
    if patched:
        patch()
    dry = tracks(count)[..., -PASSAGE:].contiguous()
    target, step = mix(dry), stepper(dry)
    theirs = published_loss(target)
    return {
        "their loss": lambda: step(theirs),
        "our loss": lambda: step(lambda found: MixTarget(target, SAMPLE_RATE).loss(found)),
    }


def published_loss(target: Tensor) -> PublishedLoss:
    return PublishedLoss.of(target, SAMPLE_RATE)


def ours(count: int, strip: Strip) -> Works:
    """Steps of a fit as a search makes them: the passage is drawn again each time."""
    configure_cpu()
    settings = settings_of(strip)
    dry = tracks(count)
    groups = {f"track {i}": f"group {i // GROUP}" for i in range(count)}
    graph = console(groups, strip=strip, lone=True)
    evaluator = Evaluator(StemsAndMix(dry, mix(dry), SAMPLE_RATE, settings.segments), settings.loss)
    fit = Fit(graph, evaluator, settings.fit)
    state, draws = fit.initial_adam(), iter(range(1_000_000))

    def step() -> None:
        nonlocal state
        state, _ = fit.stepped(state, Draw(0, next(draws)), settings.fit.rate, settings.fit.sparsity)

    return {"step": step}


def settings_of(strip: Strip) -> SearchSettings:
    """Loss and regularisers of the paper for both."""
    return paper() if strip == "published" else with_published_strips(paper())


def contestants(count: int) -> dict[str, Callable[[], Works]]:
    return {
        STOCK: partial(peer, count, patched=False),
        PATCHED: partial(peer, count, patched=True),
        THEIRS: partial(ours, count, "published"),
        OURS: partial(ours, count, "ours"),
    }
