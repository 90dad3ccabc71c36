"""Numbers for a node of a large random graph, as its knobs declare, and gains for its wires."""

from unpatch.declaration import Anywhere, Processor
from unpatch.graph.data import Edge
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener

ANYWHERE = Anywhere()


def parameters(processor: Processor, incoming: Listener | None, draw: Draw) -> dict[str, float]:
    """Values for one node.

    Args:
        processor: its declaration.
        incoming: its input; where a sidechain is connected, the sidechain, by which thresholds are set.
        draw: random choices of this node.
    """
    return {
        name: (knob.varied or ANYWHERE)(draw, knob, incoming) for name, knob in processor.parameters.items()
    }


BRANCH_GAIN = (0.3, 1.0)
FREQUENCY_DEPTH = (0.1, 0.5)
DEPTH = (0.3, 1.0)


def edge_gain(edge: Edge, draw: Draw, *, modulates: bool) -> float:
    """Depth of a modulation, or the gain of a branch before it is set against the loudest beside it.

    Only the balance of branches is audible, hence the loudest gets 1, and so does an edge that is alone
    at its inlet. An oscillator turned round is the same with another phase, so only envelopes get a sign.
    """
    if not modulates:
        return draw.number(*BRANCH_GAIN)
    low, high = FREQUENCY_DEPTH if edge.inlet == "frequency" else DEPTH
    return draw.number(low, high) * (draw.sign() if edge.outlet == "env" else 1)
