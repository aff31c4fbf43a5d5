"""Putting a gallery back: the whole of it into an empty one, or single originals that were damaged.

Files come first and the database last, in one transaction: what is interrupted can be started again, and a database
never names bytes that are yet to come.
"""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog

from gallery.assets.queries import lock_installation
from gallery.assets.volume import mark_volume, volume_mark
from gallery.infra.db import Database
from gallery.infra.dumps import DumpFailed, Occupied, look_around, restore_database
from gallery.infra.migrate import known_migrations, migrate
from gallery.infra.storage import Storage, full_disk_is_said
from gallery.keeping import queries
from gallery.keeping.reading import Pace
from gallery.keeping.scrub import examine
from gallery.keeping.store import BackupTarget, DamagedBytes, KeepingError, Manifest, Original, Snapshot, copy_checked
from gallery.models import Integrity

_BATCH: Final = 50
_PAGE: Final = 500
_log = structlog.get_logger()


@dataclass(slots=True)
class RestoreSummary:
    """What a restore did."""

    snapshot: str
    taken_at: str
    files: int = 0
    size: int = 0
    kept_files: int = 0
    """Originals that were there already, whole."""
    unavailable: list[str] = field(default_factory=list)
    """Originals that the database names and the backup does not have whole: marked as missing."""
    unknown: int = 0
    """Originals that lie here and that the restored database does not name."""
    seconds: float = 0


@dataclass(slots=True)
class HealSummary:
    """What healing did."""

    healed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """Still missing or damaged: the backup does not have them whole either."""


async def restore(database: Database, storage: Storage, root: Path, snapshot_name: str | None) -> RestoreSummary:
    """Fills an empty gallery, or the database of a volume that lost its own. Raises KeepingError; see its words.

    The gallery must not run. An older version's backup is migrated. What broke off is repeated from the beginning, or
    ends with the gallery's next start.
    """
    began = time.monotonic()
    target = await asyncio.to_thread(BackupTarget.open, root)
    with target.locked():
        snapshot = target.snapshot(snapshot_name)
        manifest = await asyncio.to_thread(snapshot.check_papers)
        if manifest.migration not in known_migrations():
            raise KeepingError(
                f"{snapshot.name} was taken by version {manifest.gallery}, whose database this version does not know:"
                " restore it with that one. Nothing was changed."
            )
        _require_empty(await asyncio.to_thread(look_around, database.libpq_url))
        await asyncio.to_thread(storage.prepare)
        await asyncio.to_thread(_require_place, storage, manifest)
        summary = RestoreSummary(snapshot.name, manifest.taken_at.isoformat())
        summary.unavailable = [item["sha256"] for item in manifest.unavailable]
        await asyncio.to_thread(mark_volume, storage, manifest.volume_id)
        await _bring_originals(storage, target, snapshot, summary)
        try:
            # Files may have come for hours: whether the gallery is still empty is asked once more.
            await restore_database(database.libpq_url, snapshot.dump, _require_empty)
        except DumpFailed as error:
            raise KeepingError(f"PostgreSQL did not take the dump: {error}") from None
    await asyncio.to_thread(migrate, database.libpq_url)
    async with database.transaction() as session:
        await queries.settle_in(session)
        for name in summary.unavailable:
            await queries.mark(session, bytes.fromhex(name), Integrity.MISSING)
    summary.unknown = await asyncio.to_thread(_count_unnamed, storage, snapshot)
    summary.seconds = round(time.monotonic() - began, 3)
    return summary


async def end_restore(database: Database) -> None:
    """Does what is left to do when a restore broke off and the gallery is started on what it brought."""
    async with database.transaction() as session:
        await lock_installation(session)
        if await queries.is_half_restored(session):
            await queries.settle_in(session)


def _require_empty(found: Occupied) -> None:
    strangers = {name for name in found.tables - queries.our_tables() if not name.startswith("procrastinate_")}
    if strangers and not found.half_restored:
        raise KeepingError("The database is somebody else's: it has tables that are no gallery's. Nothing was changed.")
    if found.rows and not found.half_restored:
        raise KeepingError(
            "This gallery is not empty: a restore goes only into a new one, so that it replaces nothing."
            " Nothing was changed."
        )
    if found.visitors:
        raise KeepingError("The gallery is running: stop it first. Nothing was changed.")


def _require_place(storage: Storage, manifest: Manifest) -> None:
    """An empty folder, or the very one that the backup was taken of: then what is there and whole stays."""
    if volume_mark(storage) == str(manifest.volume_id):
        return
    if next(storage.originals(), None) is not None:
        raise KeepingError(f"There are originals of another gallery in the {storage.place}. Nothing was changed.")


async def _bring_originals(storage: Storage, target: BackupTarget, snapshot: Snapshot, summary: RestoreSummary) -> None:
    originals = snapshot.originals()
    while batch := list(islice(originals, _BATCH)):
        await asyncio.to_thread(_bring_batch, storage, target, batch, summary)


def _bring_batch(storage: Storage, target: BackupTarget, batch: list[Original], summary: RestoreSummary) -> None:
    for original in batch:
        there = _examine(storage, original)
        if there is Integrity.SOUND:
            summary.kept_files += 1
        elif not fetch(storage, target, original.sha256, replace=there is Integrity.DAMAGED):
            _log.error("restore.original_unavailable", sha256=original.sha256.hex())
            summary.unavailable.append(original.sha256.hex())
            continue
        summary.files += 1
        summary.size += original.size


def _examine(storage: Storage, original: Original) -> Integrity:
    try:
        return examine(storage, original.sha256, original.size, Pace(None))
    except OSError:
        return Integrity.DAMAGED  # whatever it is, the backup's is better


def fetch(storage: Storage, target: BackupTarget, sha256: bytes, *, replace: bool) -> bool:
    """Brings one original from the backup, checked on the way; false when the backup does not have it whole."""
    try:
        source = target.open_original(sha256)
    except OSError:
        return False
    spooled = storage.spool_path(uuid4())
    try:
        with full_disk_is_said(), source, spooled.open("wb") as into:
            copy_checked(sha256, source, into)
        if replace:
            storage.replace_original(spooled, sha256)
        else:
            storage.adopt(spooled, sha256)
    except DamagedBytes:
        return False
    finally:
        spooled.unlink(missing_ok=True)
    return True


def _count_unnamed(storage: Storage, snapshot: Snapshot) -> int:
    named: Iterator[Original] = snapshot.originals()
    wanted, count = next(named, None), 0
    for found in storage.originals():
        while wanted is not None and wanted.sha256 < found.sha256:
            wanted = next(named, None)
        count += wanted is None or wanted.sha256 != found.sha256
    return count


async def heal(database: Database, storage: Storage, root: Path) -> HealSummary:
    """Brings back, by their checksums, originals that a scrub found missing or damaged. Raises KeepingError."""
    target = await asyncio.to_thread(BackupTarget.open, root)
    summary, last = HealSummary(), b""
    with target.locked():
        while True:
            async with database.transaction() as session:
                page = await queries.unsound(session, _PAGE, last)
            if not page:
                return summary
            for sha256, _, _ in page:
                if await asyncio.to_thread(fetch, storage, target, sha256, replace=True):
                    async with database.transaction() as session:
                        await queries.mark(session, sha256, Integrity.SOUND)
                    summary.healed.append(sha256.hex())
                else:
                    summary.left.append(sha256.hex())
            last = page[-1][0]
