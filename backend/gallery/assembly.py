"""Where everything is put together: the one place that knows all the parts, so that none of the rest has to."""

import asyncio
import contextlib
import hmac
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import structlog

from gallery.accounts.passwords import Passwords
from gallery.accounts.tokens import TokenKeys
from gallery.assets import jobs as asset_jobs
from gallery.assets.downloads import Downloads
from gallery.assets.ingest import Ingest
from gallery.assets.intake import Intake
from gallery.assets.links import MediaLinks
from gallery.assets.uploads import Uploads
from gallery.assets.volume import claim_volume
from gallery.infra.clock import Clock, system_clock
from gallery.infra.db import Database
from gallery.infra.errors import Unavailable
from gallery.infra.events import EventHub
from gallery.infra.jobs import Jobs
from gallery.infra.migrate import migrate
from gallery.infra.spool import LocalSpools, Spools
from gallery.infra.storage import LocalStorage, Storage
from gallery.keeping import jobs as keeping_jobs
from gallery.keeping.backup import Backups
from gallery.keeping.restore import end_restore
from gallery.keeping.scrub import Scrubber
from gallery.media.toolbox import Toolbox, ToolPaths
from gallery.settings import Settings

_log = structlog.get_logger()
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Gallery:
    """The parts of one running process."""

    settings: Settings
    clock: Clock
    database: Database
    storage: Storage
    spools: Spools
    jobs: Jobs
    keys: TokenKeys
    passwords: Passwords
    links: MediaLinks
    events: EventHub
    intake: Intake
    uploads: Uploads
    downloads: Downloads
    backups: Backups
    scrubber: Scrubber

    @contextlib.asynccontextmanager
    async def running(self, *, work: bool) -> AsyncIterator[None]:
        """Waits for the database, migrates it, checks the volume; with `work`, runs background jobs until the end."""
        await self._migrated()
        await self._stored()
        await claim_volume(self.database, self.storage)
        await end_restore(self.database)
        await self.jobs.open()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self.database.aclose)
            stack.push_async_callback(self.spools.aclose)
            stack.push_async_callback(self.events.aclose)
            stack.push_async_callback(self.jobs.aclose)
            self.events.start()
            if work:
                await self._start_work(stack)
            yield

    async def _start_work(self, stack: contextlib.AsyncExitStack) -> None:
        workers = self.settings.ingest_workers
        toolbox = await stack.enter_async_context(Toolbox.open(ToolPaths.find(), workers=workers))
        ingest = Ingest(self.database, self.storage, self.jobs, toolbox, self.clock)
        asset_jobs.register(
            self.jobs,
            ingest,
            self.database,
            self.storage,
            self.spools,
            self.clock,
            trash_age=timedelta(days=self.settings.trash_days),
            blob_grace=timedelta(days=self.settings.blob_grace_days),
        )
        keeping_jobs.register(
            self.jobs,
            self.scrubber,
            days=self.settings.scrub_days,
            mb_per_second=self.settings.scrub_mb_per_second,
        )
        self.jobs.start(concurrency=workers)
        # The tools outlive the jobs that use them: the stack ends what was begun last first.
        stack.push_async_callback(self.jobs.stop)

    async def _migrated(self) -> None:
        for _ in range(_PATIENCE):
            try:
                await asyncio.to_thread(migrate, self.database.libpq_url)
            except psycopg.OperationalError as error:
                _log.warning("database.waiting", error=type(error).__name__)
                await asyncio.sleep(1)
            else:
                return
        raise ConnectionError("the database did not come up")

    async def _stored(self) -> None:
        if self.settings.storage_url:
            # Waiting for a network needs no processor: more threads may do it at once than for a disk.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(32, "gallery"))
        for _ in range(_PATIENCE):
            try:
                await asyncio.to_thread(self.storage.prepare)
            except Unavailable as error:
                _log.warning("storage.waiting", place=self.storage.place, error=str(error.__cause__)[:300])
                await asyncio.sleep(1)
            else:
                return
        raise ConnectionError(f"the {self.storage.place} did not answer")


def assemble(settings: Settings, *, clock: Clock = system_clock) -> Gallery:
    """Builds the parts; nothing is opened yet. `settings.database_url` is set by now."""
    if settings.database_url is None:
        raise ValueError("no database")
    database = Database(settings.database_url)
    storage, spools = _storage(settings, database.libpq_url)
    jobs = Jobs(database.libpq_url)
    intake = Intake(database, storage, jobs)
    return Gallery(
        settings=settings,
        clock=clock,
        database=database,
        storage=storage,
        spools=spools,
        jobs=jobs,
        keys=TokenKeys(settings.secret_key.encode(), settings.refresh_secret_key.encode()),
        passwords=Passwords(),
        links=MediaLinks(hmac.digest(settings.secret_key.encode(), b"media addresses", "sha256")),
        events=EventHub(database.libpq_url),
        intake=intake,
        uploads=Uploads(
            database,
            storage,
            spools,
            intake,
            max_bytes=settings.max_upload_bytes,
            min_free_bytes=settings.min_free_bytes,
        ),
        downloads=Downloads(database, storage),
        backups=Backups(database, storage, clock),
        scrubber=Scrubber(database, storage, clock),
    )


def _storage(settings: Settings, libpq_url: str) -> tuple[Storage, Spools]:
    """The local folder, or the bucket that the settings name."""
    if not settings.storage_url:
        local = LocalStorage(settings.storage_root)
        return local, LocalSpools(local)
    # The client of the object store is loaded only where there is one.
    from gallery.infra.claims import Claims
    from gallery.infra.parted import PartedSpools
    from gallery.infra.s3 import Bucket, S3Storage

    bucket = Bucket.parse(
        settings.storage_url,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key,
    )
    remote = S3Storage(bucket, settings.storage_root / "scratch")
    return remote, PartedSpools(remote, Claims(libpq_url))
