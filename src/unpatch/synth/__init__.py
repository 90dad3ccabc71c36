"""Synthetic pairs of graph and audio to learn from."""

from unpatch.synth.generate import Example, Task, generate
from unpatch.synth.produce import Dataset, write_shards
from unpatch.synth.shards import DatasetError, Stored, read_shards
from unpatch.synth.sources import FRAMES, SAMPLE_RATE, Segment, SourceError, Sources
from unpatch.synth.strata import Stratum

__all__ = [
    "FRAMES",
    "SAMPLE_RATE",
    "Dataset",
    "DatasetError",
    "Example",
    "Segment",
    "SourceError",
    "Sources",
    "Stored",
    "Stratum",
    "Task",
    "generate",
    "read_shards",
    "write_shards",
]
