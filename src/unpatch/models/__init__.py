"""The networks of the blind estimation: a reference encoder and a graph decoder."""

from unpatch.models.encoder import EncoderSettings
from unpatch.models.estimator import Estimator, ModelSettings
from unpatch.models.tokengt import DecoderSettings
from unpatch.models.weights import from_pretrained, save_pretrained

__all__ = [
    "DecoderSettings",
    "EncoderSettings",
    "Estimator",
    "ModelSettings",
    "from_pretrained",
    "save_pretrained",
]
