"""``mcp``: the functions of unpatch as tools for agents."""

from __future__ import annotations

from pathlib import Path


def mcp(*, root: Path = Path()) -> None:
    """Serve estimate, search, match, render, export and compare to agents (Model Context Protocol).

    Speaks the protocol on standard input and output until the input ends; an agent starts it. Needs the
    extra: pip install "unpatch[mcp]".

    **Examples**

        unpatch mcp --root ~/Music/session

    Parameters
    ----------
    root:
        The folder that agents read and write in. Paths of calls are relative to it, others are refused.
    """
    from unpatch.execution.extras import require

    require("mcp")
    from unpatch.jobs.agents.server import serve

    serve(root)
