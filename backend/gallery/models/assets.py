"""Blobs, the assets that show them, and what is kept about both."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from gallery.models.base import Base, Id, Moment


class BlobState(StrEnum):
    """`processing` until ingest has spoken; `failed` keeps the bytes and says why there is no picture."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Integrity(StrEnum):
    """What the scrub found where a blob's original should lie."""

    SOUND = "sound"
    MISSING = "missing"
    DAMAGED = "damaged"
    """Other bytes than the checksum names, or none that can be read. They are left as they are."""


class TimeSource(StrEnum):
    """Where an asset's `taken_at` comes from, best first."""

    EDITED = "edited"
    EXIF = "exif"
    GPS = "gps"
    FILE_NAME = "file_name"
    FILE_TIME = "file_time"
    UPLOAD_TIME = "upload_time"


class Blob(Base):
    """Immutable original bytes, stored once per instance under their SHA-256, and what was read from them."""

    __tablename__ = "blobs"

    id: Mapped[Id]
    sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    size: Mapped[int] = mapped_column("bytes", BigInteger)
    kind: Mapped[str]
    format: Mapped[str]
    mime: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="processing", default=BlobState.PROCESSING)
    failure: Mapped[str | None]
    damaged: Mapped[bool] = mapped_column(server_default="false", default=False)
    recipe: Mapped[str | None]
    """The derivatives' recipe of the last ingest; another one than today's makes the sweep defer it again."""
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration: Mapped[float | None]
    thumbhash: Mapped[bytes | None] = mapped_column(LargeBinary)
    phash: Mapped[int | None] = mapped_column(BigInteger)
    colour: Mapped[str | None]
    taken_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    taken_source: Mapped[str | None]
    utc_offset: Mapped[int | None] = mapped_column(SmallInteger)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    altitude: Mapped[float | None]
    camera: Mapped[str | None]
    lens: Mapped[str | None]
    title: Mapped[str | None]
    description: Mapped[str | None]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    content_id: Mapped[str | None]
    """Apple's identifier that a live photo's still and clip share."""
    exif: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)
    integrity: Mapped[str] = mapped_column(server_default="sound", default=Integrity.SOUND)
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())
    processed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("state IN ('processing', 'ready', 'failed')", name="state"),
        CheckConstraint("kind IN ('image', 'video', 'sidecar')", name="kind"),
        CheckConstraint("bytes > 0", name="bytes"),
        CheckConstraint("integrity IN ('sound', 'missing', 'damaged')", name="integrity"),
        Index(None, "content_id", postgresql_where=text("content_id IS NOT NULL")),
        Index("ix_blobs_unfinished", "created_at", postgresql_where=text("state = 'processing'")),
        Index("ix_blobs_failed", "processed_at", postgresql_where=text("state = 'failed'")),
        Index("ix_blobs_unsound", "sha256", postgresql_where=text("integrity <> 'sound'")),
        Index(None, "recipe"),
    )


_LISTED = "trashed_at IS NULL AND archived_at IS NULL AND kind <> 'sidecar' AND live_of IS NULL"


