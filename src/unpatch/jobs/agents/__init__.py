"""The functions of :mod:`unpatch.jobs` as tools for agents, by the Model Context Protocol (``unpatch mcp``).

Needs the extra ``unpatch[mcp]``.
"""
