"""What training changes about whole batches."""

import pytest
import torch

from tests.small_models import toy_corpus
from unpatch.blind.variation import Variation, varied_batch


def test_dry_tracks_are_hidden_whole_and_as_often_as_asked() -> None:
    """A hidden one is dark everywhere; the others, and what is not dry, stay as they are."""
    corpus = toy_corpus()
    batch = corpus.batch([0] * 400)
    batch = batch._replace(dry=torch.rand(400, 2, 8, 5))
    torch.manual_seed(0)
    found = varied_batch(batch, Variation(dry=0.3))
    dark = (found.dry == -1).flatten(1)
    assert torch.equal(dark.any(1), dark.all(1))
    assert float(dark.all(1).float().mean()) == pytest.approx(0.3, abs=0.07)
    kept = ~dark.all(1)
    assert torch.equal(found.dry[kept], batch.dry[kept])
    assert found.pictures is batch.pictures
    assert found.rows is batch.rows
