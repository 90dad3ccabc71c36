"""``render``: a graph and dry audio in, processed audio out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import Output, note, say
from unpatch.cli.files import read_graph
from unpatch.files import check_can_write

if TYPE_CHECKING:
    from torch import Tensor


def render(
    graph: Path,
    dry: Annotated[list[Path], Option(negative=())],
    /,
    *,
    output: Output = Path("render.wav"),
    energy: bool = True,
) -> None:
    """Play dry audio through a graph.

    **Examples**

        unpatch render graph.json voice.wav -o wet.wav
        unpatch render drums.json kick.wav snare.wav -o mix.flac
        unpatch render graph.json voice.wav --no-energy

    Parameters
    ----------
    graph:
        A graph file.
    dry:
        One audio file per source of the graph, in the order of its nodes.
    output:
        The result, as long as the longest source: .wav, .flac, .aiff or .ogg. What exceeds full
        scale is lowered.
    energy:
        Keep every processor's output at the energy of its input, as the estimator was taught.
    """
    from unpatch.audio import SUBTYPES, save
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.render import render as run_render

    configure_cpu()
    check_can_write(output, SUBTYPES)
    patch = read_graph(graph)
    sources, sample_rate = load_together(dry)
    if len(sources) != len(patch.sources):
        raise ValueError(f"{graph}: has {len(patch.sources)} source(s), got {len(sources)} audio file(s)")
    wet = run_render(patch, sources, sample_rate, energy=energy)
    save(output, wet, sample_rate)
    _note_lowered(wet)
    say(str(output))


def _note_lowered(wet: Tensor) -> None:
    """Say by how much a file is quieter than what was rendered; stems lowered apart no longer sum."""
    peak = float(wet.abs().amax())
    if peak > 1:
        note(f"lowered by {20 * math.log10(peak):.1f} dB to fit full scale")


def load_together(paths: list[Path]) -> tuple[Tensor, int]:
    """Files at one sample rate and of one length: ``[S, 2, T]`` and the rate of the first."""
    import torch

    from unpatch.audio import load, resample

    loaded = [load(path) for path in paths]
    sample_rate = loaded[0][1]
    signals = [resample(audio, rate, sample_rate) for audio, rate in loaded]
    longest = max(signal.shape[-1] for signal in signals)
    padded = [torch.nn.functional.pad(signal, (0, longest - signal.shape[-1])) for signal in signals]
    return torch.stack(padded), sample_rate
