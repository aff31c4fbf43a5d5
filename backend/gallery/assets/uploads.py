"""Resumable uploads: what tus asks of us, without its HTTP (https://tus.io/protocols/resumable-upload, 1.0).

The offset of an upload is what lies in its spool: nothing else could be true after a crash. An upload whose last
byte is there becomes an asset at once; should that fail (a full disk, a database away), the next request about the
upload tries again. So "all bytes received" is never said of bytes that are not kept.
"""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gallery.access.actors import Member
from gallery.access.spaces import require_role
from gallery.assets import queries
from gallery.assets.intake import Arrival, Intake, Stored
from gallery.infra.db import Database
from gallery.infra.errors import (
    ChecksumMismatch,
    Conflict,
    Gone,
    Invalid,
    NotFound,
    StorageFull,
    TooLarge,
    UnsupportedType,
)
from gallery.infra.patience import Patience
from gallery.infra.spool import Spool, Spools
from gallery.infra.storage import Storage
from gallery.media.sniff import SNIFF_BYTES, sniff
from gallery.models import Role, Upload

LIFETIME: Final = timedelta(days=7)
SILENCE: Final = 60.0
"""Seconds without a byte after which a sender counts as gone."""
CHECKSUM_ALGORITHMS: Final = ("sha1", "sha256")


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What a client announces. `length` in bytes."""

    space_id: UUID
    length: int
    file_name: str
    file_time: datetime | None
    sha256: bytes | None
    revive: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an upload stands; `stored` as soon as it is kept."""

    id: UUID
    offset: int
    length: int
    expires_at: datetime
    stored: Stored | None


@dataclass(frozen=True, slots=True)
class Checksum:
    """The announced checksum of one request's bytes."""

    algorithm: str
    digest: bytes

    @classmethod
    def parse(cls, header: str) -> "Checksum":
        """`Upload-Checksum: sha1 <base64>`. Raises Invalid."""
        algorithm, _, encoded = header.partition(" ")
        try:
            digest = base64.b64decode(encoded.strip(), validate=True)
        except ValueError:
            raise Invalid("malformed") from None
        if algorithm not in CHECKSUM_ALGORITHMS or len(digest) != hashlib.new(algorithm).digest_size:
            raise Invalid("malformed")
        return cls(algorithm, digest)


