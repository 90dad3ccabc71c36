"""Settings of a search, and presets of them.

=======  ============================================================================================
preset
=======  ============================================================================================
laptop   two CPU cores, 20 tracks of 4 minutes in less than an hour
paper    every figure as published (Lee et al. 2024), for hardware that has the time
debug    finds little in seconds; for tests
=======  ============================================================================================

Vary a preset with :func:`dataclasses.replace`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from unpatch.mixing.console import ORDER, Strip
from unpatch.mixing.loss_settings import LOSSES, MixLossSettings
from unpatch.ranges import COUNT_OR_NONE, ROUNDS, SEED, TOLERANCE

Method: TypeAlias = Literal["ours", "bf", "dw", "hybrid"]
METHODS: tuple[Method, ...] = ("ours", "bf", "dw", "hybrid")


@dataclass(frozen=True)
class ConsoleSettings:
    """The start of the search; see :func:`unpatch.mixing.console.console`."""

    strip: Strip = "ours"
    chain: str = ORDER
    master: bool = False
    lone: bool = False


@dataclass(frozen=True)
class SegmentSettings:
    """The passages of the loss.

    Attributes:
        length_s: of a passage.
        warmup_s: length of its start that is not scored.
        judged: largest number of passages, spread over the song, for the mean loss of a graph;
            tracks that are silent in all of them add some.
        balanced: share of the passages of a fit that are chosen for a track: every track alike,
            however rarely it sounds.
    """

    length_s: float = 3.8
    warmup_s: float = 1.0
    judged: int = 12
    balanced: float = 0.5


@dataclass(frozen=True)
class FitSettings:
    """How a graph's numbers are fitted.

    Attributes:
        steps: of the whole console.
        refit_steps: after each round of pruning.
        passages: number in each step.
        rate: Adam's, in latent coordinates.
        last_rate: share of it that is left at the end of each fit, by a half cosine.
        weight_decay: decoupled, per unit of rate.
        sparsity: what a sum of all dry/wet weights of 1 costs, once the console is fitted.
        staging: what a change of level by an equalizer or reverb costs, in units of log power.
        keep_better: whether a fit that ends worse than it started is undone.
        still: names of knobs that no step moves: a delay's time is estimated from echoes instead, see
            :mod:`unpatch.mixing.echoes`.
        listen: shares of the console's fit after which echoes are searched for again.
        lazy: whether knobs rest, and the memory of their gradients with them, while their track is silent.
    """

    steps: int = 1_200
    refit_steps: int = 100
    passages: int = 1
    rate: float = 2e-2
    last_rate: float = 0.1
    weight_decay: float = 0.0
    sparsity: float = 1e-4
    staging: float = 0.0
    keep_better: bool = True
    still: tuple[str, ...] = ("delay_ms", "stereo_offset")
    listen: tuple[float, ...] = (0.25, 0.5)
    lazy: bool = True

    def __post_init__(self) -> None:
        COUNT_OR_NONE.check("steps", self.steps)


@dataclass(frozen=True)
class PruneSettings:
    """How processors are taken out.

    Attributes:
        tolerance: how far above the lowest loss a graph may be; ours goes up to it in equal steps, round by
            round.
        rounds: of pruning, each followed by a fit.
        caching: whether a trial renders only the strips that changed.
        early: whether a trial may end before all passages are measured.
        batch: independent candidates tried together.
    """

    method: Method = "ours"
    tolerance: float = 0.01
    rounds: int = 6
    caching: bool = True
    early: bool = True
    batch: int = 4

    def __post_init__(self) -> None:
        TOLERANCE.check("tolerance", self.tolerance)
        ROUNDS.check("rounds", self.rounds)


@dataclass(frozen=True)
class SearchSettings:
    """All of it.

    Attributes:
        closed_form: whether gains, pans and equalizers start from least squares.
        loss: what is measured; its warm-up is that of the passages.
        finish: whether weights are hardened and neighbours merged at the end.
        save_every: steps between two checkpoints.
    """

    name: str = "laptop"
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    prune: PruneSettings = field(default_factory=PruneSettings)
    loss: MixLossSettings = field(default_factory=MixLossSettings)
    closed_form: bool = True
    finish: bool = True
    seed: int = 0
    save_every: int = 100

    def __post_init__(self) -> None:
        SEED.check("seed", self.seed)


def laptop() -> SearchSettings:
    """Ours on two cores."""
    return SearchSettings()


def paper() -> SearchSettings:
    """As published: 6 k steps, then 12 rounds of pruning and 500 steps, hybrid, tolerance 0.01.

    The paper leaves open, and is read here as: AdamW's decay of PyTorch, how many passages are judged.
    """
    return SearchSettings(
        name="paper",
        console=ConsoleSettings(strip="published", lone=True),
        segments=SegmentSettings(judged=64, balanced=0.0),
        fit=FitSettings(
            steps=6_000,
            refit_steps=500,
            rate=1e-2,
            last_rate=1.0,
            weight_decay=0.01,
            staging=1e-3,
            keep_better=False,
            still=(),
            listen=(),
            lazy=False,
        ),
        prune=PruneSettings(method="hybrid", rounds=12, early=False, batch=1),
        closed_form=False,
        finish=False,
    )


def debug() -> SearchSettings:
    """Every part in place, and little of each."""
    return SearchSettings(
        name="debug",
        segments=SegmentSettings(length_s=0.7, warmup_s=0.1, judged=3),
        fit=FitSettings(steps=40, refit_steps=5, rate=0.05, last_rate=1.0),
        prune=PruneSettings(rounds=2),
        save_every=10,
    )


PRESETS: Mapping[str, Callable[[], SearchSettings]] = {"laptop": laptop, "paper": paper, "debug": debug}
"""Name to preset."""


def with_published_strips(settings: SearchSettings) -> SearchSettings:
    """The same with the published processors and what goes with them in the loss."""
    return replace(
        settings,
        console=replace(settings.console, strip="published"),
        fit=replace(settings.fit, staging=1e-3),
    )


def customised(
    preset: str,
    *,
    console: Mapping[str, object] | None = None,
    prune: Mapping[str, object] | None = None,
    fit: Mapping[str, object] | None = None,
    loss: str | None = None,
    seed: int = 0,
) -> SearchSettings:
    """A preset with some settings changed; those that are None stay.

    Args:
        preset: name in :data:`PRESETS`.
        console: field of :class:`ConsoleSettings` to value; published strips bring their terms of the loss.
        prune: the same of :class:`PruneSettings`.
        fit: the same of :class:`FitSettings`.
        loss: name in :data:`unpatch.mixing.loss_settings.LOSSES`.
        seed: of all random numbers.
    """
    settings = PRESETS[preset]()
    if (console or {}).get("strip") == "published":
        settings = with_published_strips(settings)
    return replace(
        settings,
        console=replace(settings.console, **_given(console)),
        prune=replace(settings.prune, **_given(prune)),
        fit=replace(settings.fit, **_given(fit)),
        loss=LOSSES[loss]() if loss else settings.loss,
        seed=seed,
    )


def _given(changes: Mapping[str, object] | None) -> dict[str, Any]:
    return {name: value for name, value in (changes or {}).items() if value is not None}
