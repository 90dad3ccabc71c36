"""Chain of first-order all-pass sections with feedback: the core of a phaser.

Each section is a topology-preserving one-pole (Zavalishin, The Art of VA Filter Design, ch. 3 and 10)
read as low - high. The feedback loop holds no delay: it is solved for the chain's input at every frame.

Shapes: B batch, C channel, T time. Parameters are ``[B|1, 1|C, 1|T]``.
"""

import torch
from torch import Tensor

from unpatch.dsp import allpass_kernels
from unpatch.dsp.layout import as_rows, from_rows


def allpass_chain(x: Tensor, frequency_hz: Tensor, feedback: Tensor, sample_rate: float) -> Tensor:
    """Output of six equal sections, each turning the phase by 90° at the frequency.

    Args:
        x: signal ``[B, C, T]``.
        frequency_hz: held below 0.49 of the sample rate.
        feedback: share of the output added to the input, -1 < feedback < 1.
        sample_rate: in Hz.
    """
    channels = max(x.shape[1], frequency_hz.shape[1], feedback.shape[1])
    signal, knobs = as_rows(x, frequency_hz, feedback)
    y = torch.empty_like(signal)
    arrays = (knob.detach().numpy() for knob in knobs)
    allpass_kernels.run(signal.detach().numpy(), *arrays, sample_rate, y.numpy())
    return from_rows(y, channels)
