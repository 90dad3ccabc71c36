"""What is read off the declarations: catalogue, reference page, JSON schema, samplers."""

from collections.abc import Callable

from unpatch.spec import Processor


def sample(processor: Processor, draw: Callable[[], float]) -> dict[str, float]:
    """Parameter values, each uniform over its unit range; ``draw`` gives numbers in [0, 1]."""
    return {name: knob.from_unit(draw()) for name, knob in processor.parameters.items()}
