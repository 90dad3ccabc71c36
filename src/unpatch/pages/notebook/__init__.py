"""Graphs in notebooks (Jupyter, marimo): the studio's canvas and knobs with a player.

Needs the extra ``unpatch[notebook]``::

    from unpatch.pages.notebook import GraphWidget

    widget = GraphWidget(found.graph, dry, sample_rate, reference=recording)
    widget        # the last line of a cell shows it
    widget.graph  # as it is after the last change
"""

from unpatch.pages.notebook.widget import GraphWidget

__all__ = ["GraphWidget"]
