"""What worker processes do, by name: one file each."""

from __future__ import annotations

from collections.abc import Mapping

from unpatch.pages.studio.tasks.estimate import ESTIMATE
from unpatch.pages.studio.tasks.export import EXPORT
from unpatch.pages.studio.tasks.match import MATCH
from unpatch.pages.studio.tasks.mushra import MUSHRA
from unpatch.pages.studio.tasks.open import OPEN
from unpatch.pages.studio.tasks.render import RENDER
from unpatch.pages.studio.tasks.search import SEARCH
from unpatch.pages.studio.tasks.task import Task

TASKS: Mapping[str, Task] = {
    task.name: task for task in (ESTIMATE, SEARCH, MATCH, OPEN, MUSHRA, RENDER, EXPORT)
}
