"""What holds for every test."""

import signal
from collections.abc import Iterator

import pytest
import torch

# What a shell starts in the background ignores Ctrl-C, and so would all that tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def denormal_numbers_again() -> Iterator[None]:
    """Commands turn denormal numbers off for the whole process; hypothesis refuses to draw without them."""
    yield
    torch.set_flush_denormal(False)
