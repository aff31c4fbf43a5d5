"""Taking a backup: the database first, then the originals that it names, then the manifest.

Originals never change, so one that the store has is not copied again. All that the dump names can be copied: while
a backup runs, no unused bytes are removed.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog

from gallery import __version__
from gallery.assets.queries import is_mass
from gallery.infra.clock import Clock
from gallery.infra.db import Database
from gallery.infra.dumps import DumpFailed, check_dump, dump_database
from gallery.infra.errors import GalleryError
from gallery.infra.problems import title
from gallery.infra.storage import Storage, sha256_of
from gallery.keeping import queries
from gallery.keeping.retention import Keep, kept
from gallery.keeping.store import (
    DUMP,
    LIST,
    BackupTarget,
    DamagedBytes,
    KeepingError,
    Original,
    Snapshot,
    line_of,
    read_list,
)
from gallery.models import BackupOutcome, BackupWork

_PAGE: Final = 5000
_BATCH: Final = 50
_WANTED: Final = "wanted.txt"
_StillHeld = Callable[[], Awaitable[None]]
FAILURES: Final = (KeepingError, DumpFailed, GalleryError, OSError, psycopg.OperationalError)
"""What can go wrong with keeping and is told in words; anything else is a mistake of ours."""
_log = structlog.get_logger()


@dataclass(slots=True)
class BackupSummary:
    """What a backup did."""

    target: str
    snapshot: str
    files: int = 0
    size: int = 0
    copied_files: int = 0
    copied_bytes: int = 0
    database_bytes: int = 0
    unavailable: list[dict[str, Any]] = field(default_factory=list)
    """Originals that the database names, that are missing or damaged here, and of which the store has no copy."""
    dropped_snapshots: list[str] = field(default_factory=list)
    dropped_files: int = 0
    dropped_bytes: int = 0
    untidied: str | None = None
    """Why older snapshots, or what only they needed, could not be removed; the new one is whole all the same."""
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Backups:
    """Takes backups of one gallery."""

    database: Database
    storage: Storage
    clock: Clock

    async def take(
        self, root: Path, keep: Keep | None = None, *, every: timedelta | None = None, anew: bool = False
    ) -> BackupSummary:
        """A new snapshot under `root`; with `keep`, older ones go afterwards. `every` is what the schedule promises.

        Raises KeepingError and GalleryError. Then the new snapshot is incomplete and the older ones are as they were.
        A folder that has lost its backups is only filled `anew` if somebody says so.
        """
        async with self.database.transaction() as hold:
            if not await queries.hold_still(hold):
                raise KeepingError("Another backup of this gallery is running.")
            volume_id = await queries.installation_id(hold)
            if volume_id is None:
                raise KeepingError("This gallery was never started: there is nothing to back up.")
            details = {} if every is None else {queries.EVERY: every.total_seconds()}
            async with self.database.transaction() as session:
                is_known = (await queries.runs(session, str(root))).last_good is not None
                run_id = await queries.begin_run(session, BackupWork.BACKUP, str(root), self.clock(), details)
            claim = partial(BackupTarget.claim, root, volume_id, anew=anew or not is_known)
            return await self._recorded(run_id, claim, keep, lambda: queries.is_alive(hold))

    async def _recorded(
        self, run_id: UUID, claim: Callable[[], BackupTarget], keep: Keep | None, still_held: _StillHeld
    ) -> BackupSummary:
        """The backup, and how it went in its row."""
        try:
            target = await asyncio.to_thread(claim)
            with target.locked():
                summary = await self._take(target, keep, still_held)
        except FAILURES as error:
            await self._end(run_id, BackupOutcome.FAILED, details={"error": in_words(error)})
            raise KeepingError(f"No backup was made: {in_words(error)}") from error
        await self._end(
            run_id,
            BackupOutcome.GOOD,
            snapshot=summary.snapshot,
            files=summary.files,
            size=summary.size,
            problems=len(summary.unavailable),
            details={"seconds": summary.seconds, "copied_bytes": summary.copied_bytes},
        )
        return summary

    async def _end(self, run_id: UUID, outcome: BackupOutcome, **values: Any) -> None:
        async with self.database.transaction() as session:
            await queries.end_run(session, run_id, outcome=outcome, finished_at=self.clock(), **values)

    async def _take(self, target: BackupTarget, keep: Keep | None, still_held: _StillHeld) -> BackupSummary:
        began, now = time.monotonic(), self.clock()
        summary = BackupSummary(str(target.root), "")
        try:
            # First, or the tries that break off on a full disk fill it.
            await asyncio.to_thread(target.drop_incomplete)
        except OSError as error:
            summary.untidied = in_words(error)
        snapshot = target.begin_snapshot(now)
        summary.snapshot = snapshot.name
        migration, total = await self._dump(snapshot)
        await self._copy_originals(target, snapshot, total, summary)
        await still_held()
        summary.database_bytes = snapshot.dump.stat().st_size
        manifest = {
            "gallery": __version__,
            "migration": migration,
            "volume_id": str(target.volume_id),
            "taken_at": now.isoformat(),
            "database": {
                "file": DUMP,
                "bytes": summary.database_bytes,
                "sha256": (await asyncio.to_thread(sha256_of, snapshot.dump)).hex(),
            },
            "originals": {
                "file": LIST,
                "count": summary.files,
                "bytes": summary.size,
                "sha256": (await asyncio.to_thread(sha256_of, snapshot.list_file)).hex(),
            },
            "unavailable": summary.unavailable,
        }
        await asyncio.to_thread(target.complete, snapshot, manifest)
        try:
            if keep is not None:
                await asyncio.to_thread(_tidy, target, snapshot, keep, summary)
        except (KeepingError, OSError) as error:
            summary.untidied = in_words(error)
        summary.seconds = round(time.monotonic() - began, 3)
        return summary

    async def _dump(self, snapshot: Snapshot) -> tuple[str, int]:
        """Dumps the database and lists its originals, both as of one moment; the schema's version, and how many."""
        async with self.database.transaction() as frozen:
            name = await queries.freeze(frozen)
            await dump_database(self.database.libpq_url, snapshot.dump, snapshot=name)
            migration = await queries.migration(frozen)
            last, total = b"", 0
            with (snapshot.folder / _WANTED).open("w", encoding="ascii") as wanted:
                while page := await queries.originals_after(frozen, last, _PAGE):
                    wanted.writelines(line_of(Original(*row)) for row in page)
                    last, total = page[-1][0], total + len(page)
        await check_dump(snapshot.dump)
        return migration, total

    async def _copy_originals(
        self, target: BackupTarget, snapshot: Snapshot, total: int, summary: BackupSummary
    ) -> None:
        """Brings to the store what it lacks, and lists what it has.

        Raises KeepingError when so much is missing that this can be no backup.
        """
        wanted = snapshot.folder / _WANTED
        originals = read_list(wanted)
        with snapshot.list_file.open("w", encoding="ascii") as listed:
            # Between two batches a backup can be told to end.
            while batch := list(islice(originals, _BATCH)):
                for original in await asyncio.to_thread(self._copy_batch, target, batch, summary):
                    listed.write(line_of(original))
                    summary.files += 1
                    summary.size += original.size
                lost = len(summary.unavailable)
                if is_mass(lost, total):
                    raise KeepingError(
                        f"More than one of a hundred originals is missing or damaged ({lost} of {total} so far), and"
                        " the backup has no copy of them. Is the right volume mounted? Earlier snapshots are kept."
                    )
        wanted.unlink()

    def _copy_batch(self, target: BackupTarget, batch: list[Original], summary: BackupSummary) -> list[Original]:
        """Those that the store has afterwards."""
        stored = []
        for original in batch:
            try:
                if not target.has(original):
                    self._copy(target, original)
                    summary.copied_files += 1
                    summary.copied_bytes += original.size
                stored.append(original)
            except _Unavailable as error:
                name, problem = original.sha256.hex(), str(error)
                _log.error("backup.original_unavailable", sha256=name, problem=problem)
                summary.unavailable.append({"sha256": name, "bytes": original.size, "problem": problem})
        return stored

    def _copy(self, target: BackupTarget, original: Original) -> None:
        try:
            source = self.storage.open_original(original.sha256)
        except FileNotFoundError:
            raise _Unavailable("missing") from None
        except OSError:
            raise _Unavailable("damaged") from None
        with source:
            try:
                target.add(original, source)
            except DamagedBytes:
                raise _Unavailable("damaged") from None


class _Unavailable(Exception):
    """An original that cannot be copied: missing or damaged."""


def _tidy(target: BackupTarget, newest: Snapshot, keep: Keep, summary: BackupSummary) -> None:
    """Only after a whole new snapshot: lets go of old snapshots, and of what only those needed."""
    snapshots = target.snapshots()
    # A clock that was ahead once made snapshots that are newer than the new one.
    stay = kept([one.taken_at for one in snapshots], keep) | {newest.taken_at}
    gone = [one for one in snapshots if one.taken_at not in stay]
    target.drop_snapshots(gone)
    summary.dropped_snapshots = [one.name for one in gone]
    if gone:
        summary.dropped_files, summary.dropped_bytes = target.drop_unnamed()


def in_words(error: Exception) -> str:
    """What went wrong, for an operator."""
    if isinstance(error, GalleryError):
        return title(error.problem, "en")
    if isinstance(error, OSError):
        return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
    return str(error)
