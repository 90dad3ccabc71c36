"""The networks of the blind estimation: encoders, a transformer over tokens, and the systems made of them."""

from unpatch.blind.models.encoder import EncoderSettings
from unpatch.blind.models.estimator import Estimator, ModelSettings
from unpatch.blind.models.systems import build
from unpatch.blind.models.tokengt import DecoderSettings
from unpatch.blind.models.weights import from_pretrained, save_pretrained

__all__ = [
    "DecoderSettings",
    "EncoderSettings",
    "Estimator",
    "ModelSettings",
    "build",
    "from_pretrained",
    "save_pretrained",
]
