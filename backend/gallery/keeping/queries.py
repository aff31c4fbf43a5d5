"""Every statement about backups, passes over the originals and what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on

from gallery.assets.queries import REMOVAL_LOCK, UNSOUND, is_shown
from gallery.infra.db import Session
from gallery.infra.dumps import HALF_RESTORED
from gallery.models import (
    BackupOutcome,
    BackupRun,
    BackupWork,
    Base,
    Blob,
    Installation,
    Integrity,
    Membership,
    Role,
    Scrub,
    Space,
    SpaceKind,
    Tombstone,
    Upload,
    User,
)

_BACKUP_LOCK: Final = REMOVAL_LOCK + 1
_NO_HURRY: Final = text("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")

# --- A backup's view of the database


async def hold_still(session: Session) -> bool:
    """Until the transaction ends no other backup runs and no unused bytes are removed; false when one runs already.

    The transaction waits idle for long, which holds nothing up: between statements it has no view of the data.
    """
    await session.execute(_NO_HURRY)
    if not await session.scalar(select(func.pg_try_advisory_xact_lock(_BACKUP_LOCK))):
        return False
    await session.execute(text("SET LOCAL lock_timeout = '60s'"))  # who removes bytes does so one by one, and is quick
    await session.execute(select(func.pg_advisory_xact_lock(REMOVAL_LOCK)))
    return True


async def is_alive(session: Session) -> None:
    """Raises Unavailable, by way of the session, when the connection was lost."""
    await session.execute(select(1))


async def freeze(session: Session) -> str:
    """The transaction sees one state of the database from now on; the name by which pg_dump can see the same."""
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    await session.execute(_NO_HURRY)
    return str(await session.scalar(select(func.pg_export_snapshot())))


async def originals_after(session: Session, sha256: bytes, limit: int) -> Sequence[Row[bytes, int]]:
    """Checksums and sizes of originals, in the order of checksums."""
    statement = select(Blob.sha256, Blob.size).where(Blob.sha256 > sha256).order_by(Blob.sha256).limit(limit)
    return (await session.execute(statement)).all()


async def installation_id(session: Session) -> UUID | None:
    return await session.scalar(select(Installation.volume_id))


async def migration(session: Session) -> str:
    return str(await session.scalar(text("SELECT version_num FROM alembic_version")))


# --- What came of it


EVERY: Final = "every"
"""The name, among a run's details, of the seconds that its schedule lets pass between two."""


async def begin_run(
    session: Session, work: BackupWork, target: str, now: datetime, details: dict[str, Any] | None = None
) -> UUID:
    """Remembers that somebody began. They hold the lock of such work: whoever is still said to run has died."""
    died = [BackupRun.work == work, BackupRun.target == target, BackupRun.outcome == BackupOutcome.RUNNING]
    error = {"error": "It did not come to its end."}
    await _end(session, *died, outcome=BackupOutcome.FAILED, finished_at=now, details=error)
    run = BackupRun(work=work, target=target, started_at=now, details=details or {})
    session.add(run)
    await session.flush()
    return run.id


async def end_run(session: Session, run_id: UUID, **values: Any) -> None:
    """`details` are added to those that it began with."""
    await _end(session, BackupRun.id == run_id, **values)


