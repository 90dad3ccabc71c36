"""Presets of mastering: ``mastering_<size>_<chain>_<encoder>``, with ``_parameters`` behind it for the loss
that the paper compares with. Ours trains longer than the published systems; ``_brief`` behind it gives it
about the processor time that they have. ``_mixed`` is for use: half of its examples have realistic settings.

=======  ============================================================================================
size
=======  ============================================================================================
paper    clips of 10 s, published widths, 12 k steps of 16 examples at 1e-4
small    clips of 3 s, narrow networks and few steps: minutes on one CPU core
debug    learns nothing in seconds; for tests
=======  ============================================================================================

Chains are those of :data:`unpatch.mastering.chains.CHAINS`, encoders mee, te, tfe and ours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from unpatch.features.pictures import require_version
from unpatch.mastering.chains import CHAINS
from unpatch.mastering.cqt import CqtSettings
from unpatch.mastering.encoders import MasteringEncoderSettings
from unpatch.mastering.levels import LevelSettings
from unpatch.mastering.ours import OursSettings
from unpatch.mastering.settings import Style
from unpatch.ranges import COUNT

Loss = Literal["mel", "parameters", "told"]
"""Distance of sounds, squared error of numbers, or ours: likelihood of the truth."""


FEATURES = 1
"""Version of what encoders are shown of audio: statistics and pictures of levels, constant-Q transforms.
Raise it whenever they change: models of another version are refused (``tests/golden`` fails until it is
raised)."""


@dataclass(frozen=True)
class MasteringSettings:
    """A model.

    Attributes:
        features: version of what the encoders are shown; ValueError for another than :data:`FEATURES`.
        chain: what is estimated, and plays.
        encoder: of the published systems.
        widths: of the head's hidden layers.
        ours: sizes of ours, if that is the encoder.
    """

    chain: str = "chain"
    encoder: MasteringEncoderSettings = field(default_factory=MasteringEncoderSettings)
    widths: tuple[int, ...] = (2048, 1024, 512)
    ours: OursSettings = field(default_factory=OursSettings)
    features: int = FEATURES

    def __post_init__(self) -> None:
        require_version(self.features, FEATURES)

    @property
    def is_ours(self) -> bool:
        return self.encoder.name == "ours"


@dataclass(frozen=True)
class MasteringTraining:
    """How it is trained.

    Attributes:
        style: of the settings that sounds are made with.
        rate: of Adam; ours warms up and falls to zero along half a cosine.
        sound_weight: of ours: weight of the distance of sounds beside the likelihood.
        first: of ours: number of batches for the closed-form start.
    """

    loss: Loss = "mel"
    style: Style = "harsh"
    steps: int = 10_750
    batch: int = 16
    rate: float = 1e-4
    warmup: int = 0
    falls: bool = False
    weight_decay: float = 0.0
    clip: float = 1.0
    sound_weight: float = 0.0
    first: int = 0
    seed: int = 0
    report_every: int = 20
    validate_every: int = 200
    save_every: int = 100

    def __post_init__(self) -> None:
        COUNT.check("steps", self.steps)


@dataclass(frozen=True)
class MasteringPreset:
    """A model and its training."""

    name: str
    model: MasteringSettings = field(default_factory=MasteringSettings)
    training: MasteringTraining = field(default_factory=MasteringTraining)


def paper(chain: str, encoder: str) -> MasteringPreset:
    """As published: 400 epochs of 430 clips."""
    model = MasteringSettings(chain, MasteringEncoderSettings(encoder))
    return MasteringPreset("", model, MasteringTraining())


def small(chain: str, encoder: str) -> MasteringPreset:
    """The same made small: MEE an eighth as wide, the others half; clips of 3 s; a greater rate."""
    width = {"mee": 1 / 8, "te": 1.0, "tfe": 0.5}.get(encoder, 1.0)
    model = MasteringSettings(chain, MasteringEncoderSettings(encoder, 131_072, width), (512, 256, 128))
    training = MasteringTraining(steps=100, batch=8, rate=1e-3, validate_every=10_000, save_every=50)
    return MasteringPreset("", model, training)


def debug(chain: str, encoder: str) -> MasteringPreset:
    """A toy with every part in place."""
    cqt = CqtSettings(low_hz=261.6, bins=24)
    ours = OursSettings(LevelSettings(bands=16, fft=1024), 16, 8, 2, 6, 8, 0.0)
    model = MasteringSettings(chain, MasteringEncoderSettings(encoder, 16_384, 1 / 16, cqt), (16, 8), ours)
    training = MasteringTraining(steps=4, batch=4, rate=1e-3, report_every=1, validate_every=2, save_every=2)
    return MasteringPreset("", model, training)


SOUND_WEIGHT = 10.0


class _Budget(NamedTuple):
    steps: int
    first: int


OURS: Mapping[str, tuple[_Budget, _Budget, int, float]] = {
    "paper": (_Budget(60_000, 1_000), _Budget(10_750, 500), 32, 1e-3),
    "small": (_Budget(1_200, 400), _Budget(200, 100), 16, 1e-3),
    "debug": (_Budget(4, 2), _Budget(4, 2), 4, 1e-3),
}
"""Size to budgets of the whole preset and the brief one, examples of a step, and rate."""


Variant = Literal["", "brief", "mixed"]


def _ours(base: MasteringPreset, size: str, variant: Variant) -> MasteringPreset:
    """Numbers as distributions; more and larger steps.

    The sound of a single compressor or clipper counts as well: the mean of its numbers is not what sounds
    nearest, while an equalizer has its curve as target, and that is the sound.
    """
    long, short, batch, rate = OURS[size]
    steps, first = short if variant == "brief" else long
    training = replace(
        base.training,
        loss="told",
        style="mixed" if variant == "mixed" else "harsh",
        sound_weight=SOUND_WEIGHT if base.model.chain in ("compressor", "clipper") else 0.0,
        steps=steps,
        first=first,
        batch=batch,
        rate=rate,
        warmup=min(100, steps // 4),
        falls=True,
        weight_decay=0.01,
    )
    return replace(base, training=training)


SIZES: Mapping[str, Callable[[str, str], MasteringPreset]] = {"paper": paper, "small": small, "debug": debug}


def preset(size: str, chain: str, encoder: str, loss: Loss = "mel", variant: Variant = "") -> MasteringPreset:
    """One by its parts; only ours has variants."""
    base = SIZES[size](chain, encoder)
    name = f"mastering_{size}_{chain}_{encoder}"
    if encoder == "ours":
        return replace(_ours(base, size, variant), name=f"{name}_{variant}" if variant else name)
    if loss == "parameters":
        base, name = replace(base, training=replace(base.training, loss=loss)), f"{name}_parameters"
    return replace(base, name=name)


VARIANTS: tuple[Variant, ...] = ("", "brief", "mixed")
SAME_KNOBS = ("equalizer", "compressor", "clipper", "chain")
"""What is estimated with the knobs that it was made with: the truth of its numbers is known."""

PRESETS: Mapping[str, MasteringPreset] = {
    found.name: found
    for size in SIZES
    for found in (
        *(preset(size, chain, encoder) for chain in CHAINS for encoder in ("mee", "te", "tfe")),
        *(preset(size, chain, e, "parameters") for chain in SAME_KNOBS for e in ("mee", "te", "tfe")),
        *(preset(size, chain, "ours", variant=variant) for chain in SAME_KNOBS for variant in VARIANTS),
    )
}
"""Every preset by name."""
