"""The function :func:`unpatch.estimate`, for all tasks.

Shapes: C channels, T samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from unpatch.audio import AudioLike, as_rate, as_stereo
from unpatch.audio.windows import Windows
from unpatch.blind.models import Estimator
from unpatch.blind.models.deciding import Deciding
from unpatch.declaration import Processor
from unpatch.estimates import Estimate
from unpatch.processors import EVERYDAY
from unpatch.refining.material import Dry
from unpatch.tasks import task_called


def estimate(
    audio: AudioLike,
    sample_rate: float,
    task: str = "singing",
    *,
    dry: Dry | None = None,
    model: Estimator | str | Path | None = None,
    windows: Windows = "loudest",
    deciding: Deciding | None = None,
    registry: Mapping[str, Processor] = EVERYDAY,
) -> Estimate:
    """Estimate the graph behind a processed recording.

    The task "mastering" gives a :class:`~unpatch.mastering.masters.MasterEstimate`, whose numbers have
    intervals.

    Thresholds and other knobs that follow the level are given for the recording at its level, and
    phases from its start.

    Args:
        audio: ``[C, T]`` or ``[T]``, mono or stereo, of any length.
        sample_rate: in Hz.
        task: a name in :data:`unpatch.tasks.TASKS`: which of the shipped models to use.
        dry: the recording before processing ``[C, T]``, or source kind to ``[C, T]``. A model that was
            trained with dry input uses it; candidates are many, and ordered by their re-rendering error.
            :func:`unpatch.fit` can continue from there.
        model: another model, or the folder of one.
        windows: analyse the loudest stretch only, or stretches all over the recording.
        deciding: how many graphs are searched and drawn; the one of the highest expected F1 of its effects
            is chosen. Not of a master.
        registry: kind to processor.

    Returns:
        Candidates, the best first, with the probability of each kind of effect.

    Raises:
        ValueError: a task, windows or a model that do not exist or do not belong together; a recording that
            cannot be analysed.

    Example:
        >>> import unpatch
        >>> from unpatch.demo import EVERYDAY, processed_voice
        >>> dry, wet, sample_rate = processed_voice(EVERYDAY)
        >>> found = unpatch.estimate(wet, sample_rate, deciding=unpatch.Deciding(beams=1, draws=0))
        >>> found.graph.nodes[0].kind, found.graph.nodes[-1].kind
        ('in', 'out')
    """
    recording, rate = as_stereo(audio, "the audio"), as_rate(sample_rate)
    if windows not in get_args(Windows):
        raise ValueError(f"windows is {' or '.join(get_args(Windows))}, got {windows!r}")
    return task_called(task).estimate(
        recording, rate, dry=dry, model=model, windows=windows, deciding=deciding, registry=registry
    )
