"""Folders of the repository that benchmarks, checks and studies read or write."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The repository."""
RESULTS = ROOT / "bench" / "results"
"""Pages and figures that are kept."""
