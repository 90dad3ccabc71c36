"""The studio's first page for new users: the embedded voice with an everyday chain of effects."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

from unpatch.pages.studio.database import FILE, Database
from unpatch.pages.studio.settings import StudioSettings
from unpatch.pages.studio.shelf import Shelf
from unpatch.pages.studio.store import Store
from unpatch.pages.studio.tasks import TASKS
from unpatch.pages.studio.uploads import described

DRY, WET = "demo dry voice.flac", "demo processed voice.flac"


def prepared(settings: StudioSettings) -> str:
    """Put the take and its dry signal on the shelf, and an estimate in the queue; the page's path.

    A demo that was prepared before is opened again.
    """
    from unpatch.demo import EVERYDAY, processed_voice

    shelf, database = Shelf(settings.folder), Database(settings.folder / FILE)
    try:
        store = Store(database)
        dry, wet, rate = processed_voice(EVERYDAY)
        keys = {
            name: _stored(store, shelf, name, flac(audio, rate)) for name, audio in ((DRY, dry), (WET, wet))
        }
        known = database.row("SELECT id FROM jobs WHERE name = ? AND task = ? LIMIT 1", (WET, "estimate"))
        if known:
            return f"/#job={known['id']}"
        request = {"file": keys[WET], "dry": {"in": keys[DRY]}}
        job = store.add_job("estimate", WET, TASKS["estimate"].check(request))
        return f"/#job={job['id']}"
    finally:
        database.close()


def _stored(store: Store, shelf: Shelf, name: str, data: bytes) -> str:
    async def chunks() -> AsyncIterator[bytes]:
        yield data

    async def stored() -> str:
        async with shelf.received(chunks(), len(data)) as draft:
            kind, facts = described(draft.path, name)
            shelf.keep(draft)
            return str(store.add_file(draft.sha256, name, draft.bytes, kind, facts)["id"])

    return asyncio.run(stored())


def flac(audio: object, rate: int) -> bytes:
    """Audio ``[2, T]`` as a file, in 24 bits."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, audio.T.numpy(), rate, format="FLAC", subtype="PCM_24")  # type: ignore[attr-defined]
    return file.getvalue()
