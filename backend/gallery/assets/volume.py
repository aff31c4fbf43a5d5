"""Whether this is the folder that belongs to this database.

A wrong or empty mount looks like a library that lost everything. The same name stands in the folder and in the
database; if they differ the gallery does not start, and so cannot tidy up what it does not understand.
"""

import os
from typing import Final
from uuid import UUID, uuid4

from gallery.assets import queries
from gallery.infra.db import Database
from gallery.infra.storage import LocalStorage, fsync_folder

MARKER: Final = "gallery.volume-id"


class WrongVolume(Exception):
    """The storage folder is not the one that this database knows; the message says what to look at."""


async def claim_volume(database: Database, storage: LocalStorage) -> None:
    """Marks a new pair of database and folder, or checks an old one. Raises WrongVolume."""
    written = volume_mark(storage)
    async with database.transaction() as session:
        known = await queries.volume_id(session)
        if known is None and written is None:
            known = uuid4()
            mark_volume(storage, known)
            await queries.set_volume_id(session, known)
        elif known is None and written is not None:
            await queries.set_volume_id(session, UUID(written))
        elif written != str(known):
            raise WrongVolume(
                f"The folder {storage.root} is not the one that belongs to this database"
                f" ({'its marker is missing' if written is None else 'it has another marker'})."
                " Mount the right volume, or restore it from the backup; nothing was changed."
            )


def volume_mark(storage: LocalStorage) -> str | None:
    """What is written in the folder; None when nothing is."""
    path = storage.root / MARKER
    return path.read_text().strip() if path.exists() else None


def mark_volume(storage: LocalStorage, volume_id: UUID) -> None:
    """Writes the name into the folder."""
    path = storage.root / MARKER
    with path.open("w") as file:
        file.write(str(volume_id))
        file.flush()
        os.fsync(file.fileno())
    fsync_folder(storage.root)
