"""HTML pages: reports of estimates, mixes and matches, and the gallery.

How a page is made: the ``page`` function of a report turns results into plain values (numbers as text, rows
of tables, diagrams) and passes them to its template, ``templates/NAME.html.j2``. That extends
``base.html.j2`` (head, style, heading, embedded audio, script) and is made of the macros of
``parts.html.j2`` (sections, tables, players, legends); diagrams are lists of shapes that ``diagram.svg.j2``
writes. HTML, CSS, JavaScript and the text between the figures are in ``templates/`` alone.
:mod:`~unpatch.pages.templating` has the one environment: it escapes all text and refuses missing values.

The studio's page is an application of its own, see :mod:`unpatch.pages.studio`.
"""