async def _end(
    session: Session, *which: ColumnElement[bool], details: dict[str, Any] | None = None, **values: Any
) -> None:
    ended = update(BackupRun).where(*which).values(details=BackupRun.details.concat(details or {}), **values)
    await session.execute(ended, execution_options={"synchronize_session": False})


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs that say how the backups are."""

    first: BackupRun | None
    last_good: BackupRun | None
    last: BackupRun | None
    """The newest that has ended."""
    last_good_check: BackupRun | None
    last_check: BackupRun | None


async def runs(session: Session, target: str | None = None) -> Runs:
    """Those of all targets, or of one."""
    backups, checks = BackupRun.work == BackupWork.BACKUP, BackupRun.work == BackupWork.CHECK
    good, ended = BackupRun.outcome == BackupOutcome.GOOD, BackupRun.outcome != BackupOutcome.RUNNING
    any_one = select(BackupRun) if target is None else select(BackupRun).where(BackupRun.target == target)
    newest = any_one.order_by(BackupRun.started_at.desc()).limit(1)
    return Runs(
        await session.scalar(any_one.where(backups).order_by(BackupRun.started_at).limit(1)),
        await session.scalar(newest.where(backups, good)),
        await session.scalar(newest.where(backups, ended)),
        await session.scalar(newest.where(checks, good)),
        await session.scalar(newest.where(checks, ended)),
    )


async def schedules(session: Session, since: datetime) -> dict[str, float]:
    """The targets to which a schedule has lately tried to back up, and the seconds between two."""
    statement = (
        select(BackupRun.target, BackupRun.details)
        .where(BackupRun.work == BackupWork.BACKUP, BackupRun.details.has_key(EVERY), BackupRun.started_at > since)
        .ext(distinct_on(BackupRun.target))
        .order_by(BackupRun.target, BackupRun.started_at.desc())
    )
    return {target: details[EVERY] for target, details in (await session.execute(statement)).all()}


# --- Passes over the originals


async def scrub_under_way(session: Session) -> Scrub | None:
    return await session.scalar(select(Scrub).where(Scrub.finished_at.is_(None)))


async def last_whole_scrub(session: Session) -> Scrub | None:
    statement = select(Scrub).where(Scrub.finished_at.is_not(None)).order_by(Scrub.started_at.desc()).limit(1)
    return await session.scalar(statement)


async def begin_scrub(session: Session, now: datetime) -> Scrub:
    """A new pass; one that was under way is forgotten."""
    await session.execute(delete(Scrub).where(Scrub.finished_at.is_(None)))
    scrub = Scrub(started_at=now, position=b"")
    session.add(scrub)
    await session.flush()
    return scrub


async def advance_scrub(
    session: Session, scrub_id: UUID, position: bytes, *, files: int, size: int, unknown: int
) -> bool:
    """False when the pass is not under way any more."""
    statement = (
        update(Scrub)
        .where(Scrub.id == scrub_id, Scrub.finished_at.is_(None))
        .values(position=position, files=Scrub.files + files, size=Scrub.size + size, unknown=Scrub.unknown + unknown)
        .returning(Scrub.id)
    )
    return await session.scalar(statement) is not None


async def finish_scrub(session: Session, scrub_id: UUID, now: datetime) -> None:
    await session.execute(update(Scrub).where(Scrub.id == scrub_id).values(finished_at=now))


class Known(NamedTuple):
    """An original as its row has it."""

    sha256: bytes
    size: int
    integrity: str


async def originals_between(session: Session, after: bytes, until: bytes, limit: int) -> list[Known]:
    statement = (
        select(Blob.sha256, Blob.size, Blob.integrity)
        .where(Blob.sha256 > after, Blob.sha256 <= until)
        .order_by(Blob.sha256)
        .limit(limit)
    )
    return [Known(*row) for row in (await session.execute(statement)).all()]


async def some_sound(session: Session, but: Sequence[bytes], limit: int) -> list[Known]:
    """A few originals that were sound when they were last looked at."""
    statement = (
        select(Blob.sha256, Blob.size, Blob.integrity)
        .where(Blob.integrity == Integrity.SOUND, Blob.sha256.not_in(but))
        .order_by(Blob.sha256)
        .limit(limit)
    )
    return [Known(*row) for row in (await session.execute(statement)).all()]


async def known_originals(session: Session, checksums: Sequence[bytes]) -> set[bytes]:
    return set((await session.scalars(select(Blob.sha256).where(Blob.sha256.in_(checksums)))).all())


async def mark(session: Session, sha256: bytes, integrity: Integrity, *, before: str | None = None) -> bool:
    """Whether there is such an original, and it was still what it was `before`.

    Of what is sound again, all that was made of it, or could not be, is made again by the sweep.
    """
    values = {"integrity": integrity, **({"recipe": None} if integrity is Integrity.SOUND else {})}
    still = [] if before is None else [Blob.integrity == before]
    statement = update(Blob).where(Blob.sha256 == sha256, *still).values(values).returning(Blob.id)
    return await session.scalar(statement) is not None


async def unsound(session: Session, limit: int, after: bytes = b"", *, only: Integrity | None = None) -> list[Known]:
    which = [] if only is None else [Blob.integrity == only]
    statement = (
        select(Blob.sha256, Blob.size, Blob.integrity)
        .where(UNSOUND, Blob.sha256 > after, *which)
        .order_by(Blob.sha256)
        .limit(limit)
    )
    return [Known(*row) for row in (await session.execute(statement)).all()]


async def count_unsound(session: Session) -> dict[str, int]:
    statement = select(Blob.integrity, func.count()).where(UNSOUND, is_shown()).group_by(Blob.integrity)
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


# --- Taking in what no row names


async def deleted_on_purpose(session: Session, sha256: bytes) -> bool:
    return await session.scalar(select(Tombstone.space_id).where(Tombstone.sha256 == sha256).limit(1)) is not None


async def recovery_space(session: Session, name: str) -> UUID:
    """The group space of that name that belongs to the operators alone; a new one where there is none."""
    operators = (
        await session.scalars(select(User.id).where(User.is_operator, User.disabled_at.is_(None)).order_by(User.id))
    ).all()
    strangers = (
        select(Membership.user_id).where(Membership.space_id == Space.id, Membership.user_id.not_in(operators)).exists()
    )
    found = await session.scalar(
        select(Space.id).where(Space.name == name, Space.kind == SpaceKind.GROUP, ~strangers).limit(1)
    )
    if found is not None:
        return found
    space = Space(kind=SpaceKind.GROUP, name=name)
    session.add(space)
    await session.flush()
    session.add_all(Membership(space_id=space.id, user_id=user_id, role=Role.OWNER) for user_id in operators)
    return space.id


# --- After a restore


def our_tables() -> set[str]:
    """Every table that a database of the gallery may have, but those of the job engine."""
    return {*Base.metadata.tables, "alembic_version"}


async def is_half_restored(session: Session) -> bool:
    comment = text("SELECT obj_description(to_regnamespace('public'), 'pg_namespace')")
    return bool(await session.scalar(comment) == HALF_RESTORED)


async def settle_in(session: Session) -> None:
    """Forgets what belonged to the old house: half an upload, a backup that ran, a pass; asks for all derivatives.

    With this the restore has come to its end.
    """
    await session.execute(_NO_HURRY)
    await session.execute(delete(Upload).where(Upload.completed_at.is_(None)))
    await session.execute(delete(BackupRun).where(BackupRun.outcome == BackupOutcome.RUNNING))
    await session.execute(delete(Scrub).where(Scrub.finished_at.is_(None)))
    await session.execute(update(Blob).values(recipe=None, integrity=Integrity.SOUND))
    await session.execute(text("COMMENT ON SCHEMA public IS NULL"))
