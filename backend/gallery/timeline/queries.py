"""The two questions of the timeline: how many on which day, and what lies in one window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, literal, select, true, union_all
from sqlalchemy.orm import aliased

from gallery.access.actors import Member
from gallery.access.assets import visible_assets
from gallery.infra.db import Session
from gallery.models import Asset, Blob, DayCount, Favourite


class View(StrEnum):
    """Which assets of the chosen spaces: what is listed, one's favourites of it, what is put aside, the trash."""

    ALL = "all"
    FAVOURITES = "favourites"
    ARCHIVE = "archive"
    TRASH = "trash"


class Kind(StrEnum):
    ALL = "all"
    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a timeline shows. The caller has made sure that the actor belongs to all of these spaces."""

    space_ids: tuple[UUID, ...]
    view: View
    kind: Kind


@dataclass(frozen=True, slots=True)
class WindowRow:
    """The little that a thumb needs."""

    id: UUID
    blob_id: UUID
    taken_at: datetime
    kind: str
    state: str
    damaged: bool
    width: int | None
    height: int | None
    duration: float | None
    thumbhash: bytes | None
    favourite: bool
    live: bool


async def day_counts(session: Session, actor: Member, choice: Choice) -> Sequence[tuple[date, int]]:
    """Days with at least one asset, newest first. For the listed assets the trigger has counted them already."""
    if choice.view is View.ALL:
        count = {
            Kind.ALL: DayCount.images + DayCount.videos,
            Kind.IMAGE: DayCount.images,
            Kind.VIDEO: DayCount.videos,
        }[choice.kind]
        total = func.sum(count)
        counted = (
            select(DayCount.day, total)
            .where(DayCount.space_id.in_(choice.space_ids), count > 0)
            .group_by(DayCount.day)
            .order_by(DayCount.day.desc())
        )
        rows = (await session.execute(counted)).all()
    else:
        day = cast(Asset.taken_at, Date)
        grouped = (
            select(day, func.count())
            .where(Asset.space_id.in_(choice.space_ids), _shown(actor, choice))
            .group_by(day)
            .order_by(day.desc())
        )
        rows = (await session.execute(grouped)).all()
    return [(row[0], int(row[1])) for row in rows]


async def window(
    session: Session, actor: Member, choice: Choice, *, day: date, offset: int, limit: int
) -> list[WindowRow]:
    """At most `limit` assets from the `offset`-th of `day` on, into older days; newest first.

    The place is found in the index alone, space by space; only the rows of the window are then looked up.
    """
    end = datetime.combine(day, time()) + timedelta(days=1)
    place = _place(actor, choice, end, offset, limit).subquery()
    clip = aliased(Asset)
    live = select(literal(1)).where(clip.live_of == place.c.id).exists()
    favourite = select(literal(1)).where(Favourite.user_id == actor.user_id, Favourite.asset_id == place.c.id)
    statement = (
        select(
            place.c.id,
            Blob.id,
            place.c.taken_at,
            Blob.kind,
            Blob.state,
            Blob.damaged,
            Blob.width,
            Blob.height,
            Blob.duration,
            Blob.thumbhash,
            favourite.exists(),
            live,
        )
        .join(Asset, Asset.id == place.c.id)
        .join(Blob, Blob.id == Asset.blob_id)
        .order_by(place.c.taken_at.desc(), place.c.id.desc())
    )
    return [WindowRow(*row) for row in (await session.execute(statement)).all()]


def _place(actor: Member, choice: Choice, end: datetime, offset: int, limit: int) -> Select[UUID, datetime]:
    newest_first = (Asset.taken_at.desc(), Asset.id.desc())
    spaces = [
        select(Asset.id, Asset.taken_at)
        .where(Asset.space_id == space_id, Asset.taken_at < end, _shown(actor, choice))
        .order_by(*newest_first)
        for space_id in choice.space_ids
    ]
    if len(spaces) == 1:
        return spaces[0].offset(offset).limit(limit)
    parts = [select(part.limit(offset + limit).subquery()) for part in spaces]
    merged = union_all(*parts).subquery()
    return (
        select(merged.c.id, merged.c.taken_at)
        .order_by(merged.c.taken_at.desc(), merged.c.id.desc())
        .offset(offset)
        .limit(limit)
    )


def _shown(actor: Member, choice: Choice) -> ColumnElement[bool]:
    """The view's predicate. Membership is settled; who may see what lies in the trash is asked here."""
    kind = true() if choice.kind is Kind.ALL else Asset.kind == str(choice.kind)
    match choice.view:
        case View.ALL:
            return and_(Asset.listed, kind)
        case View.FAVOURITES:
            mine = select(Favourite.asset_id).where(Favourite.user_id == actor.user_id)
            return and_(Asset.listed, Asset.id.in_(mine), kind)
        case View.ARCHIVE:
            shown = and_(Asset.archived_at.is_not(None), Asset.trashed_at.is_(None))
        case View.TRASH:
            shown = and_(Asset.trashed_at.is_not(None), visible_assets(actor))
    return and_(shown, Asset.live_of.is_(None), Asset.kind != "sidecar", kind)
