"""A debug model and a toy corpus, shared by the tests of learning and estimating."""

from dataclasses import replace

import torch
from torch import Tensor

from unpatch.corpus import Corpus, item
from unpatch.graph.build import Step, chain
from unpatch.models import Estimator
from unpatch.presets import Preset, singing_debug
from unpatch.processors import PROCESSORS
from unpatch.vocabulary import Vocabulary

SINGING = Vocabulary.of(PROCESSORS, "singing")

CHAINS: tuple[tuple[Step, ...], ...] = (
    ("distortion",),
    ("bell", "compressor"),
    (("chorus", {"mod": "mono_lfo"}), "imager"),
    ("mono_delay", "stereo_reverb", "bitcrush"),
)


def debug_model(seed: int = 0, preset: Preset | None = None) -> Estimator:
    torch.manual_seed(seed)
    return Estimator((preset or singing_debug()).model, SINGING).eval()


def noise_pictures(count: int, seed: int = 0) -> Tensor:
    """Pictures ``[N, C, M, F]`` that are easily told apart."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, *singing_debug().model.features.shape, generator=generator) * 2 - 1


def toy_corpus() -> Corpus:
    """Four chains, each behind a picture of its own."""
    pictures = noise_pictures(len(CHAINS))
    graphs = [chain(PROCESSORS, *steps) for steps in CHAINS]
    return Corpus(tuple(item(p, g, SINGING, PROCESSORS) for p, g in zip(pictures, graphs, strict=True)))


def short(preset: Preset, **changes: float) -> Preset:
    """The preset with some training settings replaced."""
    return replace(preset, training=replace(preset.training, **changes))  # type: ignore[arg-type]
