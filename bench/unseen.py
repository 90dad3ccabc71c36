"""Clips of singers outside of all training sets, the same for every check."""

from collections.abc import Iterator
from pathlib import Path

from unpatch.synth import generate
from unpatch.synth.generate import Example
from unpatch.synth.sources import Sources

SEED = 77


def examples(sources: Path, count: int) -> Iterator[Example]:
    """Drawn by the generator from a folder's split ``val_unseen``."""
    opened = Sources.open(sources, "val_unseen")
    for index in range(count):
        yield generate("singing", SEED, opened, index)
