"""``render``: a graph and dry audio in, processed audio out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter as Option

from unpatch.cli.console import Output, note, print_text
from unpatch.cli.files import read_graph
from unpatch.cli.tracks import named_sources, record_tracks, track_files
from unpatch.storage.files import check_can_write
from unpatch.storage.outputs import check_outputs

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.graph.data import Graph
    from unpatch.rendering.tape import Store, Tape


def render(
    graph: Path,
    dry: Annotated[list[str], Option(negative=())],
    /,
    *,
    output: Output = Path("render.wav"),
    energy: bool | None = None,
) -> None:
    """Play dry audio through a graph.

    **Examples**

        unpatch render graph.json voice.wav -o wet.wav
        unpatch render drums.json kick.wav snare.wav -o mix.flac
        unpatch render graph.json voice.wav --no-energy
        unpatch render mixing_graph.json stems/ -o mix.wav
        unpatch render mixing_graph.json kick.wav vox="Lead Vocal 3.wav" -o mix.wav

    Parameters
    ----------
    graph:
        A graph file.
    dry:
        One audio file per source of the graph, in the order of its nodes. For a graph with track names, as
        those of `unpatch search` have: a folder of stems, files with the names of the tracks, or
        TRACK=file.
    output:
        The result, as long as the longest source: .wav, .flac, .aiff or .ogg. A result above full
        scale is lowered.
    energy:
        Keep every processor's output at the energy of its input, as in training. Left out, that
        is done for all graphs but those with processors of a mixing console, which change levels on purpose.
    """
    from unpatch.audio import SUBTYPES
    from unpatch.cli.playing import play_to_file
    from unpatch.dsp.cpu import configure_cpu
    from unpatch.rendering import energy as rule
    from unpatch.rendering.tape import Store

    configure_cpu()
    check_can_write(output, SUBTYPES)
    patch = read_graph(graph)
    check_outputs({"GRAPH": graph, "DRY": track_files(named_sources(patch), dry)}, {"--output": output})
    holds = rule.holds([patch]) if energy is None else energy
    output.parent.mkdir(parents=True, exist_ok=True)
    store = Store(output.parent)
    sources, sample_rate = dry_sources(graph, patch, dry, store)
    _note_corners(patch, sample_rate)
    _note_lowered(play_to_file(patch, sources, sample_rate, store, holds, output))
    print_text(str(output))


def dry_sources(path: Path, graph: Graph, given: Sequence[str], store: Store) -> tuple[list[Tape], int]:
    """In the order of the graph's sources, and their rate in Hz."""
    from unpatch.cli.playing import record_files

    if names := named_sources(graph):
        return record_tracks(names, given, store)
    if len(given) != len(graph.sources):
        raise ValueError(f"{path}: has {len(graph.sources)} source(s), got {len(given)} audio file(s)")
    return record_files([Path(word) for word in given], store)


def _note_corners(graph: Graph, sample_rate: int) -> None:
    """List the filters whose corner is above half the sample rate."""
    from unpatch.processors import KINDS

    found = [
        f"{node.kind} {name} {value:g} Hz"
        for node in graph.nodes
        if node.is_processor
        for name, value in node.parameters.items()
        if KINDS[node.kind].parameters[name].unit == "Hz" and value >= sample_rate / 2
    ]
    if found:
        note(f"above half the sample rate of {sample_rate} Hz, so out of reach: {', '.join(found)}")


def _note_lowered(peak: float) -> None:
    """Report how much quieter a file is than the render; stems lowered separately do not sum to the mix."""
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