class Uploads:
    """The resumable uploads of this gallery; one for the whole process."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        spools: Spools,
        intake: Intake,
        *,
        max_bytes: int,
        min_free_bytes: int,
    ) -> None:
        self._database, self._storage, self._spools, self._intake = database, storage, spools, intake
        self.max_bytes, self.min_free_bytes = max_bytes, min_free_bytes
        self.patience = Patience(SILENCE)

    async def create(self, actor: Member, new: NewUpload, *, now: datetime) -> Upload:
        """Makes room for an announced file. Raises TooLarge, StorageFull, NotFound, Forbidden, Conflict."""
        if new.length > self.max_bytes:
            raise TooLarge(limit_bytes=self.max_bytes)
        self.require_disk(new.length)
        upload = Upload(
            space_id=new.space_id,
            user_id=actor.user_id,
            length=new.length,
            file_name=new.file_name,
            file_time=new.file_time,
            sha256=new.sha256,
            revive=new.revive,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        async with self._database.transaction() as session:
            await require_role(session, actor, new.space_id, Role.CONTRIBUTOR)
            (await queries.room_in(session, new.space_id, lock=False)).require(new.length)
            session.add(upload)
            await session.flush()  # gives the upload its id
        await self._spools.make(upload.id)
        return upload

    async def begin(
        self, actor: Member, upload: Upload, chunks: AsyncIterator[bytes], *, checksum: Checksum | None, now: datetime
    ) -> Progress:
        """Adds the first bytes to an upload that this very request has made, so that nobody else knows of it.

        Raises what `append` raises.
        """
        async with self._spools.open(upload.id) as spool:
            return await self._take(actor, upload, spool, chunks, checksum, now)

    async def progress(self, actor: Member, upload_id: UUID, *, now: datetime) -> Progress:
        """Where the upload stands; finishes one whose bytes are all here. Raises NotFound, Gone, and as intake."""
        upload = await self._find(actor, upload_id, now)
        if upload.completed_at is not None:
            return await self._completed(upload)
        offset = await self._spools.size(upload_id)
        if offset < upload.length:
            return _progress(upload, offset)
        async with self._spools.open(upload_id) as spool:
            # Another writer may have finished in the meantime.
            upload = await self._find(actor, upload_id, now)
            if upload.completed_at is not None:
                return await self._completed(upload)
            return await self._finish(actor, upload, spool, now)

    async def append(
        self,
        actor: Member,
        upload_id: UUID,
        offset: int,
        chunks: AsyncIterator[bytes],
        *,
        checksum: Checksum | None,
        now: datetime,
    ) -> Progress:
        """Adds bytes at `offset`; the upload that gets its last byte becomes an asset.

        Raises Conflict (another offset), Locked (another writer), ChecksumMismatch (nothing is added), TooLarge
        (more than announced), StorageFull, Unavailable (the sender fell silent, or the process ends), NotFound, Gone,
        and what intake raises.
        """
        upload = await self._find(actor, upload_id, now)
        if upload.completed_at is not None:
            if offset != upload.length:
                raise Conflict("offset-conflict", offset=upload.length)
            return await self._completed(upload)
        async with self._spools.open(upload_id) as spool:
            # Another writer may have finished while this one waited for its turn.
            upload = await self._find(actor, upload_id, now)
            if upload.completed_at is not None:
                return await self._completed(upload)
            if spool.size != offset:
                raise Conflict("offset-conflict", offset=spool.size)
            return await self._take(actor, upload, spool, chunks, checksum, now)

    async def terminate(self, actor: Member, upload_id: UUID, *, now: datetime) -> None:
        """Forgets an upload; an asset that came of it stays. Raises NotFound, Gone, Locked."""
        await self._find(actor, upload_id, now)
        async with self._spools.open(upload_id) as spool:
            await self._drop(upload_id, spool)

    def require_disk(self, size: int) -> None:
        """Raises StorageFull when so many bytes would leave too little room."""
        if self._storage.free_bytes() - size < self.min_free_bytes:
            raise StorageFull

    async def _find(self, actor: Member, upload_id: UUID, now: datetime) -> Upload:
        async with self._database.question() as session:
            upload = await queries.upload_for(session, actor.user_id, upload_id)
        if upload is None:
            raise NotFound
        if upload.expires_at <= now:
            raise Gone
        return upload

    def end_receiving(self) -> None:
        """Tells everybody who is sending to come back soon, because this process ends. What has come stays."""
        self.patience.end()

    async def _take(
        self,
        actor: Member,
        upload: Upload,
        spool: Spool,
        chunks: AsyncIterator[bytes],
        checksum: Checksum | None,
        now: datetime,
    ) -> Progress:
        offset = spool.size
        await self._receive(spool, chunks, upload.length, checksum)
        if spool.size < upload.length:
            if offset < SNIFF_BYTES <= spool.size:
                await self._refuse_foreign(upload.id, spool)
            return _progress(upload, spool.size)
        return await self._finish(actor, upload, spool, now)

    async def _receive(
        self, spool: Spool, chunks: AsyncIterator[bytes], length: int, checksum: Checksum | None
    ) -> None:
        async with self.patience.with_sender() as alive:
            if checksum is None:
                async for chunk in chunks:
                    alive()
                    await spool.write(chunk, limit=length)
            else:
                digest = hashlib.new(checksum.algorithm)
                async with spool.tentative():
                    async for chunk in chunks:
                        alive()
                        digest.update(chunk)
                        await spool.write(chunk, limit=length)
                    if not hmac.compare_digest(digest.digest(), checksum.digest):
                        raise ChecksumMismatch
            if spool.size < length:
                await spool.flush()

    async def _refuse_foreign(self, upload_id: UUID, spool: Spool) -> None:
        """Says no to a film's worth of something else as soon as its first bytes are here. Raises UnsupportedType."""
        with (await spool.whole()).open("rb") as file:
            head = file.read(SNIFF_BYTES)
        if sniff(head) is None:
            await self._drop(upload_id, spool)
            raise UnsupportedType

    async def _finish(self, actor: Member, upload: Upload, spool: Spool, now: datetime) -> Progress:
        arrival = Arrival(
            spooled=await spool.whole(),
            file_name=upload.file_name,
            file_time=upload.file_time,
            sha256=upload.sha256,
            revive=upload.revive,
            upload_id=upload.id,
        )
        try:
            stored = await self._intake.take_in(actor, upload.space_id, arrival, now=now)
        except (UnsupportedType, ChecksumMismatch) as error:
            # These bytes will never be kept: the client has to begin again, with others.
            await self._drop(upload.id, spool)
            raise error from None
        await spool.discard()
        return _progress(upload, upload.length, stored)

    async def _completed(self, upload: Upload) -> Progress:
        stored = None
        if upload.asset_id is not None:
            async with self._database.question() as session:
                state = await queries.asset_state(session, upload.asset_id)
            if state is not None:
                stored = Stored(upload.asset_id, upload.duplicate, *state)
        return _progress(upload, upload.length, stored)

    async def _drop(self, upload_id: UUID, spool: Spool) -> None:
        async with self._database.transaction() as session:
            await queries.delete_uploads(session, [upload_id])
        await spool.discard()


def _progress(upload: Upload, offset: int, stored: Stored | None = None) -> Progress:
    return Progress(upload.id, offset, upload.length, upload.expires_at, stored)
