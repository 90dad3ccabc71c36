"""Presets: functions that return frozen settings. Vary one with :func:`dataclasses.replace`.

========================  =====================================================================
:func:`singing_paper`     every figure as published (Lee et al. 2023), the rest chosen here
:func:`singing_small`     learns in hours on one CPU core; the model that ships
:func:`singing_debug`     learns nothing in seconds; for tests
========================  =====================================================================

Each has a twin, ``<name>_no_latent``, that hears nothing: what can be guessed from the data set alone.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from unpatch.features import FeatureSettings
from unpatch.models.encoder import EncoderSettings
from unpatch.models.estimator import ModelSettings
from unpatch.models.tokengt import DecoderSettings
from unpatch.variation import Variation

Precision = Literal["32-true", "bf16-mixed"]


@dataclass(frozen=True)
class TrainSettings:
    """How a model is trained.

    Attributes:
        batch: examples per step.
        peak_rate: highest learning rate of AdamW, reached after ``warmup`` steps.
        smoothing: of labels.
        clip: largest norm of the gradient.
        average: how much of the average of the weights each step keeps (0.999, say); the average is what is
            validated and saved. 0 saves the newest weights.
        number_share: share of each batch that also learns the parameter task.
        variation: how pictures are varied, if at all.
    """

    steps: int = 200_000
    batch: int = 32
    peak_rate: float = 5e-4
    warmup: int = 50_000
    weight_decay: float = 0.01
    smoothing: float = 0.1
    clip: float = 1.0
    average: float = 0.0
    number_share: float = 1.0
    variation: Variation = field(default_factory=Variation)
    seed: int = 0
    accelerator: str = "auto"
    precision: Precision = "32-true"
    report_every: int = 50
    validate_every: int = 1_000
    save_every: int = 1_000


@dataclass(frozen=True)
class Preset:
    """A model and its training."""

    name: str
    model: ModelSettings = field(default_factory=ModelSettings)
    training: TrainSettings = field(default_factory=TrainSettings)


def singing_paper() -> Preset:
    """As published: 256 bands, 7 layers, one query; 6 blocks of 512 with 16 heads; 200 k steps.

    The paper leaves open, and is read here as: left and right as two channels; VGGish's widths with a
    seventh layer; pooling after layers 1, 2, 4 and 6; dropout, weight decay and clipping.
    """
    return Preset("singing_paper")


def singing_small() -> Preset:
    """Small enough for one CPU core.

    Departs from the paper where that learns faster: mid, side and balance as channels, whitened per
    band; a strided first layer and no dilation; eight queries instead of one, with a head that names
    the kinds that are present; the parameter task on half of a batch; varied pictures and averaged
    weights (on 19,500 examples the node error of unseen singers rose after 7,500 steps without variation
    and fell again with it, from 0.569 to 0.561 within 1,000 steps).
    """
    features = FeatureSettings(fft=2048, hop=1024, bands=128, channels=("mid", "side", "balance"))
    encoder = EncoderSettings(
        channels=(64, 96, 128, 128, 192, 192, 256),
        pools=((2, 1), (1, 1), (2, 1), (1, 1), (2, 1), (1, 1), (1, 1)),
        stem_stride=(4, 4),
        dilations=(1,),
        queries=8,
        heads=6,
    )
    decoder = DecoderSettings(width=192, layers=4, heads=6, feedforward=3)
    training = TrainSettings(
        steps=30_000,
        peak_rate=1e-3,
        warmup=300,
        number_share=0.5,
        variation=Variation(colour=0.03, frames=0.15, bands=0.1),
        accelerator="cpu",
        save_every=500,
        average=0.998,
    )
    model = ModelSettings("singing", features, encoder, decoder, hints=True)
    return Preset("singing_small", model, training)


def singing_debug() -> Preset:
    """A toy with every part in place."""
    features = FeatureSettings(fft=1024, hop=4096, bands=16, channels=("mid", "side"))
    encoder = EncoderSettings(
        channels=(8, 8, 8, 8, 8, 8, 8),
        pools=((2, 2), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)),
        stem_stride=(2, 2),
        queries=2,
        heads=2,
        dropout=0.0,
    )
    decoder = DecoderSettings(width=32, layers=2, heads=2, dropout=0.0)
    training = TrainSettings(
        steps=8,
        batch=4,
        peak_rate=3e-3,
        warmup=2,
        accelerator="cpu",
        report_every=2,
        validate_every=4,
        save_every=4,
    )
    return Preset("singing_debug", ModelSettings("singing", features, encoder, decoder), training)


def without_latents(preset: Preset) -> Preset:
    """The baseline that hears nothing: latents are zero."""
    return replace(preset, name=f"{preset.name}_no_latent", model=replace(preset.model, hears=False))


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for heard in (singing_paper(), singing_small(), singing_debug())
    for preset in (heard, without_latents(heard))
}
"""Every preset by name; those ending in ``_no_latent`` are the baselines."""
