"""The parts of a running studio, as its routes use them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from unpatch.pages.studio.catalogue import catalogue
from unpatch.pages.studio.database import FILE, Database
from unpatch.pages.studio.events import Events
from unpatch.pages.studio.jobs import Jobs
from unpatch.pages.studio.listeners import Listeners
from unpatch.pages.studio.player import RegionPlayer
from unpatch.pages.studio.settings import StudioSettings
from unpatch.pages.studio.shelf import Shelf
from unpatch.pages.studio.store import Store


@dataclass(frozen=True)
class Studio:
    """Opened by :func:`opened` within the server's loop."""

    settings: StudioSettings
    shelf: Shelf
    store: Store
    listeners: Listeners
    events: Events
    jobs: Jobs
    player: RegionPlayer

    def close(self) -> None:
        """End workers and streams; what runs is taken up at the next start."""
        self.events.close()
        self.jobs.close()
        self.player.close()
        self.store.database.close()


def opened(settings: StudioSettings) -> Studio:
    """Open the folder, and take up unfinished jobs."""
    shelf = Shelf(settings.folder)
    store = Store(Database(settings.folder / FILE))
    events = Events()
    jobs = Jobs(store, shelf, events, settings.workers)
    studio = Studio(settings, shelf, store, Listeners(store.database), events, jobs, RegionPlayer())
    studio.player.start()
    threading.Thread(target=catalogue, daemon=True).start()
    studio.jobs.start()
    return studio
