"""The encoder before training: it must tell one picture from another."""

import torch

from tests.small_models import debug_model
from unpatch.blind.models.encoder import Encoder


def test_a_calibrated_encoder_tells_pictures_apart() -> None:
    """The share of the latents' variance that lies between examples; fresh weights answer alike."""
    model = debug_model()
    encoder = model.encoder
    assert isinstance(encoder, Encoder)
    pictures = torch.rand(32, *model.settings.features.shape, generator=torch.Generator().manual_seed(0))
    pictures *= torch.linspace(0.1, 1, 32)[:, None, None, None]

    def share() -> float:
        latents = model.encode(pictures)
        return float(latents.var(0).mean() / latents.var())

    with torch.inference_mode():
        before = share()
        encoder.calibrate(pictures)
        frames = encoder.project(encoder.columns(pictures))
        assert share() > 2 * before
    torch.testing.assert_close(frames.mean((0, 1)), torch.zeros(frames.shape[-1]), atol=1e-4, rtol=0)
    torch.testing.assert_close(frames.flatten(0, 1).std(0), torch.ones(frames.shape[-1]), atol=1e-3, rtol=0)
