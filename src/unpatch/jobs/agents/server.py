"""The server: tools of one folder, on standard input and output."""

from __future__ import annotations

from pathlib import Path

from mcp.server.mcpserver import MCPServer

from unpatch import __version__
from unpatch.jobs.agents.running import Runner
from unpatch.jobs.agents.tools import Tools
from unpatch.jobs.agents.workspace import Workspace

INSTRUCTIONS = """\
unpatch recovers the audio processing graph behind a recording, a mix or a master, as an editable file that
can be rendered and exported. Paths are relative to the folder {root}. `estimate` finds the effects of a
recording, `search` the mixing graph of stems and their mix, `match` masters a song like references. The
graph.json of the first two goes to `show_graph`, `render` and `export`; `compare` measures how near a render
is. Jobs run one at a time and report their progress."""
READING = "list_processors", "list_formats", "show_graph", "compare"


def make_server(root: Path) -> MCPServer[None]:
    """A server whose tools read and write in one folder.

    Raises:
        ValueError: it is not a folder.
    """
    from mcp.types import ToolAnnotations

    tools = Tools(Workspace(root), Runner())
    server: MCPServer[None] = MCPServer(
        "unpatch",
        version=__version__,
        instructions=INSTRUCTIONS.format(root=root.resolve()),
        log_level="WARNING",
    )
    for name in (*READING, "estimate", "search", "match", "render", "export"):
        about = ToolAnnotations(read_only_hint=name in READING, open_world_hint=False)
        server.add_tool(getattr(tools, name), annotations=about)
    return server


def serve(root: Path) -> None:
    """Serve until standard input ends."""
    make_server(root).run("stdio")
