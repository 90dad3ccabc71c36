"""Distortion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unpatch import dsp
from unpatch.declaration import Drive, Role, Tool, amount, db, mixture, processor, steps, uniform

if TYPE_CHECKING:
    from torch import Tensor

    from unpatch.declaration import Audio


@processor(
    family="nonlinear",
    roles=(
        Role("drive", 0.65, 0),
        Role("parallel effect", 0.5, 0),
        Role("effect in a band", 0.2, 1),
    ),
    tools=(Tool("distortion", 1.1, rank=3, place=11, like="drive"),),
)
def distortion(
    input: Audio,
    *,
    sample_rate: float,
    gain_db: Tensor = db(
        0, 48, 18, follows_level=-1, doc="gain into the clipper", typical=uniform(2, 32), varied=Drive()
    ),
    hardness: Tensor = amount(0, 1, 0.3, doc="0 is a tanh, 1 a hard clipper", typical=uniform(0, 1)),
    asymmetry: Tensor = amount(
        0,
        1,
        0.2,
        doc="lowers the ceiling of negative half-waves",
        typical=mixture((0.5, steps(0)), (0.5, uniform(0, 0.7))),
    ),
) -> Audio:
    """Amplify and clip.

    Memoryless and bounded by 1: each half-wave is straight up to ``hardness`` times its ceiling and
    bends into it by a tanh; asymmetry adds even harmonics by lowering the negative ceiling by up to
    12 dB. It makes direct current, too, which is left in, as in a stage without a coupling capacitor: a
    high-pass at 20 Hz behind it takes it out. Silence stays silent; no setting is a bypass, because what
    exceeds 1 is always clipped.
    After the piecewise mapping of Eichas, System Identification of Nonlinear Audio Circuits (thesis, 2020).
    """
    return dsp.drive.distort(input, gain_db, hardness, asymmetry)
