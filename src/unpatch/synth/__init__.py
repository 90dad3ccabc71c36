"""Synthetic graph and audio pairs to learn from."""

from unpatch.synth.generate import Example, generate
from unpatch.synth.sources import FRAMES, SAMPLE_RATE, Segment, Sources, SourceError

__all__ = ["FRAMES", "SAMPLE_RATE", "Example", "Segment", "SourceError", "Sources", "generate"]
