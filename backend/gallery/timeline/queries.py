"""The two questions of the timeline: how many on which day, and what lies in one window."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
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


class WindowRow(NamedTuple):
    """The little that a thumb needs. Ids are text: a window has a thousand of them and nobody counts with them."""

    id: str
    blob_id: str
    taken_at: datetime
    kind: str
    state: str
    damaged: bool
    width: int | None
    height: int | None
    duration: float | None
    thumbhash: bytes | None
    rotation: int
    title: str
    favourite: bool
    own: bool
    """Brought by the actor."""
    live: bool
    size: int
    """Of the original; of a live photo, with its clip."""


async def day_counts(session: Session, actor: Member, choice: Choice) -> tuple[list[str], list[int]]:
    """Days with at least one asset (ISO, newest first) and how many each has.

    For the listed assets the trigger has counted them already. The lists come ready from the database: twenty years
    have thousands of days.
    """
    counted = (_counted_days(choice) if choice.view is View.ALL else _counted_assets(actor, choice)).subquery()
    newest_first = counted.c.day.desc()
    statement = select(
        func.coalesce(func.array_agg(aggregate_order_by(cast(counted.c.day, String), newest_first)), []),
        func.coalesce(func.array_agg(aggregate_order_by(counted.c.assets, newest_first)), []),
    )
    days, counts = (await session.execute(statement)).one()
    return list(days), list(counts)


def _counted_days(choice: Choice) -> Select[date, int]:
    count = {
        Kind.ALL: DayCount.images + DayCount.videos,
        Kind.IMAGE: DayCount.images,
        Kind.VIDEO: DayCount.videos,
    }[choice.kind]
    return (
        select(DayCount.day.label("day"), func.sum(count).label("assets"))
        .where(DayCount.space_id.in_(choice.space_ids), count > 0)
        .group_by(DayCount.day)
    )


def _counted_assets(actor: Member, choice: Choice) -> Select[date, int]:
    day = cast(Asset.taken_at, Date)
    return (
        select(day.label("day"), func.count().label("assets"))
        .where(Asset.space_id.in_(choice.space_ids), _shown(actor, choice))
        .group_by(day)
    )


async def window(
    session: Session, actor: Member, choice: Choice, *, day: date | None, offset: int, limit: int
) -> list[WindowRow]:
    """At most `limit` assets from the `offset`-th of `day` on, into older days; newest first. Without a day, of all.

    The place is found in the index alone, space by space; only what belongs to the window's own assets is then looked
    up. The lateral joins keep it so: for a plain EXISTS the database may hash everybody's live photos first.
    """
    last = datetime.combine(day or date.max, time.max)
    place = _place(actor, choice, last, offset, limit).subquery()
    clip, moving = aliased(Asset), aliased(Blob)
    live = _any(
        select(moving.size.label("size")).join(clip, clip.blob_id == moving.id).where(clip.live_of == place.c.id)
    )
    favourite = _any(
        select(literal(True).label("there")).where(Favourite.user_id == actor.user_id, Favourite.asset_id == place.c.id)
    )
    statement = (
        select(
            cast(place.c.id, String),
            cast(place.c.blob_id, String),
            place.c.taken_at,
            Blob.kind,
            Blob.state,
            Blob.damaged,
            Blob.width,
            Blob.height,
            Blob.duration,
            Blob.thumbhash,
            Asset.rotation,
            Asset.title,
            func.coalesce(favourite.c.there, False),
            func.coalesce(Asset.contributor_id == actor.user_id, False),
            live.c.size.is_not(None),
            Blob.size + func.coalesce(live.c.size, 0),
        )
        .join(Blob, Blob.id == place.c.blob_id)
        .join(Asset, Asset.id == place.c.id)
        .outerjoin(favourite, true())
        .outerjoin(live, true())
        .order_by(place.c.taken_at.desc(), place.c.id.desc())
    )
    return [WindowRow._make(row) for row in (await session.execute(statement)).all()]


def _any(statement: Select[Any]) -> FromClause:
    return statement.limit(1).lateral()


def _place(actor: Member, choice: Choice, last: datetime, offset: int, limit: int) -> Select[UUID, datetime, UUID]:
    newest_first = (Asset.taken_at.desc(), Asset.id.desc())
    spaces = [
        select(Asset.id, Asset.taken_at, Asset.blob_id)
        .where(Asset.space_id == space_id, Asset.taken_at <= last, _shown(actor, choice))
        .order_by(*newest_first)
        for space_id in choice.space_ids
    ]
    if len(spaces) == 1:
        return spaces[0].offset(offset).limit(limit)
    parts = [select(part.limit(offset + limit).subquery()) for part in spaces]
    merged = union_all(*parts).subquery()
    return (
        select(merged.c.id, merged.c.taken_at, merged.c.blob_id)
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
