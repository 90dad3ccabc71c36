"""The networks of the blind estimation: encoders, a transformer over tokens, and the systems made of them."""

from unpatch.models.encoder import EncoderSettings
from unpatch.models.estimator import Estimator, ModelSettings
from unpatch.models.systems import build
from unpatch.models.tokengt import DecoderSettings
from unpatch.models.weights import from_pretrained, save_pretrained

__all__ = [
    "DecoderSettings",
    "EncoderSettings",
    "Estimator",
    "ModelSettings",
    "build",
    "from_pretrained",
    "save_pretrained",
]
