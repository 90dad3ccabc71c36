"""What holds for every test."""

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True)
def denormal_numbers_again() -> Iterator[None]:
    """Commands turn denormal numbers off for the whole process; hypothesis refuses to draw without them."""
    yield
    torch.set_flush_denormal(False)
