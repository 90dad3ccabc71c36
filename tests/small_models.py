"""Debug models and a toy corpus, shared by the tests of learning and estimating."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from unpatch.corpus import Batch, Corpus, item
from unpatch.graph.build import Step, chain
from unpatch.graph.data import Graph
from unpatch.models import Estimator, build
from unpatch.presets import Preset, preset
from unpatch.processors import PROCESSORS
from unpatch.vocabulary import Vocabulary

DEBUG = preset("singing", "debug", "proposed")
SINGING = Vocabulary.of(PROCESSORS, "singing")

CHAINS: tuple[tuple[Step, ...], ...] = (
    ("distortion",),
    ("bell", "compressor"),
    (("chorus", {"mod": "mono_lfo"}), "imager"),
    ("mono_delay", "stereo_reverb", "bitcrush"),
)


def system(name: str) -> Preset:
    """The debug preset of one of the systems."""
    return preset("singing", "debug", name)


def debug_model(seed: int = 0, of: Preset = DEBUG) -> Estimator:
    torch.manual_seed(seed)
    return build(of.model, SINGING).eval()


def noise_pictures(count: int, seed: int = 0, of: Preset = DEBUG) -> Tensor:
    """Pictures ``[N, C, M, F]`` that are easily told apart, as the preset's model takes them."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, *of.model.features.shape, generator=generator) * 2 - 1


def corpus_of(graphs: Sequence[Graph], of: Preset = DEBUG) -> Corpus:
    """Graphs, each behind a picture of its own."""
    pictures = noise_pictures(len(graphs), of=of)
    return Corpus(tuple(item(p, g, SINGING, PROCESSORS) for p, g in zip(pictures, graphs, strict=True)))


def batch_of(*graphs: Graph, of: Preset = DEBUG) -> Batch:
    return corpus_of(graphs, of).batch(range(len(graphs)))


def toy_corpus(of: Preset = DEBUG) -> Corpus:
    """Four chains."""
    return corpus_of([chain(PROCESSORS, *steps) for steps in CHAINS], of)


def short(preset: Preset, **changes: float) -> Preset:
    """The preset with some training settings replaced."""
    return replace(preset, training=replace(preset.training, **changes))  # type: ignore[arg-type]
