"""Making sense of bytes that are already safe: facts, derivatives, and what belongs together.

Idempotent by (blob, recipe): running it again makes the same things. Reading and decoding happen outside of any
transaction; then one short transaction writes what was found.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog

from gallery.assets import queries
from gallery.assets.facts import adopt_facts
from gallery.assets.pairing import pair
from gallery.infra.clock import Clock
from gallery.infra.db import Database, Session
from gallery.infra.events import announce_assets
from gallery.infra.jobs import Jobs
from gallery.infra.metrics import DERIVATIVE_SECONDS, INGEST_CPU, INGESTS
from gallery.infra.storage import Storage
from gallery.media.recipe import PREVIEW, THUMB
from gallery.media.sniff import MediaKind, Sniffed
from gallery.media.toolbox import DecoderCrashed, DecodeTimeout, Examination, Toolbox
from gallery.models import Blob, BlobState

RECIPE: Final = f"{THUMB}+{PREVIEW}"
"""Names what an ingested blob has been given; a blob with another recipe is ingested again by the sweep."""
MAX_ATTEMPTS: Final = 3
_log = structlog.get_logger()


class Ingest:
    """Examines blobs; one for the whole process."""

    def __init__(self, database: Database, storage: Storage, jobs: Jobs, toolbox: Toolbox, clock: Clock) -> None:
        self._database, self._storage, self._jobs = database, storage, jobs
        self._toolbox, self._clock = toolbox, clock

    async def run(self, blob_id: UUID) -> None:
        """One blob, from `processing` to `ready` or `failed`."""
        async with self._database.question() as session:
            blob = await queries.blob_for_ingest(session, blob_id)
        if blob is None or (blob.state != BlobState.PROCESSING and blob.recipe == RECIPE):
            return
        started = time.perf_counter()
        sniffed = Sniffed(MediaKind(blob.kind), blob.format, blob.mime, blob.format)
        try:
            async with self._borrowed(blob.sha256) as path:
                found = await self._toolbox.examine(path, sniffed)
        except FileNotFoundError:
            await self._after_loss(blob_id)
            return
        except DecoderCrashed as error:
            await self._after_crash(blob_id, error)
            return
        await asyncio.to_thread(self._write_derivatives, blob_id, found)
        DERIVATIVE_SECONDS.labels(blob.kind).observe(time.perf_counter() - started)
        async with self._database.transaction() as session:
            await self._record(session, blob_id, found)
        INGEST_CPU.inc(found.cpu_seconds)
        INGESTS.labels(found.failure or "ready").inc()

    @asynccontextmanager
    async def _borrowed(self, sha256: bytes) -> AsyncIterator[Path]:
        """The original as a local file, for programs that know nothing else."""
        borrowing = self._storage.borrow_original(sha256)
        path = await asyncio.to_thread(borrowing.__enter__)
        try:
            yield path
        finally:
            await asyncio.to_thread(borrowing.__exit__, None, None, None)

    def _write_derivatives(self, blob_id: UUID, found: Examination) -> None:
        if found.thumb is not None:
            self._storage.write_derivative(blob_id, THUMB, found.thumb)
        if found.preview is not None:
            self._storage.write_derivative(blob_id, PREVIEW, found.preview)

    async def _record(self, session: Session, blob_id: UUID, found: Examination) -> None:
        blob = await queries.blob_for_change(session, blob_id)
        if blob is None:
            return
        _write_facts(blob, found, self._clock())
        for asset in await queries.assets_of_blob(session, blob_id):
            adopt_facts(asset, blob)
            await pair(session, asset, blob)
            change = "ready" if blob.state == BlobState.READY else "failed"
            await announce_assets(session, asset.space_id, change, [asset.id])

    async def _after_loss(self, blob_id: UUID) -> None:
        """The original is not where its row says: that must not happen, and must not be tried for ever."""
        _log.error("ingest.original_missing", blob_id=str(blob_id))
        async with self._database.transaction() as session:
            blob = await queries.blob_for_change(session, blob_id)
            if blob is not None:
                await self._fail(session, blob, "corrupt")

    async def _after_crash(self, blob_id: UUID, error: DecoderCrashed) -> None:
        """A decoder that dies may be unlucky or the file hostile: three times, then a dead letter.

        What was learned without the decoder (the date, the place) is kept with the verdict.
        """
        async with self._database.transaction() as session:
            blob = await queries.blob_for_change(session, blob_id)
            if blob is None:
                return
            code = "timeout" if isinstance(error, DecodeTimeout) else "decoder-crashed"
            attempts = blob.attempts + 1
            if attempts < MAX_ATTEMPTS:
                await self._jobs.defer(session, "assets.ingest", after_seconds=5 * attempts, blob_id=str(blob_id))
            elif error.examination is not None:
                await self._record(session, blob_id, error.examination)
            else:
                await self._fail(session, blob, code)
            blob.attempts = attempts
        _log.warning("ingest.decoder_died", blob_id=str(blob_id), code=code, attempts=attempts)

    async def _fail(self, session: Session, blob: Blob, code: str) -> None:
        """Gives up on a blob of which nothing could be learned."""
        blob.state, blob.failure = BlobState.FAILED, code
        blob.recipe, blob.processed_at = RECIPE, self._clock()
        for asset in await queries.assets_of_blob(session, blob.id):
            await announce_assets(session, asset.space_id, "failed", [asset.id])
        INGESTS.labels(code).inc()

    async def sweep(self) -> None:
        """Defers every blob that lacks something and that no job looks after."""
        async with self._database.transaction() as session:
            before = self._clock() - timedelta(minutes=1)
            for blob_id in await queries.unfinished_blobs(session, RECIPE, before, limit=500):
                await self._jobs.defer(session, "assets.ingest", blob_id=str(blob_id))


def _write_facts(blob: Blob, found: Examination, now: datetime) -> None:
    facts = found.facts
    blob.kind, blob.format, blob.mime = found.kind, found.format, found.mime
    blob.state = BlobState.FAILED if found.failure else BlobState.READY
    blob.failure, blob.damaged = found.failure, found.damaged
    blob.recipe, blob.processed_at, blob.attempts = RECIPE, now, 0
    blob.width, blob.height, blob.duration = found.width, found.height, found.duration
    blob.thumbhash, blob.colour = found.thumbhash, found.colour
    blob.phash = None if found.phash is None else _signed(found.phash)
    blob.taken_at, blob.taken_source, blob.utc_offset = facts.taken_at, facts.taken_source, facts.utc_offset
    blob.latitude, blob.longitude, blob.altitude = facts.latitude, facts.longitude, facts.altitude
    blob.camera, blob.lens = facts.camera, facts.lens
    blob.title, blob.description, blob.rating = facts.title, facts.description, facts.rating
    blob.content_id, blob.exif = facts.content_id, dict(facts.exif)


def _signed(unsigned: int) -> int:
    """64 bits as PostgreSQL's bigint has them."""
    return unsigned - (1 << 64) if unsigned >> 63 else unsigned
