"""Rendering: graph and sources in, audio out.

:func:`render` and :func:`render_batch` are the fast way, :func:`oracle` the plain one they are held
against, :func:`walk` the same with every signal on the way, and :func:`bake`
writes the energy rule's gains into the graph, so that it sounds the same without the rule.
"""

from unpatch.rendering.bake import bake
from unpatch.rendering.batched import render, render_batch
from unpatch.rendering.walk import Walked, oracle, walk

__all__ = ["Walked", "bake", "oracle", "render", "render_batch", "walk"]