class Asset(Base):
    """One photo or video in one space: what people call it and when it was; facts that people may edit."""

    __tablename__ = "assets"

    id: Mapped[Id]
    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="RESTRICT"))
    blob_id: Mapped[UUID] = mapped_column(ForeignKey("blobs.id", ondelete="RESTRICT"), index=True)
    contributor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    kind: Mapped[str]
    file_name: Mapped[str]
    file_time: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    """The file's own modification time as the client told it, in the client's local time."""
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    taken_source: Mapped[str]
    utc_offset: Mapped[int | None] = mapped_column(SmallInteger)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    altitude: Mapped[float | None]
    place_edited: Mapped[bool] = mapped_column(server_default="false", default=False)
    title: Mapped[str] = mapped_column(server_default="", default="")
    description: Mapped[str] = mapped_column(server_default="", default="")
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    rotation: Mapped[int] = mapped_column(SmallInteger, server_default="0", default=0)
    """Degrees clockwise by which people turned what the camera made; the original's bytes stay as they are."""
    archived_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    trashed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    live_of: Mapped[UUID | None] = mapped_column(ForeignKey("assets.id", ondelete="SET NULL"))
    """The still that this clip belongs to: the timeline shows one live photo instead of two assets."""
    sidecar_of: Mapped[UUID | None] = mapped_column(ForeignKey("assets.id", ondelete="SET NULL"))
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())
    listed: Mapped[bool] = mapped_column(Computed(_LISTED, persisted=True))

    __table_args__ = (
        UniqueConstraint("space_id", "blob_id"),
        CheckConstraint("kind IN ('image', 'video', 'sidecar')", name="kind"),
        CheckConstraint("rating BETWEEN 0 AND 5", name="rating"),
        CheckConstraint("rotation IN (0, 90, 180, 270)", name="rotation"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_position"),
        Index(
            "ix_assets_timeline",
            "space_id",
            text("taken_at DESC"),
            text("id DESC"),
            postgresql_include=["blob_id"],
            postgresql_where=text("listed"),
        ),
        Index(
            "ix_assets_timeline_kind",
            "space_id",
            "kind",
            text("taken_at DESC"),
            text("id DESC"),
            postgresql_include=["blob_id"],
            postgresql_where=text("listed"),
        ),
        Index(
            "ix_assets_archive",
            "space_id",
            text("taken_at DESC"),
            text("id DESC"),
            postgresql_where=text("archived_at IS NOT NULL AND trashed_at IS NULL"),
        ),
        Index(
            "ix_assets_trash",
            "space_id",
            text("taken_at DESC"),
            text("id DESC"),
            postgresql_where=text("trashed_at IS NOT NULL"),
        ),
        # Most assets are no part of another: the indexes that foreign keys need hold only those that are.
        Index(None, "live_of", postgresql_where=text("live_of IS NOT NULL")),
        Index(None, "sidecar_of", postgresql_where=text("sidecar_of IS NOT NULL")),
        Index("ix_assets_trashed_at", "trashed_at", postgresql_where=text("trashed_at IS NOT NULL")),
        Index("ix_assets_file_name", "space_id", text("lower(file_name)")),
    )


class Favourite(Base):
    __tablename__ = "favourites"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id", ondelete="CASCADE"), primary_key=True, index=True)


class Tombstone(Base):
    """The memory that a checksum was removed from a space on purpose."""

    __tablename__ = "tombstones"

    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())


class DayCount(Base):
    """How many listed assets a space has on a day. Kept by a trigger on `assets`."""

    __tablename__ = "day_counts"

    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    images: Mapped[int] = mapped_column(server_default="0")
    videos: Mapped[int] = mapped_column(server_default="0")


class Upload(Base):
    """A resumable upload: the promise of so many bytes. The bytes themselves, and so the offset, are the spool file."""

    __tablename__ = "uploads"

    id: Mapped[Id]
    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    length: Mapped[int] = mapped_column(BigInteger)
    file_name: Mapped[str]
    file_time: Mapped[datetime | None] = mapped_column(DateTime(timezone=False))
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary)
    revive: Mapped[bool]
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment] = mapped_column(index=True)
    asset_id: Mapped[UUID | None] = mapped_column(ForeignKey("assets.id", ondelete="SET NULL"), index=True)
    duplicate: Mapped[bool] = mapped_column(server_default="false", default=False)
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (CheckConstraint("length > 0", name="length"),)


class Activity(Base):
    """What was done, by whom; append-only, with what is needed to undo it."""

    __tablename__ = "activity"

    id: Mapped[Id]
    space_id: Mapped[UUID] = mapped_column(ForeignKey("spaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    verb: Mapped[str]
    asset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)
    created_at: Mapped[Moment] = mapped_column(server_default=func.now())

    __table_args__ = (Index(None, "space_id", "id"),)
