"""The server's addresses, one file a subject."""

from __future__ import annotations

from starlette.routing import Route

from unpatch.pages.studio.routes import audio, files, graphs, jobs, listening, page

ROUTES: list[Route] = [*files.ROUTES, *jobs.ROUTES, *graphs.ROUTES, *audio.ROUTES, *listening.ROUTES]
"""All but the page's own files, which come last."""

PAGE = page.ROUTES
