"""Receiving bytes safely.

    spool -> sniff -> SHA-256 -> fsync(file) -> [ link(original) -> fsync(folder) -> blob, job, asset ] COMMIT -> 201

The bracket is one transaction, in which the upload that brought the file is finished, too. Whatever dies in between
leaves at most a file that no row names (the sweep removes it), never a row without its bytes; and nobody is told
"stored" before the commit. In an object store the slow part (PUT) comes before the bracket, and inside it the
original is only looked for.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from gallery.access.actors import Actor, Member
from gallery.access.spaces import require_role
from gallery.assets import queries
from gallery.assets.facts import adopt_facts, provisional_time
from gallery.assets.pairing import pair
from gallery.infra.db import Database, Session
from gallery.infra.errors import (
    ChecksumMismatch,
    Conflict,
    GalleryError,
    Invalid,
    Unavailable,
    UnsupportedType,
)
from gallery.infra.events import announce_assets
from gallery.infra.jobs import NEW_WORK, Jobs
from gallery.infra.metrics import INTAKES, UPLOADED
from gallery.infra.storage import Storage, sha256_of
from gallery.media.sniff import SNIFF_BYTES, Sniffed, sniff
from gallery.models import Asset, Blob, BlobState, Integrity, Role


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that has arrived whole in the spool, and what its sender said of it."""

    spooled: Path
    file_name: str
    file_time: datetime | None = None
    sha256: bytes | None = None
    revive: bool = False
    """Take it even if it was deleted from the space on purpose."""
    upload_id: UUID | None = None
    """The resumable upload that brought it, which is finished with it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The promise: this asset is kept. A duplicate is a success with the id that was there."""

    asset_id: UUID
    duplicate: bool
    status: str
    trashed: bool


@dataclass(frozen=True, slots=True)
class _Checked:
    """What was found out about the bytes outside the transaction."""

    arrival: Arrival
    sniffed: Sniffed
    sha256: bytes
    size: int
    staged: bool
    """Whether an original was made of them already, which no row names yet."""


class Intake:
    """Takes files in; one for the whole process."""

    def __init__(self, database: Database, storage: Storage, jobs: Jobs) -> None:
        self._database, self._storage, self._jobs = database, storage, jobs

    async def require_welcome(self, actor: Actor, space_id: UUID) -> None:
        """Raises NotFound or Forbidden for somebody who may not add to the space: asked before their bytes come."""
        async with self._database.transaction() as session:
            await require_role(session, actor, space_id, Role.CONTRIBUTOR)

    async def take_in(self, actor: Actor, space_id: UUID, arrival: Arrival, *, now: datetime) -> Stored:
        """Keeps the spooled file in a space. Whoever made the spooled name removes it.

        Raises Invalid (empty), UnsupportedType, ChecksumMismatch, Conflict (deleted before), TooLarge (quota),
        NotFound and Forbidden (space), StorageFull, Unavailable. Then nothing is stored.
        """
        checked = await asyncio.to_thread(_check, arrival, self._storage)
        try:
            async with self._database.transaction() as session:
                stored = await self._register(session, actor, space_id, checked, now)
                if (upload_id := arrival.upload_id) is not None:
                    duplicate = stored.duplicate
                    await queries.finish_upload(session, upload_id, stored.asset_id, duplicate=duplicate, now=now)
        except GalleryError:
            if checked.staged:
                await self._unstage(space_id, checked.sha256)
            raise
        INTAKES.labels("duplicate" if stored.duplicate else "new").inc()
        UPLOADED.inc(checked.size)
        return stored

    async def _unstage(self, space_id: UUID, sha256: bytes) -> None:
        """Takes back an original that this intake made and that was not wanted, unless a row has come to name it."""
        with suppress(Unavailable):
            async with self._database.transaction() as session:
                await queries.lock_checksum(session, sha256)
                if (await queries.traces_of(session, space_id, sha256)).blob is None:
                    await asyncio.to_thread(self._storage.remove_original, sha256)

    async def _register(
        self, session: Session, actor: Actor, space_id: UUID, checked: _Checked, now: datetime
    ) -> Stored:
        await require_role(session, actor, space_id, Role.CONTRIBUTOR)
        await queries.lock_checksum(session, checked.sha256)
        found = await queries.traces_of(session, space_id, checked.sha256)
        if found.asset_id is None:
            await self._refuse_unwanted(session, space_id, checked, found.buried)
        # Also for what is known: a row promises bytes, and should the file be gone or damaged, these are the bytes.
        await asyncio.to_thread(self._storage.adopt, checked.arrival.spooled, checked.sha256)
        if found.blob is not None and found.blob.integrity != Integrity.SOUND:
            await asyncio.to_thread(self._storage.replace_original, checked.arrival.spooled, checked.sha256)
            found.blob.integrity, found.blob.recipe = Integrity.SOUND, None
        if found.asset_id is not None and found.blob is not None:
            return Stored(found.asset_id, True, found.blob.state, found.trashed)
        blob = found.blob or await self._add_blob(session, checked, now)
        asset = await self._add_asset(session, actor, space_id, checked, blob, now)
        return Stored(asset.id, False, blob.state, False)

    async def _refuse_unwanted(self, session: Session, space_id: UUID, checked: _Checked, buried: bool) -> None:
        if buried:
            if not checked.arrival.revive:
                raise Conflict("deleted-before")
            await queries.drop_tombstone(session, space_id, checked.sha256)
        (await queries.room_in(session, space_id, lock=True)).require(checked.size)

    async def _add_blob(self, session: Session, checked: _Checked, now: datetime) -> Blob:
        blob = Blob(
            sha256=checked.sha256,
            size=checked.size,
            kind=checked.sniffed.kind,
            format=checked.sniffed.format,
            mime=checked.sniffed.mime,
            state=BlobState.PROCESSING,
            created_at=now,
        )
        session.add(blob)
        await session.flush()  # the asset refers to the blob's row
        await self._jobs.defer(session, "assets.ingest", priority=NEW_WORK, blob_id=str(blob.id))
        return blob

    async def _add_asset(
        self, session: Session, actor: Actor, space_id: UUID, checked: _Checked, blob: Blob, now: datetime
    ) -> Asset:
        arrival = checked.arrival
        taken_at, source = provisional_time(arrival.file_name, arrival.file_time, now)
        asset = Asset(
            space_id=space_id,
            blob_id=blob.id,
            contributor_id=actor.user_id if isinstance(actor, Member) else None,
            kind=blob.kind,
            file_name=arrival.file_name,
            file_time=arrival.file_time,
            taken_at=taken_at,
            taken_source=source,
            created_at=now,
        )
        if blob.state != BlobState.PROCESSING:
            adopt_facts(asset, blob)
        session.add(asset)
        await session.flush()  # the quota's counter moves while the space is locked
        if blob.state != BlobState.PROCESSING:
            await pair(session, asset, blob)
        await announce_assets(session, space_id, "added", [asset.id])
        return asset


def _check(arrival: Arrival, storage: Storage) -> _Checked:
    """What needs the bytes and no database: type, checksum, durability."""
    with arrival.spooled.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    if not head:
        raise Invalid("empty-file")
    sniffed = sniff(head)
    if sniffed is None:
        raise UnsupportedType
    sha256 = sha256_of(arrival.spooled)
    if arrival.sha256 is not None and arrival.sha256 != sha256:
        raise ChecksumMismatch
    staged = storage.stage(arrival.spooled, sha256)
    return _Checked(arrival, sniffed, sha256, arrival.spooled.stat().st_size, staged)
