"""Allocator settings, in a process of their own because they cannot be taken back."""

import subprocess
import sys

import pytest

PROGRAM = """
import resource, torch
from unpatch.dsp.cpu import configure_cpu

def faults(blocks):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(blocks):
        torch.empty(16_000_000).fill_(1.0)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

before = faults(4)
taken = configure_cpu()
faults(20)
print(int(taken), before, faults(4))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the settings are glibc's")
def test_large_blocks_are_used_again() -> None:
    """Without the settings each 64 MB block is faulted in anew; with them only the first few are."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    ).stdout
    taken, before, after = map(int, answer.split())
    if not taken:
        pytest.skip("the allocator is not glibc's")
    assert after < 0.1 * before
