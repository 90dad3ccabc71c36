"""The study of the paper: every system of its Tables 2 to 5, baselines, and ours, example by example.

A cell is one run on one split. Its figures are kept as JSON under a name made of the checksums of weights,
clips and code: an interrupted study continues, another checkpoint costs its own cells only, and nothing
measured by other code counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from unpatch.learning.weights import CONFIG, WEIGHTS
from unpatch.mastering.clips import Clips
from unpatch.mastering.measures import Figures, baseline_figures, model_figures
from unpatch.mastering.presets import PRESETS
from unpatch.mastering.proxy_weights import shipped_proxy
from unpatch.mastering.sources import Split
from unpatch.storage.documents import read_json, reading
from unpatch.storage.figures import FigureCache
from unpatch.storage.identity import checksum, code_of

BASELINES = ("random", "half", "identity")

TABLES: Mapping[str, tuple[str, ...]] = {
    "2": ("equalizer", "graphic"),
    "3": ("proxy", "hybrid", "simplified", "compressor"),
    "4": ("clipper", "taylor", "chebyshev"),
}
"""Table of the paper to the implementations that it compares; the exact compressor is not in the paper."""

BEST: Mapping[str, str] = {"equalizer": "tfe", "compressor": "mee", "clipper": "mee", "chain": "tfe"}
"""Of Table 5: chain to the encoder that the paper trains with both losses."""

ORDER: tuple[str, ...] = (
    *(f"{chain}_{encoder}{loss}" for chain, encoder in BEST.items() for loss in ("", "_parameters")),
    *(f"{chain}_ours_brief" for chain in BEST),
    "chain_ours",
    *(
        f"{chain}_{encoder}"
        for chain in ("equalizer", "clipper", "graphic")
        for encoder in ("tfe", "te", "mee")
    ),
    *(f"{chain}_{encoder}" for chain in ("compressor", "simplified") for encoder in ("tfe", "te", "mee")),
    *(f"{chain}_{encoder}" for chain in ("taylor", "chebyshev", "proxy") for encoder in ("tfe", "te", "mee")),
    "equalizer_ours",
    "compressor_ours",
    "clipper_ours",
)
"""Presets without task and size, the most informative first."""

ENOUGH = 120
"""Examples of each split."""

Report = Callable[[int, int], None]
Measured = dict[tuple[str, str, str, int], Figures]


@dataclass(frozen=True)
class MasteringFigures:
    """Everything that was measured.

    Attributes:
        cells: split, chain, system (encoder with loss, or baseline) and seed to figures.
        steps: preset without task and size to the steps that its run has made.
        size: of the presets.
        missing: runs that are not there.
    """

    cells: Mapping[tuple[str, str, str, int], Figures]
    steps: Mapping[str, int]
    size: str
    missing: tuple[str, ...]

    def seeds(self, split: str, chain: str, system: str) -> list[Figures]:
        """All seeds of a cell."""
        return [own for (s, c, y, _), own in self.cells.items() if (s, c, y) == (split, chain, system)]


def run_name(name: str, seed: int) -> str:
    """Folder of a preset's run."""
    return f"{name}-s{seed}" if seed else name


def measure_study(
    runs: Path,
    data: Path,
    *,
    size: str = "small",
    limit: int = ENOUGH,
    splits: tuple[Split, ...] = ("test", "unseen"),
    seeds: int = 3,
    cache: Path | None = None,
    report: Report = lambda done, total: None,
) -> MasteringFigures:
    """Measure all trained models: held-out tracks by all, other collections by ours.

    Args:
        runs: folder of the runs, called as their presets, further seeds with -s1, -s2 behind.
        data: folder of the clips.
        size: of the presets.
        limit: examples of each split.
        splits: of the clips.
        seeds: how many at most.
        cache: folder to keep figures in.
        report: called with cells done and all there are.
    """
    clips = {split: Clips.load(data, split) for split in splits}
    wanted = [(rest, seed) for seed in range(seeds) for rest in dict.fromkeys(ORDER)]
    there = [(rest, seed) for rest, seed in wanted if (_model(runs, size, rest, seed) / WEIGHTS).exists()]
    jobs = [
        (split, rest, seed) for split in splits for rest, seed in there if split == "test" or "_ours" in rest
    ]
    kept, cells = FigureCache(cache, Figures.from_dict), Measured()
    for done, (split, rest, seed) in enumerate(jobs):
        cells |= _of_run(_model(runs, size, rest, seed), rest, (split, clips[split], data), seed, limit, kept)
        report(done + 1, len(jobs))
    samples = PRESETS[f"mastering_{size}_chain_tfe"].model.encoder.samples
    proxied = any(chain == "proxy" for _, chain, _, _ in cells)
    for split in splits:
        cells |= _of_baselines(
            (split, clips[split], data), proxied=proxied, limit=limit, samples=samples, kept=kept
        )
    steps = {rest: _steps(_model(runs, size, rest, seed)) for rest, seed in there if not seed}
    missing = tuple(rest for rest in dict.fromkeys(ORDER) if (rest, 0) not in there)
    return MasteringFigures(cells, steps, size, missing)


def _of_run(
    folder: Path,
    rest: str,
    part: tuple[Split, Clips, Path],
    seed: int,
    limit: int,
    kept: FigureCache[Figures],
) -> Measured:
    """A run's cells on a split; a model trained through the proxy is also played exactly."""
    split, clips, data = part
    chain, _, system = rest.partition("_")
    cells: Measured = {}
    for name in ("proxy", "hybrid") if chain == "proxy" else (chain,):
        sums = [checksum(folder / CONFIG), checksum(folder / WEIGHTS)]
        key = (*_code(), *sums, split, name, limit, _clips_id(data, split))
        measure = partial(model_figures, folder, clips, limit, name)
        cells[split, name, system, seed] = kept.measured(measure, *key)
    return cells


def _of_baselines(
    part: tuple[Split, Clips, Path], *, proxied: bool, limit: int, samples: int, kept: FigureCache[Figures]
) -> Measured:
    """Baselines of every chain; the proxy need not be there where nothing was trained through it."""
    split, clips, data = part
    cells: Measured = {}
    for chain in dict.fromkeys((*(c for own in TABLES.values() for c in own), "chain")):
        for system in BASELINES:
            if chain == "proxy" and system != "identity" and not proxied:
                continue
            key = (*_code(), split, chain, system, limit, samples, _clips_id(data, split))
            measure = partial(baseline_figures, system, chain, clips, limit, samples)
            cells[split, chain, system, 0] = kept.measured(measure, *key)
    return cells


def _model(runs: Path, size: str, rest: str, seed: int) -> Path:
    return runs / run_name(f"mastering_{size}_{rest}", seed) / "model"


def _steps(folder: Path) -> int:
    config = read_json(folder / CONFIG)
    with reading(folder / CONFIG):
        return int(config["step"])


def code() -> str:
    """Checksum of the code that figures depend on."""
    return code_of("mastering.measures", without=("synth", "rendering"))


def _code() -> tuple[str, str]:
    """With the weights of the proxy, through which some chains are played."""
    return code(), checksum(shipped_proxy() / WEIGHTS)


def _clips_id(data: Path, split: str) -> list[str]:
    return [checksum(data / f"{split}.{ending}") for ending in ("json", "npy")]
