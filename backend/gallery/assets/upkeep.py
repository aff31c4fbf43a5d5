"""What happens by the clock: the trash empties, abandoned uploads and unused bytes go.

Bytes go last and late: only when no asset shows them, and only after a grace that is longer than a backup's cycle.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from gallery.assets import queries
from gallery.infra.db import Database
from gallery.infra.events import announce_assets
from gallery.infra.spool import Spools
from gallery.infra.storage import Storage

_BATCH: Final = 500
_STRAY_AFTER: Final = timedelta(hours=24)


async def empty_trash(database: Database, *, now: datetime, older_than: timedelta) -> None:
    """Removes for good what has been in the trash for long."""
    async with database.transaction() as session:
        old = await queries.long_trashed(session, now - older_than, _BATCH)
        for space_id, gone in (await queries.bury(session, old, now)).items():
            await announce_assets(session, space_id, "purged", gone)


async def drop_expired_uploads(database: Database, spools: Spools, *, now: datetime) -> None:
    """Forgets uploads that nobody finished, and spooled bytes that no upload knows."""
    async with database.transaction() as session:
        expired = await queries.expired_uploads(session, now, _BATCH)
        await queries.delete_uploads(session, expired)
    for upload_id in expired:
        await spools.remove(upload_id)
    await _drop_strays(database, spools)


async def _drop_strays(database: Database, spools: Spools) -> None:
    """Spooled bytes that are old and unknown were left by a process that died."""
    strays = await spools.abandoned(_STRAY_AFTER.total_seconds())
    async with database.transaction() as session:
        known = await queries.known_uploads(session, strays)
    for upload_id in strays:
        if upload_id not in known:
            await spools.remove(upload_id)


async def drop_unused_blobs(database: Database, storage: Storage, *, now: datetime, grace: timedelta) -> None:
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
            # A copy that is just being made holds the row, and is seen once it has let go.
            await queries.blob_for_change(session, blob_id)
            if not await queries.is_unused(session, blob_id):
                continue
            await asyncio.to_thread(storage.remove_original, sha256)
            await asyncio.to_thread(storage.remove_derivatives, blob_id)
            await queries.delete_blob(session, blob_id)
