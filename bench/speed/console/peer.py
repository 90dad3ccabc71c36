"""The console of the paper in the processors of ``grafx``, its authors' library: what ours is timed against.

Tracks in groups of four, on each track and each group the strip equalizer, compressor, noise gate, imager,
gain, delay, reverb, each with a dry/wet weight; built, ordered and regularised as in the code published with
the paper. Rates and sizes are its own: 30 kHz, delays up to 2 s, reverbs of 2 s.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

import torch
from torch import Tensor

from unpatch.dsp.cpu import configure_cpu
from unpatch.dsp.spectrum import fast_size

GROUP = 4
REGULARISERS = {"gain_reg": 1e-3, "radii_reg": 0.5}
LEARNING_RATE = 1e-2

Loss: TypeAlias = Callable[[Tensor], Tensor]
Step: TypeAlias = Callable[[Loss], float]
"""One optimisation step under a loss of the mix ``[2, T]``; its value."""


def without_torchaudio() -> None:
    """``grafx`` imports it for a filter that no console has; its wheels require another torch."""
    functional: Any = ModuleType("torchaudio.functional")
    functional.lfilter = None
    torchaudio: Any = ModuleType("torchaudio")
    torchaudio.__version__, torchaudio.functional = "2.4.0", functional
    sys.modules |= {"torchaudio": torchaudio, "torchaudio.functional": functional}


def patch() -> None:
    """What a user could do for ``grafx`` from outside: fast transform sizes, allocator, no denormals."""
    configure_cpu()
    convolution: Any = import_module("grafx.processors.core.convolution")

    def padded(x: Tensor, h: Tensor, pad_mode: str = "min") -> int:
        return fast_size(x.shape[-1] + h.shape[-1] - 1)

    convolution.compute_pad_len = padded


def processors() -> Any:
    """The strip, in its order."""
    p: Any = import_module("grafx.processors")
    strip = {
        "eq": p.GainStagingRegularization(p.ZeroPhaseFIREqualizer()),
        "compressor": p.ApproxCompressor(flashfftconv=False),
        "noisegate": p.ApproxNoiseGate(flashfftconv=False),
        "stereo_imager": p.SideGainImager(),
        "gain_panning": p.StereoGain(),
        "delay": p.MultitapDelay(flashfftconv=False),
        "reverb": p.GainStagingRegularization(p.STFTMaskedNoiseReverb(flashfftconv=False)),
    }
    return torch.nn.ModuleDict({name: p.DryWet(processor) for name, processor in strip.items()})


def console(tracks: int, strip: list[str]) -> Any:
    """The graph, in the order in which it is rendered fastest."""
    data: Any = import_module("grafx.data")
    kinds = data.NodeConfigs(strip)
    graph = data.GRAFX(config=kinds)

    def with_strip(node: int) -> int:
        first, last = graph.add_serial_chain(strip)
        graph.connect(node, first)
        return int(last)

    def mixed(nodes: Iterable[int], into: int) -> int:
        for node in nodes:
            graph.connect(node, into)
        return into

    ends = [with_strip(graph.add("in")) for _ in range(tracks)]
    groups = [ends[start : start + GROUP] for start in range(0, tracks, GROUP)]
    buses = [with_strip(mixed(group, graph.add("mix"))) for group in groups]
    mixed(buses, graph.add("out"))
    order = ["in", *strip, "mix", *strip, "out"]
    reorder: Any = import_module("grafx.render").reorder_for_fast_render
    return reorder(graph, method="fixed", fixed_order=[kinds.node_type_to_index[kind] for kind in order])


def stepper(dry: Tensor) -> Step:
    """Steps of a fresh console on tracks ``[K, 2, T]``."""
    render: Any = import_module("grafx.render")
    kinds = processors()
    graph = console(len(dry), list(kinds))
    tensors = import_module("grafx.data").convert_to_tensor(graph)
    plan = render.prepare_render(tensors)
    knobs = import_module("grafx.utils").create_empty_parameters(kinds, graph)
    logits = torch.nn.Parameter(torch.zeros(tensors.num_nodes))
    optimiser = torch.optim.AdamW([*knobs.parameters(), logits], lr=LEARNING_RATE)

    def step(loss: Loss) -> float:
        weights = {"drywet_weight": torch.sigmoid(logits)}
        mix, told, _ = render.render_grafx(kinds, dry, knobs, plan, weights, parameters_grad=True)
        objective = loss(mix[0]) + sum(regularisers(told))
        optimiser.zero_grad()
        objective.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        return float(objective)

    return step


def regularisers(told: Iterable[dict[str, Tensor]]) -> Iterator[Tensor]:
    """Gain staging of equalizers and reverbs, and how far the delays are from the unit circle."""
    for values in told:
        for name, value in values.items():
            yield REGULARISERS[name] * value
