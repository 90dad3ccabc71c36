"""Debug models and a toy corpus, shared by the tests of learning and estimating."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from unpatch.blind.corpus import Batch, Corpus, item, pixels
from unpatch.blind.models import Estimator, build
from unpatch.blind.presets import Preset, preset
from unpatch.blind.tokens import REFERENCE_LEVEL_DB
from unpatch.blind.vocabulary import Vocabulary, registry_of
from unpatch.declaration import Processor
from unpatch.graph.build import Step, chain
from unpatch.graph.data import Graph
from unpatch.processors import PROCESSORS
from unpatch.synth.generate import Example
from unpatch.synth.shards import Stored, members, write_tar
from unpatch.synth.sources import FRAMES, SAMPLE_RATE, Segment

DEBUG = preset("singing", "debug", "proposed")
SINGING = Vocabulary.of(PROCESSORS, "singing")

CHAINS: tuple[tuple[Step, ...], ...] = (
    ("distortion",),
    ("bell", "compressor"),
    (("chorus", {"mod": "mono_lfo"}), "imager"),
    ("mono_delay", "stereo_reverb", "bitcrush"),
)


def registry_for(of: Preset) -> Mapping[str, Processor]:
    """The kinds that a preset's model names."""
    return registry_of(of.model.registry)


def vocabulary_for(of: Preset) -> Vocabulary:
    """What a preset's model may say about singing."""
    return Vocabulary.of(registry_for(of), "singing")


def system(name: str) -> Preset:
    """The debug preset of one of the systems."""
    return preset("singing", "debug", name)


def debug_model(seed: int = 0, of: Preset = DEBUG) -> Estimator:
    torch.manual_seed(seed)
    return build(of.model, vocabulary_for(of)).eval()


def noise_pictures(count: int, seed: int = 0, of: Preset = DEBUG) -> Tensor:
    """Pictures ``[N, C, M, F]`` that are easily told apart, as the preset's model takes them."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, *of.model.features.shape, generator=generator) * 2 - 1


def noise_echoes(count: int, seed: int = 0, of: Preset = DEBUG) -> Tensor:
    """Cepstra ``[N, E, lags]``, likewise."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, *of.model.features.echo_shape, generator=generator) * 2 - 1


def corpus_of(graphs: Sequence[Graph], of: Preset = DEBUG) -> Corpus:
    """Graphs, each behind a picture of its own."""
    shown = zip(noise_pictures(len(graphs), of=of), noise_echoes(len(graphs), of=of), graphs, strict=True)
    words, registry = vocabulary_for(of), registry_for(of)
    return Corpus(tuple(item(p, g, words, registry, echoes=e) for p, e, g in shown))


def batch_of(*graphs: Graph, of: Preset = DEBUG) -> Batch:
    return corpus_of(graphs, of).batch(range(len(graphs)))


def toy_corpus(of: Preset = DEBUG) -> Corpus:
    """Four chains."""
    return corpus_of([chain(PROCESSORS, *steps) for steps in CHAINS], of)


def stored_examples() -> list[Stored]:
    """The same as they are read from shards, with noise for singing."""
    corpus = toy_corpus()
    generator = torch.Generator().manual_seed(0)
    return [
        Stored(
            str(i),
            chain(PROCESSORS, *CHAINS[i]),
            {
                "sample_rate": 44_100,
                "performer": f"singer {i % 2}",
                "level_db": REFERENCE_LEVEL_DB,
                "pictures": asdict(DEBUG.model.features),
            },
            pixels(item.picture),
            pixels(item.dry),
            0.1 * torch.randn(1, 8_000, generator=generator),
        )
        for i, item in enumerate(corpus.items)
    ]


def write_examples(folder: Path, shards: int = 1, *, seed: int = 0) -> Path:
    """A data set whose shards hold the four chains each, with noise for dry and wet."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(seed)
    for shard in range(shards):
        content: dict[str, bytes] = {}
        for i, steps in enumerate(CHAINS):
            dry = 0.1 * torch.randn(1, FRAMES, generator=generator)
            sung = Segment(dry, ("in",), f"singer {i % 2}", ())
            graph, noise = chain(PROCESSORS, *steps), dry.expand(2, -1)
            example = Example(graph, dry, noise, noise, "singing", SAMPLE_RATE, seed, i, sung)
            content |= members(example, DEBUG.model.features, ("dry",))
        write_tar(folder / f"{shard}.tar", content)
    return folder


def short(preset: Preset, **changes: float) -> Preset:
    """The preset with some training settings replaced."""
    return replace(preset, training=replace(preset.training, **changes))  # type: ignore[arg-type]
