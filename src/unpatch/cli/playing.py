"""Playing files through a graph, block by block: the memory does not grow with their length.

Intermediate signals that do not fit into a part of the memory are in unnamed files beside the result.

Shapes: C channel, T time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.graph.data import Graph
    from unpatch.rendering.tape import Store, Tape

_STRETCH_S = 10.0
_BLOCK = 2**18


def record_files(paths: Sequence[Path], store: Store) -> tuple[list[Tape], int]:
    """Files as stereo at the rate of the first, and that rate in Hz."""
    from unpatch.audio import opened
    from unpatch.audio.limits import check_length

    lengths: list[tuple[int, int]] = []
    for path in paths:
        with opened(path) as file:
            check_length(path, file.frames, file.samplerate)
            lengths.append((int(file.frames), int(file.samplerate)))
    to_hz = lengths[0][1]
    tapes = []
    for path, (frames, from_hz) in zip(paths, lengths, strict=True):
        most = -(-frames * to_hz // from_hz) + 1 if from_hz != to_hz else frames
        tapes.append(store.record(_blocks(path, from_hz, to_hz), most))
    return tapes, to_hz


def _blocks(path: Path, from_hz: int, to_hz: int) -> Iterator[Tensor]:
    from unpatch.audio import stretches
    from unpatch.audio.signals import resampled

    return resampled((part.audio for part in stretches(path, _STRETCH_S)), from_hz, to_hz)


def play_to_file(
    graph: Graph, tapes: Sequence[Tape], sample_rate: int, store: Store, energy: bool, output: Path
) -> float:
    """Write the graph's output, lowered where it exceeds full scale; returns its peak."""
    from unpatch.audio.writing import save_blocks
    from unpatch.rendering.song import play

    frames = max(tape.written for tape in tapes)
    wire = play(graph, iter(tapes), frames, sample_rate, store, energy=energy)
    peak = max(float(block.abs().amax()) for block in wire.blocks(frames, _BLOCK))
    lowered = (block / max(peak, 1.0) for block in wire.blocks(frames, _BLOCK))
    save_blocks(output, lowered, (2, frames), sample_rate)
    return peak
