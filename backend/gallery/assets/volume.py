"""Whether this is the folder, or the bucket, that belongs to this database.

A wrong or empty mount looks like a library that lost everything. The same name stands in the storage and in the
database; if they differ the gallery does not start, and so cannot tidy up what it does not understand.
"""

import asyncio
from typing import Final
from uuid import UUID, uuid4

from gallery.assets import queries
from gallery.infra.db import Database
from gallery.infra.storage import Storage

MARKER: Final = "gallery.volume-id"


class WrongVolume(Exception):
    """The storage is not the one that this database knows; the message says what to look at."""


async def claim_volume(database: Database, storage: Storage) -> None:
    """Marks a new pair of database and storage, or checks an old one. Raises WrongVolume.

    Of several processes that meet a new pair at once, one marks it and the others find it marked.
    """
    async with database.transaction() as session:
        await queries.lock_installation(session)
        written = await asyncio.to_thread(volume_mark, storage)
        known = await queries.volume_id(session)
        if known is None and written is None:
            known = uuid4()
            await asyncio.to_thread(storage.write_mark, MARKER, str(known))
            await queries.set_volume_id(session, known)
        elif known is None and written is not None:
            await queries.set_volume_id(session, UUID(written))
        elif written != str(known):
            raise WrongVolume(
                f"The {storage.place} is not the one that belongs to this database"
                f" ({'its marker is missing' if written is None else 'it has another marker'})."
                " Mount the right volume, or restore it from the backup; nothing was changed."
            )


def volume_mark(storage: Storage) -> str | None:
    """What is written in the storage; None when nothing is."""
    return storage.read_mark(MARKER)


def mark_volume(storage: Storage, volume_id: UUID) -> None:
    """Makes it the storage of that gallery, whatever was written there; harmless to repeat."""
    if volume_mark(storage) != str(volume_id):
        storage.write_mark(MARKER, str(volume_id), replace=True)
