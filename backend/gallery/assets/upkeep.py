"""What happens by the clock: the trash empties, abandoned uploads and unused bytes go.

Bytes go last and late: only when no asset shows them, and only after a grace that is longer than a backup's cycle.
"""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gallery.assets import queries
from gallery.infra.db import Database
from gallery.infra.events import announce_assets
from gallery.infra.storage import LocalStorage

_BATCH: Final = 500
_STRAY_AFTER: Final = timedelta(hours=24)


async def empty_trash(database: Database, *, now: datetime, older_than: timedelta) -> None:
    """Removes for good what has been in the trash for long."""
    async with database.transaction() as session:
        old = await queries.long_trashed(session, now - older_than, _BATCH)
        for space_id, gone in (await queries.bury(session, old, now)).items():
            await announce_assets(session, space_id, "purged", gone)


async def drop_expired_uploads(database: Database, storage: LocalStorage, *, now: datetime) -> None:
    """Forgets uploads that nobody finished, and spool files that no upload knows."""
    async with database.transaction() as session:
        expired = await queries.expired_uploads(session, now, _BATCH)
        await queries.delete_uploads(session, expired)
    for upload_id in expired:
        storage.spool_path(upload_id).unlink(missing_ok=True)
    await _drop_strays(database, storage)


async def _drop_strays(database: Database, storage: LocalStorage) -> None:
    """A spool file that is old and unknown was left by a process that died."""
    old = time.time() - _STRAY_AFTER.total_seconds()
    strays = [path for path in await asyncio.to_thread(lambda: list(storage.spooled())) if path.stat().st_mtime < old]
    by_id = {UUID(hex=path.name): path for path in strays if len(path.name) == 32}
    async with database.transaction() as session:
        known = await queries.known_uploads(session, list(by_id))
    for upload_id, path in by_id.items():
        if upload_id not in known:
            path.unlink(missing_ok=True)


async def drop_unused_blobs(database: Database, storage: LocalStorage, *, now: datetime, grace: timedelta) -> None:
    """Removes bytes that no asset has shown for the grace.

    Under the lock of their checksum the file goes before the row: dying in between leaves an unused row without
    bytes, which the next run removes and which an upload of the same bytes heals. While a backup runs, and while
    many originals are missing, nothing goes.
    """
    async with database.transaction() as session:
        unused = await queries.unused_blobs(session, now - grace, _BATCH)
    for blob_id, sha256 in unused:
        async with database.transaction() as session:
            if not await queries.may_remove_bytes(session):
                return
            await queries.lock_checksum(session, sha256)
            if not await queries.is_unused(session, blob_id):
                continue
            await asyncio.to_thread(storage.remove_original, sha256)
            await asyncio.to_thread(storage.remove_derivatives, blob_id)
            await queries.delete_blob(session, blob_id)
