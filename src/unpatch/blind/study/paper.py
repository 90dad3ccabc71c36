"""Table 2 as published: Lee, Park, Paik and Lee, Blind Estimation of Audio Processing Graph, ICASSP 2023.

The paper's data differ from ours, so that figures are to be compared by their ratio to the row without
latents, and by the order of the rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Split = Literal["val_seen", "val_unseen"]
SPLITS: Mapping[Split, str] = {"val_seen": "seen", "val_unseen": "unseen"}
"""Folder of a validation set to the word for the singers or kits that it is made of."""

COLUMNS: Mapping[str, str] = {
    "node_error": "node error",
    "edge_error": "edge error",
    "invalid": "invalid",
    "iou": "IOU",
    "mss_default": "MSS-default",
    "parameter_error": "param L1",
    "mss_oracle": "MSS-oracle",
    "mss_full": "MSS-full",
}
"""Figure to its heading, in the paper's order."""

PUBLISHED_ERRORS = tuple(name for name in COLUMNS if name not in ("invalid", "iou"))
"""Figures for which a ratio is meaningful."""


@dataclass(frozen=True)
class System:
    """A row: its number in the paper, or a sign of ours, and what it is."""

    sign: str
    words: str


SYSTEMS: Mapping[str, System] = {
    "autoencoder": System("1", "autoencoding"),
    "no_latent": System("2", "no latent"),
    "proposed": System("3", "proposed"),
    "with_dry": System("4", "3 + dry source"),
    "node_by_node": System("5", "node by node"),
    "single_stage": System("6", "single stage"),
    "ours": System("7", "ours"),
}

NONE = float("nan")

_ROWS: Mapping[str, Mapping[tuple[str, str], tuple[float, ...]]] = {
    "singing": {
        ("autoencoder", ""): (0, 0.002, 0.005, 1, 0.002, 0.008, 0.004, 0.004),
        ("no_latent", ""): (0.502, 0.014, 0, 0.365, 0.116, 0.200, 0.095, 0.107),
        ("proposed", "val_seen"): (0.215, 0.007, 0, 0.839, 0.044, 0.120, 0.056, 0.058),
        ("proposed", "val_unseen"): (0.242, 0.009, 0, 0.800, 0.054, 0.125, 0.057, 0.059),
        ("with_dry", "val_unseen"): (0.169, 0.011, 0, 0.906, 0.034, 0.123, 0.054, 0.052),
        ("node_by_node", "val_unseen"): (0.267, 0.052, 0.072, 0.742, 0.064, 0.142, 0.065, 0.066),
        ("single_stage", "val_unseen"): (0.249, 0.020, 0.002, 0.799, 0.053, 0.168, NONE, 0.070),
    },
    "drums": {
        ("autoencoder", ""): (0, 0.001, 0, 1, 0.001, 0.002, 0.018, 0.018),
        ("no_latent", ""): (0.602, 0.024, 0, 0.267, 0.203, 0.207, 0.138, 0.187),
        ("proposed", "val_seen"): (0.335, 0.019, 0, 0.659, 0.100, 0.145, 0.080, 0.085),
        ("proposed", "val_unseen"): (0.446, 0.015, 0, 0.530, 0.159, 0.161, 0.088, 0.119),
        ("with_dry", "val_unseen"): (0.411, 0.019, 0, 0.550, 0.137, 0.160, 0.092, 0.110),
        ("node_by_node", "val_unseen"): (0.461, 0.045, 0.132, 0.443, 0.134, 0.193, 0.106, 0.134),
        ("single_stage", "val_unseen"): (0.442, 0.023, 0.023, 0.483, 0.159, 0.213, NONE, 0.144),
    },
}


def published(task: str, system: str, split: Split) -> Mapping[str, float] | None:
    """A row of the paper, if it has it; rows without a split apply to both."""
    rows = _ROWS[task]
    row = rows.get((system, split), rows.get((system, "")))
    return None if row is None else dict(zip(COLUMNS, row, strict=True))


def published_ratio(task: str, system: str, split: Split, figure: str) -> float:
    """Over the row without latents; NaN where the paper has none."""
    row, baseline = published(task, system, split), published(task, "no_latent", split)
    return NONE if row is None or baseline is None else row[figure] / baseline[figure]
