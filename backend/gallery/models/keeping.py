"""What was done so that nothing gets lost: backups, looks into them, and passes over the originals."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gallery.models.base import Base, Id, Moment


class BackupWork(StrEnum):
    BACKUP = "backup"
    CHECK = "check"
    """Reading a backup again."""


class BackupOutcome(StrEnum):
    RUNNING = "running"
    GOOD = "good"
    FAILED = "failed"


class BackupRun(Base):
    """One backup, or one look into a backup. A good one may still have problems: originals that it could not take."""

    __tablename__ = "backup_runs"

    id: Mapped[Id]
    work: Mapped[str]
    target: Mapped[str]
    snapshot: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(server_default="running", default=BackupOutcome.RUNNING)
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    files: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    size: Mapped[int] = mapped_column("bytes", BigInteger, server_default="0", default=0)
    problems: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)

    __table_args__ = (
        CheckConstraint("work IN ('backup', 'check')", name="work"),
        CheckConstraint("outcome IN ('running', 'good', 'failed')", name="outcome"),
        CheckConstraint("(outcome = 'running') = (finished_at IS NULL)", name="finished"),
        Index("ix_backup_runs_latest", "work", "outcome", text("started_at DESC")),
    )


class Scrub(Base):
    """One pass over all originals, in the order of their checksums."""

    __tablename__ = "scrubs"

    id: Mapped[Id]
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    position: Mapped[bytes] = mapped_column(LargeBinary)
    """The last checksum that was looked at. Checksums are spread evenly: this is also how far the pass has come."""
    files: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    size: Mapped[int] = mapped_column("bytes", BigInteger, server_default="0", default=0)
    unknown: Mapped[int] = mapped_column(BigInteger, server_default="0", default=0)
    """Originals that no row names."""

    __table_args__ = (
        # At most one pass is under way.
        Index("uq_scrubs_under_way", text("(true)"), unique=True, postgresql_where=text("finished_at IS NULL")),
        Index(None, "started_at"),
    )
