"""Numbers for a node, from the distributions of its declaration."""

from collections.abc import Mapping

from unpatch.declaration import Parameter, Processor
from unpatch.graph.data import Graph
from unpatch.synth.draw import Draw
from unpatch.synth.listen import Listener

# Gain reduction of the loud parts: less is hardly audible, more is rare in practice.
REDUCTION_DB = (3.0, 12.0)
ATTEMPTS = 12


class Settings:
    """Draws the parameters of a node; what the graph gives already stays.

    A knob that follows the level is set for the loud parts of its input, which nine tenths of the
    sounding time stay below; a modulated one has the usual setting of modulated knobs.
    """

    def __init__(self, registry: Mapping[str, Processor]) -> None:
        self.registry = registry

    def __call__(
        self, graph: Graph, position: int, incoming: Listener | None, draw: Draw
    ) -> dict[str, float]:
        """Values of all parameters of one node."""
        loud_db = 0.0 if incoming is None else incoming.level_db(0.9)
        for _ in range(ATTEMPTS):
            values = self._values(graph, position, loud_db, draw)
            if graph.nodes[position].kind != "compressor" or _reduces(values, loud_db):
                break
        return values

    def _values(self, graph: Graph, position: int, loud_db: float, draw: Draw) -> dict[str, float]:
        given = graph.nodes[position].parameters
        connected = {edge.inlet for edge in graph.edges_into(position)}
        return {
            name: given[name]
            if name in given
            else _value(knob, moved=knob.inlet in connected, loud_db=loud_db, draw=draw)
            for name, knob in self.registry[graph.nodes[position].kind].parameters.items()
        }


def _value(knob: Parameter, *, moved: bool, loud_db: float, draw: Draw) -> float:
    around = knob.movement.around if moved and knob.movement is not None else None
    usual = around or knob.typical
    if usual is None:
        return knob.from_unit(draw.number())
    value = usual.draw(draw.number) + knob.follows_level * loud_db
    return min(max(value, knob.low), knob.high)


def reduction_db(threshold_db: float, ratio: float, level_db: float) -> float:
    """By how much a compressor lowers a steady level."""
    return max(level_db - threshold_db, 0.0) * (1 - 1 / ratio)


def _reduces(values: Mapping[str, float], loud_db: float) -> bool:
    least, most = REDUCTION_DB
    return least <= reduction_db(values["threshold_db"], values["ratio"], loud_db) <= most
