"""Equalizers and filters from the transfer function.

Sections are chosen greedily from a grid of settings, and all of them are then moved together until they
explain the measured magnitudes in dB. The level of the wet signal stays free, so that a shelf has two
descriptions: a low shelf up is a high shelf down but for the level. The one at its usual end of the
spectrum is used.

Two transfer functions are read: the ratio of powers, which effects that move phases leave alone, and the
smoothed cross-spectrum over the dry power, which leaves out what is not coherent with the dry signal, such as
noise and reverberation (Bendat and Piersol, Random Data, ch. 6).

Shapes: D table entries, B bands, K bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from unpatch.declaration import Parameter
from unpatch.processors import PROCESSORS
from unpatch.refining.proposals.pair import Floats, Pair, decibels
from unpatch.refining.proposals.responses import PROTOTYPES, response_db
from unpatch.refining.proposals.stage import Proposal, Stage

SIZE, HOP = 8192, 2048
LOW_HZ, HIGH_HZ, PER_OCTAVE = 40.0, 20_000.0, 12
# Lower values are not measured but leak from other bands.
DEEPEST_DB = -50.0
# Bands this far below the loudest one have weight 0, those twenty dB above it weight 1.
UNHEARD_DB = -75.0
SECTIONS = 3
# A further section must explain this share of the residual, and a further knob this many square decibels.
WORTH, KNOB_PRICE = 0.15, 0.002
BEST_KINDS = 5
# A single section that leaves more than this share of the variance is proposed only if it is the best.
LEFT = 0.8
# Of the shelves in MixologyDB (Clemens et al.) 99 % of the low ones are below, 97 % of the high ones above.
SHELVES_MEET_HZ = 1_000.0
GRID = {"q": (0.5, 0.7071, 1.4, 3.0), "gain_db": (-18.0, -10.0, -6.0, -3.0, 3.0, 6.0, 10.0, 18.0)}
GRID_FREQUENCIES = 30


@dataclass(frozen=True)
class SpectrumChange:
    """Change of each band: dB ``[B]``, and its weight ``[B]``."""

    level_db: Floats
    weight: Floats

    def distance(self, response_db: Any) -> Any:
        """Weighted mean square ``[...]`` of responses ``[..., B]`` from it, the overall level being free."""
        return (self.difference(response_db) ** 2 @ self.weight) / self.weight.sum()

    def difference(self, response_db: Any) -> Any:
        """Less its weighted mean."""
        off = self.level_db - response_db
        return off - (off @ self.weight / self.weight.sum())[..., None]


def tone(pair: Pair) -> list[Proposal]:
    """The best sections alone, of different kinds, then the best two and three in series; nearest first."""
    found: list[tuple[float, Proposal]] = []
    for transfer in transfers(pair):
        table = responses(pair.sample_rate)
        cost = transfer.distance(table.response_db)
        lone = sorted(_best_of_each(cost, table), key=lambda i: cost[i])[:BEST_KINDS]
        level = transfer.distance(np.zeros_like(transfer.level_db))
        refined = [
            _refined([table.stages[i]], transfer, pair.sample_rate)
            for i in lone
            if i == lone[0] or cost[i] < LEFT * level
        ]
        refined += _series(transfer, table, pair.sample_rate)
        found += [(_cost(one, transfer, pair.sample_rate), tuple(map(everyday, one))) for one in refined]
    return [proposal for _, proposal in sorted(found, key=lambda one: (len(one[1]), one[0]))]


def everyday(stage: Stage) -> Stage:
    """A shelf at its usual end of the spectrum; anything else as it is."""
    other = {"lowshelf": "highshelf", "highshelf": "lowshelf"}.get(stage.kind)
    if other is None or (stage.settings["frequency_hz"] > SHELVES_MEET_HZ) == (stage.kind == "highshelf"):
        return stage
    return replace(stage, kind=other, settings={**stage.settings, "gain_db": -stage.settings["gain_db"]})


def _cost(stages: Proposal, transfer: SpectrumChange, sample_rate: float) -> float:
    """The residual, and a small price for every knob: of two equal ones the one with fewer goes first."""
    knobs = sum(len(stage.settings) for stage in stages)
    return float(transfer.distance(_total(stages, sample_rate))) + KNOB_PRICE * knobs


def transfers(pair: Pair) -> list[SpectrumChange]:
    """By powers, and by the part coherent with the dry signal."""
    dry, wet = pair.frames(SIZE, HOP)
    bands = band_means(pair.sample_rate)
    dry_power = bands @ (np.abs(dry) ** 2).mean(1).sum(0)
    wet_power = bands @ (np.abs(wet) ** 2).mean(1).sum(0)
    coherent = bands @ np.abs((wet * dry.conj()).mean(1).sum(0))
    weight = np.clip((decibels(dry_power / dry_power.max()) - UNHEARD_DB) / 20, 0, 1) + 1e-9
    share = np.clip(coherent**2 / np.maximum(dry_power * wet_power, 1e-30), 0, 1)
    dry_power = np.maximum(dry_power, 1e-30)
    ratios = decibels(wet_power / dry_power), 2 * decibels(coherent / dry_power)
    weights = weight, weight * (share + 1e-3)
    return [
        SpectrumChange(np.maximum(r, r.max() + DEEPEST_DB), w) for r, w in zip(ratios, weights, strict=True)
    ]


@dataclass(frozen=True)
class SectionTable:
    """Sections of all kinds at many settings, and their responses ``[D, B]`` in dB."""

    stages: tuple[Stage, ...]
    response_db: Floats


@lru_cache(maxsize=2)
def responses(sample_rate: float) -> SectionTable:
    """Of every kind, on a grid of its knobs."""
    stages: list[Stage] = []
    found = []
    for kind in PROTOTYPES:
        knobs = list(PROCESSORS[kind].parameters)
        axes = [_frequencies(kind, sample_rate) if name == "frequency_hz" else GRID[name] for name in knobs]
        rows = np.stack(np.meshgrid(*axes), -1).reshape(-1, len(knobs))
        stages += [Stage(kind, dict(zip(knobs, map(float, row), strict=True))) for row in rows]
        columns = {name: rows[:, i : i + 1] for i, name in enumerate(knobs)}
        found.append(_floored(response_db(kind, columns, centres_hz(sample_rate), sample_rate)))
    return SectionTable(tuple(stages), np.concatenate(found))


def _frequencies(kind: str, sample_rate: float) -> Floats:
    """Range of a kind: all frequencies, but shelves at their own end."""
    everywhere = np.geomspace(60, min(14_000, 0.4 * sample_rate), GRID_FREQUENCIES)
    is_low = everywhere < SHELVES_MEET_HZ
    return everywhere[is_low if kind == "lowshelf" else ~is_low if kind == "highshelf" else slice(None)]


def _floored(level_db: Floats) -> Floats:
    found: Floats = np.maximum(level_db, level_db.max(-1, keepdims=True) + DEEPEST_DB)
    return found


@lru_cache(maxsize=2)
def band_means(sample_rate: float) -> Floats:
    """Weights ``[B, K]`` that average the bins of each band."""
    top = min(HIGH_HZ, 0.48 * sample_rate)
    edges = np.geomspace(LOW_HZ, top, round(PER_OCTAVE * np.log2(top / LOW_HZ)) + 1)
    hertz = np.arange(SIZE // 2 + 1) * sample_rate / SIZE
    inside = (hertz >= edges[:-1, None]) & (hertz < edges[1:, None])
    kept = inside[inside.any(1)]
    found: Floats = kept / kept.sum(1, keepdims=True)
    return found


@lru_cache(maxsize=2)
def centres_hz(sample_rate: float) -> Floats:
    """Of the bands ``[B]``."""
    found: Floats = band_means(sample_rate) @ (np.arange(SIZE // 2 + 1) * sample_rate / SIZE)
    return found


def _best_of_each(cost: Floats, table: SectionTable) -> list[int]:
    best: dict[str, int] = {}
    for i, stage in enumerate(table.stages):
        if stage.kind not in best or cost[i] < cost[best[stage.kind]]:
            best[stage.kind] = i
    return list(best.values())


def _series(transfer: SpectrumChange, table: SectionTable, sample_rate: float) -> list[Proposal]:
    """Two and three sections, each chosen for the residual of those before it."""
    chosen: Proposal = ()
    found: list[Proposal] = []
    level = transfer.distance(np.zeros_like(transfer.level_db))
    for _ in range(SECTIONS):
        done = _total(chosen, sample_rate) if chosen else np.zeros_like(transfer.level_db)
        best = int(np.argmin(transfer.distance(table.response_db + done)))
        longer = _refined([*chosen, table.stages[best]], transfer, sample_rate)
        left = float(transfer.distance(_total(longer, sample_rate)))
        if left > (1 - WORTH) * level - 3 * KNOB_PRICE:
            break
        chosen, level = longer, left
        if len(chosen) > 1:
            found.append(chosen)
    return found


def _total(stages: Sequence[Stage], sample_rate: float) -> Floats:
    """Response ``[B]`` of stages in series."""
    hertz = centres_hz(sample_rate)
    parts = [response_db(stage.kind, stage.settings, hertz, sample_rate) for stage in stages]
    return _floored(np.sum(parts, axis=0))


def _refined(stages: Sequence[Stage], transfer: SpectrumChange, sample_rate: float) -> Proposal:
    """All knobs moved together, in unit coordinates."""
    knobs = [(i, name) for i, stage in enumerate(stages) for name in stage.settings]
    begin = [_knob(stages[i].kind, name).to_unit(stages[i].settings[name]) for i, name in knobs]

    def at(units: Any) -> Proposal:
        settings: list[dict[str, float]] = [{} for _ in stages]
        for (i, name), unit in zip(knobs, units, strict=True):
            settings[i][name] = _knob(stages[i].kind, name).from_unit(float(unit))
        return tuple(Stage(s.kind, own) for s, own in zip(stages, settings, strict=True))

    def left(units: Any) -> Floats:
        found: Floats = np.sqrt(transfer.weight) * transfer.difference(_total(at(units), sample_rate))
        return found

    units, steps = np.clip(begin, 1e-3, 1 - 1e-3), np.full(len(begin), 1e-3)
    found = least_squares(left, units, bounds=(0, 1), loss="soft_l1", diff_step=steps, max_nfev=15)
    return at(found.x)


def _knob(kind: str, name: str) -> Parameter:
    return PROCESSORS[kind].parameters[name]
